"""From a system's records to facts. Whatever the system sent, this answers with outcomes and raises nothing."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

import structlog
from django.utils import timezone

from satu.hub.facts import Fact, FactType
from satu.hub.systems import Operation, System, Value
from satu.hub.types import Ambiguous, Found, NotFound, Outcome, Provenance, Reason, Unavailable
from satu.kernel.city import Label

_log = structlog.get_logger(__name__)
_POPULATION_NUMBER = re.compile(r"\d{16}")  # never a NIK into the provenance, which is shown and logged
_LONGEST_TEXT = 10_000
_LARGEST_NUMBER = 10**18
Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Records:
    """What an operation brought back. ``as_of`` is the whole reply's date, where records have none of their own."""

    rows: Sequence[Record]
    as_of: datetime | None = None


class Unreadable(Exception):
    """A reply that does not say what its description promises. The message never holds a value of it."""


def unavailable(system: System, facts: Iterable[Fact], reason: Reason, at: datetime) -> list[Outcome]:
    return [Unavailable(f.key, system.code, at, f.legal_basis, reason) for f in facts]


@dataclass(frozen=True, slots=True)
class _Reply:
    """The records of an answer, and what holds for every fact in them."""

    system: System
    operation: Operation
    rows: Sequence[Record]
    at: datetime
    as_of: datetime
    record: str


def outcomes(
    system: System, operation: Operation, facts: Sequence[Fact], records: Records, *, at: datetime
) -> list[Outcome]:
    """One outcome for each of ``facts``, which the operation must be described as answering."""
    rows = records.rows
    if not rows:
        return [NotFound(f.key, system.code, at, f.legal_basis) for f in facts]
    if len(rows) > 1 and not operation.many:
        return [Ambiguous(f.key, system.code, at, f.legal_basis, candidates=len(rows)) for f in facts]
    try:
        as_of, record = _as_of(operation, records) or at, _record_number(operation, rows[0])
    except Unreadable as error:
        _report(system, operation, "the record itself", error)
        return unavailable(system, facts, "bad-reply", at)
    reply = _Reply(system, operation, rows, at, as_of, record)
    return [_outcome(reply, fact) for fact in facts]


def _outcome(reply: _Reply, fact: Fact) -> Outcome:
    system, at = reply.system.code, reply.at
    try:
        value = _read(reply.operation.answers[fact.key], fact, reply.rows)
    except Unreadable as error:
        _report(reply.system, reply.operation, fact.key, error)
        return Unavailable(fact.key, system, at, fact.legal_basis, "bad-reply")
    if value is None:
        return NotFound(fact.key, system, at, fact.legal_basis)
    too_old = fact.max_age is not None and at - reply.as_of > fact.max_age
    provenance = Provenance(system, reply.record, reply.as_of, at, fact.legal_basis, too_old=too_old)
    return Found(fact.key, value, provenance)


def _report(system: System, operation: Operation, what: str, error: Unreadable) -> None:
    _log.warning("hub.bad_reply", system=system.code, operation=operation.name, what=what, why=str(error))


def _read(value: Value, fact: Fact, rows: Sequence[Record]) -> Any:
    if value.sum is not None:
        numbers = [_convert(at_place(row, value.sum), value, fact.type, fact.codes) for row in rows]
        return sum(number for number in numbers if number is not None)
    if fact.parts:
        return _things(value, fact, rows) or None
    raw = at_place(rows[0], value.place or "", optional=value.optional)
    if fact.type == "list":
        return _items(raw, value, fact.codes) or None
    return _convert(raw, value, fact.type, fact.codes)


def _things(value: Value, fact: Fact, rows: Sequence[Record]) -> list[dict[str, Any]]:
    each = value.each or {}
    things: Any = rows if value.place is None else at_place(rows[0], value.place, optional=value.optional)
    if things is None:
        return []
    if not isinstance(things, list | tuple) or not all(isinstance(thing, Mapping) for thing in things):
        raise Unreadable("not a list of objects")
    return [
        {
            name: _convert(
                at_place(thing, inner.place or "", optional=inner.optional),
                inner,
                fact.parts[name].type,
                fact.parts[name].codes,
            )
            for name, inner in each.items()
        }
        for thing in things
    ]


def _items(raw: Any, value: Value, codes: Mapping[str, Label]) -> list[Any]:
    if _is_nothing(raw, value):
        return []
    if isinstance(raw, str) and value.split is not None:
        raw = list(raw.strip()) if value.split == "" else raw.split(value.split)
    if not isinstance(raw, list | tuple):
        raise Unreadable("not a list")
    items = [_convert(item, value, "code" if codes else "text", codes) for item in raw]
    return [item for item in items if item is not None]


def at_place(record: Any, place: str, *, optional: bool = False) -> Any:
    """What stands at a name or JSON pointer (RFC 6901). Raises ``Unreadable`` where there is no such place.

    A ``null`` on the way means that there is nothing. ``optional`` lets the place be missing, too.
    """
    steps = [place] if not place.startswith("/") else [_unescape(step) for step in place[1:].split("/")]
    for step in steps:
        if record is None:
            return None
        if isinstance(record, Mapping) and step in record:
            record = record[step]
        elif isinstance(record, list | tuple) and step.isascii() and step.isdigit() and int(step) < len(record):
            record = record[int(step)]
        elif optional:
            return None
        else:
            raise Unreadable(f"nothing stands at {place!r}")
    return record


