"""The interface for programs, put together."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, re_path
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI

from satu.api import problems
from satu.api.operations import (
    bills,
    cases,
    city,
    conversation,
    documents,
    hall,
    licences,
    notices,
    officers,
    own,
    people,
    reports,
    services,
    setup,
    tasks,
    trials,
    untold,
    work,
)
from satu.api.reading import StrictParser, address_is_readable

View = Callable[..., HttpResponse]
DESCRIPTION = (
    "Everything that a page of Satu can do, for programs: the same actions, with the same rights. Texts for people"
    " come in the language of Accept-Language (id or en). Amounts are whole rupiah, times RFC 3339. Whatever goes"
    " wrong is answered as application/problem+json (RFC 9457). What is not yours does not exist for you."
)
#: In the order of the reference.
CHAPTERS = (
    services.chapter,
    services.offers,
    cases.chapter,
    conversation.chapter,
    documents.chapter,
    documents.checking,
    own.chapter,
    reports.chapter,
    notices.chapter,
    bills.chapter,
    tasks.chapter,
    work.chapter,
    reports.answers,
    officers.chapter,
    people.chapter,
    licences.chapter,
    city.chapter,
    hall.chapter,
    setup.chapter,
    trials.chapter,
    untold.chapter,
)


def _put_together() -> NinjaAPI:
    made = NinjaAPI(
        title="Satu",
        version="1",
        description=DESCRIPTION,
        urls_namespace="api",
        parser=StrictParser(),
        docs_url=None,
        openapi_url=None,
    )
    problems.register(made)
    for chapter in CHAPTERS:
        made.add_router("", chapter)
    return made


api = _put_together()


def patterns() -> list[URLPattern]:
    """The operations' addresses; whatever else is asked below them is answered with a problem, too."""
    found, _app, _namespace = api.urls
    operations = [pattern for pattern in found if isinstance(pattern, URLPattern) and pattern.name != "api-root"]
    for pattern in operations:
        pattern.callback = operation(pattern.callback)
    return [*operations, re_path("^.*$", operation(_nothing_here), name="nothing-here")]


def operation(view: Any) -> View:
    """What surrounds every operation: language, problems, and nothing left in a cache.

    It signs in by itself (``callers``): the middleware that leads to the sign-in page leaves it alone.
    """

    def surrounded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        language = _language(request)
        with translation.override(language):
            answer = _answered(view, request, args, kwargs)
        answer["Content-Language"] = language
        answer.headers.setdefault("Cache-Control", "no-store, private")
        patch_vary_headers(answer, ("Accept-Language", "Authorization", "Cookie"))
        return answer

    return csrf_exempt(login_not_required(update_wrapper(surrounded, view)))


def _answered(view: View, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponse:
    if not address_is_readable(request):
        return problems.unreadable()
    try:
        answer = view(request, *args, **kwargs)
    except Exception as error:  # noqa: BLE001 - whatever it is, a program gets a problem and no page
        return api.on_exception(request, error)
    if answer.status_code == 405:  # noqa: PLR2004 - ninja's own, as plain text
        return problems.not_allowed_method(answer["Allow"])
    return answer


def _nothing_here(_request: HttpRequest) -> HttpResponse:
    return problems.nothing_here()


def _language(request: HttpRequest) -> str:
    """What the caller accepts first, of those that we speak; else the city's."""
    spoken = dict(settings.LANGUAGES)
    for part in request.headers.get("Accept-Language", "").split(","):
        code = part.partition(";")[0].strip().lower().partition("-")[0]
        if code in spoken:
            return code
    return settings.LANGUAGE_CODE
