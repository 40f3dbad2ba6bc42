"""Whatever goes wrong, as RFC 9457 problem details in the caller's language."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, gettext_noop
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from satu.kernel.errors import SatuError
from satu.services.types import InvalidAnswers, SystemsDown

MEDIA_TYPE = "application/problem+json"
_log = structlog.get_logger(__name__)

#: What each kind of problem is called, by ``code``; the reference page explains them under these names.
TITLES: Mapping[str, str] = {
    "unreadable": gettext_noop("The request cannot be read"),
    "unauthenticated": gettext_noop("Sign in, or send a token"),
    "not-allowed": gettext_noop("This is not meant for your account"),
    "scope-too-small": gettext_noop("This token may only look"),
    "second-step-missing": gettext_noop("A second step to sign in is missing"),
    "not-found": gettext_noop("There is nothing here"),
    "method-not-allowed": gettext_noop("This address does not take that method"),
    "conflict": gettext_noop("What was asked no longer fits"),
    "in-progress": gettext_noop("The same request is being carried out"),
    "too-large": gettext_noop("The request is too large"),
    "unsupported-media-type": gettext_noop("This kind of content is not taken here"),
    "invalid-input": gettext_noop("Something in the request needs another look"),
    "key-reused": gettext_noop("This idempotency key stands for another request"),
    "too-many-attempts": gettext_noop("Too many attempts"),
    "too-many-requests": gettext_noop("Too many requests"),
    "internal": gettext_noop("Something went wrong with us"),
    "unavailable": gettext_noop("Something that is needed does not answer"),
}
BY_STATUS: Mapping[int, str] = {
    400: "unreadable",
    401: "unauthenticated",
    403: "not-allowed",
    404: "not-found",
    405: "method-not-allowed",
    409: "conflict",
    413: "too-large",
    415: "unsupported-media-type",
    422: "invalid-input",
    429: "too-many-requests",
    503: "unavailable",
}
_RETRY_AFTER = 30  # seconds


class Unreadable(SatuError):
    code = "unreadable"
    status = 400


class Unauthenticated(SatuError):
    code = "unauthenticated"
    status = 401


class TooLarge(SatuError):
    code = "too-large"
    status = 413


class UnsupportedMediaType(SatuError):
    code = "unsupported-media-type"
    status = 415


class InProgress(SatuError):
    code = "in-progress"
    status = 409


class KeyReused(SatuError):
    code = "key-reused"
    status = 422


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one part: a JSON pointer into the body, or the name of a parameter."""

    detail: str | Promise
    pointer: str = ""
    parameter: str = ""

    def as_json(self) -> dict[str, str]:
        where = {"pointer": self.pointer} if self.pointer else {"parameter": self.parameter}
        return {"detail": str(self.detail)} | where


def problem(
    status: int,
    code: str,
    detail: str | Promise,
    *,
    faults: Sequence[Fault] = (),
    wait: int | None = None,
    **more: object,
) -> HttpResponse:
    """The answer. ``wait``: after how many seconds another try makes sense."""
    kind = code if code in TITLES else BY_STATUS.get(status, "internal")
    content: dict[str, object] = {
        "type": f"{settings.SATU_PUBLIC_URL}/api/#{kind}",
        "title": gettext(TITLES[kind]),
        "status": status,
        "detail": str(detail),
        "code": code,
    }
    if faults:
        content["errors"] = [fault.as_json() for fault in faults]
    answer = JsonResponse(content | more, status=status, content_type=MEDIA_TYPE, json_dumps_params=_AS_WRITTEN)
    if wait is not None:
        answer["Retry-After"] = str(wait)
    if status == Unauthenticated.status:
        answer["WWW-Authenticate"] = 'Bearer realm="Satu"'
    return answer


_AS_WRITTEN = {"ensure_ascii": False}


def of_error(error: SatuError, *, in_body: bool = True) -> HttpResponse:
    """An action's refusal, with its own sentence. ``in_body``: whether its field is one of the content's."""
    more: dict[str, object] = {}
    if isinstance(error, SystemsDown):
        more["systems"] = [{"system": one.system, "name": str(one.system_name)} for one in error.troubles]
    wait = error.facts.get("wait")
    return problem(
        error.status,
        error.code,
        error.sentence,
        faults=list(_faults(error, in_body=in_body)),
        wait=wait if isinstance(wait, int) else _RETRY_AFTER if error.status == 503 else None,  # noqa: PLR2004
        **more,
    )


def _faults(error: SatuError, *, in_body: bool) -> Iterator[Fault]:
    if isinstance(error, InvalidAnswers):
        yield from (Fault(text, pointer=f"#/answers/{_escaped(key)}") for key, text in error.errors.items())
    elif error.field and in_body:
        yield Fault(error.sentence, pointer=f"#/{_escaped(error.field)}")
    elif error.field:
        yield Fault(error.sentence, parameter=error.field)


