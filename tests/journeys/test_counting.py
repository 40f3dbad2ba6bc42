"""What was spared, and how long it took: the sums against a recount by hand."""

import csv
from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from satu.hub import health
from satu.identity.actions import open_officer_account
from satu.identity.types import Actor
from satu.insight import actions as insight
from satu.insight.queries import by_area, by_day, by_service, one_of
from satu.kernel.calendar import WorkingDays, due_after, the_calendar
from satu.kernel.spread import EXACT_TO
from satu.services import actions
from satu.services.models import Case, CaseEvent, TaskDecision
from satu.services.packages import the_package
from tests.journeys import applying, residents
from tests.journeys.test_sktm import RINA, SENTENCE, decide

pytestmark = pytest.mark.usefixtures("town", "register")
Work = Callable[[], None]


def sent(service: str, who: Actor, purpose: str) -> Case:
    case = applying.begin(service=service, by=who)
    applying.send(case_id=case.id, answers={"purpose": purpose}, by=who)
    return Case.objects.get(pk=case.id)


@pytest.fixture
def cases(work: Work) -> list[Case]:
    """Three letters by rule, one by an officer after a correction, one refused, one that waits."""
    made = [sent("domisili", residents.resident(name=f"Siti {letter}"), "membuka rekening") for letter in "ABC"]
    corrected = residents.resident(name="Dewi Lestari")
    made.append(sent("sktm", corrected, "obat"))
    decide("correction", SENTENCE)
    actions.resubmit_case(case_id=made[-1].pk, answers={"purpose": "obat anak saya"}, by=corrected)
    decide("approve")
    made.append(sent("sktm", residents.resident(life_status=residents.DECEASED), "obat"))
    made.append(sent("sktm", residents.resident(name="Wati"), "obat"))
    work()
    return [Case.objects.get(pk=case.pk) for case in made]


def recounted(cases: list[Case], service: str) -> dict[str, object]:
    """Without the events: from cases, snapshots and what officers decided."""
    mine = [case for case in cases if service in ("", case.service)]
    issued = [case for case in mine if case.state == "issued"]
    papers = [the_package(case.service).paper for case in issued]
    typed = sum(1 for case in issued for answer in case.snapshot.answers.values() if answer)
    typed += sum(
        1
        for case in issued
        for again in case.resubmissions.all()
        for key, answer in again.answers.items()
        if answer != case.snapshot.answers[key]
    )
    touched = {made.task.case_id for made in TaskDecision.objects.select_related("task")}
    return {
        "requests": len(mine),
        "documents": len(issued),
        "paper_fields": sum(len(paper.fields) for paper in papers),
        "typed": typed,
        "photocopies": sum(len(paper.photocopies) for paper in papers),
        "visits": sum(paper.visits for paper in papers),
        "touch_free": sum(case.pk not in touched for case in issued),
    }


def test_a_document_beside_the_main_one_ends_nothing(cases: list[Case]) -> None:
    today = timezone.localdate()
    insight.fold()
    before = by_service(today, today)
    CaseEvent.objects.create(case=cases[-1], kind="issued", actor_kind="system", detail={"key": "beside"})
    insight.fold()
    assert by_service(today, today) == before


def test_another_period_has_other_figures(cases: list[Case]) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    insight.fold()
    whole = one_of(by_service(yesterday, yesterday))
    assert (whole.sums.requests, whole.sums.documents, whole.median, whole.sums.touch_free_share) == (
        0,
        0,
        None,
        None,
    )


def test_the_desk_shows_them_with_their_formula_and_as_csv(cases: list[Case]) -> None:
    officer = open_officer_account(
        login="rina", name="Rina", password="x", agency="kelurahan", duties=["front-office"], areas=[]
    )
    client = Client()
    client.login(username=officer.login, password="x")
    insight.fold()
    page = client.get("/desk/dihemat/").content.decode()
    assert "30 hari terakhir" in page
    assert 'type="date"' not in page
    assert "Surat keterangan domisili" in page or "Certificate of residence" in page
    answer = client.get("/desk/dihemat/dihemat.csv?dari=nonsense")
    rows = list(csv.DictReader(StringIO(answer.content.decode())))
    assert [(row["service"], row["documents"]) for row in rows] == [("domisili", "3"), ("sktm", "1"), ("total", "4")]
    assert RINA.name not in answer.content.decode()
    empty = client.get("/desk/dihemat/dihemat.csv?dari=2001-01-01&sampai=2001-02-01").content.decode()
    assert empty.splitlines()[1].startswith("total,,0,0,")


