"""What may come in as a file: looked at by its bytes, never by its name or by what the browser says of it."""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import puremagic
from django.utils.translation import gettext_lazy as _

from satu.kernel.errors import InvalidInput

#: The kinds that a package may ask for: media types, and the suffix under which a file of the kind is given out.
KINDS: Mapping[str, tuple[frozenset[str], str]] = {
    "pdf": (frozenset({"application/pdf"}), ".pdf"),
    "jpeg": (frozenset({"image/jpeg", "image/jpg"}), ".jpg"),
    "png": (frozenset({"image/png"}), ".png"),
    "webp": (frozenset({"image/webp"}), ".webp"),
    "heic": (frozenset({"image/heic", "image/heif"}), ".heic"),
}
#: The kinds of a photo or scan, as a telephone makes them.
PHOTOS = ("jpeg", "png", "webp", "heic")
MEGABYTE = 1024 * 1024
_LONGEST_STEM = 80
#: What no name may hold: controls, marks that turn the writing around, and what a file system or a shell reads.
_FORBIDDEN = re.compile(r'[<>:"|?*%$`\\/;&]')
#: A NIK or number of a family card in a name stays out of it.
_POPULATION_NUMBER = re.compile(r"(?:[0-9][ .\-]?){15}[0-9]")


@dataclass(frozen=True, slots=True)
class CheckedFile:
    name: str = field(repr=False)
    content_type: str
    content: bytes = field(repr=False)
    sha256: str


def check_file(name: str, content: bytes, *, kinds: Collection[str], max_bytes: int) -> CheckedFile:
    """A file as it may be kept, under a clean name. Raises ``InvalidInput`` (field ``file``)."""
    if not content:
        raise InvalidInput(_("This file is empty. Choose another one."), field="file")
    if len(content) > max_bytes:
        raise InvalidInput(
            _("This file is too large. It may have at most %(size)s MB.") % {"size": max_bytes // MEGABYTE},
            field="file",
        )
    kind = kind_of(content)
    if kind is None or kind not in kinds:
        raise InvalidInput(
            _("This kind of file is not taken here. Send one of: %(kinds)s.") % {"kinds": shown(kinds)}, field="file"
        )
    return CheckedFile(
        name=clean_name(name, KINDS[kind][1]),
        content_type=main_type(kind),
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
    )


def kind_of(content: bytes) -> str | None:
    """Which of ``KINDS`` it is by its first bytes; ``None`` for every other kind, and for what only ends like one."""
    try:
        matches = puremagic.magic_string(content)
    except (puremagic.PureError, ValueError):
        return None
    best = max(match.confidence for match in matches)
    types = {match.mime_type for match in matches if match.confidence == best}
    return next((kind for kind, (known, _suffix) in KINDS.items() if known & types), None)


def main_type(kind: str) -> str:
    """The media type under which a file of the kind is given out."""
    return {"pdf": "application/pdf"}.get(kind, f"image/{kind}")


def shown(kinds: Collection[str]) -> str:
    return ", ".join(kind.upper() for kind in KINDS if kind in kinds)


def clean_name(name: str, suffix: str) -> str:
    """A name that is safe to store, to show and to give out: no folder, no trick, the suffix of what it really is."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    plain = "".join(one for one in last if unicodedata.category(one)[0] != "C" and not _FORBIDDEN.match(one))
    stem = " ".join(plain.split()).strip(". ")
    before, dot, after = stem.rpartition(".")
    if dot and before and re.fullmatch(r"[A-Za-z0-9]{1,5}", after):
        stem = before.rstrip(". ")
    stem = _POPULATION_NUMBER.sub("", stem).strip("._- ")[:_LONGEST_STEM].strip("._- ")
    return (stem or "berkas") + suffix
