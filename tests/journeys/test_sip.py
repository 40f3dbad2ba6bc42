"""SIP: a licence to practise, from a tap to the letter, and the register that holds it from then on."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from satu.documents.queries import document_by_code, pdf_for
from satu.documents.verification import verify_pdf
from satu.identity.actions import open_resident_account
from satu.identity.types import SYSTEM, Actor
from satu.kernel import outbox
from satu.messaging.queries import inbox_of
from satu.permits import actions as permits
from satu.permits.models import Licence
from satu.permits.queries import licence_for, licences_for
from satu.services import actions, queries
from satu.services.types import CaseView, SystemsDown
from tests.journeys import applying, residents
from tests.journeys.conftest import Town

pytestmark = pytest.mark.usefixtures("town", "register")
Work = Callable[..., None]
AGUS = Actor(
    reference="account:900", kind="officer", name="Agus Wibowo", agency="dpmptsp", duties=frozenset({"licensing"})
)
REASON = "Pemegang berhenti bekerja di fasilitas ini."
_FITS = "status_str = 'AKTIF' AND skp >= skp_target"
_WORKER = """
SELECT nik, nomor_str FROM nakes JOIN (
    SELECT nik, count(*) AS places, sum(kabkota <> '36.71') AS elsewhere FROM penempatan GROUP BY nik
) USING (nik)
WHERE {} AND places {} AND elsewhere = {} GROUP BY nik HAVING count(*) = 1 ORDER BY nik LIMIT 1
"""


def worker(town: Town, *, that: str = _FITS, places: str = ">= 2", elsewhere: int = 0) -> Actor:
    """A health worker whom the Ministry's register knows so, resident of the town."""
    found = town.rows("nakes", _WORKER.format(that, places, elsewhere))
    assert found, "the town has no such health worker"
    return residents.resident(name="Siti Aminah", nik=found[0]["nik"])


@pytest.fixture
def siti(town: Town) -> Actor:
    return worker(town)


def begun(who: Actor) -> CaseView:
    return applying.begin(service="sip", by=who)


def sent(who: Actor, place: int = 0) -> CaseView:
    case = begun(who)
    asked = [question for question in case.questions if question.is_asked]
    answers = {"place": asked[0].choices[place].value} if asked else {}
    return applying.send(case_id=case.id, answers=answers, by=who)


def the_task() -> UUID:
    (item,) = queries.queue_of(AGUS).items
    return item.id


def decide(decision: str, reason: str = "") -> None:
    actions.decide_task(task_id=the_task(), decision=decision, reason=reason, by=AGUS)


def granted(who: Actor, work: Work, place: int = 0) -> CaseView:
    case = sent(who, place)
    decide("approve")
    work()
    outbox.deliver()
    return queries.case_for(case.id, by=who)


def the_licence(**which: Any) -> Licence:
    return Licence.objects.get(**which)


def refused_by(case: CaseView, row: str) -> None:
    assert case.state == "refused" or case.decision is not None
    assert case.decision is not None
    assert (case.decision.row, case.decision.result, case.decision.automatic) == (row, "refuse", True)
    assert case.decision.advice is not None


# ------------------------------------------------------------------------------------------------ the common path


def test_from_a_tap_to_a_signed_licence_with_one_answer_and_no_paper(town: Town, siti: Actor, work: Work) -> None:
    assert siti.nik is not None
    case = begun(siti)
    assert [question.key for question in case.questions] == ["place"]
    shown = {fact.fact: fact.shown for fact in case.facts}
    (kept,) = town.rows("nakes", "SELECT * FROM nakes WHERE nik = ?", siti.nik.value)
    assert shown["person.str_number"] == kept["nomor_str"]
    assert "person.skp_credits" not in shown
    case = sent(siti)
    assert case.state == "submitted"
    decide("approve")
    work()
    outbox.deliver()
    done = queries.case_for(case.id, by=siti)
    assert done.state == "issued"
    assert done.document is not None
    assert (done.savings.fields_typed, done.savings.photocopies_avoided) == (1, 12)

    pdf = pdf_for(done.document.id, by=siti).content
    assert verify_pdf(pdf).verdict == "genuine"
    (licence,) = licences_for(AGUS)
    chosen = town.rows("nakes", "SELECT * FROM penempatan WHERE nik = ? ORDER BY kode", siti.nik.value)[0]
    assert (licence.place, licence.state, licence.case_number) == (chosen["nama"], "active", case.number)
    assert licence.valid_until == done.document.valid_until
    assert licence.valid_until > timezone.localdate() + timedelta(days=5 * 365 - 1)
    whole = licence_for(licence.id, by=AGUS)
    assert whole.document_code == done.document.code
    assert [event.kind for event in whole.events] == ["granted", "document"]


