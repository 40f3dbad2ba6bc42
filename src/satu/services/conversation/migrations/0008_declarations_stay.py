"""What was stated stays as it was stated; that it was verified is written once."""

from django.db import migrations

STAYS = """
CREATE FUNCTION conversation_declaration_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    verification text[] := ARRAY['verified_by', 'verified_by_name', 'verified_agency', 'verified_at'];
BEGIN
    IF TG_OP = 'DELETE' OR OLD.verified_at IS NOT NULL
        OR (to_jsonb(OLD) - verification) <> (to_jsonb(NEW) - verification)
    THEN
        RAISE EXCEPTION 'a declaration stays as it was made' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER conversation_declaration_stays BEFORE UPDATE OR DELETE ON conversation_declaration
    FOR EACH ROW EXECUTE FUNCTION conversation_declaration_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("conversation", "0007_declarations")]

    operations = [
        migrations.RunSQL(
            sql=STAYS,
            reverse_sql="""
            DROP TRIGGER conversation_declaration_stays ON conversation_declaration;
            DROP FUNCTION conversation_declaration_stays();
            """,
        ),
    ]
