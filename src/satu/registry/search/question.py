"""What somebody typed into the name box: a name, perhaps with a birth year or date, or a number."""

import re
from dataclasses import dataclass
from datetime import date

from satu.registry.search.spelling import TypedWord, letters, typed_words

LONGEST_TEXT = 200
"""What is typed beyond this is not read: a name has at most 60 letters."""

_MONTHS = ("jan", "feb", "mar", "apr", "mei", "jun", "jul", "agu", "sep", "okt", "nov", "des")
_MONTHS_OTHERWISE = {"may": 5, "aug": 8, "agt": 8, "oct": 10, "nop": 11, "dec": 12, "peb": 2}
_NUMBER = re.compile(r"(?<![\w-])\d[\d .\-]{4,}\d(?!\w)", re.ASCII)
_DAY_FIRST = re.compile(r"(?<!\w)(\d{1,2})[-/. ](\d{1,2})[-/. ]((?:18|19|20)\d\d)(?!\w)", re.ASCII)
_YEAR_FIRST = re.compile(r"(?<!\w)((?:18|19|20)\d\d)[-/.](\d{1,2})[-/.](\d{1,2})(?!\w)", re.ASCII)
_MONTH_NAMED = re.compile(r"(?<!\w)(\d{1,2})[- ]([a-z]{3})[a-z]*\.?[- ]((?:18|19|20)\d\d)(?!\w)", re.ASCII)
_YEAR = re.compile(r"(?<!\w)((?:18|19|20)\d\d)(?!\w)", re.ASCII)
_SHORTEST_NUMBER, _LONGEST_NUMBER = 6, 16


@dataclass(frozen=True, slots=True)
class Question:
    """``number`` is the beginning of a NIK or KK (6 to 16 digits) and goes before the rest. ``finished`` says that
    the last word stands whole: a space, a full stop or a year follows it."""

    words: tuple[TypedWord, ...] = ()
    finished: bool = False
    birth_year: int | None = None
    birth_date: date | None = None
    number: str | None = None

    def __repr__(self) -> str:
        return "Question(…)"


def read(text: str) -> Question:
    """Never raises: what cannot be understood is left out."""
    text = letters(text[:LONGEST_TEXT])
    text, birth_date = _take_date(text)
    text, number = (text, None) if birth_date else _take_number(text)
    text, year = (text, birth_date.year) if birth_date else _take_year(text)
    words = tuple(typed_words(text))
    finished = bool(words) and (text[-1:].isspace() or words[-1].dotted)
    return Question(words=words, finished=finished, birth_year=year, birth_date=birth_date, number=number)


def _take_date(text: str) -> tuple[str, date | None]:
    for pattern, order in ((_DAY_FIRST, (3, 2, 1)), (_YEAR_FIRST, (1, 2, 3)), (_MONTH_NAMED, (3, 2, 1))):
        if found := pattern.search(text):
            year, month, day = (found[place] for place in order)
            try:
                born = date(int(year), _month(month), int(day))
            except ValueError:
                continue
            return text[: found.start()] + " " + text[found.end() :], born
    return text, None


def _month(text: str) -> int:
    if text.isdigit():
        return int(text)
    return _MONTHS.index(text) + 1 if text in _MONTHS else _MONTHS_OTHERWISE.get(text, 0)


def _take_number(text: str) -> tuple[str, str | None]:
    found = _NUMBER.search(text)
    if not found:
        return text, None
    digits = re.sub(r"\D", "", found[0])
    if not _SHORTEST_NUMBER <= len(digits) <= _LONGEST_NUMBER:
        return text, None
    return text[: found.start()] + " " + text[found.end() :], digits


def _take_year(text: str) -> tuple[str, int | None]:
    found = _YEAR.search(text)
    if not found:
        return text, None
    return text[: found.start()] + " " + text[found.end() :], int(found[1])
