"""Every page of every route, as somebody who may open it: accessible, valid, light, in one language, on any screen.

Routes come from the resolver and addresses from the demonstration (``walk``). **A new page has nothing to register**
if its address has no places, or places that are known, or if another page links to it. Otherwise this fails and says:

- a new kind of thing in an address: make one in ``tests/browser/furniture.py``, under the name of the place;
- a page for somebody who is not in the demonstration: an account in ``satu.demo.accounts``;
- a route that is no page though it answers GET: ``EXCUSED`` below, with the reason.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.architecture.routes import ROUTES
from tests.browser import languages, validity
from tests.browser.eyes import Window
from tests.browser.walk import Found, Visit, Walk, different

FIRST_VISIT = 150 * 1024
LATER_VISIT = 20 * 1024
#: Routes without a page of their own, and why. Those that take only what is sent (405), answer with a file or with
#: data, or have nothing to say (204), are seen to be such by themselves.
EXCUSED = {
    "mfa_edit_webauthn": "needs a real passkey; its form is the one of setting one up",
    "mfa_remove_webauthn": "needs a real passkey; test_a_passkey_signs_in_without_a_password walks there",
    "portal:shared-file": "gives the file to whoever has just pressed on portal:shared",
    "desk:settings": "leads an administrator to the officers of her agency",
    "mfa_login_webauthn": "gives a browser's script what a passkey is asked; else it leads to the sign-in page",
    "mfa_reauthenticate_webauthn": "asks a real passkey; test_a_passkey_signs_in_without_a_password has one",
}
#: Further addresses: pages that a route has only when something is asked for in a certain way.
MORE = {
    "portal:services": ["/layanan/?q=alamat", "/layanan/?q=xyzzyplugh"],
    "portal:verify-code": ["/v/AAAA-BBBB-CCCC-DDDD-EEEE-FFFF"],
}
_NAMES = [route.name for route in ROUTES]
_PLACES = {route.name: [name for name, _converter in route.places] for route in ROUTES}


@pytest.fixture(scope="module")
def found(address: str, furniture: dict[str, list[str]]) -> Iterator[Found]:
    """Who may open what, in a city that has a thing of every kind."""
    walk = Walk(address, furniture, MORE)
    try:
        yield walk.go()
    finally:
        walk.close()


@pytest.fixture(scope="module")
def windows(browser: Browser, address: str) -> Iterator[dict[int, Window]]:
    """A phone and an office screen. What the latter keeps from the sign-in page makes later visits later ones."""
    opened = {width: Window(browser, address, width) for width in (360, 1280)}
    opened[1280].open("/masuk/", session="", language="en", cold=False)
    yield opened
    for window in opened.values():
        window.close()


def test_what_is_excused_exists_and_is_no_page(found: Found) -> None:
    assert EXCUSED.keys() <= set(_NAMES)
    assert [name for name in EXCUSED if found.visits.get(name)] == []


@pytest.mark.parametrize("name", _NAMES)
def test_every_page(name: str, found: Found, windows: dict[int, Window]) -> None:
    if name in EXCUSED:
        return
    visits = found.visits.get(name, [])
    assert visits or found.is_no_page(name), _not_found(name, found)
    faults = [
        f"{visit.address} as {visit.who}, {fault}"
        for visit in different(visits)
        for fault in _faults(name, visit, found, windows)
    ]
    assert not faults, "\n" + "\n".join(faults)


def _not_found(name: str, found: Found) -> str:
    places = _PLACES[name]
    answers = ", ".join(sorted(found.answers[name])) or "no address to ask for"
    return (
        f"nobody was shown {name!r} ({answers}).\n"
        + (
            f"Its address has the places {places}: make a thing for each in tests/browser/furniture.py, or\n"
            if places
            else ""
        )
        + "give the demonstration somebody who may open it (satu.demo.accounts), or\n"
        "if it is no page, name it in EXCUSED of tests/browser/test_every_page.py with the reason."
    )


def _faults(name: str, visit: Visit, found: Found, windows: dict[int, Window]) -> Iterator[str]:
    yield from (f"HTML: {fault}" for fault in validity.faults(visit.html))
    if not visit.is_page:
        return
    session = found.sessions[visit.who]
    citizens = name.partition(":")[0] in {"portal", name} and name != "api-reference"  # that is for programmers
    for language, width in (("id", 360), ("en", 1280)):
        if "language" in _PLACES[name] and f"/{language}/" not in visit.address:
            continue  # the address says the language, whatever the visitor's is
        window, cold = windows[width], width == 360
        status = window.open(visit.address, session=session, language=language, cold=cold)
        seen = window.look(language=language)
        where = f"{language} at {width} px"
        if status != 200:
            yield f"{where}: answered {status}"
        yield from (f"{where}: {fault}" for fault in seen.faults)
        yield from (f"{where}: says {text!r}" for text in languages.foreign_on(language, seen.said))
        if citizens:
            yield from (f"{where}: {fault}" for fault in _too_heavy(visit, window, seen.weight, session, cold=cold))


def _too_heavy(visit: Visit, window: Window, weight: float, session: str, *, cold: bool) -> Iterator[str]:
    most = FIRST_VISIT if cold else LATER_VISIT
    if weight > most and not cold:  # a first visit to a page with files of its own: look again
        window.open(visit.address, session=session, language="en", cold=False)
        weight = window.transferred
    if weight > most:
        yield f"weighs {weight / 1024:.0f} kB, more than {most / 1024:.0f}"
