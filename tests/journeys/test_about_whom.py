"""Asking for another: for a child, for a parent, for one's own business; and everybody who may not."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from satu.documents.queries import documents_of, pdf_for
from satu.hub.acting import ActingUnchecked
from satu.hub.actions import pull
from satu.hub.ledger.queries import accesses_about
from satu.hub.purposes import for_case
from satu.hub.types import Subject
from satu.identity.actions import open_resident_account
from satu.identity.types import Actor
from satu.kernel.city import Label
from satu.kernel.errors import InvalidInput, Missing, NotAllowed
from satu.kernel.identifiers import Nik
from satu.portal.tests.reading import Reader
from satu.services import actions, queries
from satu.services.models import Case, Task
from satu.services.types import ActingChoice, CaseView
from tests.journeys import applying, residents
from tests.journeys.changed_city import another_service
from tests.journeys.conftest import Town
from tests.journeys.test_sktm import RINA

PURPOSE = {"purpose": "keringanan biaya sekolah"}
pytestmark = pytest.mark.usefixtures("town", "register")
Work = Callable[[], None]


@pytest.fixture
def siti() -> Actor:
    return residents.resident()


@pytest.fixture
def adi(siti: Actor) -> Actor:
    """Her son of ten."""
    return residents.relative(siti, name="Adi Putra", born=residents.years_ago(10))


@pytest.fixture
def nur(siti: Actor) -> Actor:
    """Her mother, who lives with her."""
    return residents.relative(siti, name="Nur Hasanah", born=residents.years_ago(70), role=7, sex="female")


def choice(who: Actor, name: str, service: str = "sktm") -> ActingChoice:
    return next(one for one in queries.whom_for(service, by=who) if one.name == name)


def begun_for(who: Actor, other: Actor) -> CaseView:
    return applying.begin(service="sktm", about=choice(who, other.name).key, by=who)


def sent_for(who: Actor, other: Actor) -> CaseView:
    return applying.send(case_id=begun_for(who, other).id, answers=PURPOSE, by=who)


def person(who: Actor) -> Subject:
    assert who.nik is not None
    return Subject.person(who.nik)


# ------------------------------------------------------------------------------------------------ the common path


def test_a_mother_asks_for_her_son_and_the_letter_is_his(siti: Actor, adi: Actor, work: Work) -> None:
    assert [(one.name, one.relation) for one in queries.whom_for("sktm", by=siti)] == [
        ("Siti Aminah", "self"),
        ("Adi Putra", "child"),
    ]
    draft = begun_for(siti, adi)
    assert draft.about is not None
    assert (draft.about.name, draft.about.relation) == ("Adi Putra", "child")
    assert {fact.fact: fact.shown for fact in draft.facts}["person.name"] == "Adi Putra"
    sent = applying.send(case_id=draft.id, answers=PURPOSE, by=siti)
    (item,) = queries.queue_of(RINA).items
    assert (item.applicant_name, item.about_name) == ("Siti Aminah", "Adi Putra")
    task = actions.open_task(task_id=item.id, by=RINA)
    assert task.about is not None
    assert task.about.name == "Adi Putra"
    actions.decide_task(task_id=item.id, decision="approve", reason="", by=RINA)
    work()
    done = queries.case_for(sent.id, by=siti)
    assert done.state == "issued"
    assert done.document is not None
    assert adi.nik is not None
    assert siti.nik is not None
    assert [one.id for one in documents_of(adi.nik)] == [done.document.id]
    assert [one.id for one in documents_of(siti.nik)] == [done.document.id]
    assert [one.about for nik in (adi.nik, siti.nik) for one in documents_of(nik)] == ["", "Adi Putra"]
    assert pdf_for(done.document.id, by=siti).content == pdf_for(done.document.id, by=adi).content
    assert [one.about.name for one in queries.cases_of(siti) if one.about] == ["Adi Putra"]


def test_his_access_ledger_says_who_acted_for_him(siti: Actor, adi: Actor) -> None:
    sent_for(siti, adi)
    his = accesses_about(person(adi), limit=20)
    assert {(one.who, one.why.id) for one in his} == {
        ("Siti Aminah", "Permohonan orang tua Anda (Siti Aminah): Surat keterangan tidak mampu (SKTM)")
    }
    hers = accesses_about(person(siti), limit=20)
    assert hers
    assert {one.why.id for one in hers} == {"Memeriksa untuk siapa Anda boleh mengurus"}
    assert {released.fact for one in hers for released in one.facts} == {"family.members"}
    actions.open_task(task_id=Task.objects.get().pk, by=RINA)
    assert accesses_about(person(adi), limit=1)[0].who == "Rina Marlina"


def test_for_herself_and_for_her_son_are_two_drafts(siti: Actor, adi: Actor) -> None:
    own = applying.begin(service="sktm", by=siti)
    for_him = begun_for(siti, adi)
    assert own.about is None
    assert own.id != for_him.id
    assert begun_for(siti, adi).id == for_him.id
    assert applying.begin(service="sktm", about="self", by=siti).id == own.id


def test_a_daughter_asks_for_her_mother_who_may_read_it_and_nothing_more(siti: Actor, nur: Actor) -> None:
    draft = begun_for(siti, nur)
    with pytest.raises(Missing):
        queries.case_for(draft.id, by=nur)
    assert queries.cases_of(nur) == []
    applying.send(case_id=draft.id, answers=PURPOSE, by=siti)
    seen = queries.case_for(draft.id, by=nur)
    assert not seen.is_mine
    assert not seen.may_withdraw
    assert seen.timeline[0].who == "Siti Aminah"
    assert [one.id for one in queries.cases_of(nur)] == [draft.id]
    for forbidden in (
        lambda: actions.withdraw_case(case_id=draft.id, by=nur),
        lambda: applying.send(case_id=draft.id, answers=PURPOSE, by=nur),
        lambda: actions.resubmit_case(case_id=draft.id, answers=PURPOSE, by=nur),
        lambda: actions.report_wrong_fact(case_id=draft.id, fact="person.name", note="Salah.", by=nur),
    ):
        with pytest.raises(Missing):
            forbidden()


# --------------------------------------------------------------------------------------------------- who may not


def test_a_child_does_not_see_what_was_asked_for_him(siti: Actor, adi: Actor) -> None:
    case = sent_for(siti, adi)
    with pytest.raises(Missing):
        queries.case_for(case.id, by=adi)
    assert queries.cases_of(adi) == []


def test_a_child_acts_for_nobody(siti: Actor, adi: Actor) -> None:
    assert [one.relation for one in queries.whom_for("sktm", by=adi)] == ["self"]
    refused_by_the_hub(adi, siti)


def test_a_grown_child_asks_herself(siti: Actor) -> None:
    grown = residents.relative(siti, name="Dewi Lestari", born=residents.years_ago(20), sex="female")
    assert [one.relation for one in queries.whom_for("sktm", by=siti)] == ["self"]
    refused_by_the_hub(siti, grown)
    assert choice(grown, "Siti Aminah").relation == "parent"


def test_a_brother_or_a_lodger_is_nobody_to_act_for(siti: Actor) -> None:
    brother = residents.relative(siti, name="Joko Susilo", born=residents.years_ago(40), role=9)
    assert [one.relation for one in queries.whom_for("sktm", by=siti)] == ["self"]
    refused_by_the_hub(siti, brother)
    refused_by_the_hub(brother, siti)


def test_a_stranger_pulls_nothing_about_somebody_elses_child(siti: Actor, adi: Actor) -> None:
    stranger = residents.resident(name="Fitri Handayani")
    key = choice(siti, "Adi Putra").key
    with pytest.raises(Missing):
        applying.begin(service="sktm", about=key, by=stranger)
    with pytest.raises(Missing):
        applying.begin(service="sktm", about="0" * 32, by=siti)
    refused_by_the_hub(stranger, adi)
    assert accesses_about(person(adi), limit=5) == []
    assert not Case.objects.exists()


def test_a_key_is_good_for_one_service_only(siti: Actor, adi: Actor) -> None:
    with pytest.raises(Missing):
        applying.begin(service="domisili", about=choice(siti, adi.name).key, by=siti)


def test_who_has_left_the_family_card_is_asked_for_no_more(siti: Actor, adi: Actor) -> None:
    draft = begun_for(siti, adi)
    residents.leave_family(adi)
    with pytest.raises(NotAllowed, match="tidak lagi"):
        applying.send(case_id=draft.id, answers=PURPOSE, by=siti)
    assert queries.case_for(draft.id, by=siti).facts == ()
    assert Case.objects.get().state == "draft"
    assert [one.relation for one in queries.whom_for("sktm", by=siti)] == ["self"]


def test_a_correction_is_sent_again_only_by_who_still_may(siti: Actor, adi: Actor) -> None:
    case = sent_for(siti, adi)
    task = Task.objects.get()
    actions.decide_task(task_id=task.pk, decision="correction", reason="Untuk sekolah yang mana?", by=RINA)
    residents.leave_family(adi)
    with pytest.raises(NotAllowed):
        actions.resubmit_case(case_id=case.id, answers=PURPOSE, by=siti)


def test_whom_a_case_is_about_never_changes(siti: Actor, adi: Actor) -> None:
    from django.db import IntegrityError, transaction

    begun_for(siti, adi)
    assert siti.nik is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.update(subject_nik=siti.nik.value, acting={})


def refused_by_the_hub(who: Actor, other: Actor) -> None:
    """Not even past the services: the hub itself looks at the family card."""
    purpose = for_case(reference="case:x", label=Label("Uji", "Test"), legal_basis="-", facts=["person.name"])
    with pytest.raises(NotAllowed):
        pull(about=person(other), facts=["person.name"], purpose=purpose, by=who)


# ----------------------------------------------------------------------------------------------------- a business


@pytest.fixture
def usaha(as_the_city: Path) -> None:
    """The city has a service for businesses, decided by rule."""
    needs = "\nfor: [business]\nneeds:\n  - business.name\n  - business.address\n"
    another_service(as_the_city, "usaha", "USA", ("\nneeds:\n", needs))


@pytest.fixture
def owner(town: Town) -> tuple[Actor, str, str]:
    """Who has one profile with the licence service, and a business of hers: NIB and name."""
    profile, nik = town.rows(
        "oss",
        "SELECT id_profil, nik FROM pelaku_usaha WHERE length(nik) = 16 GROUP BY nik HAVING count(*) = 1"
        " ORDER BY nik LIMIT 1",
    )[0]
    nib, name = town.rows("oss", "SELECT nib, nama_usaha FROM usaha WHERE id_profil = ? ORDER BY nib", profile)[0]
    return residents.resident(nik=nik), nib, name


def test_an_owner_asks_for_her_business(usaha: None, owner: tuple[Actor, str, str], work: Work) -> None:
    siti, nib, name = owner
    choices = queries.whom_for("usaha", by=siti)
    assert {one.relation for one in choices} == {"business"}
    key = next(one.key for one in choices if one.name == name)
    draft = applying.begin(service="usaha", about=key, by=siti)
    assert draft.id == applying.begin(service="usaha", business=nib, by=siti).id
    facts = {fact.fact: fact.shown for fact in draft.facts}
    assert (facts["business.name"], facts["person.name"]) == (name, "Siti Aminah")
    assert draft.about is not None
    assert (draft.about.name, draft.about.relation) == (name, "business")
    sent = applying.send(case_id=draft.id, answers={"purpose": "kontrak"}, by=siti)
    work()
    assert queries.case_for(sent.id, by=siti).state == "issued"
    (look,) = accesses_about(Subject("business", nib), limit=5)
    assert look.why.id.startswith("Permohonan pemilik usaha (Siti Aminah)")
    assert "Permohonan Anda: " in {one.why.id[:17] for one in accesses_about(person(siti), limit=20)}


def test_a_business_of_another_is_not_hers(usaha: None, owner: tuple[Actor, str, str]) -> None:
    _owner, nib, _name = owner
    stranger = residents.resident(name="Fitri Handayani")
    assert queries.whom_for("usaha", by=stranger) == ()
    with pytest.raises(Missing):
        applying.begin(service="usaha", business=nib, by=stranger)
    with pytest.raises(InvalidInput):
        applying.begin(service="usaha", by=stranger)


def test_while_the_business_register_is_silent_nobody_acts(
    usaha: None, owner: tuple[Actor, str, str], town: Town
) -> None:
    siti, nib, _name = owner
    draft = applying.begin(service="usaha", business=nib, by=siti)
    town.turn("oss", down=True)
    with pytest.raises(ActingUnchecked):
        applying.send(case_id=draft.id, answers={"purpose": "kontrak"}, by=siti)
    assert queries.case_for(draft.id, by=siti).state == "draft"


# ------------------------------------------------------------------------------------------------------ on the pages


def browser(who: Actor) -> Reader:
    assert who.nik is not None
    client = Client()
    client.force_login(open_resident_account(nik=Nik(who.nik.value), name=who.name, password="x"))
    return Reader(client)


def test_on_the_pages_she_chooses_for_whom_without_javascript(siti: Actor, adi: Actor) -> None:
    assert adi.nik is not None
    page = browser(siti).open("/layanan/sktm/").send("/ajukan/")
    assert "Untuk siapa?" in page.text
    assert "Adi Putra anak Anda" in page.text
    assert adi.nik.value not in page.html
    preview = page.send("/ajukan/", about=choice(siti, adi.name).key)
    assert "Untuk: Adi Putra (anak Anda)" in preview.text
    receipt = preview.send("/kirim/", purpose="keringanan biaya sekolah")
    assert "Untuk: Adi Putra (anak Anda)" in receipt.text
    assert "Untuk: Adi Putra" in receipt.open("/permohonan/").text


def test_who_has_nobody_to_act_for_is_not_asked(siti: Actor) -> None:
    assert "Untuk keperluan apa?" in browser(siti).open("/layanan/sktm/").send("/ajukan/").text


def test_on_the_pages_the_mother_reads_who_asked_and_finds_no_button(siti: Actor, nur: Actor) -> None:
    case = sent_for(siti, nur)
    page = browser(nur)
    for path in ("/permohonan/", f"/permohonan/{case.id}/"):
        assert "Tentang Anda, diajukan oleh Siti Aminah" in page.open(path).text
        assert "Untuk: " not in page.text
    assert [form.action for form in page._page.forms if "permohonan" in form.action] == []
    assert "Siti Aminah melihat" in page.open("/siapa-melihat/").text


def test_no_page_about_another_opens_to_a_stranger(siti: Actor, adi: Actor) -> None:
    case = sent_for(siti, adi)
    stranger = browser(residents.resident(name="Fitri Handayani"))
    for path in (f"/permohonan/{case.id}/", f"/permohonan/{case.id}/perkembangan/"):
        assert stranger.open(path).status == 404


# ------------------------------------------------------------------------------ a letter in seconds, for each of them


@pytest.mark.parametrize("relation", ["child", "parent"])
def test_a_certificate_of_residence_for_somebody_on_her_card_comes_at_once(
    siti: Actor, adi: Actor, nur: Actor, relation: str
) -> None:
    """A child of ten has none by asking himself; his mother asks for him."""
    whose = {"child": adi, "parent": nur}[relation]
    wanted = choice(siti, whose.name, "domisili")
    assert wanted.relation == relation
    draft = applying.begin(service="domisili", about=wanted.key, by=siti)
    sent = applying.send(case_id=draft.id, answers={"purpose": "mendaftar sekolah"}, by=siti)
    actions.advance_case(case_id=sent.id)
    done = queries.case_for(sent.id, by=siti)
    assert (done.state, done.decision and done.decision.row) == ("issued", "family")
    assert whose.nik is not None
    assert [str(one.title) for one in documents_of(whose.nik)] == ["Surat Keterangan Domisili"]


def test_a_child_that_asks_for_itself_is_told_who_can(siti: Actor, adi: Actor) -> None:
    draft = applying.begin(service="domisili", by=adi)
    applying.send(case_id=draft.id, answers={"purpose": "mendaftar sekolah"}, by=adi)
    actions.advance_case(case_id=draft.id)
    refused = queries.case_for(draft.id, by=adi)
    assert refused.decision is not None
    assert (refused.state, refused.decision.row) == ("refused", "minor")
