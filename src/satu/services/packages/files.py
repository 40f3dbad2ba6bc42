"""What a version of a package is made of."""

import hashlib
from pathlib import Path

#: The process that a package's version runs, among the files kept of it.
COMPILED = "compiled.bpmn"


def version_of(folder: Path, bpmn: str) -> str:
    """A digest of everything in a package's folder, and of the process that its steps were compiled to."""
    digest = hashlib.sha256()
    for name, content in sorted(files_of(folder, bpmn).items()):
        digest.update(f"{name}\0{len(content)}\0{content}".encode())
    return digest.hexdigest()[:16]


def files_of(folder: Path, bpmn: str) -> dict[str, str]:
    """The text files of a package by their path in it.

    With them the process as it was compiled: an open case goes on in the one that it began with, even when a later
    Satu would compile the same steps otherwise.
    """
    return {COMPILED: bpmn} | {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in {".yaml", ".bpmn", ".typ", ".svg"} and path.name != COMPILED
    }
