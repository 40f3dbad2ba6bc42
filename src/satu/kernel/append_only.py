"""Tables that only grow: the database itself refuses UPDATE, DELETE and TRUNCATE, whoever asks."""

from django.db.migrations import RunSQL

_FUNCTION = """
CREATE OR REPLACE FUNCTION satu_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


def append_only(table: str) -> RunSQL:
    """A migration operation that makes ``table`` append-only. ``IntegrityError`` is what Python sees."""
    return RunSQL(
        sql=_FUNCTION
        + f"""
        CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION satu_refuse_change();
        CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION satu_refuse_change();
        """,
        reverse_sql=f"""
        DROP TRIGGER {table}_append_only ON {table};
        DROP TRIGGER {table}_no_truncate ON {table};
        """,
    )
