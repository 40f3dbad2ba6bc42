"""The catalogues of translated text: English in the code, Indonesian in each package's ``locale/id``."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings

from satu.config import officialese

PACKAGES = Path(__file__).resolve().parents[1]
_METHODS = [("**/tests/**", "ignore"), ("**/migrations/**", "ignore"), ("**.py", "python"), ("**.html", "jinja2")]
_KEYWORDS = {
    **dict.fromkeys(["_", "gettext", "gettext_lazy", "gettext_noop"], None),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], (1, 2)),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], ((1, "c"), 2)),
}
_OPTIONS = {"**.html": {"trimmed": "true", "extensions": "jinja2.ext.do", "silent": "false"}}


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something that keeps a catalogue from being complete."""

    catalogue: Path
    what: str
    message: str

    def __str__(self) -> str:
        return f"{self.catalogue}: {self.what}: {self.message!r}"


def po_files() -> list[Path]:
    return sorted(PACKAGES.glob("*/locale/id/LC_MESSAGES/django.po"))


def packages() -> list[Path]:
    return sorted(p.parent for p in PACKAGES.glob("*/apps.py"))


def extract(package: Path) -> Catalog:
    """Every text that one package shows, with the places where it stands."""
    catalogue = _empty()
    found = extract_from_dir(package, _METHODS, _OPTIONS, keywords=_KEYWORDS, comment_tags=["Translators:"])
    for filename, _line, message, comments, context in found:
        catalogue.add(message, None, [(f"{package.name}/{filename}", 0)], auto_comments=comments, context=context)
    return catalogue


def update() -> list[Path]:
    """Bring every catalogue in line with the code: new texts untranslated, unused ones gone. Returns what changed."""
    return [po for package in packages() if (po := _update_one(package))]


def _update_one(package: Path) -> Path | None:
    wanted = extract(package)
    po = package / "locale" / "id" / "LC_MESSAGES" / "django.po"
    if not len(wanted):
        return None
    before = po.read_bytes() if po.exists() else b""
    known = _read(po) if po.exists() else _empty()
    for message in wanted:
        if message.id and (translated := known.get(message.id, message.context)) and not translated.fuzzy:
            message.string = translated.string
    po.parent.mkdir(parents=True, exist_ok=True)
    with po.open("wb") as out:
        write_po(out, wanted, width=110, omit_header=False, include_lineno=False, sort_output=True)
    text = _without_dates(po.read_text(encoding="utf-8"))
    po.write_text(text, encoding="utf-8")
    return po if po.read_bytes() != before else None


def _empty() -> Catalog:
    """Indonesian has one plural form; Babel does not know that."""
    catalogue = Catalog(locale="id", header_comment="# Indonesian texts of Satu.", fuzzy=False)
    catalogue.mime_headers = [("Plural-Forms", "nplurals=1; plural=0;")]
    return catalogue


_HEADERS = ('"Project-Id', '"Report-', '"POT-', '"PO-', '"Last-', '"Language-Team', '"Generated-')


def _without_dates(text: str) -> str:
    """A catalogue changes when its texts do, not with the clock or the tool."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith(_HEADERS))


def complaints() -> Iterator[Complaint]:
    """What is missing, unused or broken in the Indonesian catalogues, and officialese wherever there is text."""
    for package in packages():
        po = package / "locale" / "id" / "LC_MESSAGES" / "django.po"
        wanted = {(m.id, m.context): m for m in extract(package) if m.id}
        known = {(m.id, m.context): m for m in _read(po) if m.id} if po.exists() else {}
        for key in wanted.keys() - known.keys():
            yield Complaint(po, "not in the catalogue (satu messages update)", _text(key[0]))
        for key in known.keys() - wanted.keys():
            yield Complaint(po, "no longer used (satu messages update)", _text(key[0]))
        yield from (Complaint(po, problem, _text(m.id)) for m in known.values() for problem in _problems(m))
        if po.exists():
            yield from (Complaint(po, wrong, text) for wrong, text in officialese.in_catalogue(_read(po)))
    for folder in (Path(settings.SATU_CITY), PACKAGES):
        yield from (Complaint(*found) for found in officialese.in_files(folder))


def _problems(message: Message) -> Iterator[str]:
    strings = message.string if isinstance(message.string, (list, tuple)) else [message.string]
    if not all(strings):
        yield "not translated"
    elif message.fuzzy:
        yield "marked fuzzy"
    else:
        yield from (str(error) for error in message.check())


def _text(message_id: object) -> str:
    return str(message_id[0] if isinstance(message_id, (list, tuple)) else message_id)


def _read(po: Path) -> Catalog:
    with po.open("rb") as source:
        return read_po(source, locale="id", domain="django")


def compile_stale() -> int:
    """Compile the catalogues that changed since they were last compiled. Returns how many."""
    count = 0
    for po in po_files():
        mo = po.with_suffix(".mo")
        if not mo.exists() or mo.stat().st_mtime_ns < po.stat().st_mtime_ns:
            fresh = mo.with_suffix(f".{os.getpid()}")
            with fresh.open("wb") as out:
                write_mo(out, _read(po))
            fresh.replace(mo)  # at once, for others may read or compile it at this moment
            count += 1
    return count
