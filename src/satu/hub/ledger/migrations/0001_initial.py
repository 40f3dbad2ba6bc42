"""The access ledger's tables, by hand: what the ledger promises, the database keeps, whoever asks.

- The triggers fire for the tables' owner and for superusers, and, being ALWAYS, also under
  ``session_replication_role = replica``. They are per statement, so a statement that meets no row is refused too.
- ``transaction_id`` and ``cluster`` are how the sealer finds what is not sealed yet: everything before the
  ``horizon`` of the newest head is (see ``actions.seal``). A transaction's number means something within one
  cluster only.
- ``ledger_entry`` is three indexes wide and no more, because every look at anybody is an insert here.
"""

import django.db.models.deletion
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

TABLES = """
CREATE TABLE ledger_entry (
    cluster bigint NOT NULL DEFAULT ((pg_control_system()).system_identifier),
    transaction_id bigint NOT NULL DEFAULT (pg_current_xact_id()::text::bigint),
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    id uuid PRIMARY KEY,
    dossier_id uuid,
    salt bytea NOT NULL CHECK (octet_length(salt) = 32),
    subject_kind text NOT NULL CHECK (subject_kind <> ''),
    subject_key text NOT NULL CHECK (subject_key <> ''),
    kind text NOT NULL CHECK (kind IN ('pull', 'search')),
    actor text NOT NULL CHECK (actor <> ''),
    actor_kind text NOT NULL,
    actor_name text NOT NULL,
    actor_agency text NOT NULL,
    purpose_kind text NOT NULL,
    purpose_reference text NOT NULL,
    purpose_id text NOT NULL CHECK (purpose_id <> ''),
    purpose_en text NOT NULL CHECK (purpose_en <> ''),
    legal_basis text NOT NULL,
    facts text[] NOT NULL,
    systems text[] NOT NULL CHECK (cardinality(systems) = cardinality(facts)),
    outcomes text[] NOT NULL CHECK (cardinality(outcomes) = cardinality(facts)
        AND outcomes <@ '{found,not-found,ambiguous,unavailable,refused}')
) WITH (autovacuum_vacuum_insert_scale_factor = 0.05);
CREATE INDEX ledger_entry_subject ON ledger_entry (subject_key, subject_kind, id);
CREATE INDEX ledger_entry_transaction ON ledger_entry (transaction_id, id);

CREATE TABLE ledger_leaf (
    index bigint PRIMARY KEY CHECK (index >= 0),
    entry_id uuid NOT NULL UNIQUE,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32)
) WITH (autovacuum_vacuum_insert_scale_factor = 0.05);
CREATE TABLE ledger_node (
    level smallint NOT NULL CHECK (level > 0),
    index bigint NOT NULL CHECK (index >= 0),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (level, index)
);
CREATE TABLE ledger_treehead (
    size bigint PRIMARY KEY CHECK (size > 0),
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    sealed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    cluster bigint NOT NULL,
    horizon bigint NOT NULL
);
CREATE TABLE ledger_cluster (
    cluster bigint PRIMARY KEY,
    first_seen_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the access ledger is append-only: % of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
"""

APPEND_ONLY = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only;
"""

NAMES = ["ledger_entry", "ledger_leaf", "ledger_node", "ledger_treehead", "ledger_cluster"]


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        # There is no way back: a migration that drops the ledger would be a way to lose it.
        migrations.RunSQL(TABLES + "".join(APPEND_ONLY.format(table=name) for name in NAMES)),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("cluster", models.BigIntegerField()),
                ("transaction_id", models.BigIntegerField()),
                ("recorded_at", models.DateTimeField()),
                ("dossier_id", models.UUIDField(null=True)),
                ("salt", models.BinaryField()),
                ("subject_kind", models.TextField()),
                ("subject_key", models.TextField()),
                ("kind", models.TextField()),
                ("actor", models.TextField()),
                ("actor_kind", models.TextField()),
                ("actor_name", models.TextField()),
                ("actor_agency", models.TextField()),
                ("purpose_kind", models.TextField()),
                ("purpose_reference", models.TextField()),
                ("purpose_id", models.TextField()),
                ("purpose_en", models.TextField()),
                ("legal_basis", models.TextField()),
                ("facts", ArrayField(base_field=models.TextField(), size=None)),
                ("systems", ArrayField(base_field=models.TextField(), size=None)),
                ("outcomes", ArrayField(base_field=models.TextField(), size=None)),
            ],
            options={"managed": False, "db_table": "ledger_entry"},
        ),
        migrations.CreateModel(
            name="Leaf",
            fields=[
                ("index", models.BigIntegerField(primary_key=True, serialize=False)),
                ("hash", models.BinaryField()),
                (
                    "entry",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="leaf",
                        to="ledger.entry",
                    ),
                ),
            ],
            options={"managed": False, "db_table": "ledger_leaf"},
        ),
        migrations.CreateModel(
            name="TreeHead",
            fields=[
                ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                ("root", models.BinaryField()),
                ("sealed_at", models.DateTimeField()),
            ],
            options={"managed": False, "db_table": "ledger_treehead"},
        ),
    ]