def register(api: NinjaAPI) -> None:
    """Every way in which an operation can fail."""
    for kind, answer in _ANSWERS.items():
        api.add_exception_handler(kind, answer)


def unauthenticated() -> HttpResponse:
    return problem(
        401, "unauthenticated", gettext("Sign in, or send a token that holds: Authorization: Bearer satu_…")
    )


def nothing_here() -> HttpResponse:
    return problem(404, "not-found", gettext("The address may be mistyped, or what was here is gone."))


def too_large() -> HttpResponse:
    return problem(413, "too-large", gettext("The request is larger than what is taken here."))


def unreadable() -> HttpResponse:
    return problem(400, "unreadable", gettext("The content is not what its type says, or holds what cannot be kept."))


def not_allowed_method(allowed: str) -> HttpResponse:
    answer = problem(
        405, "method-not-allowed", gettext("This address takes %(methods)s only.") % {"methods": allowed}
    )
    answer["Allow"] = allowed
    return answer


def broken(_request: HttpRequest, error: Exception) -> HttpResponse:
    """Our own fault: logged with its trace, told without it."""
    logging.getLogger("django.request").error("The interface for programs failed", exc_info=error)
    return problem(
        500, "internal", gettext("It is our fault, not yours, and nothing was half done. Try again in a few minutes.")
    )


def _database_away(_request: HttpRequest, error: Exception) -> HttpResponse:
    _log.warning("api.database_away", error=type(error).__name__)
    return problem(503, "unavailable", gettext("Our database does not answer at the moment."), wait=_RETRY_AFTER)


def _http_error(_request: HttpRequest, error: HttpError) -> HttpResponse:
    """What ninja itself refuses. What made it refuse says more, where that is an error of ours."""
    if isinstance(error.__cause__, SatuError):
        return of_error(error.__cause__)
    if error.status_code == Unreadable.status:
        return unreadable()
    return problem(error.status_code, BY_STATUS.get(error.status_code, "internal"), str(error))


_ANSWERS: Mapping[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
    SatuError: lambda request, error: of_error(error, in_body=request.method != "GET"),
    ValidationError: lambda _request, error: _invalid(error.errors),
    AuthenticationError: lambda _request, _error: unauthenticated(),
    HttpError: _http_error,
    Http404: lambda _request, _error: nothing_here(),
    RequestDataTooBig: lambda _request, _error: too_large(),
    SuspiciousOperation: lambda _request, _error: unreadable(),
    OperationalError: _database_away,
    InterfaceError: _database_away,
    Exception: broken,
}


# ------------------------------------------------------------------------------------- what does not fit its schema

#: By pydantic's type of error; the numbers come from its context.
_SENTENCES: Mapping[str, str | Promise] = {
    "missing": gettext_lazy("This is needed."),
    "extra_forbidden": gettext_lazy("There is no such field."),
    "string_type": gettext_lazy("This has to be text."),
    "string_too_long": gettext_lazy("Use at most %(max_length)s characters."),
    "string_too_short": gettext_lazy("This is needed."),
    "string_pattern_mismatch": gettext_lazy("This is not written as it should be: %(pattern)s"),
    "bool_type": gettext_lazy("This has to be true or false."),
    "bool_parsing": gettext_lazy("This has to be true or false."),
    "int_parsing": gettext_lazy("This has to be a whole number."),
    "int_type": gettext_lazy("This has to be a whole number."),
    "greater_than_equal": gettext_lazy("This has to be at least %(ge)s."),
    "less_than_equal": gettext_lazy("This has to be at most %(le)s."),
    "literal_error": gettext_lazy("Use one of these: %(expected)s."),
    "uuid_parsing": gettext_lazy("This is not an id of ours."),
    "uuid_type": gettext_lazy("This is not an id of ours."),
    "dict_type": gettext_lazy("This has to be an object."),
    "list_type": gettext_lazy("This has to be a list."),
}
_OTHERWISE = gettext_lazy("This cannot be used as it is.")


def _invalid(errors: Iterable[Mapping[str, Any]]) -> HttpResponse:
    faults = list(dict.fromkeys(_fault(error) for error in errors))
    return problem(422, "invalid-input", gettext("Something in the request needs another look."), faults=faults)


def _fault(error: Mapping[str, Any]) -> Fault:
    source, *inside = error["loc"]
    sentence = str(_SENTENCES.get(error["type"], _OTHERWISE)) % (error.get("ctx") or {})
    if source == "body":
        # The first part is the name of our own argument.
        return Fault(sentence, pointer="#" + "".join(f"/{_escaped(part)}" for part in inside[1:]))
    return Fault(sentence, parameter=str(inside[0]) if inside else source)


def _escaped(part: object) -> str:
    """As RFC 6901 wants it."""
    return str(part).replace("~", "~0").replace("/", "~1")