def test_where_there_is_one_place_nothing_is_asked_at_all(town: Town, work: Work) -> None:
    siti = worker(town, places="= 1")
    assert not any(question.is_asked for question in begun(siti).questions)
    done = granted(siti, work)
    assert done.state == "issued"
    assert done.savings.fields_typed == 0
    assert the_licence().place != ""


def test_the_officer_sees_that_credits_are_enough_and_never_how_many(siti: Actor) -> None:
    sent(siti)
    task = actions.open_task(task_id=the_task(), by=AGUS)
    facts = {fact.fact: fact for fact in task.facts}
    assert facts["person.skp_credits_enough"].answer_only
    assert "person.skp_credits" not in facts


# ------------------------------------------------------------------------------------------------------ correction


def test_sent_back_for_the_wrong_place_and_granted_for_the_right_one(siti: Actor, work: Work) -> None:
    case = sent(siti)
    decide("correction", "Pilih fasilitas tempat Anda bekerja sekarang.")
    back = queries.case_for(case.id, by=siti)
    assert back.state == "returned"
    other = back.questions[0].choices[1]
    actions.resubmit_case(case_id=case.id, answers={"place": other.value}, by=siti)
    decide("approve")
    work()
    assert queries.case_for(case.id, by=siti).state == "issued"
    assert the_licence().place == str(other.label).partition(",")[0]


# -------------------------------------------------------------------------------------------------------- refusal


@pytest.mark.parametrize(
    ("row", "which"),
    [
        ("registration-not-active", {"that": "status_str <> 'AKTIF'", "places": "> 0"}),
        ("credits-missing", {"that": "status_str = 'AKTIF' AND skp < skp_target", "places": "> 0"}),
    ],
)
def test_a_rule_refuses_with_what_she_can_do(town: Town, work: Work, row: str, which: dict[str, Any]) -> None:
    siti = worker(town, **which)
    case = sent(siti)
    work()
    refused = queries.case_for(case.id, by=siti)
    refused_by(refused, row)
    assert refused.state == "refused"
    assert queries.queue_of(AGUS).items == ()


def test_who_is_no_health_worker_is_told_so(work: Work) -> None:
    siti = residents.resident()
    case = sent(siti)
    work()
    refused_by(queries.case_for(case.id, by=siti), "not-registered")


def test_a_place_in_another_city_is_that_citys_to_licence(town: Town, work: Work) -> None:
    siti = worker(town, places=">= 2", elsewhere=1)
    case = begun(siti)
    elsewhere = next(one for one in case.questions[0].choices if "Tangerang Selatan" in str(one.label))
    case = applying.send(case_id=case.id, answers={"place": elsewhere.value}, by=siti)
    work()
    refused_by(queries.case_for(case.id, by=siti), "place-elsewhere")


def test_an_officer_refuses_and_nothing_is_entered(siti: Actor, work: Work) -> None:
    case = sent(siti)
    decide("refuse", "Fasilitas ini sudah tidak beroperasi.")
    work()
    refused = queries.case_for(case.id, by=siti)
    assert refused.state == "refused"
    assert refused.decision is not None
    assert str(refused.decision.reason) == "Fasilitas ini sudah tidak beroperasi."
    assert not Licence.objects.exists()


# ----------------------------------------------------------------------------------------------- three at most


def at_other_places(who: Actor, count: int) -> None:
    assert who.nik is not None
    for number in range(count):
        permits.grant_licence(
            kind="sip", holder=who.nik, holder_name=who.name, place_code=f"elsewhere-{number}", place="Klinik lain",
            valid_until=timezone.localdate() + timedelta(days=900), case_id=uuid4(), case_number=f"SIP-{number}",
            by=SYSTEM,
        )  # fmt: skip


def test_a_fourth_place_is_refused_by_rule(siti: Actor, work: Work) -> None:
    at_other_places(siti, 3)
    case = sent(siti)
    work()
    refused_by(queries.case_for(case.id, by=siti), "three-places")