def _unescape(step: str) -> str:
    return step.replace("~1", "/").replace("~0", "~")


def _is_nothing(raw: Any, value: Value) -> bool:
    if raw is None:
        return True
    text = raw.strip() if isinstance(raw, str) else raw
    return text == "" or (isinstance(text, str | int) and _as_text(text) in value.empty)


def _convert(raw: Any, value: Value, kind: FactType, codes: Mapping[str, Label]) -> Any:
    if _is_nothing(raw, value):
        return None
    if isinstance(raw, str):
        raw = raw.strip()
    if value.codes is not None:
        if not isinstance(raw, str | int) or _as_text(raw) not in value.codes:
            raise Unreadable("a code that its description does not list")
        raw = value.codes[_as_text(raw)]
    converted = _CONVERTERS[kind](raw, value)
    if kind == "code" and converted not in codes:
        raise Unreadable("a code that the catalogue does not list")
    return converted


def _as_text(raw: str | int) -> str:
    return str(raw).lower() if isinstance(raw, bool) else str(raw)


def _text(raw: Any, _value: Value) -> str:
    if isinstance(raw, int) and not isinstance(raw, bool) and abs(raw) < _LARGEST_NUMBER:
        return str(raw)
    if not isinstance(raw, str) or len(raw) > _LONGEST_TEXT:
        raise Unreadable("not a text of bearable length")
    if "\x00" in raw or not _encodes(raw):
        raise Unreadable("a text with characters that no database takes")
    return raw


def _encodes(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _digits(raw: Any, value: Value) -> str:
    text = _text(raw, value)
    if not (text.isascii() and text.isdigit()):
        raise Unreadable("not digits")
    return text


def _date(raw: Any, value: Value) -> str:
    return _moment(raw, value).date().isoformat()


def _moment(raw: Any, value: Value) -> datetime:
    """A date or time as the system writes it, in the city's time zone."""
    try:
        if isinstance(raw, datetime):
            moment = raw
        elif isinstance(raw, date):
            moment = datetime.combine(raw, time())
        elif isinstance(raw, str | int) and not isinstance(raw, bool) and value.date:
            moment = datetime.strptime(_as_text(raw), value.date)  # noqa: DTZ007 - the zone is added below
        elif isinstance(raw, str):
            moment = datetime.fromisoformat(raw)
        else:
            raise Unreadable("not a date")
        return moment.astimezone(timezone.get_default_timezone()) if moment.tzinfo else timezone.make_aware(moment)
    except (ValueError, OverflowError) as error:
        raise Unreadable("not a date as described") from error


def _number(raw: Any, value: Value) -> int:
    if isinstance(raw, bool):
        raise Unreadable("not a number")
    if isinstance(raw, int):
        number = Decimal(raw) if abs(raw) < _LARGEST_NUMBER else Decimal(_LARGEST_NUMBER)
    elif isinstance(raw, float | Decimal):
        number = Decimal(raw)
    elif isinstance(raw, str) and len(raw) < 50:  # noqa: PLR2004 - longer is no number of this world
        number = _written_number(raw, value)
    else:
        raise Unreadable("not a number")
    if not number.is_finite() or abs(number) >= _LARGEST_NUMBER or number != number.to_integral_value():
        raise Unreadable("not a whole number")
    return int(number)


def _written_number(text: str, value: Value) -> Decimal:
    if value.thousands:
        text = text.replace(value.thousands, "")
    if value.decimal != ".":
        text = text.replace(value.decimal, ".")
    try:
        return Decimal(text) if text.isascii() and "_" not in text else Decimal("NaN")
    except InvalidOperation as error:
        raise Unreadable("not a number as described") from error


def _boolean(raw: Any, _value: Value) -> bool:
    if not isinstance(raw, bool):
        raise Unreadable("neither true nor false")
    return raw


_CONVERTERS: Mapping[FactType, Callable[[Any, Value], Any]] = {
    "text": _text,
    "number": _digits,
    "date": _date,
    "integer": _number,
    "money": _number,
    "boolean": _boolean,
    "code": _text,
}


def _as_of(operation: Operation, records: Records) -> datetime | None:
    value = operation.as_of
    if value is None:
        return records.as_of
    raws = [at_place(row, value.place or "", optional=value.optional) for row in records.rows]
    moments = [
        _moment(raw.strip() if isinstance(raw, str) else raw, value) for raw in raws if not _is_nothing(raw, value)
    ]
    return min(moments, default=records.as_of)


def _record_number(operation: Operation, row: Record) -> str:
    if operation.record is None:
        return ""
    raw = at_place(row, operation.record)
    return "" if raw is None else _POPULATION_NUMBER.sub("…", str(raw))[:100]
