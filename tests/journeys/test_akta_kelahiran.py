"""A birth, from the hospital's letter to the certificate, and the turns that it can take."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from satu.civil.models import Birth
from satu.documents.queries import documents_of, pdf_for
from satu.documents.verification import verify_pdf
from satu.hub.models import Telling
from satu.identity.types import Actor
from satu.kernel import outbox
from satu.kernel.identifiers import Nik
from satu.registry.queries import family_by_number, resident_by_nik
from satu.services import actions, queries
from satu.services.types import CaseView, InvalidAnswers, SystemsDown
from tests.journeys import applying
from tests.journeys.conftest import Town
from tests.journeys.households import (
    HEAD_OF_OFFICE,
    MARRIED,
    NEVER_MARRIED,
    REGISTRAR,
    Household,
    couple,
    household,
    letter,
)

pytestmark = pytest.mark.usefixtures("town", "register")
Work = Callable[..., None]
NAME = {"child_name": "Putri Ayu Hidayat"}


@pytest.fixture
def family() -> Household:
    return couple()


def begin(by: Actor, about: str = "") -> CaseView:
    return applying.begin(service="akta-kelahiran", by=by, about=about)


def send(case: CaseView, by: Actor, **answers: str) -> CaseView:
    return applying.send(case_id=case.id, answers={**NAME, **answers}, by=by)


def the_task(by: Actor) -> UUID:
    (item,) = queries.queue_of(by).items
    return item.id


def decide(decision: str, by: Actor = REGISTRAR, reason: str = "") -> None:
    actions.decide_task(task_id=the_task(by), decision=decision, reason=reason, by=by)


def born_in(family: Household) -> tuple[str, ...]:
    found = family_by_number(family.card)
    assert found is not None
    return tuple(member.name for member in found.members if member.role.code == 4)


@contextmanager
def down(town: Town, code: str) -> Iterator[None]:
    town.turn(code, down=True)
    yield
    town.turn(code, down=False)


# ------------------------------------------------------------------------------------------------ the common path


def test_one_answer_gives_a_certificate_a_nik_and_a_family_card_and_the_childs_card_waits_for_a_tap(
    town: Town, family: Household, work: Work
) -> None:
    father, mother, _child = family
    used = letter(town, mother)
    case = begin(mother)
    assert [question.key for question in case.questions if question.is_asked] == ["child_name"]
    case = send(case, mother)
    # Another officer looks at it only where a rule asks for her.
    assert queries.task_for(the_task(REGISTRAR), by=REGISTRAR).then == "officer_or_document"
    decide("approve")
    work()
    done = queries.case_for(case.id, by=mother)
    assert done.state == "issued"
    assert done.document is not None
    assert verify_pdf(pdf_for(done.document.id, by=mother).content).verdict == "genuine"
    birth = Birth.objects.get()
    today = timezone.localdate()
    assert (birth.letter, birth.number, birth.is_late) == (used, f"3671-LU-{today:%d%m%Y}-0001", False)
    child = resident_by_nik(Nik(birth.child_nik))
    assert child is not None
    assert father.nik is not None
    assert (child.name, child.sex, child.mother_nik, child.father_nik) == (
        "Putri Ayu Hidayat", "female", mother.nik, father.nik,
    )  # fmt: skip
    assert child.family_card_number == family.card
    titles = [str(document.title) for document in documents_of(mother.nik)]
    assert sorted(titles) == ["Kartu Keluarga", "Kutipan Akta Kelahiran"]
    assert done.savings.fields_typed == 1

    while outbox.deliver():
        pass
    (offer,) = queries.offers_for(mother)
    assert (offer.service, offer.asks) == ("kia", 0)
    draft = queries.case_for(actions.take_offer(offer_id=offer.id, by=mother), by=mother)
    assert draft.about is not None
    assert (draft.about.name, draft.about.relation, draft.questions) == (child.name, "child", ())
    applying.send(case_id=draft.id, answers={}, by=mother)
    actions.advance_case(case_id=draft.id)
    card = queries.case_for(draft.id, by=mother).document
    assert card is not None
    assert str(card.title) == "Kartu Identitas Anak"
    assert [str(one.title) for one in documents_of(child.nik)].count("Kartu Identitas Anak") == 1
    assert verify_pdf(pdf_for(card.id, by=mother).content).verdict == "genuine"


def test_the_welfare_register_hears_of_the_child_also_when_it_was_away(
    town: Town, family: Household, work: Work
) -> None:
    mother = family.people[1]
    letter(town, mother)
    with down(town, "dtsen"):
        send(begin(mother), mother)
        decide("approve")
        work()
        while outbox.deliver():
            pass
        work("tellings")
        assert [telling.state for telling in Telling.objects.filter(news="resident-born")] == ["waiting"]
    town.mend()
    Telling.objects.update(due_at=timezone.now() - timedelta(minutes=2))
    work("tellings")
    from satu.hub.telling import send_overdue

    send_overdue()
    assert [telling.state for telling in Telling.objects.filter(news="resident-born")] == ["told"]
    assert len(town.rows("dtsen", "SELECT * FROM TRX_MUTASI WHERE NM = 'Putri Ayu Hidayat' AND JNS = 'L'")) >= 1


# ----------------------------------------------------------------------------------------------------- the turns


def test_the_father_reports_it_about_the_mother(town: Town, family: Household, work: Work) -> None:
    father, mother, _child = family
    letter(town, mother)
    (wife,) = [one for one in queries.whom_for("akta-kelahiran", by=father) if one.relation == "spouse"]
    case = send(begin(father, wife.key), father)
    decide("approve")
    work()
    assert queries.case_for(case.id, by=father).state == "issued"
    assert Birth.objects.get().mother_nik == mother.nik.value
    assert father.nik is not None
    assert len(documents_of(father.nik)) == 2


def test_of_two_letters_she_chooses_one_and_it_is_used_once(town: Town, family: Household, work: Work) -> None:
    mother = family.people[1]
    letter(town, mother, days_ago=400, sex="L")
    letter(town, mother, days_ago=3)
    case = begin(mother)
    (question,) = [one for one in case.questions if one.key == "letter"]
    assert question.is_asked
    newest = next(
        choice for choice in question.choices if f"{(timezone.localdate() - timedelta(3)).day}" in str(choice.label)
    )
    send(case, mother, letter=newest.value)
    decide("approve")
    work()
    again = begin(mother)
    with pytest.raises(InvalidAnswers) as refused:
        send(again, mother, child_name="Putri Ani Hidayat", letter=newest.value)
    assert set(refused.value.errors) == {"letter"}
    assert len(born_in(family)) == 2


@pytest.mark.parametrize(
    "name", ["Putri", "Muh. Rizky", "Muh Rizky", "R2 D2", "Putri Ayu Hj", "A" * 40 + " " + "B" * 30]
)
def test_a_name_that_the_rule_refuses_is_mended_before_it_is_sent(town: Town, family: Household, name: str) -> None:
    mother = family.people[1]
    letter(town, mother)
    case = begin(mother)
    with pytest.raises(InvalidAnswers) as refused:
        send(case, mother, child_name=name)
    assert set(refused.value.errors) == {"child_name"}
    assert send(case, mother).state == "submitted"


def test_a_correction_sends_it_back_and_the_mended_name_is_registered(
    town: Town, family: Household, work: Work
) -> None:
    mother = family.people[1]
    letter(town, mother)
    case = send(begin(mother), mother, child_name="Putri Ayu Hidayatt")
    decide("correction", reason="Periksa ejaan nama belakang anak.")
    work()
    assert queries.case_for(case.id, by=mother).state == "returned"
    assert born_in(family) == ("Rizky Hidayat",)
    actions.resubmit_case(case_id=case.id, answers=NAME, by=mother)
    decide("approve")
    work()
    assert queries.case_for(case.id, by=mother).state == "issued"
    assert born_in(family) == ("Rizky Hidayat", "Putri Ayu Hidayat")


def test_a_refusal_changes_nothing_in_the_register(town: Town, family: Household, work: Work) -> None:
    mother = family.people[1]
    letter(town, mother)
    case = send(begin(mother), mother)
    decide("refuse", reason="Surat lahir ini bukan milik ibu tersebut.")
    work()
    done = queries.case_for(case.id, by=mother)
    assert done.state == "refused"
    assert done.decision is not None
    assert "Surat lahir ini" in str(done.decision.reason)
    assert born_in(family) == ("Rizky Hidayat",)
    assert not Birth.objects.exists()


def test_a_late_report_is_decided_by_the_head_of_the_office_too(town: Town, family: Household, work: Work) -> None:
    mother = family.people[1]
    letter(town, mother, days_ago=75)
    case = send(begin(mother), mother)
    decide("approve")
    work()
    assert queries.case_for(case.id, by=mother).state == "in_process"
    assert not Birth.objects.exists()
    decide("approve", by=HEAD_OF_OFFICE)
    work()
    assert queries.case_for(case.id, by=mother).state == "issued"
    assert Birth.objects.get().number.startswith("3671-LT-")


def test_the_head_of_the_office_may_refuse_a_late_report(town: Town, family: Household, work: Work) -> None:
    mother = family.people[1]
    letter(town, mother, days_ago=75)
    case = send(begin(mother), mother)
    decide("approve")
    work()
    decide("refuse", by=HEAD_OF_OFFICE, reason="Laporan ini sudah pernah diajukan di loket.")
    work()
    assert queries.case_for(case.id, by=mother).state == "refused"
    assert born_in(family) == ("Rizky Hidayat",)


def test_parents_whose_marriage_is_not_on_record_declare_it_with_two_witnesses(town: Town, work: Work) -> None:
    father, mother, _child = family = couple(married=False)
    one, two = (
        household((name, "female", timezone.localdate().replace(year=1980), MARRIED, 1))
        for name in ("Sri Wahyuni", "Dewi Lestari")
    )
    letter(town, mother)
    case = begin(mother)
    father_choice = next(
        choice.value
        for q in case.questions
        if q.key == "father"
        for choice in q.choices
        if "Asep" in str(choice.label)
    )
    answers = {"father": father_choice, "spouses": "declared"}
    with pytest.raises(InvalidAnswers) as refused:
        send(case, mother, **answers, witnesses=f"{father.nik.value}, {one.people[0].nik.value}")
    assert set(refused.value.errors) == {"witnesses"}
    case = send(case, mother, **answers, witnesses=f"{one.people[0].nik.value}, {two.people[0].nik.value}")
    decide("approve")
    work()
    decide("approve", by=HEAD_OF_OFFICE)
    work()
    birth = Birth.objects.get()
    assert birth.declared == ["F-2.04"]
    child = resident_by_nik(Nik(birth.child_nik))
    assert child is not None
    assert child.father_nik == father.nik
    assert len(born_in(family)) == 2


def test_a_mother_alone_is_named_alone(town: Town, work: Work) -> None:
    from datetime import date

    (mother,) = household(("Euis Komariah", "female", date(1992, 6, 15), NEVER_MARRIED, 1))
    letter(town, mother)
    case = begin(mother)
    assert [question.key for question in case.questions if question.is_asked] == ["child_name"]
    send(case, mother)
    decide("approve")
    work()
    child = resident_by_nik(Nik(Birth.objects.get().child_nik))
    assert child is not None
    assert (child.father_nik, child.father_name) == (None, "")


def test_a_birth_without_a_hospitals_letter_is_declared(town: Town, family: Household, work: Work) -> None:
    mother = family.people[1]
    others = [
        household((name, "male", timezone.localdate().replace(year=1975), MARRIED, 1)).people[0]
        for name in ("Joko Santoso", "Agus Wibowo")
    ]
    case = begin(mother)
    asked = [question.key for question in case.questions if question.is_asked]
    assert asked == ["child_name", "born_on", "sex", "birth_place", "witnesses"]
    born = timezone.localdate() - timedelta(days=10)
    send(
        case, mother, born_on=born.strftime("%d/%m/%Y"), sex="male", birth_place="Lebak", child_name="Bayu Hidayat",
        witnesses=", ".join(other.nik.value for other in others),
    )  # fmt: skip
    decide("approve")
    work()
    decide("approve", by=HEAD_OF_OFFICE)
    work()
    birth = Birth.objects.get()
    assert (birth.letter, birth.declared) == ("", ["F-2.03"])
    child = resident_by_nik(Nik(birth.child_nik))
    assert child is not None
    assert (child.birth_date, child.sex, child.birth_place) == (born, "male", "Lebak")


def test_when_the_hospitals_system_is_silent_nobody_is_asked_to_declare_a_birth(
    town: Town, family: Household, work: Work
) -> None:
    mother = family.people[1]
    letter(town, mother)
    with down(town, "bpjs"):
        case = begin(mother)
        assert [question.key for question in case.questions if question.is_asked] == ["child_name"]
        with pytest.raises(SystemsDown):
            send(case, mother)
    town.mend()
    case = send(case, mother)
    decide("approve")
    work()
    assert queries.case_for(case.id, by=mother).state == "issued"


def test_only_its_own_officers_see_and_decide_it(town: Town, family: Household) -> None:
    mother = family.people[1]
    letter(town, mother)
    send(begin(mother), mother)
    assert queries.queue_of(HEAD_OF_OFFICE).items == ()
