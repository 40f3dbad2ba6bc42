"""What was said against a refusal, and why a case was taken up again, stays as it was written."""

from django.db import migrations

from satu.kernel.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("conversation", "0005_objections")]

    operations = [append_only("conversation_objection"), append_only("conversation_reopening")]
