"""What happens around every answer: what the browser may do with it, the visit's language, refusals as pages."""

from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.cache import patch_vary_headers

from satu.kernel.errors import SatuError
from satu.theme.pages import refusal

_A_YEAR = 365 * 24 * 3600
Handler = Callable[[HttpRequest], HttpResponse]


#: What a page may ask of the device: where an inspector stands, and a passkey; nothing else of this list.
_PERMISSIONS = (
    "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(self), "
    "geolocation=(self), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), "
    "publickey-credentials-create=(self), publickey-credentials-get=(self), usb=()"
)


class HeadersMiddleware:
    """What the browser is told with every answer, whoever made it: a page, a file, a redirect, a refusal.

    It stands outside everything else. Where a view has said something stricter, that stays.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", _PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        # Whoever made it said nothing of caches: then a browser asks again each time, and nothing between keeps it.
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


class LanguageMiddleware:
    """Indonesian, until the visitor chooses otherwise (a cookie).

    What the browser asks for is not looked at: most telephones in the city are set to English, and their owners
    are not.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Cookie",))
        return response


def _is_opened(request: HttpRequest) -> bool:
    """Whether somebody opens this address in her browser's window."""
    return request.method == "GET" and request.headers.get("Sec-Fetch-Mode") == "navigate"


def _page_above(request: HttpRequest) -> str:
    """The nearest address above this one; what was asked for there stays asked for."""
    path = request.path
    while path != "/":
        path = path.rstrip("/").rpartition("/")[0] + "/"
        with suppress(Resolver404):
            resolve(path)
            break
    asked = request.META.get("QUERY_STRING", "")
    return f"{path}?{asked}" if asked else path


class PageMiddleware:
    """An action's refusal becomes a page; and no page of somebody signed in stays in a cache on a shared computer.

    An address that only takes what is sent stands in the browser when a form came back with errors: whoever opens it
    again is led to the page above it.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and _is_opened(request):
            response = redirect(_page_above(request))
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store, private")
            self._speak_hers(request, response)
        return response

    def _speak_hers(self, request: HttpRequest, response: HttpResponse) -> None:
        """On a telephone where no language was chosen yet: the one that is kept with her account."""
        name, hers = settings.LANGUAGE_COOKIE_NAME, getattr(request.user, "language", settings.LANGUAGE_CODE)
        if name not in request.COOKIES and name not in response.cookies and hers != settings.LANGUAGE_CODE:
            response.set_cookie(name, hers, max_age=_A_YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return refusal(request, exception) if isinstance(exception, SatuError) else None
