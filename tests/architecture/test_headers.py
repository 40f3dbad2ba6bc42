"""What every answer tells the browser: of every route, for everybody, and of what no route makes.

Nothing is to be registered here for a new route. What fails is mended in ``satu.theme.middleware``, or in the view
that says less than the middleware would.
"""

from collections.abc import Iterator

import pytest
from django.test import Client

from satu.identity.actions import open_resident_account
from satu.kernel.identifiers import Nik
from tests.architecture.routes import ROUTES
from tests.architecture.test_the_wrong_person import FORM, RIGHT, world

__all__ = ["world"]
pytestmark = pytest.mark.django_db(transaction=True)
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
#: The same for whoever asks: a browser keeps it, and nothing of anybody stands in it.
FOR_ALL = {"stylesheet", "api-document", "portal:manifest", "portal:icon", "portal:worker", "portal:offline"}


def faults(answer, *, private: bool) -> Iterator[str]:
    """What is missing in the headers of an answer."""
    for name, value in ALWAYS.items():
        if answer.headers.get(name) != value:
            yield f"{name} is {answer.headers.get(name)!r}, not {value!r}"
    policy = answer.headers.get("Content-Security-Policy", "")
    if "default-src 'self'" not in policy and "default-src 'none'" not in policy:
        yield f"Content-Security-Policy is {policy!r}"
    if "unsafe" in policy or "*" in policy:
        yield f"Content-Security-Policy allows too much: {policy!r}"
    if "camera=()" not in answer.headers.get("Permissions-Policy", ""):
        yield "Permissions-Policy is missing"
    cache = answer.headers.get("Cache-Control", "")
    if private and "no-store" not in cache:
        yield f"Cache-Control is {cache!r}, and somebody is signed in: say no-store"
    if not cache:
        yield "Cache-Control is missing"


def test_every_route_answers_with_every_header_whoever_asks(world):
    found = []
    for who, account in {"nobody": lambda: None, **RIGHT}.items():
        browser = Client(raise_request_exception=False)
        if (opened := account()) is not None:
            browser.force_login(opened)
        for route in ROUTES:
            if route.name in {"sign-out", "account_logout"}:
                continue  # whoever has signed out is nobody
            address = next(world.addresses(route))
            answer = browser.get(address)
            if answer.status_code == 405:
                answer = browser.post(address, dict(FORM))
            private = opened is not None and route.name not in FOR_ALL
            where = f"{who}: {route.name} {address} ({answer.status_code})"
            found += [f"{where}: {fault}" for fault in faults(answer, private=private)]
    assert found == []


@pytest.fixture
def in_production(settings):
    """The settings that production has beyond those of the tests, of what the browser is told."""
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_SSL_REDIRECT = True


def test_in_production_the_browser_is_told_to_keep_to_https(in_production):
    browser = Client()
    page = browser.get("/v/", secure=True)
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert list(faults(page, private=False)) == []
    to_https = browser.get("/v/")
    assert (to_https.status_code, to_https["Location"]) == (301, "https://testserver/v/")
    assert list(faults(to_https, private=False)) == []


@pytest.mark.parametrize(
    ("address", "status"),
    [("/static/satu/satu.css", 200), ("/tidak-ada/", 404), ("/layanan", 301), ("/v/%00", 404)],
)
def test_what_no_route_makes_has_every_header_too(client, address, status):
    answer = client.get(address)
    assert answer.status_code == status
    assert list(faults(answer, private=False)) == []
    answer.close()


def test_a_fault_of_ours_and_a_stale_form_have_every_header(monkeypatch):
    browser = Client(raise_request_exception=False, enforce_csrf_checks=True)
    browser.force_login(open_resident_account(nik=Nik("3671014506910003"), name="Siti Aminah", password="x"))
    stale = browser.post("/keluar/")
    assert stale.status_code == 403
    assert list(faults(stale, private=True)) == []
    monkeypatch.setattr("satu.portal.pages.services.search_services", lambda _text: 1 / 0)
    broken = browser.get("/layanan/")
    assert broken.status_code == 500
    assert list(faults(broken, private=True)) == []
