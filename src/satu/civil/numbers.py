"""Numbers of certificates and letters: ``3671-LU-24112026-0021``, ``SKPD/3671/24112026/0012`` (facts, 1.1)."""

from datetime import date

from django.db import connection

_NEXT = """
INSERT INTO civil_counter (kind, day, last) VALUES (%s, %s, 1)
ON CONFLICT (kind, day) DO UPDATE SET last = civil_counter.last + 1 RETURNING last"""


def certificate_number(region: str, registered_on: date, *, is_late: bool) -> str:
    """The next number of a birth certificate; ``LT`` for a late report, ``LU`` otherwise."""
    kind = "LT" if is_late else "LU"
    return f"{region}-{kind}-{registered_on:%d%m%Y}-{_next(kind, registered_on):04d}"


def move_letter_number(region: str, registered_on: date) -> str:
    """The next number of a letter for a move within the city."""
    return f"SKPD/{region}/{registered_on:%d%m%Y}/{_next('SKPD', registered_on):04d}"


def _next(kind: str, day: date) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [kind, day])
        row = cursor.fetchone()
    return int(row[0])
