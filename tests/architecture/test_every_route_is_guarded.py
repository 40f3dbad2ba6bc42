"""Every address needs somebody signed in, of the right kind, unless it stands in the list below."""

import pytest
from django.urls.converters import IntConverter, SlugConverter, StringConverter, UUIDConverter

from satu.identity.actions import open_officer_account, open_resident_account
from satu.kernel.identifiers import Nik
from tests.architecture.routes import ROUTES, Route

#: What anybody may open, and why.
PUBLIC = {
    "portal:home": "says what the city offers",
    "portal:services": "says what the city offers",
    "portal:service": "says what a service needs and costs, before signing in",
    "portal:manifest": "what a telephone calls the app; the same for everybody",
    "portal:worker": "the service worker; the same for everybody",
    "portal:offline": "the page for no connection; the same for everybody",
    "portal:icon": "the mark as a picture; the same for everybody",
    "portal:event": "says what the city offers when something happens",
    "portal:shared": "whoever was given the link of a share, a secret of 120 bits",
    "portal:shared-file": "the file of a share, for whoever has just opened it",
    "portal:verify": "anybody may check a document",
    "portal:verify-code": "anybody may check a document",
    "payment-callback": "the payment provider calls it, and signs what it says",
    "sign-in": "where one signs in",
    "sign-in-demonstration": "where one signs in, in development only",
    "sign-out": "where one signs out",
    "language": "the language of a visit",
    "sms-status": "the SMS provider tells what became of a message; what is not signed with its key is refused",
    "insight:open": "the city's open figures: sums, none of fewer than five",
    "insight:open-csv": "the same for a spreadsheet",
    "stylesheet": "how every page looks",
    "portal:activate": "where an account is opened for the first time",
    "portal:recover": "where a lost password is replaced",
    "portal:open-with-code": "where the code is typed; without a code that waits it leads back",
    "account_login": "where one signs in, by the name that allauth looks for",
    "account_logout": "where one signs out, by the name that allauth looks for",
    "mfa_authenticate": "the second step of signing in; without the first one it leads back there",
    "mfa_login_webauthn": "where one signs in with a passkey",
    "api-reference": "says what a program can do",
    "api-document": "says what a program can do",
}
#: One's own account: for whoever is signed in.
OWN = ("account_", "mfa_", "usersessions_")
SAMPLES: dict[type, str] = {
    UUIDConverter: "6f1c2a34-5b7d-4e8f-9a01-23456789abcd",
    SlugConverter: "domisili",
    StringConverter: "person.name",
    IntConverter: "1",
}


def address_of(route: Route) -> str:
    return route.address.format(**{name: SAMPLES[kind] for name, kind in route.places})


PRIVATE = [(route.name, address_of(route)) for route in ROUTES if route.name not in PUBLIC and not route.for_programs]


def answer(client, address):
    """GET, or POST where that is what the page takes."""
    response = client.get(address)
    return client.post(address) if response.status_code == 405 else response


def test_the_public_list_names_routes_that_exist_and_no_others():
    assert PUBLIC.keys() <= {route.name for route in ROUTES}
    assert {route.name for route in ROUTES if route.open_to_all and not route.for_programs} == PUBLIC.keys()


def test_every_route_has_a_name_of_its_own_and_no_room_for_a_nik():
    names = [route.name for route in ROUTES]
    assert all(names)
    assert len(set(names)) == len(names)
    assert not [route.name for route in ROUTES if "nik" in route.address]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "address"), PRIVATE)
def test_a_stranger_is_sent_to_sign_in(client, name, address):
    response = answer(client, address)
    assert response.status_code == 302, name
    assert response["Location"].startswith("/masuk/")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "address"), [route for route in PRIVATE if route[0].startswith(("desk:", "spared:"))]
)
def test_a_resident_cannot_open_the_desk(client, name, address):
    client.force_login(open_resident_account(nik=Nik("3671014506910003"), name="Siti Aminah", password="x"))
    assert answer(client, address).status_code == 403, name


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "address"), [route for route in PRIVATE if not route[0].startswith(("desk:", "spared:", *OWN))]
)
def test_an_officer_cannot_open_a_residents_pages(client, name, address):
    officer = open_officer_account(
        login="loket", name="Dewi Lestari", password="x", agency="kelurahan", duties=["front-office"]
    )
    client.force_login(officer)
    assert answer(client, address).status_code == 403, name
