"""The officer's walk without JavaScript, and what keeps it honest."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from satu.hub.actions import find_people
from satu.hub.choosing import seal, unseal
from satu.hub.ledger.queries import accesses_about
from satu.hub.tests.register import SITI_NIK, make_findable, register_sitis_family
from satu.hub.types import Subject
from satu.identity.actions import open_officer_account
from satu.kernel.errors import InvalidInput
from satu.kernel.identifiers import Nik

pytestmark = pytest.mark.django_db(transaction=True)
SITI = Subject.person(Nik(SITI_NIK))


def officer(login="loket", agency="kelurahan", duties=("front-office",)):
    return open_officer_account(login=login, name="Dewi Lestari", password="x", agency=agency, duties=duties)


@pytest.fixture
def dewi(transactional_db):
    register_sitis_family()
    make_findable()
    return officer()


@pytest.fixture
def desk(dewi):
    client = Client()
    client.force_login(dewi)
    return client


def search(client, text="siti aminah", reason="counter-service", **headers):
    return client.post("/desk/cari/", {"text": text, "reason": reason}, headers=headers)


def token(answer):
    return re.search(r'name="person"\s+value="([^"]+)"', answer.content.decode())[1]


def opened(client, reason="counter-service", note=""):
    """Search, choose, give a reason: the address of the person's page."""
    person = token(search(client))
    assert "Mengapa Anda membuka data ini?" in client.post("/desk/orang/", {"person": person}).content.decode()
    return client.post("/desk/alasan/", {"person": person, "reason": reason, "note": note})["Location"]


def test_a_name_and_a_reason_open_what_the_systems_know(desk):
    page = desk.get(opened(desk) + "?lengkap").content.decode()
    assert "Siti Aminah" in page
    assert "5 Juni 1991" in page
    assert "Jl. Melati No. 5" in page
    assert "Pajak bumi dan bangunan" in page


def test_as_she_types_only_the_results_come_back(desk):
    part = search(desk, "siti am", **{"HX-Request": "true"}).content.decode()
    assert "Siti Aminah" in part
    assert "<html" not in part


def test_a_number_that_is_none_is_said_to_be_none(desk):
    for text in ("3671 0145", "3671 0145 0691 0003 7"):
        assert "terdiri atas 16 angka" in search(desk, text.replace("0145", "9945")).content.decode()
    assert "Tidak ada orang dengan nama itu" in search(desk, "zzzzqq").content.decode()


def test_whoever_is_left_out_is_spoken_of(desk, monkeypatch):
    from satu.desk import pages
    from satu.hub.types import PeopleFound

    def one_of_many(**asked):
        return PeopleFound(find_people(**asked).hits, more=True)

    assert "Masih ada orang lain" not in search(desk).content.decode()
    monkeypatch.setattr(pages, "find_people", one_of_many)
    assert "Masih ada orang lain" in search(desk).content.decode()


def test_a_result_says_who_and_hides_the_number(desk):
    part = search(desk).content.decode()
    assert "lahir 5 Juni 1991" in part
    assert "Sukarasa" in part
    assert "•••• 0003" in part
    assert SITI_NIK not in part


def test_no_address_of_the_desk_holds_a_nik(desk):
    address = opened(desk)
    assert SITI_NIK not in address
    assert not re.search(r"\d{16}", address)


def test_a_reason_is_needed_before_anything_opens(desk):
    person = token(search(desk))
    before = accesses_about(SITI, limit=1)
    answer = desk.post("/desk/alasan/", {"person": person, "reason": ""})
    assert answer.status_code == 422
    assert "govuk-error-summary" in answer.content.decode()
    assert accesses_about(SITI, limit=1) == before


def test_a_reason_beyond_her_duties_is_refused(desk):
    person = token(search(desk))
    answer = desk.post("/desk/alasan/", {"person": person, "reason": "welfare-assessment"})
    assert answer.status_code == 403


def test_she_who_was_looked_at_can_read_it(desk):
    desk.get(opened(desk) + "?lengkap")
    kinds = [(access.kind, access.who, str(access.why)) for access in accesses_about(SITI, limit=20)]
    assert ("search", "Dewi Lestari", "Melayani Anda di loket") in kinds
    assert ("pull", "Dewi Lestari", "Melayani Anda di loket") in kinds


def test_what_the_reason_does_not_allow_is_named_and_not_asked_for(desk):
    address = opened(desk)
    page = desk.get(address + "?lengkap").content.decode()
    assert "Tidak diizinkan untuk alasan ini: Agama" in page
    assert "Desil kesejahteraan" in page
    asked = {released.fact for access in accesses_about(SITI, limit=20) for released in access.facts}
    assert "person.religion" not in asked
    assert "person.welfare_decile" not in asked


