"""The connected systems, as the city's ``systems/*.yaml`` describe them: data only; how to speak is a connector."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from satu.hub.types import SubjectKind
from satu.kernel.city import Label
from satu.kernel.citydata import CityFile, read_city_file

SCHEMA = Path(__file__).parent / "schemas" / "system.schema.json"
PARAMETERS = frozenset({"nik", "key", "today"})

SystemKind = Literal["registry", "local", "rest", "sql", "file"]
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_SQL_PARAMETER = re.compile(r"(?<![:\w]):([a-z_]+)")


@dataclass(frozen=True, slots=True)
class Value:
    """Where a value stands in a record and how the system writes it there."""

    place: str | None
    date: str | None = None
    codes: Mapping[str, str | int | bool] | None = None
    empty: frozenset[str] = frozenset()
    optional: bool = False
    thousands: str = ""
    decimal: str = "."
    split: str | None = None
    sum: str | None = None
    each: Mapping[str, "Value"] | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where a reply says inside itself how it went."""

    place: str
    found: frozenset[str]
    nothing: frozenset[str]


@dataclass(frozen=True, slots=True)
class Operation:
    """One question that a system can be asked, and the facts that its answer holds."""

    name: str
    subject: SubjectKind
    many: bool
    answers: Mapping[str, Value]
    record: str | None
    as_of: Value | None
    method: str = "GET"
    path: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Mapping[str, str] | None = None
    nothing_status: frozenset[int] = frozenset({404})
    verdict: Verdict | None = None
    select: str | None = None
    sql: str = ""
    file: str = ""
    key: str = ""
    source: str = ""
    """local: the register of this installation that answers (``hub.local_sources``)."""


@dataclass(frozen=True, slots=True)
class Tell:
    """How a system is told one kind of news. ``{id}`` in a template is the message's own number, for life."""

    name: str
    news: str
    only_known: str
    """An operation: whom it does not know is not told of. Empty: everybody."""
    map: Mapping[str, Mapping[str, str]]
    """What the system writes for a part's values: ``{sex: {male: L, female: P}}``."""
    path: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Mapping[str, str] = field(default_factory=dict)
    accepted: Verdict | None = None
    known_status: frozenset[int] = frozenset({409})
    table: str = ""
    key: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    file: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of the installation, by name. The value is looked up when it is needed and kept nowhere."""

    name: str


@dataclass(frozen=True, slots=True)
class Auth:
    kind: Literal["none", "oauth2_client_credentials", "hmac", "api_key"] = "none"
    settings: Mapping[str, Setting] = field(default_factory=dict)
    """The secrets by their part in the protocol: ``client_id``, ``client_secret``, ``cons_id``, …"""
    token_path: str = ""
    scope: str = ""
    header: str = ""
    """api_key: the header that carries the key."""


@dataclass(frozen=True, slots=True)
class Connection:
    address: Setting | None = None
    inbox: Setting | None = None
    """Where news goes, if not to the address: an account that may write, or a folder."""
    auth: Auth = field(default_factory=Auth)
    max_reply: int = 1_048_576
    encoding: str = "utf-8"
    delimiter: str = ","
    dated: str = ""

    def settings(self) -> tuple[str, ...]:
        """The names of all settings this connection needs."""
        places = (place.name for place in (self.address, self.inbox) if place)
        return (*places, *(s.name for s in self.auth.settings.values()))


@dataclass(frozen=True, slots=True)
class System:
    code: str
    name: Label
    agency: str
    kind: SystemKind
    simulated: bool
    legal_basis: str
    coverage: Label
    freshness: Label
    deadline: float
    """Seconds."""
    connection: Connection
    operations: Mapping[str, Operation]
    file: CityFile = field(repr=False, compare=False)
    tells: Mapping[str, Tell] = field(default_factory=dict)

    @property
    def facts(self) -> tuple[str, ...]:
        """The keys of all facts it answers, in the order of its file."""
        return tuple(fact for operation in self.operations.values() for fact in operation.answers)

    def operation_for(self, fact: str) -> Operation | None:
        return next((o for o in self.operations.values() if fact in o.answers), None)


def load_systems(folder: Path) -> dict[str, System]:
    """Read every ``*.yaml`` of a city's ``systems`` folder, by code. Raises ``CityDataError``."""
    systems = [load_system(path) for path in sorted(folder.glob("*.yaml"))]
    return {system.code: system for system in systems}


def load_system(path: Path) -> System:
    """Read one system. Raises ``CityDataError`` for what the schema and its own parts forbid."""
    file = read_city_file(path, SCHEMA)
    data = file.data
    if data["code"] != path.stem:
        raise file.error("code", what=f"the code {data['code']!r} is not the file's name", mend=f"Write {path.stem}.")
    operations = {name: _operation(name, entry) for name, entry in data["operations"].items()}
    _check_parameters(file, operations)
    _check_answered_once(file, operations)
    tells = {name: _tell(name, entry) for name, entry in data.get("tells", {}).items()}
    _check_tells(file, operations, tells)
    return System(
        code=data["code"],
        name=Label(**data["name"]),
        agency=data["agency"],
        kind=data["kind"],
        simulated=data.get("simulated", False),
        legal_basis=data["legal_basis"],
        coverage=Label(**data["coverage"]),
        freshness=Label(**data["freshness"]),
        deadline=_seconds(data["deadline"]),
        connection=_connection(data.get("connection", {})),
        operations=operations,
        tells=tells,
        file=file,
    )


