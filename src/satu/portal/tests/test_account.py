"""Opening an account: once, with what stands on one's cards; or again, when the password is lost."""

from uuid import UUID

import pytest
from django.test import Client

from satu.hub.ledger.queries import accesses_about
from satu.hub.tests.register import CARD, SITI_NIK, register_sitis_family
from satu.hub.types import Subject
from satu.identity.actions import keep_verified_contact_point, open_resident_account
from satu.identity.queries import contact_points_of, recipient, verification_code
from satu.identity.types import SYSTEM
from satu.kernel.identifiers import Nik

pytestmark = pytest.mark.django_db(transaction=True)
CARDS = {
    "nik": SITI_NIK,
    "family_card_number": CARD,
    "birth-day": "5",
    "birth-month": "6",
    "birth-year": "1991",
    "address": "0812 3456 7890",
}
PASSWORD = {"password": "rumah di tepi kali", "again": "rumah di tepi kali"}


@pytest.fixture(autouse=True)
def _register(transactional_db):
    register_sitis_family()


def waiting(client):
    """The addresses to which a code went, as the visit remembers them."""
    return [UUID(one) for one in client.session["account_opening"]]


def the_code(client):
    (point,) = waiting(client)
    return verification_code(point)


def signed_in(client):
    return "_auth_user_id" in client.session


def activate(client, **changes):
    answer = client.post("/akun/buka/", CARDS | changes)
    assert (answer.status_code, answer.get("Location")) == (302, "/akun/kode/"), answer.content.decode()


def test_with_her_cards_and_a_code_she_opens_her_account(client):
    activate(client)
    assert recipient(nik=Nik(SITI_NIK)) is None
    answer = client.post("/akun/kode/", {"code": the_code(client), **PASSWORD})
    assert answer["Location"] == "/"
    assert signed_in(client)
    assert [point.address for point in recipient(nik=Nik(SITI_NIK)).contact_points.values()] == ["+6281234567890"]
    other = Client()
    other.post("/masuk/", {"login": SITI_NIK, "password": PASSWORD["password"]})
    assert signed_in(other)


@pytest.mark.parametrize(
    "typed",
    [
        {"nik": f"{SITI_NIK[:4]} {SITI_NIK[4:8]} {SITI_NIK[8:12]} {SITI_NIK[12:]}", "address": "+62 812-3456-7890"},
        {"birth-day": "5 Juni 1991", "birth-month": "", "birth-year": ""},
        {"birth-month": "juni"},
    ],
)
def test_what_she_pastes_is_taken(client, typed):
    activate(client, **typed)
    assert the_code(client)


@pytest.mark.parametrize(
    "wrong", [{"birth-year": "1992"}, {"family_card_number": "3671010506910099"}, {"nik": "3671014506910077"}]
)
def test_what_is_not_on_her_cards_gives_the_same_answer_and_no_code(client, wrong):
    activate(client, **wrong)
    assert waiting(client) == []
    answer = client.post("/akun/kode/", {"code": "123456", **PASSWORD})
    assert "Ini bukan kode yang kami kirim" in answer.content.decode()
    assert not signed_in(client)


def test_an_account_that_is_open_is_not_opened_again(client):
    account = open_resident_account(nik=Nik(SITI_NIK), name="Siti Aminah", password="the-one-she-has")
    activate(client)
    assert waiting(client) == []
    client.post("/akun/kode/", {"code": "123456", **PASSWORD})
    account.refresh_from_db()
    assert account.check_password("the-one-she-has")


def test_that_somebody_tried_stands_where_she_can_read_it(client):
    activate(client, address="nama@contoh.id")
    activate(client, **{"birth-year": "1992"})
    failed, opened = accesses_about(Subject.person(Nik(SITI_NIK)), limit=2)
    assert failed.who == opened.who == "Seseorang yang ingin membuka akun ini"
    assert "data tidak cocok" in failed.why.id
    assert "datanya cocok" in opened.why.id


def test_guessing_ends_after_a_few_tries(client):
    for year in range(1950, 1955):
        activate(client, **{"birth-year": str(year)})
    answer = client.post("/akun/buka/", CARDS)
    assert answer.status_code == 429
    assert "Terlalu banyak percobaan" in answer.content.decode()
    assert recipient(nik=Nik(SITI_NIK)) is None


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"nik": "12"}, "16 angka"),
        ({"birth-day": "31", "birth-month": "2"}, "Tanggal itu tidak ada"),
        ({"birth-day": "", "birth-month": "", "birth-year": ""}, "Tulis tanggal lahir"),
        ({"address": ""}, "Tulis nomor ponsel atau alamat surel"),
        ({"address": "jalan"}, "Tulis nomor ponsel"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(client, wrong, sentence):
    answer = client.post("/akun/buka/", CARDS | wrong)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert recipient(nik=Nik(SITI_NIK)) is None


def test_the_code_opens_nothing_with_a_bad_password_and_still_does_with_a_good_one(client):
    activate(client)
    code = the_code(client)
    for bad in ({"password": "short", "again": "short"}, {"password": "rumah di tepi kali", "again": "other"}):
        assert client.post("/akun/kode/", {"code": code, **bad}).status_code == 422
    client.post("/akun/kode/", {"code": code, **PASSWORD})
    assert signed_in(client)


def recoverable():
    account = open_resident_account(nik=Nik(SITI_NIK), name="Siti Aminah", password="the-one-she-lost")
    keep_verified_contact_point(account_id=account.pk, channel="email", address="siti@warga.example", by=SYSTEM)
    return account


def test_a_lost_password_is_replaced_by_a_code_to_her_verified_address(client):
    account = recoverable()
    assert client.post("/akun/pulih/", {"login": SITI_NIK})["Location"] == "/akun/kode/"
    client.post("/akun/kode/", {"code": the_code(client), **PASSWORD})
    assert signed_in(client)
    account.refresh_from_db()
    assert account.check_password(PASSWORD["password"])
    assert [point.address for point in contact_points_of(account.actor)] == ["siti@warga.example"]


def test_whoever_asks_cannot_tell_whether_there_is_such_an_account(client):
    recoverable()
    stranger = Client()
    known = client.post("/akun/pulih/", {"login": SITI_NIK})
    unknown = stranger.post("/akun/pulih/", {"login": "3671014506910099"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert client.get("/akun/kode/").content.decode().count("kode") == stranger.get(
        "/akun/kode/"
    ).content.decode().count("kode")


def test_the_code_of_one_visit_is_nothing_to_another(client):
    recoverable()
    client.post("/akun/pulih/", {"login": SITI_NIK})
    code, stranger = the_code(client), Client()
    stranger.post("/akun/pulih/", {"login": "3671014506910099"})
    stranger.post("/akun/kode/", {"code": code, **PASSWORD})
    assert not signed_in(stranger)
