"""What an officer decided stays decided, and a case may go back to its applicant and come again."""

from django.db import migrations

from satu.kernel.append_only import append_only

_BEFORE = """
        OR (OLD.state = 'submitted' AND NEW.state IN ('in_process', 'issued', 'refused', 'withdrawn'))
        OR (OLD.state = 'in_process' AND NEW.state IN ('issued', 'refused', 'withdrawn'))
"""
_AFTER = """
        OR (OLD.state = 'submitted' AND NEW.state IN ('in_process', 'returned', 'issued', 'refused', 'withdrawn'))
        OR (OLD.state = 'in_process' AND NEW.state IN ('returned', 'issued', 'refused', 'withdrawn'))
        OR (OLD.state = 'returned' AND NEW.state IN ('in_process', 'withdrawn'))
"""
_CASE = """
CREATE OR REPLACE FUNCTION services_case_goes_forward() RETURNS trigger LANGUAGE plpgsql AS $$
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
        {ways}
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a case does not go from % to %', OLD.state, NEW.state
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""
_TASK = """
CREATE FUNCTION services_task_goes_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'open' THEN
        RAISE EXCEPTION 'a task that is % does not change', OLD.state
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.case_id <> NEW.case_id OR OLD.element <> NEW.element OR OLD.agency <> NEW.agency
        OR OLD.duty <> NEW.duty OR OLD.area <> NEW.area
    THEN
        RAISE EXCEPTION 'which step a task is, and whose, never change'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER services_task_goes_forward BEFORE UPDATE ON services_task
    FOR EACH ROW EXECUTE FUNCTION services_task_goes_forward();
"""


class Migration(migrations.Migration):
    dependencies = [("services", "0003_tasks")]

    operations = [
        append_only("services_resubmission"),
        append_only("services_taskdecision"),
        migrations.RunSQL(
            sql=_CASE.replace("{ways}", _AFTER.strip()), reverse_sql=_CASE.replace("{ways}", _BEFORE.strip())
        ),
        migrations.RunSQL(
            sql=_TASK,
            reverse_sql="""
            DROP TRIGGER services_task_goes_forward ON services_task;
            DROP FUNCTION services_task_goes_forward();
            """,
        ),
    ]
