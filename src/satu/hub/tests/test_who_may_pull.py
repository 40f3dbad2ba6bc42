import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from satu.hub.actions import pull
from satu.hub.models import Inquiry
from satu.hub.policies import INQUIRY_LASTS
from satu.hub.purposes import inquiry, self_access
from satu.hub.queries import inquiry_for, reasons_for
from satu.hub.tests.conftest import NIK, SITI, case
from satu.hub.types import Found, Purpose, Refused, Subject
from satu.identity.types import SYSTEM, Actor
from satu.kernel.city import Label
from satu.kernel.errors import InvalidInput, Missing, NotAllowed
from satu.kernel.identifiers import Nik

pytestmark = pytest.mark.django_db
OTHER = Subject.person(Nik("3671010101150001"))


@pytest.fixture
def refused(alpha, new_entries):
    """Such a pull is not allowed, nobody is asked, and nothing is written."""

    def check(about: Subject, purpose: Purpose, by: Actor) -> None:
        with pytest.raises(NotAllowed):
            pull(about=about, facts=["person.name"], purpose=purpose, by=by)
        assert alpha.calls == 0
        assert new_entries() == []

    return check


def test_a_resident_sees_her_own_data(alpha, siti):
    assert pull(about=SITI, facts=["person.name"], purpose=self_access(siti), by=siti).found()


def test_a_resident_does_not_see_somebody_elses(refused, siti):
    refused(OTHER, self_access(siti), siti)
    refused(OTHER, case("person.name"), siti)


def test_a_resident_cannot_make_an_officers_inquiry(refused, siti):
    with pytest.raises(NotAllowed):
        inquiry(reason="counter", subject=SITI, by=siti)
    refused(SITI, Purpose("inquiry", "x", Label(id="x", en="x"), "x", frozenset({"person.name"})), siti)


def test_satu_itself_pulls_for_a_case_only(alpha, siti):
    assert pull(about=SITI, facts=["person.name"], purpose=case("person.name"), by=SYSTEM).found()
    with pytest.raises(NotAllowed):
        pull(about=SITI, facts=["person.name"], purpose=self_access(siti), by=SYSTEM)


def test_an_officer_states_her_reason_and_sees_what_it_covers(alpha, beta, budi, new_entries):
    purpose = inquiry(reason="counter", subject=SITI, by=budi, note="Menanyakan KK")
    dossier = pull(about=SITI, facts=["person.name", "person.decile"], purpose=purpose, by=budi)
    assert isinstance(dossier["person.name"], Found)
    assert isinstance(dossier["person.decile"], Refused)
    assert beta.calls == 0
    (entry,) = new_entries()
    assert (entry.actor, entry.purpose_id, entry.purpose_reference) == (
        "account:2",
        "Melayani Anda di loket",
        purpose.reference,
    )
    row = Inquiry.objects.get()
    assert (row.opened_by, row.agency, row.reason, row.note) == ("account:2", "dukcapil", "counter", "Menanyakan KK")


def test_an_officer_without_the_duty_may_not_give_the_reason(small_city):
    other = Actor(reference="account:3", kind="officer", name="Rina", agency="disdik", duties=frozenset({"teacher"}))
    assert reasons_for(other) == ()
    with pytest.raises(NotAllowed):
        inquiry(reason="counter", subject=SITI, by=other)
    assert not Inquiry.objects.exists()


def test_an_officer_who_lost_the_duty_may_not_go_on(refused, budi):
    purpose = inquiry(reason="counter", subject=SITI, by=budi)
    refused(SITI, purpose, Actor(reference="account:2", kind="officer", name="Budi", agency="dukcapil"))


def test_a_reason_that_is_not_on_the_list_is_refused(small_city, budi):
    with pytest.raises(InvalidInput):
        inquiry(reason="curiosity", subject=SITI, by=budi)
    with pytest.raises(InvalidInput):
        inquiry(reason="counter", subject=SITI, by=budi, note="x" * 501)


def test_an_officer_without_a_stated_reason_sees_nothing(refused, budi):
    label = Label(id="x", en="x")
    for reference in ("", "nonsense", str(uuid.uuid4())):
        refused(SITI, Purpose("inquiry", reference, label, "x", frozenset({"person.name"})), budi)
    refused(SITI, case("person.name"), budi)
    refused(SITI, Purpose("self", "", label, "x", frozenset({"person.name"})), budi)


def test_a_reason_holds_for_the_person_it_was_given_for(refused, budi):
    refused(OTHER, inquiry(reason="counter", subject=SITI, by=budi), budi)


def test_a_reason_holds_for_the_officer_who_gave_it(refused, budi):
    purpose = inquiry(reason="counter", subject=SITI, by=budi)
    other = Actor("account:9", "officer", "Tono", agency="dukcapil", duties=frozenset({"front-office"}))
    refused(SITI, purpose, other)
    with pytest.raises(Missing):
        inquiry_for(purpose.reference, by=other)


def test_a_reason_cannot_be_made_to_cover_more(refused, budi):
    purpose = inquiry(reason="counter", subject=SITI, by=budi)
    wider = Purpose("inquiry", purpose.reference, purpose.label, purpose.legal_basis, frozenset({"person.decile"}))
    refused(SITI, wider, budi)


def test_a_reason_ends_with_the_working_day(refused, budi):
    purpose = inquiry(reason="counter", subject=SITI, by=budi)
    Inquiry.objects.update(opened_at=timezone.now() - INQUIRY_LASTS - timedelta(minutes=1))
    refused(SITI, purpose, budi)


def test_an_inquiry_goes_on_from_page_to_page(alpha, budi):
    purpose = inquiry(reason="counter", subject=SITI, by=budi)
    again = inquiry_for(purpose.reference, by=budi)
    assert (again.subject, again.purpose) == (SITI, purpose)
    assert pull(about=again.subject, facts=["person.name"], purpose=again.purpose, by=budi).found()
    for reference in ("nonsense", str(uuid.uuid4())):
        with pytest.raises(Missing):
            inquiry_for(reference, by=budi)


def test_a_subject_never_prints_its_number():
    assert NIK.value not in repr(SITI)
