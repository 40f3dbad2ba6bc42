"""Giving out a file that somebody sent: to be saved, never to be shown by the browser as a page of ours."""

from typing import Protocol
from urllib.parse import quote

from django.http import HttpResponse

#: What a browser saves or shows as itself, and never runs. Anything else goes out as bytes.
_SAFE = frozenset({"application/pdf", "image/jpeg", "image/png", "image/webp", "image/heic"})


class File(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def content_type(self) -> str: ...
    @property
    def content(self) -> bytes: ...


def as_download(file: File) -> HttpResponse:
    """The file as an attachment, under its own name, sandboxed."""
    safe = file.content_type if file.content_type in _SAFE else "application/octet-stream"
    response = HttpResponse(file.content, content_type=safe)
    plain = file.name.encode("ascii", "ignore").decode().replace('"', "").strip() or "berkas"
    response["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
