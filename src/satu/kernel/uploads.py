"""Requests that bring files are bounded before a byte of them is kept."""
# ruff: noqa: ARG002, N803 - the shape of a handler is Django's

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler


class SizeLimit(FileUploadHandler):
    """Refuses a request that says it is larger than ``SATU_LARGEST_UPLOAD``; Django reads no further than it says."""

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: str | None = None
    ) -> None:
        """Raises ``RequestDataTooBig``."""
        if content_length > settings.SATU_LARGEST_UPLOAD:
            raise RequestDataTooBig(f"a request of {content_length} bytes")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
