"""The residual form: what is left to ask when everything known has been pulled, and reading what was answered."""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from satu.documents.rendering import check_printable
from satu.hub.areas import find_rt
from satu.kernel.errors import InvalidInput
from satu.services.answers import answer_values, entries, given, is_asked, mark
from satu.services.checking import complaints
from satu.services.types import COMPOSITE, InvalidAnswers, Question, QuestionType, ServicePackage

_DAY_FIRST = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})\Z", re.ASCII)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_RT = re.compile(r"\d{1,3}\Z", re.ASCII)
_LOCATION = re.compile(r"(-?\d{1,2}(?:\.\d{1,10})?)\s*[,;]\s*(-?\d{1,3}(?:\.\d{1,10})?)\Z", re.ASCII)
_POLE, _DATE_LINE = 90, 180
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,6})?\Z", re.ASCII)


class _Wrong(Exception):
    def __init__(self, sentence: str | Promise) -> None:
        self.sentence = sentence


def read_answers(
    package: ServicePackage, answers: Mapping[str, str], facts: Mapping[str, Any] | None = None
) -> dict[str, str]:
    """The answers to the questions that the package asks with these facts, cleaned; nothing else is looked at.

    Raises ``InvalidAnswers`` with a sentence for each question that needs another look.
    """
    read, errors = read_form(package.questions, answers, facts or {})
    errors = errors or complaints(package, read, facts or {})
    if errors:
        raise InvalidAnswers(errors)
    return read


def read_form(
    questions: Sequence[Question], answers: Mapping[str, str], facts: Mapping[str, Any]
) -> tuple[dict[str, str], dict[str, str | Promise]]:
    """The answers that can be used, and a sentence for each that cannot. A question may depend on those before it."""
    read: dict[str, str] = {}
    errors: dict[str, str | Promise] = {}
    for question in questions:
        if not is_asked(question, facts, answer_values(questions, read)):
            if not question.when and (only := given(question, facts)) is not None:
                read[question.key] = only
            continue
        try:
            read[question.key] = _read(question, answers.get(question.key, ""), facts)
        except _Wrong as wrong:
            errors[question.key] = wrong.sentence
    return read, errors


def _read(question: Question, raw: object, facts: Mapping[str, Any]) -> str:
    if not isinstance(raw, str):
        raise _Wrong(_("Write this as text."))
    if question.type in COMPOSITE:
        return _read_composite(question, raw, facts)
    text = " ".join(unicodedata.normalize("NFC", raw).split())
    if not text:
        if question.required:
            raise _Wrong(_("Please answer this."))
        return ""
    if len(text) > question.max_length:
        raise _Wrong(_("Use at most %(count)s characters.") % {"count": question.max_length})
    return _READERS[question.type](question, text)


def _read_composite(question: Question, raw: str, facts: Mapping[str, Any]) -> str:
    try:
        chosen = json.loads(raw) if raw.strip()[:1] in {"[", "{"} else raw.strip()
    except (ValueError, RecursionError) as error:
        raise _Wrong(_("Please answer this.")) from error
    found: Any
    if question.type == "address":
        found = _read_address(question, chosen)
    elif question.type == "members":
        found = _read_members(question, chosen, facts)
    else:
        found = _entry(question, chosen, facts) if chosen else None
    if not found and question.required:
        raise _Wrong(_("Please answer this."))
    return json.dumps(found, ensure_ascii=False) if found else ""


def _read_members(question: Question, chosen: object, facts: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Those of the family who were chosen, in the order of its card."""
    taken = [_entry(question, one, facts) for one in (chosen if isinstance(chosen, list) else [chosen]) if one]
    if not taken and question.required:
        raise _Wrong(_("Choose at least one."))
    return [entry for entry in entries(question, facts) if entry in taken]


def _entry(question: Question, chosen: object, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """The entry that a form's mark means; a program may send the entry itself, or a member's number."""
    for entry in entries(question, facts):
        if chosen in (mark(entry), entry) or (question.type == "members" and chosen == entry["nik"]):
            return entry
    raise _Wrong(_("Choose one of the answers."))


def _read_address(question: Question, chosen: object) -> Mapping[str, str] | None:
    """The RT that was meant, and the street line. Nothing filled in is no answer."""
    typed = chosen if isinstance(chosen, dict) else {"kelurahan": chosen}
    parts = {key: " ".join(str(typed.get(key, "")).split())[:200] for key in ("kelurahan", "rw", "rt", "line")}
    if not any(parts.values()) and not question.required:
        return None
    if not all(parts.values()):
        raise _Wrong(_("Write the street, RT, RW and kelurahan."))
    _read_text(question, parts["line"])
    if not (_RT.match(parts["rw"]) and _RT.match(parts["rt"])):
        raise _Wrong(_("RT and RW are numbers, for example 003 and 007."))
    kelurahan, _comma, kecamatan = parts["kelurahan"].partition(",")
    rw, rt = parts["rw"].zfill(3), parts["rt"].zfill(3)
    found = find_rt(kelurahan=kelurahan.strip(), kecamatan=kecamatan.strip(), rw=rw, rt=rt)
    if len(found) != 1:
        raise _Wrong(
            _("Several kelurahan have this name. Write the kecamatan behind it, with a comma.")
            if found
            else _("There is no such RT in the city. Look at the kelurahan, RW and RT again.")
        )
    area = found[0]
    return {
        "line": parts["line"],
        "rt": rt,
        "rw": rw,
        "kelurahan": area.kelurahan,
        "kecamatan": area.kecamatan,
        "kelurahan_code": area.kelurahan_code,
        "area_code": area.code,
        "postcode": area.postcode,
    }


def _read_text(_question: Question, text: str) -> str:
    if any(unicodedata.category(character) in {"Cc", "Cf", "Co", "Cs", "Cn"} for character in text):
        raise _Wrong(_("This holds characters that cannot be printed. Please write it with Latin letters."))
    try:
        check_printable(text)
    except InvalidInput as error:
        raise _Wrong(error.sentence) from error
    return text


def _read_choice(question: Question, text: str) -> str:
    if text not in {choice.value for choice in question.choices}:
        raise _Wrong(_("Choose one of the answers."))
    return text


def _read_date(_question: Question, text: str) -> str:
    try:
        if day_first := _DAY_FIRST.match(text):
            day, month, year = map(int, day_first.groups())
            return date(year, month, day).isoformat()
        if _ISO.match(text):
            return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    raise _Wrong(_("Write a date as day/month/year, for example 31/12/2026."))


def _read_number(_question: Question, text: str) -> str:
    if not _NUMBER.match(text):
        raise _Wrong(_("Write a number in digits."))
    return text


def _read_location(_question: Question, text: str) -> str:
    found = _LOCATION.match(text)
    if not found or abs(float(found[1])) > _POLE or abs(float(found[2])) > _DATE_LINE:
        raise _Wrong(_("Write latitude and longitude in degrees, for example -6.17806, 106.63000."))
    return f"{float(found[1]):.6f}, {float(found[2]):.6f}"


_READERS: Mapping[QuestionType, Callable[[Question, str], str]] = {
    "text": _read_text,
    "choice": _read_choice,
    "date": _read_date,
    "number": _read_number,
    "location": _read_location,
}
