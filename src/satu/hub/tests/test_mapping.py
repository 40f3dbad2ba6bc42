"""Whatever a system sends, the hub answers with outcomes."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from satu.hub.facts import Fact, FactType, Part
from satu.hub.mapping import Records, Unreadable, at_place, outcomes
from satu.hub.systems import Connection, Operation, System, Value
from satu.hub.types import Ambiguous, Found, NotFound, Outcome, Unavailable
from satu.kernel.city import Label
from satu.kernel.citydata import CityFile

_LABEL = Label(id="x", en="x")
_FILE = CityFile(path=None, data={}, lines={})  # type: ignore[arg-type]
_NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
_TYPES: tuple[FactType, ...] = ("text", "number", "date", "integer", "money", "boolean", "code", "list")

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.dates() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


def fact(kind: FactType, *, parts: bool = False) -> Fact:
    return Fact(
        key="person.x",
        label=_LABEL,
        type=kind,
        subject="person",
        agency="a",
        legal_basis="UU",
        classification="restricted",
        max_age=timedelta(days=30),
        standards={},
        sources=("s",),
        codes={"yes": _LABEL, "no": _LABEL} if kind == "code" else {},
        parts={"a": Part(_LABEL, "text", {}), "b": Part(_LABEL, "date", {})} if parts else {},
        derived=None,
        file=_FILE,
    )


def operation(value: Value, *, many: bool = False, as_of: Value | None = None) -> Operation:
    return Operation("o", "person", many, {"person.x": value}, record="id", as_of=as_of)


def system(op: Operation) -> System:
    return System(
        "s",
        _LABEL,
        "a",
        "rest",
        False,
        "PKS",
        _LABEL,
        _LABEL,
        1.0,
        Connection(),
        {"o": op},
        _FILE,
    )


def read(kind: FactType, raw: object, **how: object) -> Outcome:
    op = operation(Value(place="v", **how))  # type: ignore[arg-type]
    (outcome,) = outcomes(system(op), op, [fact(kind)], Records([{"id": 1, "v": raw}]), at=_NOW)
    return outcome


def value(kind: FactType, raw: object, **how: object) -> object:
    outcome = read(kind, raw, **how)
    assert isinstance(outcome, Found), outcome
    return outcome.value


@given(raw=anything, kind=st.sampled_from(_TYPES), record=anything, as_of=anything)
def test_no_value_that_a_system_sends_is_an_exception_and_what_is_found_is_json(raw, kind, record, as_of):
    op = operation(Value(place="v"), as_of=Value(place="t", date="%d/%m/%Y"))
    (outcome,) = outcomes(system(op), op, [fact(kind)], Records([{"id": record, "v": raw, "t": as_of}]), at=_NOW)
    assert isinstance(outcome, Found | NotFound | Unavailable)
    if isinstance(outcome, Found):
        text = json.dumps(outcome.value, allow_nan=False)
        assert "\\u0000" not in text
        outcome.provenance.record.encode()


@given(rows=st.lists(st.dictionaries(st.sampled_from(["id", "v", "w"]), anything, max_size=3), max_size=3))
def test_no_list_that_a_system_sends_is_an_exception(rows):
    each = {"a": Value(place="v"), "b": Value(place="w")}
    for many, place in ((True, None), (False, "v")):
        op = operation(Value(place=place, each=each), many=many)
        (outcome,) = outcomes(system(op), op, [fact("list", parts=True)], Records(rows), at=_NOW)
        assert isinstance(outcome, Found | NotFound | Unavailable | Ambiguous)


@given(day=st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 1, 1)))
def test_a_date_survives_every_way_of_writing_it(day):
    ways = {"%d/%m/%Y": None, "%d-%m-%Y": None, "%Y%m%d": None}
    for pattern in ways:
        assert value("date", day.strftime(pattern), date=pattern) == day.isoformat()
    assert value("date", day.isoformat()) == day.isoformat()
    assert value("date", day) == day.isoformat()


@given(amount=st.integers(min_value=-(10**15), max_value=10**15))
def test_an_amount_survives_every_way_of_writing_it(amount):
    assert value("money", amount) == amount
    assert value("money", str(amount)) == amount
    assert value("money", f"{amount}.00") == amount
    assert value("money", f"{amount:,}".replace(",", ".") + ",00", thousands=".", decimal=",") == amount


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("money", "1.5"),
        ("money", float("nan")),
        ("money", "1e99"),
        ("money", True),
        ("integer", "ten"),
        ("integer", "1_000"),
        ("date", "31/02/2020"),
        ("date", 20200101),
        ("boolean", "ya"),
        ("boolean", 1),
        ("code", "maybe"),
        ("number", "12a"),
        ("text", ["a"]),
        ("text", "x" * 10_001),
        ("text", "\ud800"),
    ],
)
def test_what_is_not_of_the_type_is_a_bad_reply(kind, raw):
    outcome = read(kind, raw)
    assert isinstance(outcome, Unavailable)
    assert outcome.reason == "bad-reply"


@pytest.mark.parametrize("raw", [None, "", "   ", "-", "0000-00-00"])
def test_what_means_nothing_there_is_not_found(raw):
    assert isinstance(read("date", raw, empty=frozenset({"-", "0000-00-00"})), NotFound)


def test_codes_are_translated_and_an_unknown_one_is_a_bad_reply():
    codes = {"1": "yes", "0": "no"}
    assert value("code", 1, codes=codes) == "yes"
    assert value("code", "0", codes=codes) == "no"
    assert isinstance(read("code", "2", codes=codes), Unavailable)
    assert value("boolean", "Y", codes={"Y": True}) is True


def test_a_list_written_as_one_text_is_split():
    assert value("list", "PS", split="") == ["P", "S"]
    assert value("list", "P, S", split=",") == ["P", "S"]
    assert isinstance(read("list", "-", split="", empty=frozenset({"-"})), NotFound)


def test_a_sum_is_over_all_records():
    op = operation(Value(place=None, sum="v"), many=True)
    rows = [{"id": 1, "v": "100"}, {"id": 2, "v": None}, {"id": 3, "v": 50}]
    (outcome,) = outcomes(system(op), op, [fact("money")], Records(rows), at=_NOW)
    assert isinstance(outcome, Found)
    assert outcome.value == 150


def test_the_oldest_record_dates_the_answer():
    op = operation(Value(place="v"), many=True, as_of=Value(place="t", date="%d/%m/%Y"))
    rows = [{"id": 1, "v": "a", "t": "30/01/2026"}, {"id": 2, "v": "b", "t": "01/12/2025"}]
    (outcome,) = outcomes(system(op), op, [fact("text")], Records(rows), at=_NOW)
    assert isinstance(outcome, Found)
    assert timezone.localdate(outcome.provenance.as_of) == date(2025, 12, 1)
    assert outcome.provenance.too_old


def test_a_record_number_that_is_a_nik_does_not_get_into_the_provenance():
    op = operation(Value(place="v"))
    rows = [{"id": "NIK-3671014506910003", "v": "a"}]
    (outcome,) = outcomes(system(op), op, [fact("text")], Records(rows), at=_NOW)
    assert isinstance(outcome, Found)
    assert outcome.provenance.record == "NIK-…"


def test_places_are_names_or_pointers():
    record = {"a": {"b": [{"c": 1}], "x/y": 2, "": 3}, "/z": 4, "n": None}
    assert at_place(record, "/a/b/0/c") == 1
    assert at_place(record, "/a/x~1y") == 2
    assert at_place(record, "/a/") == 3
    assert at_place(record, "/n/deeper") is None
    for missing in ("/a/q", "q", "/a/b/7", "/a/b/x", "/a/b/0/c/d"):
        with pytest.raises(Unreadable):
            at_place(record, missing)
        assert at_place(record, missing, optional=True) is None
