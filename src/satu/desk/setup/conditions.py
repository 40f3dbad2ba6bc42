"""The cells of a decision table in words, where they are plain; an expression stays as it is written."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from satu.hub.catalogue import the_catalogue
from satu.kernel.city import Label
from satu.services.types import RELATIONS_FOR_OFFICERS, ServicePackage


@dataclass(frozen=True, slots=True)
class Condition:
    """One column of a row: ``label`` names what is looked at, ``text`` what it has to be.

    ``is_code``: ``text`` is an expression in the language of the tables, and no words.
    """

    label: str
    text: str
    is_code: bool


def in_words(package: ServicePackage, when: Mapping[str, str]) -> list[Condition]:
    """The conditions of a row of one of the package's tables."""
    return [_condition(package, name, cell) for name, cell in when.items()]


def _condition(package: ServicePackage, name: str, cell: str) -> Condition:
    label, codes = _looked_at(package, name)
    words = _words(cell.strip(), codes)
    return Condition(str(label), words or cell, is_code=not words)


def _looked_at(package: ServicePackage, name: str) -> tuple[object, Mapping[str, Any]]:
    """What a column is called, and what its codes are called."""
    if name == "request.about":
        return _("Asked for"), {str(one): told for one, told in RELATIONS_FOR_OFFICERS.items()}
    if fact := the_catalogue().facts.get(name):
        return fact.label, fact.codes
    for question in package.questions:
        if name == f"answers.{question.key}":
            return question.label, {choice.value: choice.label for choice in question.choices}
    return Label(id=name, en=name), {}


def _words(cell: str, codes: Mapping[str, object]) -> str:
    """A cell that says a value, or one of several; empty for anything that has to be read as an expression."""
    if cell == "$ != true":
        return _("not “Yes”")
    if cell == "$ != null":
        return _("recorded")
    try:
        values = json.loads(f"[{cell}]")
    except json.JSONDecodeError:
        return ""
    told = [_value(value, codes) for value in values]
    return _(" or ").join(told) if all(told) else ""


def _value(value: object, codes: Mapping[str, object]) -> str:
    if value is None:
        return _("not recorded")
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, int | float):
        return str(value)
    return str(codes.get(str(value), value)) if isinstance(value, str) else ""