def times_of(cases: list[Case]) -> dict[str, float]:
    """Median and 90th percentile, of the times themselves."""
    times = sorted((case.closed_at - case.submitted_at).total_seconds() for case in cases if case.state == "issued")
    return {"median": times[-(-len(times) // 2) - 1], "p90": times[-(-len(times) * 9 // 10) - 1]}


def decided_in_time(case: Case) -> bool:
    """By the promise of its package, without the days in which the applicant had it."""
    promised = WorkingDays(the_package(case.service).deadline_days)
    last = due_after(timezone.localdate(case.submitted_at), promised, the_calendar()).day
    return timezone.localdate(case.closed_at) <= last


def test_city_hall_shows_what_a_recount_finds(cases: list[Case]) -> None:
    """From cases, snapshots and decisions, which the sums are not made of; and however often they are made."""
    today = timezone.localdate()
    assert insight.fold() == len(cases)
    assert insight.fold() == 0
    for _again in range(2):
        rows = {(row.service, row.agency): row for row in by_service(today, today)}
        assert set(rows) == {("", ""), ("", "kelurahan"), ("domisili", "kelurahan"), ("sktm", "kelurahan")}
        for (service, _agency), row in rows.items():
            by_hand = recounted(cases, service)
            assert {name: getattr(row.sums, name) for name in by_hand} == by_hand
            mine = [case for case in cases if service in ("", case.service)]
            ended = [case for case in mine if case.state in {"issued", "refused"}]
            assert row.sums.in_time == sum(map(decided_in_time, ended))
            assert row.sums.waiting == len(mine) - len(ended)
            for name, seconds in times_of(mine).items():
                assert getattr(row, name) == pytest.approx(seconds, rel=EXACT_TO + 0.01, abs=0.05)
        # She who has died lives nowhere, as the register has it.
        areas = [(area.name, area.requests, area.documents) for area in by_area(today, today)]
        assert areas == [("Sukarasa", 5, 4), ("", 1, 0)]
        assert [day.sums for day in by_day(today, today)] == [rows["", ""].sums]
        assert insight.rebuild() == len(cases)


def test_what_was_counted_follows_what_happens_to_a_request(cases: list[Case], work: Work) -> None:
    today = timezone.localdate()
    insight.fold()
    decide("approve")
    work()
    assert insight.fold() >= 1
    (whole, *_rest) = by_service(today, today)
    assert (whole.sums.requests, whole.sums.documents, whole.sums.waiting) == (6, 5, 0)


def test_the_pages_of_city_hall_and_their_csv_say_the_same(cases: list[Case]) -> None:
    insight.fold()
    health.keep(now=True)  # what it otherwise does with a pull some seconds later
    client = Client()
    staff = open_officer_account(login="staf", name="Nurul", password="x", agency="setda", duties=["city-hall"])
    client.force_login(staff)
    page = client.get("/kota/").content.decode()
    assert "Isian tidak diketik" in page
    assert "perkiraan" in page  # what nobody has confirmed
    assert "Sukarasa" in page
    rows = list(csv.DictReader(StringIO(client.get("/kota/layanan.csv").content.decode())))
    assert [(row["service"], row["documents"]) for row in rows] == [
        *(("total", "4"), ("total", "4"), ("domisili", "3"), ("sktm", "1"))
    ]
    systems = csv.DictReader(StringIO(client.get("/kota/sistem.csv").content.decode()))
    answered = {row["system"]: int(row["answered"]) for row in systems if row["hour"] == "day"}
    assert answered["siak"] >= len(cases)
    told = "".join(
        client.get(f"/kota/{name}").content.decode()
        for name in ("", "layanan/", "isian/", "sistem/", "layanan.csv", "harian.csv", "kelurahan.csv", "isian.csv")
    )
    told += "".join(Client().get(f"/kota/terbuka/{name}").content.decode() for name in ("", "angka.csv"))
    assert "kurang dari 5" in told
    assert "sktm,Kelurahan,<5,<5," in told
    with CaptureQueriesContext(connection) as asked:
        client.get("/kota/")
    assert len(asked) == 10
    with CaptureQueriesContext(connection) as asked:
        Client().get("/kota/terbuka/")
    assert len(asked) == 1
    for case in cases:
        assert case.applicant_nik not in told
        assert case.number not in told
