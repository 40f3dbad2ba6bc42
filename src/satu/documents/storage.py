"""The files of issued documents: under random names, read back before anybody relies on them.

A row is committed after its file is safe, so a crash leaves at most a file without a row; ``sweep`` removes those.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext_lazy as _

from satu.kernel.errors import SatuError

FOLDER = "documents"
_log = structlog.get_logger(__name__)


class FileDamaged(SatuError):
    """The stored file is gone or is no longer what was issued."""

    code = "file-damaged"
    status = 500

    def __init__(self) -> None:
        super().__init__(_("The stored file of this document is damaged. We have been told and will restore it."))


@dataclass(frozen=True, slots=True)
class StoredFile:
    name: str
    sha256: str
    size: int


def keep(content: bytes, *, folder: str = FOLDER, suffix: str = ".pdf") -> StoredFile:
    """Store ``content`` durably and read it back. Raises ``FileDamaged`` when what comes back is not what went in."""
    random = uuid4().hex
    name = default_storage.save(f"{folder}/{random[:2]}/{random}{suffix}", ContentFile(content))
    _to_disk(name)
    stored = StoredFile(name=name, sha256=digest(content), size=len(content))
    read(stored.name, stored.sha256)
    return stored


def read(name: str, sha256: str) -> bytes:
    """The file's content. Raises ``FileDamaged`` when it is missing or its hash differs."""
    try:
        with default_storage.open(name, "rb") as file:
            content = bytes(file.read())
    except OSError as error:
        _log.error("documents.file_missing", file=name, error=type(error).__name__)
        raise FileDamaged from error
    if digest(content) != sha256:
        _log.error("documents.file_changed", file=name)
        raise FileDamaged
    return content


def discard(name: str) -> None:
    default_storage.delete(name)


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def stored_before(moment: datetime, *, folder: str = FOLDER) -> Iterator[str]:
    """The names of files in ``folder`` that were stored before ``moment``."""
    if not default_storage.exists(folder):
        return
    for part in default_storage.listdir(folder)[0]:
        for file in default_storage.listdir(f"{folder}/{part}")[1]:
            name = f"{folder}/{part}/{file}"
            if default_storage.get_modified_time(name) < moment:
                yield name


def _to_disk(name: str) -> None:
    """Files on this machine must outlive a power cut before the row that names them is committed."""
    try:
        path = Path(default_storage.path(name))
    except NotImplementedError:
        return  # an object store answers when it has the object
    for place in (path, path.parent, path.parent.parent):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
