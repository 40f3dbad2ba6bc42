"""From a Typst template and JSON values to a tagged PDF/A-2a (and PDF/UA-1) file, the same bytes for the same values.

A template sees the files of its own folder, the package ``@satu/letter`` and the values it is given, nothing else.
Values travel as JSON and are never read as markup.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path

import typst
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext_lazy as _

from satu.kernel.errors import InvalidInput, SatuError

_HOME = Path(__file__).parent / "typst"
_STANDARDS: "list[typst.PDFStandard]" = ["a-2a", "ua-1"]
_NO_DOWNLOADS = Path("/dev/null/packages")
_FOREIGN_PACKAGE = re.compile(r'"@(?!satu/)[^"]*"')
_PLACE = re.compile(r"┌─ (?P<file>.+?):(?P<line>\d+):\d+$", re.MULTILINE)
_NOT_SHOWN = re.compile(r'error: .*?the text `"(?P<text>.+?)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_PROBE = (
    '#set document(title: "x")\n#set text(font: "Plus Jakarta Sans", lang: "id", fallback: false)\n#sys.inputs.text'
)


class RenderingFailed(SatuError):
    """The template cannot be rendered. ``str`` is for its author: file, line and what Typst says."""

    code = "rendering-failed"
    status = 500

    def __init__(self, file: str, line: int, message: str) -> None:
        self.file, self.line, self.message = file, line, message
        super().__init__(_("The letter could not be made. The mistake is on our side."))

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class Unprintable(InvalidInput):
    """Some characters are in no font of ours, so they would be missing from the letter. ``characters`` lists them."""

    code = "unprintable"

    def __init__(self, characters: str) -> None:
        self.characters = characters
        super().__init__(
            _("These characters cannot be printed: %(characters)s. Please write it with Latin letters.")
            % {"characters": " ".join(c if c.isprintable() else f"U+{ord(c):04X}" for c in characters)},
        )


def render(template: Path, *, data: Mapping[str, object], document: Mapping[str, object], at: datetime) -> bytes:
    """The PDF. ``at`` is the date that the file says it was made; nothing else in it depends on the clock.

    Raises ``RenderingFailed`` with file and line, or ``Unprintable``.
    """
    _refuse_what_leads_out(template.parent)
    inputs = {"data": _json(data), "document": _json(document)}
    compiler = typst.Compiler(
        input=template,
        root=template.parent,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        package_path=_HOME / "packages",
        package_cache_path=_NO_DOWNLOADS,
    )
    try:
        pdf = compiler.compile(
            sys_inputs=inputs, format="pdf", pdf_standards=_STANDARDS, timestamp=int(at.timestamp())
        )
    except typst.TypstError as error:
        raise _explained(error, template) from error
    if not isinstance(pdf, bytes):
        raise RenderingFailed(template.name, 1, "Typst gave no PDF")
    return pdf


def check_printable(text: str) -> None:
    """Raise ``Unprintable`` when ``text`` holds a character that a letter cannot show. Takes a few milliseconds."""
    if text.isascii() and text.isprintable():
        return
    compiler = typst.Compiler(input=_PROBE.encode(), font_paths=_fonts(), ignore_system_fonts=True)
    try:
        compiler.compile(sys_inputs={"text": text}, format="pdf", pdf_standards=_STANDARDS, timestamp=0)
    except typst.TypstError as error:
        raise _explained(error, Path("text")) from error


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[_HOME / "fonts"])


def _json(values: Mapping[str, object]) -> str:
    return json.dumps(values, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True, allow_nan=False)


def _refuse_what_leads_out(folder: Path) -> None:
    """Typst keeps a template in its folder, but follows links out of it and fetches packages from the internet."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            raise RenderingFailed(name, 1, "a link; put the file itself here")
        if path.suffix == ".typ":
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                if found := _FOREIGN_PACKAGE.search(line):
                    raise RenderingFailed(name, number, f"{found[0]} is not installed; only @satu packages are")


def _explained(error: typst.TypstError, template: Path) -> SatuError:
    not_shown = "".join(
        _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text) for text in _NOT_SHOWN.findall(error.diagnostic)
    )
    if missing := "".join(dict.fromkeys(not_shown)):
        return Unprintable(missing)
    place = _PLACE.search(error.diagnostic)
    file, line = (place["file"], int(place["line"])) if place else (template.name, 1)
    if not file.startswith("@"):
        file = _within(template.parent, file)
    hints = "".join(f" ({hint})" for hint in error.hints)
    return RenderingFailed(file, line, error.message.strip() + hints)


def _within(folder: Path, file: str) -> str:
    """Typst names a file from the current folder; people want it from the template's."""
    path = (Path.cwd() / file).resolve()
    return path.relative_to(folder.resolve()).as_posix() if path.is_relative_to(folder.resolve()) else path.name
