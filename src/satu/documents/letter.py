"""What a letter is told about itself, in the words that the letter layout knows."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import segno
from django.conf import settings
from django.utils import timezone

from satu.documents.codes import LENGTH, show_code
from satu.documents.rendering import render
from satu.kernel.city import Agency, City, Label, the_city

_INK = "#14231d"
_NO_CODE = "0" * LENGTH


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Everything on a letter that the service did not put there."""

    language: str
    title: Label
    number: str
    code: str
    qr: str
    city: City
    issuer: Agency
    issued_on: date
    valid_until: date | None
    certified: bool

    def values(self) -> Mapping[str, object]:
        """As JSON values for the template (``doc`` in ``@satu/letter``)."""
        return {
            "lang": self.language,
            "title": in_language(self.title, self.language),
            "number": self.number,
            "code": show_code(self.code),
            "verify_url": verify_url(self.code),
            "qr": self.qr,
            "city": {
                "code": self.city.code,
                "name": in_language(self.city.name, self.language),
                "province": self.city.province,
                "colours": dict(self.city.colours),
            },
            "issuer": {
                "code": self.issuer.code,
                "name": in_language(self.issuer.name, self.language),
                "short": self.issuer.short,
            },
            "issued_on": self.issued_on.isoformat(),
            "valid_until": self.valid_until.isoformat() if self.valid_until else None,
            "certified": self.certified,
        }


def sample(template: Path, data: Mapping[str, object], agency: str) -> bytes:
    """The letter as its author wants to see it: it says *contoh* where its number would be, and nobody issued it.

    Raises ``KeyError`` for an agency that the city does not have, and what ``render`` raises.
    """
    now = timezone.now()
    letterhead = Letterhead(
        language=str(data.get("lang", "id")),
        title=Label("Contoh surat", "Sample letter"),
        number="CONTOH",
        code=_NO_CODE,
        qr=qr_code(_NO_CODE),
        city=the_city(),
        issuer=the_city().agencies[agency],
        issued_on=timezone.localdate(now),
        valid_until=None,
        certified=False,
    )
    return render(template, data=data, document=letterhead.values(), at=now)


def verify_url(code: str) -> str:
    """Where anybody can check the document. The code is all there is in it."""
    return f"{settings.SATU_PUBLIC_URL.rstrip('/')}/v/{show_code(code)}"


def qr_code(code: str) -> str:
    """The QR code that leads to ``verify_url(code)``, as SVG, readable with 15 % of it soiled."""
    svg = io.BytesIO()
    segno.make(verify_url(code), error="m", micro=False).save(svg, kind="svg", border=0, dark=_INK, xmldecl=False)
    return svg.getvalue().decode()


def in_language(label: Label, language: str) -> str:
    return label.en if language == "en" else label.id
