"""What a kept file says never changes, and it goes only while the request or the task is still somebody's to change."""

from django.db import migrations

FROZEN = """
CREATE FUNCTION conversation_attachment_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    state text;
BEGIN
    IF OLD.task_id IS NULL THEN
        SELECT c.state INTO state FROM services_case c WHERE c.id = OLD.case_id;
    ELSE
        SELECT t.state INTO state FROM services_task t WHERE t.id = OLD.task_id;
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF state <> 'draft' THEN
            RAISE EXCEPTION 'a file of a request that is sent is not deleted'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.removed_at IS NOT NULL OR NEW.removed_at IS NULL
        OR state NOT IN ('draft', 'returned', 'open')
        OR (to_jsonb(OLD) - 'removed_at') <> (to_jsonb(NEW) - 'removed_at')
    THEN
        RAISE EXCEPTION 'a file stays as it was sent' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER conversation_attachment_stays BEFORE UPDATE OR DELETE ON conversation_attachment
    FOR EACH ROW EXECUTE FUNCTION conversation_attachment_stays();
CREATE TRIGGER conversation_attachment_no_truncate BEFORE TRUNCATE ON conversation_attachment
    FOR EACH STATEMENT EXECUTE FUNCTION satu_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("conversation", "0001_attachments"), ("kernel", "0002_audit_append_only")]

    operations = [
        migrations.RunSQL(
            sql=FROZEN,
            reverse_sql="""
            DROP TRIGGER conversation_attachment_no_truncate ON conversation_attachment;
            DROP TRIGGER conversation_attachment_stays ON conversation_attachment;
            DROP FUNCTION conversation_attachment_stays();
            """,
        ),
    ]
