"""An entry may also say that facts were passed on to a system."""

from django.db import migrations

FORWARD = """
ALTER TABLE ledger_entry DROP CONSTRAINT ledger_entry_kind_check;
ALTER TABLE ledger_entry ADD CONSTRAINT ledger_entry_kind_check CHECK (kind IN ('pull', 'search', 'told'));
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, reverse_sql=migrations.RunSQL.noop)]
