"""Appending to what happened to a case."""

import json

from django.db import connection
from django.utils import timezone

from satu.identity.types import Actor
from satu.services.models import Case

#: Written out: each request appends several, and Django takes longer to compose this than PostgreSQL to do it.
_APPEND = """
INSERT INTO services_caseevent (case_id, at, kind, actor, actor_kind, detail)
VALUES (%s, %s, %s, %s, %s, %s::jsonb)"""


def record(case: Case, kind: str, by: Actor, **detail: object) -> None:
    """Append to the timeline. No value of a fact may stand in ``detail``, which is JSON."""
    with connection.cursor() as cursor:
        cursor.execute(
            _APPEND,
            [case.pk, timezone.now(), str(kind), by.reference, by.kind, json.dumps(detail, ensure_ascii=False)],
        )
