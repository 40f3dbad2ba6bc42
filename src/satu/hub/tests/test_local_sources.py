"""Another register of this installation, and a system that wants a key in a header."""

import pytest
from aiohttp import web

from satu.hub import local_sources
from satu.hub.actions import pull
from satu.hub.purposes import self_access
from satu.hub.tests.conftest import SITI, change
from satu.hub.types import Found, NotFound, Outcome, Unavailable
from satu.identity.types import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(small_city, monkeypatch) -> dict[str, list[dict[str, str]]]:
    """What ``tests.dogs`` holds about each; alpha is that register."""
    known: dict[str, list[dict[str, str]]] = {}
    monkeypatch.setattr(local_sources, "_sources", {"tests.dogs": lambda about: known[about.key]})
    change(small_city, "systems/alpha.yaml", "kind: rest\nconnection: {address: {setting: ALPHA_URL}}", "kind: local")
    change(
        small_city, "systems/alpha.yaml", 'method: POST, path: /person, json: {nik: "{nik}"}', "source: tests.dogs"
    )
    return known


def name(by: Actor) -> Outcome:
    return pull(about=SITI, facts=["person.name"], purpose=self_access(by), by=by)["person.name"]


def test_a_register_of_this_installation_answers_like_any_system(kept, siti, new_entries):
    kept[SITI.key] = [{"id": "D1", "name": "Siti Aminah", "born": "1991-06-05", "phone": ""}]
    outcome = name(siti)
    assert isinstance(outcome, Found)
    assert (outcome.value, outcome.provenance.record) == ("Siti Aminah", "D1")
    assert len(new_entries()) == 1
    kept[SITI.key] = []
    assert isinstance(name(siti), NotFound)


def test_a_register_that_nobody_offers_is_unavailable(kept, siti, monkeypatch):
    monkeypatch.setattr(local_sources, "_sources", {})
    outcome = name(siti)
    assert isinstance(outcome, Unavailable)
    assert outcome.reason == "unreachable"


def test_two_registers_cannot_have_one_name(monkeypatch):
    monkeypatch.setattr(local_sources, "_sources", {})

    local_sources.answers("tests.dogs")(lambda _about: [])
    with pytest.raises(ValueError, match=r"tests\.dogs"):
        local_sources.answers("tests.dogs")(lambda _about: [])


def test_a_key_goes_in_the_header_that_the_system_wants(small_city, alpha, siti, monkeypatch):
    change(
        small_city,
        "systems/alpha.yaml",
        "{address: {setting: ALPHA_URL}}",
        "{address: {setting: ALPHA_URL}, auth: {kind: api_key, header: X-Api-Key, key: {setting: A_KEY}}}",
    )

    async def handle(request: web.Request) -> web.Response:
        if request.headers.get("X-Api-Key") != "s3cret":
            return web.json_response({"error": "who?"}, status=401)
        return web.json_response(alpha.says)

    alpha.handler = handle
    monkeypatch.setenv("SATU_A_KEY", "guessed")
    assert isinstance(name(siti), Unavailable)
    monkeypatch.setenv("SATU_A_KEY", "s3cret")
    assert isinstance(name(siti), Found)
