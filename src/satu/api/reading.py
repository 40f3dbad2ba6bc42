"""Reading what a request brings, before anything looks at it."""

import json
from typing import Any
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _
from ninja.parser import Parser

from satu.api.problems import Unreadable, UnsupportedMediaType

JSON, FORM = "application/json", "multipart/form-data"
_CANNOT_BE_KEPT = _("The content is not what its type says, or holds what cannot be kept.")


class StrictParser(Parser):
    """JSON where JSON is wanted, a form with files where that is; and nothing that no database can keep."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """Raises ``UnsupportedMediaType``, ``Unreadable``."""
        if request.content_type != JSON:
            raise UnsupportedMediaType(_("Send JSON here: Content-Type: application/json."))
        try:
            content = json.loads(request.body.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            raise Unreadable(_CANNOT_BE_KEPT) from error
        if not _can_be_kept(content):
            raise Unreadable(_CANNOT_BE_KEPT)
        return content  # type: ignore[no-any-return]  # pydantic looks at its shape

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        """Raises ``UnsupportedMediaType``, ``Unreadable``."""
        if data is not request.GET and request.content_type != FORM:
            raise UnsupportedMediaType(_("Send a form here: Content-Type: multipart/form-data."))
        if isinstance(data, QueryDict) and not all(_can_be_kept(values) for _name, values in data.lists()):
            raise Unreadable(_CANNOT_BE_KEPT)
        return super().parse_querydict(data, list_fields, request)


def address_is_readable(request: HttpRequest) -> bool:
    """Whether the query string is text."""
    query = unquote_to_bytes(request.META.get("QUERY_STRING", "").replace("+", " "))
    try:
        return b"\x00" not in query and query.decode("utf-8") is not None
    except UnicodeDecodeError:
        return False


def _can_be_kept(thing: object) -> bool:
    """No NUL and no half of a surrogate pair, anywhere."""
    if isinstance(thing, str):
        return "\x00" not in thing and not any("\ud800" <= character <= "\udfff" for character in thing)
    if isinstance(thing, dict):
        return all(_can_be_kept(key) and _can_be_kept(value) for key, value in thing.items())
    if isinstance(thing, list):
        return all(map(_can_be_kept, thing))
    return True
