"""Reading a form that sends a message with files."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest


def sent_files(request: HttpRequest, field: str = "files") -> Sequence[tuple[str, bytes]]:
    """Names and contents of the files that came along."""
    return [(file.name or "", file.read()) for file in request.FILES.getlist(field) if isinstance(file, UploadedFile)]


def sent_token(request: HttpRequest) -> UUID:
    """What makes a double click one message; a form without one, or with a forged one, is a message of its own."""
    try:
        return UUID(request.POST.get("token", ""))
    except ValueError:
        return uuid4()
