"""The database lets a document be revoked once, and nothing else; a series only counts on; a seal never changes."""

from django.db import migrations

from satu.kernel.append_only import append_only, changes_once, never_removed

SERIES = """
CREATE FUNCTION documents_series_counts_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.unit, NEW.year, NEW.last) IS DISTINCT FROM (OLD.unit, OLD.year, OLD.last + 1) THEN
        RAISE EXCEPTION 'documents_numberseries: a series only counts on, by one'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER documents_numberseries_counts_on BEFORE UPDATE ON documents_numberseries
    FOR EACH ROW EXECUTE FUNCTION documents_series_counts_on();
"""

SERIES_BACK = """
DROP TRIGGER documents_numberseries_counts_on ON documents_numberseries;
DROP FUNCTION documents_series_counts_on();
"""


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial"), ("kernel", "0002_audit_append_only")]
    operations = [
        append_only("documents_seal"),
        changes_once(
            "documents_document",
            ["revoked_at", "revoked_by", "revocation_reason_id", "revocation_reason_en"],
            rule="only_revocation",
            function="documents_only_revocation",
            says="documents_document is append-only: a document can be revoked once, nothing else",
        ),
        never_removed("documents_document"),
        migrations.RunSQL(SERIES, SERIES_BACK),
        never_removed("documents_numberseries"),
    ]
