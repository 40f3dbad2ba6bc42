"""A ledger can't be emptied, so its tests begin by taking its triggers off, as only the tables' owner can."""

import pytest
from django.db import connection

from satu.hub.ledger.tests.looks import without_triggers

TABLES = ("ledger_entry", "ledger_leaf", "ledger_node", "ledger_treehead", "ledger_cluster")


@pytest.fixture
def empty_ledger(db):
    with without_triggers(*TABLES), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(TABLES)}")
