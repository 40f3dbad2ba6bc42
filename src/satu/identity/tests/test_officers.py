"""Each agency's administrator looks after its officers, and nobody else does."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from satu.identity import invitations, officers, opening, roster
from satu.identity.actions import open_officer_account, open_resident_account
from satu.identity.models import Account, ContactPoint, OfficerChange
from satu.identity.queries import code_for
from satu.identity.types import ADMINISTRATOR
from satu.kernel.errors import Conflict, InvalidInput, Missing, NotAllowed
from satu.kernel.identifiers import Nik

AREA, ELSEWHERE = "36.71.01.1001", "36.71.05.1003"


def officer(login, *duties, agency="kelurahan", areas=()):
    return open_officer_account(
        login=login, name=login.title(), password="x", agency=agency, duties=duties, areas=areas
    )


@pytest.fixture(autouse=True)
def two_kelurahan(monkeypatch):
    monkeypatch.setattr("satu.identity.officers.every_kelurahan", lambda: {AREA, ELSEWHERE})


@pytest.fixture
def dian(db):
    return officer("dian", ADMINISTRATOR)


@pytest.fixture
def rina(db):
    return officer("rina", "front-office")


def add(by, login="baru@kota.example", duties=("front-office",), areas=(), name="Petugas Baru"):
    return officers.add_officer(login=login, name=name, duties=duties, areas=areas, by=by.actor)


def test_what_she_changes_holds_at_the_officers_next_look_and_is_written_down(dian, rina):
    browser = Client()
    browser.force_login(rina)
    officers.change_rights(account_id=rina.pk, duties=["front-office"], areas=[AREA], by=dian.actor)
    assert browser.get("/desk/tugas/").wsgi_request.user.actor.areas == {AREA}
    (change,) = roster.changes_for(dian.actor, account_id=rina.pk, limit=1)
    assert (change.kind, change.by_name) == ("rights", "Dian")
    assert change.gained("areas") == [AREA]
    assert change.before["areas"] == []
    count = OfficerChange.objects.count()
    officers.change_rights(account_id=rina.pk, duties=["front-office"], areas=[AREA], by=dian.actor)
    assert OfficerChange.objects.count() == count  # the same is no change


def test_nobody_changes_herself(dian):
    for act in (officers.suspend_officer, officers.resume_officer):
        with pytest.raises(NotAllowed):
            act(account_id=dian.pk, by=dian.actor)
    with pytest.raises(NotAllowed):
        officers.change_rights(account_id=dian.pk, duties=["front-office", ADMINISTRATOR], areas=[], by=dian.actor)


def test_whoever_is_no_administrator_looks_after_nobody(rina, dian):
    siti = open_resident_account(nik=Nik("3671014506910003"), name="Siti Aminah", password="x")
    for by in (rina.actor, siti.actor):
        with pytest.raises(NotAllowed):
            officers.suspend_officer(account_id=dian.pk, by=by)
        with pytest.raises(NotAllowed):
            roster.officers_of(by)
    with pytest.raises(NotAllowed):
        add(rina)


def test_another_agencys_officer_is_not_there(dian):
    other = officer("hendra", "civil-registrar", agency="dukcapil")
    with pytest.raises(Missing):
        officers.change_rights(account_id=other.pk, duties=["front-office"], areas=[], by=dian.actor)
    with pytest.raises(Missing):
        roster.officer_for(other.pk, by=dian.actor)
    assert "Hendra" not in {one.name for one in roster.officers_of(dian.actor)}


@pytest.mark.parametrize("duties", [["civil-registrar"], ["front-office", "integrator"], ["nonsense"], []])
def test_only_duties_that_the_agency_has_are_given(dian, rina, duties):
    with pytest.raises(InvalidInput) as refused:
        officers.change_rights(account_id=rina.pk, duties=duties, areas=[], by=dian.actor)
    assert refused.value.field == "duties"
    rina.refresh_from_db()
    assert rina.duties == ["front-office"]


def test_an_address_or_a_name_that_is_too_long_is_refused_with_how_long_it_may_be(dian):
    with pytest.raises(InvalidInput) as refused:
        add(dian, login=f"{'a' * 60}@{'kota.' * 9}example", name="B" * 121)
    assert {field: str(said)[-10:] for field, said in refused.value.errors.items()} == {
        "login": "100 huruf.",
        "name": "120 huruf.",
    }


def test_an_administrator_of_one_kelurahan_gives_nothing_beyond_it(rina):
    ayu = officer("ayu", ADMINISTRATOR, areas=[AREA])
    hers = add(ayu, areas=[AREA])
    for areas in ([], [ELSEWHERE], [AREA, ELSEWHERE], ["nonsense"]):
        with pytest.raises(InvalidInput):
            officers.change_rights(account_id=hers, duties=["front-office"], areas=areas, by=ayu.actor)
    with pytest.raises(Missing):  # of the whole city
        officers.suspend_officer(account_id=rina.pk, by=ayu.actor)
    assert {one.id for one in roster.officers_of(ayu.actor)} == {hers, ayu.pk}


def test_two_administrators_who_dismiss_each_other_at_once_leave_one(transactional_db):
    pair = [officer("ani", ADMINISTRATOR), officer("budi", ADMINISTRATOR)]
    ready, refused = threading.Barrier(2), []

    def dismiss(by, other):
        try:
            ready.wait(5)
            officers.change_rights(account_id=other.pk, duties=["front-office"], areas=[], by=by.actor)
        except NotAllowed as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=dismiss, args=both) for both in (pair, pair[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(refused) == 1
    assert Account.objects.filter(agency="kelurahan", duties__contains=[ADMINISTRATOR]).count() == 1


def test_an_added_officer_opens_her_account_with_a_code_and_a_password_of_her_own(dian):
    number = add(dian, login=" Baru@Kota.example ")
    account = Account.objects.get(pk=number)
    assert (account.login, account.is_active, account.has_usable_password()) == ("baru@kota.example", False, False)
    assert roster.officer_for(number, by=dian.actor).state == "added"
    (point,) = opening.begin_recovery(login_name="baru@kota.example")
    assert point.address == "baru@kota.example"
    code = code_for(ContactPoint.objects.get(pk=point.id))
    browser = Client()
    session = browser.session
    session["account_opening"] = [str(point.id)]
    session.save()
    given = {"code": code, "password": "loket-dua-pagi", "again": "loket-dua-pagi"}
    assert browser.post("/akun/kode/", given).status_code == 302
    assert roster.officer_for(number, by=dian.actor).state == "open"


@pytest.mark.parametrize(("login", "field"), [("rina", "login"), ("dian@", "login"), ("", "login")])
def test_an_officer_needs_an_address_of_her_own(dian, login, field):
    with pytest.raises(InvalidInput) as refused:
        add(dian, login=login)
    assert refused.value.field == field
    add(dian)
    with pytest.raises(InvalidInput):
        add(dian)


def test_who_is_suspended_is_out_at_once_and_gets_no_code(dian, rina):
    browser = Client()
    browser.force_login(rina)
    assert browser.get("/desk/tugas/").status_code == 200
    officers.suspend_officer(account_id=rina.pk, by=dian.actor)
    assert browser.get("/desk/tugas/")["Location"].startswith("/masuk/")
    assert opening.begin_recovery(login_name="rina") == []
    assert Client().post("/masuk/", {"login": "rina", "password": "x"}).status_code == 422
    officers.resume_officer(account_id=rina.pk, by=dian.actor)
    assert Account.objects.get(pk=rina.pk).is_active
    kinds = [one.kind for one in roster.changes_for(dian.actor, account_id=rina.pk)]
    assert kinds == ["resumed", "suspended", "added"]


def test_a_code_from_before_does_not_open_what_was_suspended_since(dian):
    number = add(dian)
    (point,) = opening.begin_recovery(login_name="baru@kota.example")
    code = code_for(ContactPoint.objects.get(pk=point.id))
    officers.suspend_officer(account_id=number, by=dian.actor)
    browser = Client()
    session = browser.session
    session["account_opening"] = [str(point.id)]
    session.save()
    given = {"code": code, "password": "loket-dua-pagi", "again": "loket-dua-pagi"}
    assert browser.post("/akun/kode/", given).status_code == 422
    assert not Account.objects.get(pk=number).is_active
    officers.resume_officer(account_id=number, by=dian.actor)
    assert roster.officer_for(number, by=dian.actor).state == "added"


def test_what_was_written_down_stays(dian, rina):
    officers.suspend_officer(account_id=rina.pk, by=dian.actor)
    for change in (lambda rows: rows.update(by_name="x"), lambda rows: rows.delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            change(OfficerChange.objects.all())


def invite(browser, number, by):
    """The invitation, and what she writes on its page."""
    invitations.invite_officer(account_id=number, by=by.actor)
    point = ContactPoint.objects.get(account_id=number, verified_at=None)
    assert browser.get(f"/akun/kode/?undangan={point.pk}")["Location"] == "/akun/kode/"
    return point, {"code": code_for(point), "password": "loket-dua-pagi", "again": "loket-dua-pagi"}


def test_an_invited_officer_opens_her_account_with_the_link_and_the_code_once(dian):
    number, browser = add(dian), Client()
    assert roster.officer_for(number, by=dian.actor).state == "added"
    point, given = invite(browser, number, dian)
    assert roster.officer_for(number, by=dian.actor).state == "invited"
    assert point.code_expires_at - point.added_at > timedelta(days=2)
    assert "berlaku tiga hari" in browser.get("/akun/kode/").content.decode().lower()
    assert browser.post("/akun/kode/", given | {"code": "000000"}).status_code == 422
    assert browser.post("/akun/kode/", given).status_code == 302
    assert roster.officer_for(number, by=dian.actor).state == "open"
    second = Client()
    second.get(f"/akun/kode/?undangan={point.pk}")
    assert second.post("/akun/kode/", given).status_code == 422
    with pytest.raises(Conflict):
        invite(second, number, dian)


@pytest.mark.parametrize("how", ["withdrawn", "again", "too old"])
def test_an_invitation_that_holds_no_more_opens_nothing(dian, how):
    number, browser = add(dian), Client()
    point, given = invite(browser, number, dian)
    if how == "withdrawn":
        officers.suspend_officer(account_id=number, by=dian.actor)
        assert roster.changes_for(dian.actor, account_id=number)[0].kind == "withdrawn"
    elif how == "again":
        invite(Client(), number, dian)
    else:
        ContactPoint.objects.filter(pk=point.pk).update(code_expires_at=timezone.now())
    assert browser.post("/akun/kode/", given).status_code == 422
    assert not Account.objects.get(pk=number).is_active


def test_a_code_asked_for_on_the_recovery_page_shortens_no_invitation(dian):
    number, invited, browser = add(dian), Client(), Client()
    point, given = invite(invited, number, dian)
    assert browser.post("/akun/pulih/", {"login": "baru@kota.example"})["Location"] == "/akun/kode/"
    assert [(one.pk, one.code_expires_at) for one in ContactPoint.objects.filter(account_id=number)] == [
        (point.pk, point.code_expires_at)
    ]
    for _wrong in range(5):
        assert browser.post("/akun/kode/", given | {"code": "000000"}).status_code == 422
    (again,) = opening.begin_recovery(login_name="baru@kota.example")
    fresh = ContactPoint.objects.get(account_id=number)
    assert (fresh.pk, fresh.code_expires_at) == (again.id, point.code_expires_at)
    assert invited.post("/akun/kode/", given).status_code == 422
    browser.get(f"/akun/kode/?undangan={fresh.pk}")
    assert browser.post("/akun/kode/", given | {"code": code_for(fresh)}).status_code == 302


def test_who_made_an_invitation_up_sees_what_everybody_sees(dian):
    browser = Client()
    browser.get(f"/akun/kode/?undangan={uuid4()}")
    given = {"code": "123456", "password": "loket-dua-pagi", "again": "loket-dua-pagi"}
    assert browser.post("/akun/kode/", given).status_code == 422
    assert browser.get("/akun/kode/?undangan=x")["Location"] == "/akun/pulih/"