def _seconds(duration: str) -> float:
    return float(duration[:-2]) / 1000 if duration.endswith("ms") else float(duration[:-1])


def _connection(data: Mapping[str, Any]) -> Connection:
    auth = dict(data.get("auth", {"kind": "none"}))
    plain = {key: auth.pop(key) for key in ("kind", "token_path", "scope", "header") if key in auth}
    settings = {part: Setting(value["setting"]) for part, value in auth.items()}
    rest = {key: data[key] for key in ("max_reply", "encoding", "delimiter", "dated") if key in data}
    address, inbox = (Setting(data[place]["setting"]) if place in data else None for place in ("address", "inbox"))
    return Connection(address=address, inbox=inbox, auth=Auth(settings=settings, **plain), **rest)


def _operation(name: str, data: Mapping[str, Any]) -> Operation:
    same = ("method", "path", "query", "headers", "json", "select", "sql", "file", "key", "source")
    return Operation(
        name=name,
        subject=data.get("subject", "person"),
        many=data.get("records", "one") == "many",
        answers={fact: _value(entry) for fact, entry in data["answers"].items()},
        record=data.get("record"),
        as_of=_value(data["as_of"]) if "as_of" in data else None,
        nothing_status=frozenset(data.get("nothing_status", [404])),
        verdict=_verdict(data["verdict"]) if "verdict" in data else None,
        **{key: data[key] for key in same if key in data},
    )


def _tell(name: str, data: Mapping[str, Any]) -> Tell:
    same = ("path", "headers", "json", "table", "key", "columns", "file")
    return Tell(
        name=name,
        news=data["news"],
        only_known=data.get("only_known", ""),
        map={part: {str(k): str(v) for k, v in codes.items()} for part, codes in data.get("map", {}).items()},
        accepted=_verdict(data["accepted"]) if "accepted" in data else None,
        known_status=frozenset(data.get("known_status", [409])),
        **{key: data[key] for key in same if key in data},
    )


def _check_tells(file: CityFile, operations: Mapping[str, Operation], tells: Mapping[str, Tell]) -> None:
    for name, tell in tells.items():
        if tell.only_known and tell.only_known not in operations:
            raise file.error(
                *("tells", name, "only_known"),
                what=f"no operation {tell.only_known!r}",
                mend="Known are: " + ", ".join(sorted(operations)),
            )


def _verdict(data: Mapping[str, Any]) -> Verdict:
    return Verdict(
        place=data["from"],
        found=frozenset(map(str, data["found"])),
        nothing=frozenset(map(str, data.get("nothing", []))),
    )


def _value(entry: str | Mapping[str, Any]) -> Value:
    if isinstance(entry, str):
        return Value(place=entry)
    codes = entry.get("map")
    each = entry.get("each")
    return Value(
        place=entry.get("from"),
        date=entry.get("date"),
        codes={str(code): meaning for code, meaning in codes.items()} if codes else None,
        empty=frozenset(map(str, entry.get("empty", ()))),
        optional=entry.get("optional", False),
        thousands=entry.get("thousands", ""),
        decimal=entry.get("decimal", "."),
        split=entry.get("split"),
        sum=entry.get("sum"),
        each={part: _value(inner) for part, inner in each.items()} if each else None,
    )


def _check_parameters(file: CityFile, operations: Mapping[str, Operation]) -> None:
    for name, operation in operations.items():
        for key in ("path", "query", "headers", "json", "sql"):
            for unknown in sorted(_parameters(getattr(operation, key)) - PARAMETERS):
                raise file.error(
                    "operations",
                    name,
                    key,
                    what=f"the parameter {unknown!r} is not known",
                    mend="Known are: " + ", ".join(sorted(PARAMETERS)),
                )


def _parameters(template: str | Mapping[str, str] | None) -> set[str]:
    if not template:
        return set()
    if isinstance(template, str):
        return set(_PLACEHOLDER.findall(template)) | set(_SQL_PARAMETER.findall(template))
    return {found for text in template.values() for found in _PLACEHOLDER.findall(text)}


def _check_answered_once(file: CityFile, operations: Mapping[str, Operation]) -> None:
    answered: dict[str, str] = {}
    for name, operation in operations.items():
        for fact, value in operation.answers.items():
            pointer = ("operations", name, "answers", fact)
            if other := answered.get(fact):
                raise file.error(
                    *pointer,
                    what=f"{fact} is already answered by the operation {other!r}",
                    mend="Keep one of the two.",
                )
            answered[fact] = name
            if value.place is None and value.sum is None and value.each is None:
                raise file.error(*pointer, what=f"{fact}: it does not say where the value stands", mend="Add 'from'.")
            if (value.sum or (value.each and value.place is None)) and not operation.many:
                raise file.error(
                    *pointer, what=f"{fact} is made of several records", mend="Add 'records: many' to the operation."
                )
