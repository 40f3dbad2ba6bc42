from django.db import migrations

from satu.kernel.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]

    operations = [append_only("kernel_auditentry")]