def test_a_system_that_is_down_is_shown_as_such_with_a_way_to_try_again(desk):
    address = opened(desk)
    part = desk.get(address + "pbb/").content.decode()
    assert "Sistem ini tidak dapat dihubungi" in part
    assert "Coba lagi" in part
    assert f'data-hx-get="{address}pbb/"' in part


def test_the_page_asks_each_system_for_its_own_panel(desk):
    address = opened(desk)
    page = desk.get(address).content.decode()
    for system in ("siak", "pbb", "oss", "bpjs", "dapodik"):
        assert f'data-hx-get="{address}{system}/"' in page
    assert f'data-hx-get="{address}dtsen/"' not in page  # the reason allows nothing of it
    assert "Siti Aminah" not in page  # nothing has been asked yet
    assert '<meta http-equiv="refresh" content="0; url=?lengkap">' in page


def test_an_unknown_system_is_not_found(desk):
    assert desk.get(opened(desk) + "nonsense/").status_code == 404


def test_another_officer_cannot_use_her_search_or_her_inquiry(desk, dewi):
    address, person = opened(desk), token(search(desk))
    other = Client()
    other.force_login(officer("loket2"))
    assert other.get(address).status_code == 404
    assert other.post("/desk/alasan/", {"person": person, "reason": "counter-service"}).status_code == 422


def test_a_token_is_sealed_to_its_searcher(dewi):
    [hit] = find_people(text="siti aminah", reason="counter-service", by=dewi.actor).hits
    sealed = seal(hit, by=dewi.actor)
    assert unseal(sealed, by=dewi.actor).subject == SITI
    assert SITI_NIK not in sealed
    with pytest.raises(InvalidInput):
        unseal(sealed, by=officer("loket2").actor)
    for broken in ("", "nonsense", sealed[:-2], sealed.swapcase()):
        with pytest.raises(InvalidInput):
            unseal(broken, by=dewi.actor)


def test_the_window_has_the_name_of_who_is_opened_once_it_came(desk):
    address = opened(desk)
    assert 'data-title="Siti Aminah ' in desk.get(f"{address}siak/").content.decode()
    assert "data-title" not in desk.get(f"{address}pbb/").content.decode()


def test_an_invitation_that_came_too_late_is_told_on_the_officers_page(dewi):
    desk = Client()
    desk.force_login(officer("admin", duties=["agency-admin"], agency=dewi.agency))
    answer = desk.post(f"/desk/pengaturan/petugas/{dewi.pk}/undang/")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Akunnya sudah dibuka" in page
    assert re.search(r'value="front-office"\s+checked', page)  # what she has is shown, and not what was not sent


def test_an_officer_without_such_a_duty_is_told_so(transactional_db):
    client = Client()
    client.force_login(officer("arsip", "diskominfo", ["archivist"]))
    page = client.get("/desk/").content.decode()
    assert "tidak mencakup pencarian orang" in page
    assert "Sebagian nama pun cukup" not in page
    assert 'class="brand" href="/desk/tugas/"' in page
    assert "mencari orang" not in page  # nor do the keys promise it
    assert search(client).status_code == 403


def test_the_desk_looks_as_the_computer_is_set_until_she_chooses(desk, dewi):
    def look(client=desk):
        return re.search(r'class="govuk-template ([a-z]+)"', client.get("/desk/").content.decode())[1]

    assert look() == "auto"
    for chosen, kept in (("dark", "dark"), ("light", "light"), ("nonsense", "auto")):
        answer = desk.post("/desk/tampilan/", {"look": chosen, "next": "https://evil.example"})
        assert answer["Location"] == "/desk/"
        assert look() == kept
    desk.post("/desk/tampilan/", {"look": "dark"})
    elsewhere = Client()
    elsewhere.force_login(dewi)
    assert look(elsewhere) == "dark"


@pytest.mark.parametrize(("method", "path", "expected"), [("get", "/desk/", 3), ("post", "/desk/cari/", 8)])
def test_the_number_of_queries_of_a_desk_page_is_known(desk, method, path, expected):
    data = {"text": "siti", "reason": "counter-service"}
    getattr(desk, method)(path, data)
    with CaptureQueriesContext(connection) as context:
        getattr(desk, method)(path, data)
    assert len(context) == expected


def test_a_panel_takes_a_known_number_of_queries(desk):
    address = opened(desk) + "oss/"
    desk.get(address)
    with CaptureQueriesContext(connection) as context:
        desk.get(address)
    # How the systems answer is written down every few seconds only.
    asked = [q["sql"] for q in context if q["sql"] not in {"BEGIN", "COMMIT"} and "hub_systemhealth" not in q["sql"]]
    assert len(asked) == 5
