"""A move within the city, and the turns that it can take."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from satu.civil.models import Move
from satu.documents.queries import documents_of, pdf_for
from satu.documents.verification import verify_pdf
from satu.hub.models import Telling
from satu.hub.telling import send_overdue
from satu.identity.types import Actor
from satu.kernel import outbox
from satu.kernel.identifiers import FamilyCardNumber, Nik
from satu.registry.queries import family_by_number, resident_by_nik
from satu.registry.types import Resident
from satu.services import actions, queries
from satu.services.models import Task
from satu.services.types import CaseView, InvalidAnswers
from tests.journeys import applying
from tests.journeys.conftest import Town
from tests.journeys.households import (
    CLERK,
    HEAD,
    NEVER_MARRIED,
    PARENT,
    REGISTRAR,
    Household,
    couple,
    household,
    new_area,
)

pytestmark = pytest.mark.usefixtures("town", "register")
Work = Callable[..., None]
THERE = {"line": "Jl. Kenanga No. 9", "rt": "4", "rw": "7", "kelurahan": "Sukarasa"}


@pytest.fixture(autouse=True)
def _elsewhere(register: None) -> None:
    new_area()


@pytest.fixture
def family() -> Household:
    return couple()


def send(by: Actor, *movers: Actor, host: FamilyCardNumber | None = None) -> CaseView:
    """Who moves, or everybody."""
    case = applying.begin(service="pindah", by=by)
    answers = {"destination": json.dumps(THERE), "host_card": host.value if host else ""}
    if movers:
        answers["movers"] = json.dumps([number(one) for one in movers])
    else:
        question = next(one for one in case.questions if one.key == "movers")
        answers["movers"] = json.dumps([choice.value for choice in question.choices])
    return applying.send(case_id=case.id, answers=answers, by=by)


def number(who: Actor) -> str:
    assert who.nik is not None
    return who.nik.value


def decide(decision: str, reason: str = "", by: Actor = REGISTRAR) -> None:
    (item,) = queries.queue_of(by).items
    actions.decide_task(task_id=item.id, decision=decision, reason=reason, by=by)


def person(who: Actor, **times: date) -> Resident:
    found = resident_by_nik(Nik(number(who)), **times)
    assert found is not None
    return found


def state(case: CaseView, by: Actor) -> str:
    return queries.case_for(case.id, by=by).state


def hear(work: Work) -> dict[str, set[str]]:
    """Let the news out, and say how it stands, by system."""
    while outbox.deliver():
        pass
    work("tellings")
    states: dict[str, set[str]] = {}
    for telling in Telling.objects.all():
        states.setdefault(telling.system, set()).add(telling.state)
    return states


_PARCEL = """INSERT INTO DAT_OBJEK_PAJAK SELECT KD_PROPINSI, KD_DATI2, KD_KECAMATAN, KD_KELURAHAN, KD_BLOK,
    'U' || substr(?, 14), KD_JNS_OP, ?, JALAN_OP, RW_OP, RT_OP, 60, 36, '01-01-2010' FROM DAT_OBJEK_PAJAK LIMIT 1"""
_BILL = """INSERT INTO SPPT SELECT s.KD_PROPINSI, s.KD_DATI2, s.KD_KECAMATAN, s.KD_KELURAHAN, s.KD_BLOK, o.NO_URUT,
    s.KD_JNS_OP, s.THN_PAJAK_SPPT, ?, 1, 1, s.TGL_JATUH_TEMPO_SPPT, '1', NULL FROM DAT_OBJEK_PAJAK o JOIN SPPT s
    ON s.KD_BLOK = o.KD_BLOK AND s.KD_KELURAHAN = o.KD_KELURAHAN AND s.KD_KECAMATAN = o.KD_KECAMATAN
    WHERE o.SUBJEK_PAJAK_ID = ? AND s.NO_URUT <> o.NO_URUT LIMIT 1"""
_PUPIL = """INSERT INTO peserta_didik VALUES ('0000000001', ?, ?, 'L', '14/08/2018', '20010111', 'SDN Sukarasa 1',
    '2', '2A', '01/11/2026')"""


def known_everywhere(town: Town, who: Actor, child: Actor) -> None:
    """The tax office and the welfare register know her, the school register her child."""
    nik = number(who)
    for code, sql, values in (
        ("pbb", "INSERT INTO DAT_SUBJEK_PAJAK VALUES (?, ?, 'JL. MELATI', '007', '003', 'X', 'X')", (nik, who.name)),
        ("pbb", _PARCEL, (nik, nik)),
        ("pbb", _BILL, (who.name, nik)),
        ("dtsen", "INSERT INTO TRX_KPM VALUES ('KPM00000000001', ?, ?, '03', '-', '20260101')", (nik, who.name)),
        ("dapodik", _PUPIL, (number(child), child.name)),
    ):
        with closing(sqlite3.connect(town.folder / f"{code}.sqlite", timeout=5)) as connection, connection:
            connection.execute(sql, values)
    town.post("dapodik", "/_simulated/night")


# ------------------------------------------------------------------------------------------------ the common path


def test_a_whole_family_moves_with_its_card_and_two_answers(family: Household, work: Work) -> None:
    father, mother, child = family
    case = send(mother)
    (note,) = queries.queue_of(CLERK).items  # the kelurahan of origin is informed, and nobody waits for it
    assert str(note.label) == "Warga pindah keluar"
    decide("approve")
    work()
    done = queries.case_for(case.id, by=mother)
    assert done.state == "issued"
    assert done.document is not None
    assert verify_pdf(pdf_for(done.document.id, by=mother).content).verdict == "genuine"
    today = timezone.localdate()
    assert Move.objects.get().number == f"SKPD/3671/{today:%d%m%Y}/0001"
    for who in (father, mother, child):
        now, before = person(who), person(who, as_of=today - timedelta(days=1))
        assert now.address is not None
        assert before.address is not None
        assert (now.address.line, now.address.rt, now.residence_since) == ("Jl. Kenanga No. 9", "004", today)
        assert (before.address.line, before.address.rt) == ("Jl. Melati No. 5", "003")
        assert now.family_card_number == family.card
    assert sorted(str(one.title) for one in documents_of(Nik(number(mother)))) == [
        "Kartu Keluarga", "Surat Keterangan Pindah Dalam Kota",
    ]  # fmt: skip


def test_tax_school_and_welfare_hear_of_it_each_of_whom_it_holds(town: Town, family: Household, work: Work) -> None:
    _father, mother, child = family
    known_everywhere(town, mother, child)
    send(mother)
    decide("approve")
    work()
    hear(work)
    told = {(one.system, one.subject_key) for one in Telling.objects.filter(state="told")}
    assert told == {("pbb", number(mother)), ("dtsen", number(mother)), ("dapodik", number(child))}
    assert {one.state for one in Telling.objects.all()} == {"told", "unconcerned"}
    assert town.rows("pbb", "SELECT * FROM MUTASI_WP WHERE SUBJEK_PAJAK_ID = ?", number(mother))[0]["RT_WP"] == "004"
    assert town.rows("dtsen", "SELECT * FROM TRX_MUTASI WHERE NIK = ?", number(mother))[0]["ALMT"] == THERE["line"]


# ----------------------------------------------------------------------------------------------------- the turns


def test_some_of_a_family_get_a_new_card_and_those_who_stay_a_new_head(family: Household, work: Work) -> None:
    father, mother, child = family
    case = send(father, father)
    decide("approve")
    work()
    assert state(case, father) == "issued"
    new = person(father).family_card_number
    assert new is not None
    assert new != family.card
    old = family_by_number(family.card)
    assert old is not None
    assert (old.head_name, [member.name for member in old.members]) == (mother.name, [mother.name, child.name])
    cards = [one for one in documents_of(Nik(number(father))) if str(one.title) == "Kartu Keluarga"]
    assert len(cards) == 2  # his own, and the one of those who stay, which he asked for


def test_a_grandmother_joins_her_childs_card_at_the_address_where_it_lives(family: Household, work: Work) -> None:
    (grandmother,) = household(("Siti Aminah", "female", date(1955, 2, 3), NEVER_MARRIED, HEAD))
    host = household(("Dedi Hidayat", "male", date(1985, 1, 1), NEVER_MARRIED, HEAD), area="36.71.01.1001.007.004")
    from satu.registry.models import Resident as Row

    row = Row.objects.get(nik=number(host.people[0]))
    row.mother_nik = number(grandmother)
    row.save(update_fields=["mother_nik"])
    case = applying.begin(service="pindah", by=grandmother)
    there = {"destination": json.dumps(THERE)}
    with pytest.raises(InvalidAnswers) as refused:
        applying.send(case_id=case.id, answers={**there, "host_card": family.card.value}, by=grandmother)
    assert set(refused.value.errors) == {"host_card"}
    applying.send(case_id=case.id, answers={**there, "host_card": host.card.value}, by=grandmother)
    decide("approve")
    work()
    assert state(case, grandmother) == "issued"
    moved = person(grandmother)
    assert moved.family_role is not None
    assert (moved.family_card_number, moved.family_role.code) == (host.card, PARENT)


def test_children_neither_go_nor_stay_alone(family: Household) -> None:
    father, mother, child = family
    for movers in ((child,), (father, mother)):
        with pytest.raises(InvalidAnswers) as refused:
            send(mother, *movers)
        assert set(refused.value.errors) == {"movers"}


def test_a_correction_sends_it_back_and_the_mended_move_is_made(family: Household, work: Work) -> None:
    mother = family.people[1]
    case = send(mother)
    decide("correction", "Nomor rumah kurang. Tulis alamat selengkapnya.")
    work()
    assert state(case, mother) == "returned"
    assert person(mother).residence_since != timezone.localdate()
    question = next(one for one in queries.case_for(case.id, by=mother).questions if one.key == "movers")
    answers = {
        "destination": json.dumps({**THERE, "line": "Jl. Kenanga No. 9A"}),
        "movers": json.dumps([choice.value for choice in question.choices]),
    }
    actions.resubmit_case(case_id=case.id, answers=answers, by=mother)
    decide("approve")
    work()
    address = person(mother).address
    assert address is not None
    assert address.line == "Jl. Kenanga No. 9A"


def test_a_refusal_leaves_everybody_where_they_are(family: Household, work: Work) -> None:
    mother = family.people[1]
    case = send(mother)
    decide("refuse", "Alamat tujuan adalah kantor, bukan tempat tinggal.")
    work()
    assert state(case, mother) == "refused"
    address = person(mother).address
    assert address is not None
    assert address.rt == "003"
    assert not Move.objects.exists()


def test_a_tax_office_that_is_away_holds_nobody_up_and_hears_later(town: Town, family: Household, work: Work) -> None:
    _father, mother, child = family
    known_everywhere(town, mother, child)
    town.turn("pbb", down=True)
    case = send(mother)
    reminder = next(one for one in queries.case_for(case.id, by=mother).facts if "arrears" in one.fact)
    assert reminder.pending
    decide("approve")
    work()
    assert state(case, mother) == "issued"
    assert hear(work)["pbb"] == {"waiting"}
    town.mend()
    Telling.objects.filter(state="waiting").update(due_at=timezone.now() - timedelta(minutes=2))
    send_overdue()
    actions.reconcile_pending()
    assert Telling.objects.get(system="pbb", subject_key=number(mother)).state == "told"
    reminder = next(one for one in queries.case_for(case.id, by=mother).facts if "arrears" in one.fact)
    assert not reminder.pending


def test_one_member_acts_for_the_others_and_two_officers_decide_once(family: Household, work: Work) -> None:
    father, mother, child = family
    case = send(mother, father, mother, child)
    task: UUID = Task.objects.get(name="decide").id
    actions.decide_task(task_id=task, decision="approve", reason="", by=REGISTRAR)
    actions.decide_task(task_id=task, decision="approve", reason="", by=REGISTRAR)  # a double click
    work()
    work()
    assert state(case, mother) == "issued"
    assert Move.objects.count() == 1
    assert person(father).family_card_number == family.card
