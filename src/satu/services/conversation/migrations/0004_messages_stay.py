"""What was written stays as it was written."""

from django.db import migrations

from satu.kernel.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("conversation", "0003_messages")]

    operations = [append_only("conversation_message")]
