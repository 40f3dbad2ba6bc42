"""What people type and paste, each kind read in one place: spaces, dots, dashes and what a copy adds do not matter.

Each reader raises ``InvalidInput`` with a sentence that says what is wrong; the caller names the field.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from satu.kernel.errors import InvalidInput

#: Comes along with a copy and cannot be seen. What turns the direction of writing is not among it: it is no accident.
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200e\u200f\u2060\ufeff"))
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-")
_APOSTROPHES = dict.fromkeys(map(ord, "\u2018\u2019\u02bc\u02bb\u00b4`"), "'")
_BETWEEN_DIGITS = re.compile(r"[\s.\-()/]")
_MONTHS: Mapping[str, int] = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "januari", "january"),
            ("feb", "februari", "february", "pebruari"),
            ("mar", "maret", "march"),
            ("apr", "april"),
            ("mei", "may"),
            ("jun", "juni", "june"),
            ("jul", "juli", "july"),
            ("agu", "ags", "agt", "agustus", "aug", "august"),
            ("sep", "sept", "september"),
            ("okt", "oktober", "oct", "october"),
            ("nov", "november", "nop", "nopember"),
            ("des", "desember", "dec", "december"),
        ),
        start=1,
    )
    for name in names
}
_YEAR_FIRST = re.compile(r"(\d{4})[-/. ]+(\d{1,2})[-/. ]+(\d{1,2})", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})[-/., ]*(\d{1,2}|[a-z]+)[-/., ]+(\d{4})", re.ASCII)
_MONTH_FIRST = re.compile(r"([a-z]+)[. ]+(\d{1,2})(?:st|nd|rd|th)?,? +(\d{4})", re.ASCII)
_SHORT_YEAR = re.compile(r"\d{1,2}[-/. ]+(?:\d{1,2}|[a-z]+)[-/. ]+'?\d{2}", re.ASCII)
_WEEKDAY = re.compile(r"[a-z']+, *", re.ASCII)
_GROUPED = re.compile(r"-?\d{1,3}(?:\.\d{3})+(?:,\d{1,6})?", re.ASCII)
_GROUPED_ABROAD = re.compile(r"-?\d{1,3}(?:,\d{3}){2,}(?:\.\d{1,6})?|-?\d{1,3},\d{3}\.\d{1,6}", re.ASCII)
_PLAIN = re.compile(r"-?\d{1,15}(?:[.,]\d{1,6})?", re.ASCII)
_RUPIAH = re.compile(r"(?:rp|idr)\.? *", re.ASCII)
_LOCATION = re.compile(r"(-?\d{1,2}(?:[.,]\d{1,15})?) *[,; ] *(-?\d{1,3}(?:[.,]\d{1,15})?)", re.ASCII)
_POLE, _DATE_LINE = 90, 180


def text_of(text: str) -> str:
    """As it is kept: one space between words, nothing unseen, one kind of apostrophe (Nur'aini)."""
    return " ".join(unicodedata.normalize("NFC", text.translate(_UNSEEN)).translate(_APOSTROPHES).split())


def compact(text: str) -> str:
    """A number or a code without what people write between its signs: ``3671 0145-0691.0003``."""
    seen = "".join(one for one in text if unicodedata.category(one) != "Cf")
    return _BETWEEN_DIGITS.sub("", seen.translate(_DASHES))


def read_day(text: str) -> date:
    """``31/12/2026``, ``31-12-2026``, ``31 Desember 2026``, ``31 Dec 2026``, ``2026-12-31``; the day comes first."""
    plain = _WEEKDAY.sub("", text_of(text).translate(_DASHES).casefold(), count=1)
    try:
        if found := _YEAR_FIRST.fullmatch(plain):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _DAY_FIRST.fullmatch(plain):
            return date(int(found[3]), _month(found[2]), int(found[1]))
        if found := _MONTH_FIRST.fullmatch(plain):
            return date(int(found[3]), _month(found[1]), int(found[2]))
    except ValueError:
        raise InvalidInput(_("There is no such day. Look at it again.")) from None
    if _SHORT_YEAR.fullmatch(plain):
        raise InvalidInput(_("Write the year with four digits, for example 31/12/2026."))
    raise InvalidInput(_("Write a date as day, month and year, for example 31/12/2026 or 31 December 2026."))


def _month(text: str) -> int:
    """Raises ``ValueError``."""
    return int(text) if text.isdecimal() else _MONTHS.get(text, 0)


def read_number(text: str) -> str:
    """A number as programs write it: ``1.250.000`` is ``1250000``, ``1,5`` is ``1.5``, ``Rp25.000,00`` is ``25000``.

    A dot before three digits groups them, as everybody here writes money.
    """
    plain = _RUPIAH.sub("", text_of(text).translate(_DASHES).casefold(), count=1).removesuffix(",-").replace(" ", "")
    for pattern, grouping, point in ((_GROUPED, ".", ","), (_GROUPED_ABROAD, ",", "."), (_PLAIN, "", ",")):
        if pattern.fullmatch(plain):
            whole, _point, part = plain.replace(grouping, "").replace(point, ".").partition(".")
            return f"{whole}.{part}" if part.strip("0") else whole
    raise InvalidInput(_("Write a number in digits, for example 1250 or 1.250.000."))


def read_location(text: str) -> str:
    """Latitude and longitude in degrees, six places each: ``-6.178060, 106.630000``."""
    plain = re.sub("[()°]", "", text_of(text).translate(_DASHES)).strip()
    found = _LOCATION.fullmatch(plain)
    degrees = [float(one.replace(",", ".")) for one in found.groups()] if found else [_POLE + 1.0, 0.0]
    if abs(degrees[0]) > _POLE or abs(degrees[1]) > _DATE_LINE:
        raise InvalidInput(_("Write latitude and longitude in degrees, for example -6.17806, 106.63000."))
    return f"{degrees[0]:.6f}, {degrees[1]:.6f}"


def read_email(text: str) -> str:
    """As mail programs copy it, too: ``Siti <siti@contoh.id>``, ``mailto:…``."""
    clean = text_of(text).casefold().rstrip(".,;").removeprefix("mailto:")
    if inside := re.search(r"<([^<>]+)>", clean):
        clean = inside[1]
    try:
        validate_email(clean)
    except ValidationError:
        raise InvalidInput(_("Write an e-mail address, such as nama@contoh.id.")) from None
    return clean


def read_mobile(text: str) -> str:
    """An Indonesian mobile number, however it is written (0812-…, +62 812 …, 62812…), as E.164."""
    number = re.sub(r"^(?:\+62|0062|62|0)?0?(?=8)", "+62", compact(text))
    if not re.fullmatch(r"\+628[0-9]{7,11}", number, re.ASCII):
        raise InvalidInput(_("Write a mobile number, such as 0812 3456 7890."))
    return number
