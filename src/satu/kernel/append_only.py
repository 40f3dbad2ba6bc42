"""What the database itself refuses, whoever asks: to change or remove what only grows, or what happens once twice."""

from collections.abc import Sequence

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


def never_removed(table: str) -> RunSQL:
    """A migration operation: rows of ``table`` may change, and neither DELETE nor TRUNCATE takes them away."""
    return RunSQL(
        sql=_FUNCTION
        + f"""
        CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION satu_refuse_change();
        CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION satu_refuse_change();
        """,
        reverse_sql=f"""
        DROP TRIGGER {table}_no_delete ON {table};
        DROP TRIGGER {table}_no_truncate ON {table};
        """,
    )


def changes_once(table: str, columns: Sequence[str], *, rule: str, function: str, says: str) -> RunSQL:
    """A migration operation: of a row of ``table`` these ``columns`` change, while the first is empty, and no other.

    The trigger is ``{table}_{rule}``; ``says`` is the sentence of the error. Stands beside ``never_removed``.
    """
    once = ", ".join(f"'{column}'" for column in columns)
    return RunSQL(
        sql=f"""
        CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE once text[] := ARRAY[{once}];
        BEGIN
            IF OLD.{columns[0]} IS NOT NULL OR to_jsonb(NEW) - once <> to_jsonb(OLD) - once THEN
                RAISE EXCEPTION '{says}' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER {table}_{rule} BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {function}();
        """,
        reverse_sql=f"""
        DROP TRIGGER {table}_{rule} ON {table};
        DROP FUNCTION {function}();
        """,
    )
