"""A licence begins in force and ends once; what it is never changes; its history only grows."""

from django.db import migrations

from satu.kernel.append_only import append_only, never_removed

LICENCE = """
CREATE FUNCTION permits_licence_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'active' OR NEW.document_id IS NOT NULL THEN
        RAISE EXCEPTION 'permits_licence: a licence begins in force and without its document'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION permits_licence_ends() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    may_change text[] := ARRAY['renewal_offered_on'];
BEGIN
    IF OLD.state = 'active' THEN may_change := may_change || ARRAY['state', 'ended_at']; END IF;
    IF OLD.document_id IS NULL THEN may_change := may_change || ARRAY['document_id']; END IF;
    IF to_jsonb(NEW) - may_change <> to_jsonb(OLD) - may_change THEN
        RAISE EXCEPTION 'permits_licence: only the end of a licence changes, and once'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER permits_licence_begins BEFORE INSERT ON permits_licence
    FOR EACH ROW EXECUTE FUNCTION permits_licence_begins();
CREATE TRIGGER permits_licence_ends BEFORE UPDATE ON permits_licence
    FOR EACH ROW EXECUTE FUNCTION permits_licence_ends();
"""

LICENCE_BACK = """
DROP TRIGGER permits_licence_begins ON permits_licence;
DROP TRIGGER permits_licence_ends ON permits_licence;
DROP FUNCTION permits_licence_begins();
DROP FUNCTION permits_licence_ends();
"""


class Migration(migrations.Migration):
    dependencies = [("permits", "0001_initial"), ("kernel", "0002_audit_append_only")]
    operations = [
        append_only("permits_licenceevent"),
        migrations.RunSQL(LICENCE, LICENCE_BACK),
        never_removed("permits_licence"),
    ]
