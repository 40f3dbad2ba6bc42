"""The kinds of notices of a city, from ``messages/*.yaml``. Every mistake in one is told with file and line."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from satu.identity.types import Channel
from satu.kernel.city import Label, the_city
from satu.kernel.citydata import CityDataError, CityFile, read_city_file
from satu.kernel.errors import Missing
from satu.messaging.types import Value

_SCHEMA = Path(__file__).parent / "schemas" / "message.schema.json"
_PLACE = re.compile(r"\{([^{}]*)\}")
_TEXTS = ("subject", "body", "email", "sms")
CONTACT_CODE = "contact-code"
ACCOUNT_CODE = "account-code"
INVITATION = "officer-invitation"
_CODES = (CONTACT_CODE, ACCOUNT_CODE, INVITATION)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of notice. ``email`` is the body unless the city wrote another; without ``sms`` none is sent."""

    name: str
    inbox: bool
    values: frozenset[str]
    link: str
    subject: Label
    body: Label
    email: Label
    sms: Label | None

    @property
    def channels(self) -> tuple[Channel, ...]:
        return ("email", "sms") if self.sms else ("email",)


def fill(text: str, values: Mapping[str, Value]) -> str:
    """The text with its places filled, in the current language where a value has two."""
    return _PLACE.sub(lambda place: str(values[place[1]]), text).strip()


@cache
def the_kinds() -> Mapping[str, Kind]:
    """The kinds of the city that this installation serves, read once a process. Raises ``CityDataError``."""
    return load_kinds(the_city().folder / "messages")


def the_kind(name: str) -> Kind:
    """Raises ``Missing``."""
    try:
        return the_kinds()[name]
    except KeyError as error:
        raise Missing(f"the city has no messages/{name}.yaml") from error


def load_kinds(folder: Path) -> Mapping[str, Kind]:
    """Read and check them all. Raises ``CityDataError``."""
    kinds = {path.stem: _load(path) for path in sorted(folder.glob("*.yaml"))}
    for code in _CODES:
        if code not in kinds:
            raise CityDataError(
                folder / f"{code}.yaml", 1, "there is no text to send a code with", "Copy it from another city."
            )
    return kinds


def _load(path: Path) -> Kind:
    file = read_city_file(path, _SCHEMA)
    data = file.data
    if data["kind"] != path.stem:
        raise file.error(
            "kind", what=f"the kind is {data['kind']!r} and the file {path.name!r}", mend="Give both the same name."
        )
    _check_places(file)
    if data.get("inbox", True) == (data["kind"] in _CODES):
        raise file.error(
            "inbox",
            what=f"only {' and '.join(_CODES)} stay out of the inbox, and they must",
            mend="Unsubscribing leaves the inbox, so every notice has to be there. Take the line away.",
        )
    body = Label(**data["body"])
    return Kind(
        name=data["kind"],
        inbox=data.get("inbox", True),
        values=frozenset(data["values"]),
        link=data.get("link", ""),
        subject=Label(**data["subject"]),
        body=body,
        email=Label(**data["email"]) if "email" in data else body,
        sms=Label(**data["sms"]) if "sms" in data else None,
    )


def _check_places(file: CityFile) -> None:
    known, used = set(file.data["values"]), set()
    for pointer, text in _texts(file.data):
        if "{" in _PLACE.sub("", text) or "}" in _PLACE.sub("", text):
            raise file.error(*pointer, what="a brace stands alone", mend="A place is written {number}.")
        for name in _PLACE.findall(text):
            used.add(name)
            if name not in known:
                raise file.error(
                    *pointer,
                    what=f"{{{name}}} is not one of this kind's values",
                    mend="Its values: " + ", ".join(sorted(known)),
                )
    if unused := sorted(known - used):
        raise file.error(
            "values", what=f"no text uses {', '.join(unused)}", mend="Take it away: less that could leak."
        )


def _texts(data: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    for name in _TEXTS:
        for language, text in data.get(name, {}).items():
            yield (name, language), text
    if "link" in data:
        yield ("link",), data["link"]
