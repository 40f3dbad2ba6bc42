"""The portal as an app on a telephone: its manifest, its icons, the worker, and the page for no connection.

The worker keeps files that are the same for everybody, under their versioned names, and two pages without a person
in them. A page about somebody is never kept: it always comes from here, or the page for no connection does.
"""

import json
from functools import cache
from hashlib import sha256

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from satu.kernel.city import the_city
from satu.portal.icons import SIZES, icon_png
from satu.theme.stylesheet import stylesheet_version

_FILES = ("satu/satu.js", "satu/plus-jakarta-sans.woff2", "satu/icons.svg", "satu/mark.svg")
_PAGE = "#f3f7f6"
LANGUAGES = ("id", "en")


@login_not_required
@require_safe
@cache_control(public=True, max_age=86_400)
def manifest(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - the shape of a page is Django's
    """What a telephone calls the app and shows of it (W3C Web Application Manifest)."""
    city = the_city()
    icons = [
        {
            "src": reverse("portal:icon", args=[kind, size]),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": {"biasa": "any", "penuh": "maskable"}[kind],
        }
        for kind in ("biasa", "penuh")
        for size in SIZES
    ]
    return JsonResponse(
        {
            "id": "/",
            "name": f"Satu {city.name.id}",
            "short_name": "Satu",
            "description": "Layanan kota tanpa formulir dan fotokopi",
            "lang": "id",
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "theme_color": city.colours["primary"],
            "background_color": _PAGE,
            "icons": icons,
        },
        content_type="application/manifest+json",
    )


@login_not_required
@require_safe
@cache_control(public=True, max_age=86_400)
def icon(request: HttpRequest, kind: str, size: int) -> HttpResponse:  # noqa: ARG001
    """The mark in the city's colours; ``penuh`` fills its square, for telephones that cut icons to a shape."""
    if kind not in {"biasa", "penuh"} or size not in SIZES:
        raise Http404
    return HttpResponse(icon_png(size, full=kind == "penuh"), content_type="image/png")


@login_not_required
@require_safe
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, at the root so that it may look after every page. Another version is another cache."""
    page = {"files": json.dumps(_kept()), "version": _version()}
    response = render(request, "portal/worker.js", page, content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = "/"
    return response


@login_not_required
@require_safe
@cache_control(public=True, max_age=3600)
def offline(request: HttpRequest, language: str) -> HttpResponse:
    """Shown by the worker when there is no connection. Says nothing about anybody."""
    if language not in LANGUAGES:
        raise Http404
    with translation.override(language):
        return render(request, "portal/offline.html", {"languages": LANGUAGES})


def _kept() -> list[str]:
    files = [static(name) for name in _FILES]
    pages = [reverse("portal:offline", args=[language]) for language in LANGUAGES]
    return [*files, reverse("stylesheet", args=[stylesheet_version()]), *pages]


@cache
def _version() -> str:
    """Changes with any file, so that an old cache goes when a new worker comes."""
    return sha256("\n".join(_kept()).encode()).hexdigest()[:12]
