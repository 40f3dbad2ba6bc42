"""What statistics are made of: each request that was sent, counted from its events; nobody's name, NIK or answer.

Of the facts that a request was decided on, only the kelurahan leaves here, for a sum by kelurahan.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db import connection

Outcome = Literal["", "issued", "refused", "withdrawn"]
_SETTLED = """
WITH horizon AS (
    SELECT least(now() - interval '15 minutes', min(xact_start) - interval '1 minute') AS at
    FROM pg_stat_activity WHERE datname = current_database()
)
SELECT coalesce(min(e.id) FILTER (WHERE e.at >= horizon.at) - 1, max(e.id), %(after)s)
FROM services_caseevent e, horizon WHERE e.id > %(after)s
"""
_NEWS = "SELECT id, case_id FROM services_caseevent WHERE id > %s ORDER BY id LIMIT %s"
_HOW_MANY = "SELECT count(*) FROM services_caseevent WHERE id > %s AND (%s::bigint IS NULL OR id <= %s)"
_SENT = "SELECT id, case_id FROM services_caseevent WHERE id > %s AND kind = 'submitted' ORDER BY id LIMIT %s"
#: A document beside the main one has its key in the event, and ends nothing.
_ENDS = "(e.kind IN ('issued', 'refused', 'withdrawn', 'reopened') AND NOT e.detail ? 'key')"
_COUNT = f"""
SELECT s.case_id, c.service, v.version, s.at,
    (s.detail->>'paper_fields')::int, (s.detail->>'typed')::int + l.typed_again, (s.detail->>'photocopies')::int,
    (s.detail->>'files')::int, (s.detail->>'visits')::int,
    CASE l.ended WHEN 'reopened' THEN '' ELSE coalesce(l.ended, '') END,
    CASE l.ended WHEN 'reopened' THEN NULL ELSE l.ended_at END, l.touched,
    coalesce(l.returned, '{{}}'), coalesce(l.resent, '{{}}'), coalesce(w.code, ''), coalesce(w.name, ''),
    coalesce(w.kecamatan, '')
FROM services_caseevent s
JOIN services_case c ON c.id = s.case_id
JOIN services_packageversion v ON v.id = c.version_id
CROSS JOIN LATERAL (
    SELECT (array_agg(e.kind ORDER BY e.id DESC) FILTER (WHERE {_ENDS}))[1] AS ended,
        (array_agg(e.at ORDER BY e.id DESC) FILTER (WHERE {_ENDS}))[1] AS ended_at,
        bool_or(e.actor_kind = 'officer') AS touched,
        coalesce(sum((e.detail->>'typed')::int) FILTER (WHERE e.kind = 'resubmitted'), 0)::int AS typed_again,
        array_agg(e.at ORDER BY e.id) FILTER (WHERE e.kind = 'returned') AS returned,
        array_agg(e.at ORDER BY e.id) FILTER (WHERE e.kind = 'resubmitted') AS resent
    FROM services_caseevent e WHERE e.case_id = s.case_id
) l
LEFT JOIN LATERAL (
    SELECT max(o->>'value') FILTER (WHERE o->>'fact' = 'person.kelurahan_code') AS code,
        max(o->>'value') FILTER (WHERE o->>'fact' = 'person.kelurahan') AS name,
        max(o->>'value') FILTER (WHERE o->>'fact' = 'person.kecamatan') AS kecamatan
    FROM services_snapshot n CROSS JOIN jsonb_array_elements(n.dossier->'outcomes') o WHERE n.case_id = s.case_id
) w ON true
WHERE s.case_id = ANY(%s) AND s.kind = 'submitted' AND s.detail ? 'typed'
"""  # noqa: S608 - constants


@dataclass(frozen=True, slots=True)
class Counted:
    """One request that was sent, as its events tell it. ``typed`` counts what was changed in corrections, too."""

    case: UUID
    service: str
    version: str
    sent_at: datetime
    paper_fields: int
    typed: int
    photocopies: int
    files: int
    visits: int
    outcome: Outcome
    """Empty while it is open; a refused one that was taken up again is open."""
    ended_at: datetime | None
    touched: bool
    """Whether any officer did anything in it."""
    returned_at: Sequence[datetime]
    resent_at: Sequence[datetime]
    """The applicant had it from each of the one to the same of the other, and the clock stood still."""
    kelurahan_code: str
    kelurahan: str
    kecamatan: str
    """Where whom it is about lives, if that was asked for; by code, or by name."""


@dataclass(frozen=True, slots=True)
class News:
    """The requests in which something has happened, up to an event."""

    last_event: int
    events: int
    cases: frozenset[UUID]


def news_after(event: int, *, limit: int) -> News | None:
    """The requests of the next ``limit`` events after one, drafts included; ``None`` when there are none."""
    return _cases(_NEWS, event, limit)


def events_after(event: int, *, until: int | None = None) -> int:
    """How many events there are after one, up to another."""
    with connection.cursor() as cursor:
        cursor.execute(_HOW_MANY, [event, until, until])
        return int(cursor.fetchone()[0])


def sent_after(event: int, *, limit: int) -> News | None:
    """As ``news_after``, of each request only its sending: all of them once."""
    return _cases(_SENT, event, limit)


def sent() -> int:
    """How many requests were ever sent."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM services_caseevent WHERE kind = 'submitted'")
        return int(cursor.fetchone()[0])


def settled_after(event: int) -> int:
    """Up to which event everything is to be seen, and nothing can still be added in between.

    An event gets its number before its transaction ends, so the newest are not to be relied on: only those that are
    older than a quarter of an hour and than every transaction that is still open.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SETTLED, {"after": event})
        return int(cursor.fetchone()[0])


def counted(cases: Iterable[UUID]) -> Iterator[Counted]:
    """Each of these that was sent, as it stands now. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [list(cases)])
        for row in cursor.fetchall():
            yield Counted(*row)


def _cases(sql: str, event: int, limit: int) -> News | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, [event, limit])
        rows = cursor.fetchall()
    return News(rows[-1][0], len(rows), frozenset(case for _event, case in rows)) if rows else None
