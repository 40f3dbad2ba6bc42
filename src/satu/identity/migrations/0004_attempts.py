"""The table in which attempts are counted (Django's database cache; its columns are Django's)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("identity", "0003_contact_points")]

    operations = [
        migrations.RunSQL(
            """
            CREATE TABLE identity_attempts (
                cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL
            );
            CREATE INDEX identity_attempts_expires ON identity_attempts (expires);
            """,
            "DROP TABLE identity_attempts",
        )
    ]
