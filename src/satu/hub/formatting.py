"""A fact's value as people read it, in the language of the request."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from satu.hub.catalogue import the_catalogue
from satu.hub.facts import FactType
from satu.kernel.city import Label
from satu.kernel.identifiers import in_fours
from satu.kernel.money import Rupiah


def show(fact_key: str, value: Any) -> str:
    """A found value in words: ``14 Maret 1991``, ``Rp1.250.000,00``, ``Ya``, a code's label, a list in one line.

    ``value`` is what ``Found.value`` holds. Raises ``UnknownFact``. For a list with parts, see ``table``.
    """
    fact = the_catalogue().fact(fact_key)
    if fact.type != "list":
        return _plain(value, fact.type, fact.codes)
    if fact.parts:
        return "; ".join(", ".join(cell for _label, cell in row if cell) for row in table(fact_key, value))
    return ", ".join(_plain(item, "code" if fact.codes else "text", fact.codes) for item in value)


def table(fact_key: str, value: Any) -> list[list[tuple[str, str]]]:
    """A list fact as rows of (part's label, part's value in words), without what only programs read.

    Raises ``UnknownFact``.
    """
    parts = {name: part for name, part in the_catalogue().fact(fact_key).parts.items() if not part.internal}
    return [
        [
            (str(part.label), "" if thing.get(name) is None else _plain(thing[name], part.type, part.codes))
            for name, part in parts.items()
        ]
        for thing in value
    ]


def _plain(value: Any, kind: FactType, codes: Mapping[str, Label]) -> str:
    match kind:
        case "date":
            return format_date(date.fromisoformat(value), "j F Y")
        case "money":
            return str(Rupiah(value))
        case "boolean":
            return _("Yes") if value else _("No")
        case "code":
            return str(codes.get(value, value))
        case "number":
            return in_fours(value)
    return str(value)
