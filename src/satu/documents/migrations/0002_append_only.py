"""The database lets a document be revoked once, and nothing else; a series only counts on; a seal never changes."""

from django.db import migrations

from satu.kernel.append_only import append_only

DOCUMENT = """
CREATE FUNCTION documents_only_revocation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    revocation text[] := ARRAY['revoked_at', 'revoked_by', 'revocation_reason_id', 'revocation_reason_en'];
BEGIN
    IF OLD.revoked_at IS NOT NULL OR to_jsonb(NEW) - revocation <> to_jsonb(OLD) - revocation THEN
        RAISE EXCEPTION 'documents_document is append-only: a document can be revoked once, nothing else'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER documents_document_only_revocation BEFORE UPDATE ON documents_document
    FOR EACH ROW EXECUTE FUNCTION documents_only_revocation();
CREATE TRIGGER documents_document_no_delete BEFORE DELETE ON documents_document
    FOR EACH ROW EXECUTE FUNCTION satu_refuse_change();
CREATE TRIGGER documents_document_no_truncate BEFORE TRUNCATE ON documents_document
    FOR EACH STATEMENT EXECUTE FUNCTION satu_refuse_change();
"""

DOCUMENT_BACK = """
DROP TRIGGER documents_document_only_revocation ON documents_document;
DROP TRIGGER documents_document_no_delete ON documents_document;
DROP TRIGGER documents_document_no_truncate ON documents_document;
DROP FUNCTION documents_only_revocation();
"""

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
CREATE TRIGGER documents_numberseries_no_delete BEFORE DELETE ON documents_numberseries
    FOR EACH ROW EXECUTE FUNCTION satu_refuse_change();
CREATE TRIGGER documents_numberseries_no_truncate BEFORE TRUNCATE ON documents_numberseries
    FOR EACH STATEMENT EXECUTE FUNCTION satu_refuse_change();
"""

SERIES_BACK = """
DROP TRIGGER documents_numberseries_counts_on ON documents_numberseries;
DROP TRIGGER documents_numberseries_no_delete ON documents_numberseries;
DROP TRIGGER documents_numberseries_no_truncate ON documents_numberseries;
DROP FUNCTION documents_series_counts_on();
"""


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial"), ("kernel", "0002_audit_append_only")]
    operations = [
        append_only("documents_seal"),
        migrations.RunSQL(DOCUMENT, DOCUMENT_BACK),
        migrations.RunSQL(SERIES, SERIES_BACK),
    ]
