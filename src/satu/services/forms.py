"""The residual form: what is left to ask when everything known has been pulled, and reading what was answered."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from satu.documents.rendering import check_printable
from satu.kernel.errors import InvalidInput
from satu.services.types import InvalidAnswers, Question, QuestionType, ServicePackage

_DAY_FIRST = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})\Z", re.ASCII)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,6})?\Z", re.ASCII)


class _Wrong(Exception):
    def __init__(self, sentence: str | Promise) -> None:
        self.sentence = sentence


def read_answers(package: ServicePackage, answers: Mapping[str, str]) -> dict[str, str]:
    """The answers to the package's questions, cleaned; everything else in ``answers`` is not looked at.

    Raises ``InvalidAnswers`` with a sentence for each question that needs another look.
    """
    read: dict[str, str] = {}
    errors: dict[str, str | Promise] = {}
    for question in package.questions:
        try:
            read[question.key] = _read(question, answers.get(question.key, ""))
        except _Wrong as wrong:
            errors[question.key] = wrong.sentence
    if errors:
        raise InvalidAnswers(errors)
    return read


def _read(question: Question, raw: object) -> str:
    if not isinstance(raw, str):
        raise _Wrong(_("Write this as text."))
    text = " ".join(unicodedata.normalize("NFC", raw).split())
    if not text:
        if question.required:
            raise _Wrong(_("Please answer this."))
        return ""
    if len(text) > question.max_length:
        raise _Wrong(_("Use at most %(count)s characters.") % {"count": question.max_length})
    return _READERS[question.type](question, text)


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


_READERS: Mapping[QuestionType, Callable[[Question, str], str]] = {
    "text": _read_text,
    "choice": _read_choice,
    "date": _read_date,
    "number": _read_number,
}
