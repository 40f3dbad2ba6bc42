"""The residual form: what is left to ask when everything known has been pulled, and reading what was answered."""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from satu.documents.rendering import check_printable
from satu.hub.areas import find_rt
from satu.kernel.errors import InvalidInput
from satu.kernel.typed import read_day, read_location, read_number, text_of
from satu.services.answers import answer_values, entries, given, is_asked, mark
from satu.services.checking import complaints
from satu.services.types import COMPOSITE, InvalidAnswers, Question, QuestionType, ServicePackage

_RT = re.compile(r"(?:r[tw]\.? *)?(\d{1,3})\Z", re.ASCII | re.IGNORECASE)
_KELURAHAN = re.compile(r"(?:kelurahan|kel|desa|kecamatan|kec)\b\.? *", re.ASCII | re.IGNORECASE)


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
    text = text_of(raw)
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
    parts = {key: text_of(str(typed.get(key, "")))[:200] for key in ("kelurahan", "rw", "rt", "line")}
    if not any(parts.values()) and not question.required:
        return None
    if not all(parts.values()):
        raise _Wrong(_("Write the street, RT, RW and kelurahan."))
    _read_text(question, parts["line"])
    numbers = [_RT.match(parts[key]) for key in ("rw", "rt")]
    if not all(numbers):
        raise _Wrong(_("RT and RW are numbers, for example 003 and 007."))
    rw, rt = (one[1].zfill(3) for one in numbers if one)
    kelurahan, _comma, kecamatan = _KELURAHAN.sub("", parts["kelurahan"]).partition(",")
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


def _typed(reader: Callable[[str], object]) -> Callable[[Question, str], str]:
    """One of ``kernel.typed``, for a question."""

    def read(_question: Question, text: str) -> str:
        try:
            return str(reader(text))
        except InvalidInput as error:
            raise _Wrong(error.sentence) from error

    return read


_READERS: Mapping[QuestionType, Callable[[Question, str], str]] = {
    "text": _read_text,
    "choice": _read_choice,
    "date": _typed(read_day),
    "number": _typed(read_number),
    "location": _typed(read_location),
}
