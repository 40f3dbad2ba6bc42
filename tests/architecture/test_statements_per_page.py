"""How many statements each page of portal, desk, city hall and set-up takes, pinned.

Routes come from the resolver, the things in their addresses from ``test_the_wrong_person``: a new page fails here
until its number stands in ``PINNED``. A number that grows is a change to be meant; that it does not grow with the
rows of a list is shown beside each list (``test_sktm_pages``, ``test_round_trips``, the queue's tests).
"""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.architecture.routes import ROUTES, Route
from tests.architecture.test_the_wrong_person import RIGHT, World, _officer, world

__all__ = ["world"]
pytestmark = pytest.mark.django_db(transaction=True)
OURS = ("portal", "desk", "insight", "spared")
#: Pinned with the queue's own tests.
ELSEWHERE = {"desk:tasks", "desk:task"}
#: For the first of ``visitors`` who is shown it, on a second visit; session and account are among them.
PINNED = {
    "desk:absence": 6,
    "desk:absence-of": 9,
    "desk:add-officer": 4,
    "desk:home": 3,
    "desk:licence": 4,
    "desk:licences": 3,
    "desk:officer": 5,
    "desk:officers": 5,
    "desk:panel": 14,
    "desk:person": 3,
    "desk:report": 7,
    "desk:reports": 2,
    "desk:setup-agencies": 3,
    "desk:setup-calendar": 2,
    "desk:setup-fact": 3,
    "desk:setup-facts": 2,
    "desk:setup-sandbox": 27,
    "desk:setup-service": 7,
    "desk:setup-services": 2,
    "desk:setup-system": 4,
    "desk:setup-systems": 4,
    "desk:setup-templates": 2,
    "desk:setup-untold": 4,
    "desk:workload": 6,
    "insight:asked": 6,
    "insight:open": 1,
    "insight:overview": 10,
    "insight:services": 6,
    "insight:systems": 5,
    "portal:accesses": 4,
    "portal:activate": 0,
    "portal:bill": 5,
    "portal:bill-state": 4,
    "portal:bills": 5,
    "portal:case": 17,
    "portal:cases": 7,
    "portal:documents": 4,
    "portal:home": 0,
    "portal:my-data": 20,
    "portal:notice-settings": 5,
    "portal:notices": 5,
    "portal:offline": 0,
    "portal:progress": 13,
    "portal:recover": 0,
    "portal:report-fact": 3,
    "portal:reports": 4,
    "portal:service": 0,
    "portal:services": 0,
    "portal:share": 6,
    "portal:shared": 2,
    "portal:verify": 0,
    "portal:verify-code": 1,
    "portal:wrong-fact": 10,
    "spared:page": 6,
}


def visitors() -> Iterator[Client]:
    """Who is shown some page, in this order; each page is counted for the first of them."""
    people = [account() for account in RIGHT.values()] + [
        _officer(duty, agency=agency, duties=[duty], areas=[])
        for duty, agency in (
            ("agency-admin", "kelurahan"),
            ("licensing", "dpmptsp"),
            ("civil-registrar", "dukcapil"),
            ("city-hall", "setda"),
            ("city-admin", "diskominfo"),
        )
    ]
    yield Client()
    for account in people:
        client = Client()
        client.force_login(account)
        yield client


def is_page(client: Client, address: str) -> bool:
    answer = client.get(address)
    return answer.status_code == 200 and answer["Content-Type"].startswith("text/html")


def shown(route: Route, world: World, clients: list[Client]) -> Iterator[tuple[Client, str]]:
    for client in clients:
        for address in world.addresses(route):
            if is_page(client, address):
                yield client, address


def test_every_page_takes_as_many_statements_as_are_pinned(world):
    clients, found = list(visitors()), {}
    for route in ROUTES:
        if route.name.partition(":")[0] not in OURS or route.name in ELSEWHERE:
            continue
        client, address = next(shown(route, world, clients), (None, ""))
        if client is not None:
            found[route.name] = statements(client, address)
            if found[route.name] != PINNED.get(route.name):
                # Every few seconds a page that pulls writes down how the systems answered, too.
                found[route.name] = min(found[route.name], statements(client, address))
    assert found == PINNED


def statements(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as taken:
        client.get(address)
    return len(taken)
