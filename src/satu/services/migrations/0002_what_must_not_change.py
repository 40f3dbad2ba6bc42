"""What happened stays as it happened, and a case only goes forward: the database says so, whoever asks."""

from django.db import migrations

from satu.kernel.append_only import append_only

FORWARD_ONLY = """
CREATE FUNCTION services_case_goes_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.applicant_nik <> NEW.applicant_nik OR OLD.service <> NEW.service
        OR (OLD.number IS NOT NULL AND OLD.number IS DISTINCT FROM NEW.number)
        OR (OLD.version_id IS NOT NULL AND OLD.version_id IS DISTINCT FROM NEW.version_id)
        OR (OLD.submitted_at IS NOT NULL AND OLD.submitted_at IS DISTINCT FROM NEW.submitted_at)
        OR (OLD.document_id IS NOT NULL AND OLD.document_id IS DISTINCT FROM NEW.document_id)
    THEN
        RAISE EXCEPTION 'whose case it is, its number, version, submission and document never change'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.state = OLD.state
        OR (OLD.state = 'draft' AND NEW.state IN ('submitted', 'withdrawn'))
        OR (OLD.state = 'submitted' AND NEW.state IN ('in_process', 'issued', 'refused', 'withdrawn'))
        OR (OLD.state = 'in_process' AND NEW.state IN ('issued', 'refused', 'withdrawn'))
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a case does not go from % to %', OLD.state, NEW.state
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER services_case_goes_forward BEFORE UPDATE ON services_case
    FOR EACH ROW EXECUTE FUNCTION services_case_goes_forward();
"""


class Migration(migrations.Migration):
    dependencies = [("services", "0001_initial"), ("kernel", "0002_audit_append_only")]

    operations = [
        append_only("services_packageversion"),
        append_only("services_snapshot"),
        append_only("services_caseevent"),
        append_only("services_casedecision"),
        migrations.RunSQL(
            sql=FORWARD_ONLY,
            reverse_sql="""
            DROP TRIGGER services_case_goes_forward ON services_case;
            DROP FUNCTION services_case_goes_forward();
            """,
        ),
    ]