def test_a_fourth_place_that_was_right_when_it_was_sent_is_not_granted_either(siti: Actor, work: Work) -> None:
    """Two requests of hers were under way; the register has the last word, and she reads why."""
    at_other_places(siti, 2)
    case = sent(siti)
    at_other_places_now = Licence.objects.count()
    permits.grant_licence(
        kind="sip", holder=siti.nik, holder_name=siti.name, place_code="third", place="Klinik ketiga",  # type: ignore[arg-type]
        valid_until=timezone.localdate() + timedelta(days=900), case_id=uuid4(), case_number="SIP-x", by=SYSTEM,
    )  # fmt: skip
    decide("approve")
    work()
    refused = queries.case_for(case.id, by=siti)
    assert refused.state == "refused"
    assert refused.document is None
    assert refused.decision is not None
    assert refused.decision.result == "refuse"
    assert "3" in str(refused.decision.reason)
    assert Licence.objects.count() == at_other_places_now + 1
    work()  # nothing is tried again
    assert queries.case_for(case.id, by=siti).state == "refused"


def test_the_same_place_is_not_licensed_twice(siti: Actor, work: Work) -> None:
    assert granted(siti, work).state == "issued"
    again = sent(siti)
    work()
    refused_by(queries.case_for(again.id, by=siti), "has-one")


# ---------------------------------------------------------------------------------------------------------- outage


def test_the_ministry_is_away_and_the_draft_waits(town: Town, siti: Actor, work: Work) -> None:
    town.turn("nakes", down=True)
    case = begun(siti)
    assert not case.may_submit
    with pytest.raises(SystemsDown) as caught:
        applying.send(case_id=case.id, answers={}, by=siti)
    assert [trouble.system for trouble in caught.value.troubles] == ["nakes"]
    town.turn("nakes", down=False)
    wait_for(lambda: begun(siti).may_submit)
    assert begun(siti).id == case.id
    assert granted(siti, work).state == "issued"


def wait_for(true: Callable[[], bool]) -> None:
    from tests.journeys.workers import wait_until

    wait_until(true)


# ------------------------------------------------------------------------------------------------------ renewal


def test_a_renewal_is_offered_and_takes_the_place_of_the_old_licence(town: Town, siti: Actor, work: Work) -> None:
    assert siti.nik is not None
    account = open_resident_account(nik=siti.nik, name=siti.name, password="x")
    place = town.rows("nakes", "SELECT * FROM penempatan WHERE nik = ? ORDER BY kode", siti.nik.value)[0]
    ends = timezone.localdate() + timedelta(days=60)
    old = permits.grant_licence(
        kind="sip", holder=siti.nik, holder_name=siti.name, place_code=place["kode"], place=place["nama"],
        valid_until=ends, case_id=uuid4(), case_number="SIP-2021-000001", by=SYSTEM,
    )  # fmt: skip
    at_other_places(siti, 2)
    assert permits.offer_renewals(today=timezone.localdate()) == 1
    siti = Actor(f"account:{account.pk}", "resident", siti.name, nik=siti.nik)
    assert any(old in notice.body for notice in inbox_of(siti))
    (offer,) = queries.offers_for(siti)
    taken = actions.take_offer(offer_id=offer.id, by=siti)
    assert begun(siti).id == taken

    done = granted(siti, work)
    assert done.state == "issued"
    new = the_licence(place_code=place["kode"], state="active")
    assert new.replaces is not None
    assert (new.replaces.number, new.replaces.state) == (old, "replaced")
    assert new.valid_until > ends + timedelta(days=1700)
    assert Licence.objects.filter(state="active").count() == 3


# --------------------------------------------------------------------------------------------------- revocation


def test_a_revocation_is_seen_at_once_by_whoever_scans_the_letter(siti: Actor, work: Work) -> None:
    done = granted(siti, work)
    assert done.document is not None
    pdf = pdf_for(done.document.id, by=siti).content
    licence = the_licence()
    permits.revoke_licence(licence_id=licence.pk, reason=REASON, by=AGUS)

    public = document_by_code(done.document.code)
    assert public is not None
    assert public.standing == "revoked"
    assert str(public.revocation_reason) == REASON
    case = queries.case_for(done.id, by=siti)
    assert case.standing == "revoked"
    assert REASON in case.timeline[-1].text
    assert verify_pdf(pdf).verdict == "not-in-force"
    shown = {fact.fact: fact for fact in begun(siti).facts}
    assert "Dicabut" in shown["person.licences"].shown or "Revoked" in shown["person.licences"].shown
    again = sent(siti)  # the place is free again
    assert again.state == "submitted"


def test_a_place_that_she_made_up_is_not_read(siti: Actor) -> None:
    from satu.services.types import InvalidAnswers

    case = begun(siti)
    forged = json.dumps({"code": "1", "name": "Klinik Rekaan", "city": "36.71"})
    with pytest.raises(InvalidAnswers):
        applying.send(case_id=case.id, answers={"place": forged}, by=siti)
