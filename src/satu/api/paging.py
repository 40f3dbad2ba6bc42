"""Lists in pages: so many at once, and where the next ones begin."""

from collections.abc import Sequence
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as _
from ninja import Query, Schema
from pydantic import Field

Item = TypeVar("Item")
Limit = Annotated[int, Query(ge=1, le=100, description=_("How many at most."))]
Before = Annotated[
    UUID | None, Query(description=_("Where the page begins: `next` of the page before. Left out, at the newest."))
]
USUAL = 20


class Page(Schema, Generic[Item]):
    """One page of a list. The header `Link` has the address of the next one, while there is one."""

    items: list[Item]
    next: str | None = Field(description="The cursor of the next page; null on the last one.")


def page(
    request: HttpRequest, response: HttpResponse, found: Sequence[Any], limit: int, *, key: str = "id"
) -> dict[str, object]:
    """A page of what was looked for with ``limit`` plus one: the one too many says that there are more."""
    items = found[:limit]
    following = str(getattr(items[-1], key)) if len(found) > limit else None
    return linked(request, response, items, following)


def linked(
    request: HttpRequest, response: HttpResponse, items: Sequence[Any], following: str | None
) -> dict[str, object]:
    """A page whose next one begins at a cursor that is known."""
    if following:
        query = request.GET.copy()
        query["cursor"] = following
        address = request.build_absolute_uri(f"{request.path}?{urlencode(query)}")
        response["Link"] = f'<{address}>; rel="next"'
    return {"items": items, "next": following}
