"""Surat keterangan domisili, from a tap to a signed letter, and every turn that it can take."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import IntegrityError, connection, connections
from django.utils import timezone, translation
from procrastinate import exceptions
from procrastinate.contrib.django.models import ProcrastinateJob

from satu.documents.queries import document_by_code, documents_of, pdf_for
from satu.documents.verification import verify_pdf
from satu.hub.types import Subject
from satu.identity.types import Actor
from satu.kernel.errors import Conflict, InvalidInput, Missing, NotAllowed
from satu.services import actions, queries
from satu.services.models import Case, CaseDecision, CaseEvent, PendingFact, Snapshot
from satu.services.tasks import rescue_jobs
from satu.services.types import CaseView, InvalidAnswers, SystemsDown
from tests.journeys import applying, residents
from tests.journeys.conftest import Town
from tests.journeys.workers import Worker, wait_until

PURPOSE = {"purpose": "membuka rekening bank"}
pytestmark = pytest.mark.usefixtures("town", "register")
Work = Callable[[], None]


@pytest.fixture
def siti() -> Actor:
    return residents.resident()


def begun(who: Actor) -> CaseView:
    return applying.begin(service="domisili", by=who)


def submitted(who: Actor) -> CaseView:
    return applying.send(case_id=begun(who).id, answers=PURPOSE, by=who)


@contextmanager
def down(town: Town, code: str) -> Iterator[None]:
    """A system that does not answer."""
    town.turn(code, down=True)
    yield
    town.turn(code, down=False)


@contextmanager
def silent_register() -> Iterator[None]:
    """The register is locked by somebody, as in a long maintenance."""
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        other.execute("LOCK TABLE registry_resident IN ACCESS EXCLUSIVE MODE")
        yield


# ------------------------------------------------------------------------------------------------ the common path


def test_from_a_tap_to_a_signed_letter_with_one_answer(siti: Actor) -> None:
    assert siti.nik is not None
    case = begun(siti)
    assert case.state == "draft"
    assert case.may_submit
    assert [q.key for q in case.questions] == ["purpose"]
    facts = {fact.fact: fact for fact in case.facts}
    assert facts["person.name"].shown == "Siti Aminah"
    assert facts["person.kelurahan"].shown == "Sukarasa"
    assert facts["person.rt"].shown == "003"
    assert facts["person.birth_date"].as_of is not None
    assert all(fact.outcome == "found" for fact in case.facts)
    assert {fact.system for fact in case.facts} == {"siak", "pbb"}

    sent = applying.send(case_id=case.id, answers=PURPOSE, by=siti)
    assert sent.state == "submitted"
    assert re.fullmatch(rf"DOM-{timezone.localdate().year}-\d{{6}}", sent.number)
    assert [q.shown for q in sent.questions] == ["membuka rekening bank"]
    assert sent.decision is not None
    assert (sent.decision.result, sent.decision.row) == ("approve", "resident")

    Worker("--once").finish()
    done = queries.case_for(case.id, by=siti)
    assert done.state == "issued"
    assert done.document is not None
    assert [step.kind for step in done.timeline] == ["begun", "submitted", "decided", "issued", "told"]
    assert all(step.state == "done" and step.at for step in done.timeline)
    pdf = pdf_for(done.document.id, by=siti).content
    assert verify_pdf(pdf).verdict == "genuine"
    public = document_by_code(done.document.code)
    assert public is not None
    assert public.standing == "valid"
    assert done.document.valid_until is not None
    assert done.document.valid_until > timezone.localdate() + timedelta(days=180)
    assert done.savings.fields_avoided == 15
    assert (done.savings.photocopies_avoided, done.savings.visits_avoided) == (4, 4)
    assert [summary.state for summary in queries.cases_of(siti)] == ["issued"]


def test_the_letter_says_what_the_register_says_and_what_she_answered(siti: Actor, work: Work) -> None:
    import io

    import pikepdf

    case = submitted(siti)
    work()
    document = queries.case_for(case.id, by=siti).document
    assert document is not None
    content = pdf_for(document.id, by=siti).content
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert len(pdf.pages) == 1
    text = _text_of(content)
    for piece in ("Siti Aminah", "Jl. Melati No. 5", "Sukarasa", "membuka rekening bank"):
        assert piece in text
    assert siti.nik is not None
    assert siti.nik.value in text.replace(" ", "").replace("\u00a0", "")


def _text_of(pdf: bytes) -> str:
    import subprocess

    text = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    return " ".join(text.split())


def test_every_look_is_in_her_access_ledger_with_the_service_as_its_reason(siti: Actor) -> None:
    from satu.hub.ledger.queries import accesses_about

    assert siti.nik is not None
    case = begun(siti)
    (access,) = accesses_about(Subject.person(siti.nik), limit=5)
    assert access.why.id == "Permohonan Anda: Surat keterangan domisili"
    assert access.facts
    assert str(case.id) in access.reference


def test_the_page_reads_in_english_too(siti: Actor) -> None:
    case = submitted(siti)
    with translation.override("en"):
        english = queries.case_for(case.id, by=siti)
        assert english.state_label == "Submitted"
        assert english.timeline[1].text == "Your request was sent"
    with translation.override("id"):
        indonesian = queries.case_for(case.id, by=siti)
        assert indonesian.state_label == "Diajukan"
        assert indonesian.timeline[1].text == "Permohonan Anda terkirim"


def test_beginning_again_takes_up_the_open_draft(siti: Actor) -> None:
    assert begun(siti).id == begun(siti).id


def test_the_case_page_takes_a_fixed_number_of_queries(siti: Actor, django_assert_num_queries: Any) -> None:
    case = begun(siti)
    with django_assert_num_queries(3):  # case, corrections, events
        queries.case_for(case.id, by=siti)
    applying.send(case_id=case.id, answers=PURPOSE, by=siti)
    with django_assert_num_queries(5):  # and what is pending, and the decisions
        queries.case_for(case.id, by=siti)


# -------------------------------------------------------------------------------------------------- not the browser


def test_a_forged_field_from_the_browser_changes_nothing(siti: Actor, work: Work) -> None:
    case = begun(siti)
    forged = {
        **PURPOSE,
        "person.name": "Orang Lain",
        "name": "Orang Lain",
        "facts": '{"person.is_adult": true}',
        "state": "issued",
        "eligibility": "approve",
        "number": "DOM-2026-999999",
    }
    applying.send(case_id=case.id, answers=forged, by=siti)
    snapshot = Snapshot.objects.get(case_id=case.id)
    assert snapshot.answers == PURPOSE
    assert "Orang Lain" not in str(snapshot.dossier)
    work()
    document = queries.case_for(case.id, by=siti).document
    assert document is not None
    assert "Orang Lain" not in _text_of(pdf_for(document.id, by=siti).content)


def test_the_snapshot_keeps_value_system_record_and_time_of_each_fact(siti: Actor) -> None:
    case = submitted(siti)
    outcomes = {one["fact"]: one for one in Snapshot.objects.get(case_id=case.id).dossier["outcomes"]}
    name = outcomes["person.name"]
    assert name["value"] == "Siti Aminah"
    assert name["system"] == "siak"
    assert name["record"]
    assert name["as_of"] <= name["at"]
    assert name["legal_basis"]


def test_the_snapshot_does_not_hold_what_the_answer_was_derived_from(siti: Actor) -> None:
    outcomes = {one["fact"] for one in Snapshot.objects.get(case_id=submitted(siti).id).dossier["outcomes"]}
    assert "person.has_property_tax_arrears" in outcomes
    assert outcomes.isdisjoint({"person.property_tax_arrears", "person.marital_status", "person.age"})


def test_an_old_draft_is_pulled_again_before_it_is_decided(siti: Actor) -> None:
    case = begun(siti)
    row = Case.objects.get(pk=case.id)
    row.dossier["pulled_at"] = (timezone.now() - timedelta(hours=2)).isoformat()
    row.save()
    residents.correct_name(siti, "Siti Aminah Putri")
    sent = applying.send(case_id=case.id, answers=PURPOSE, by=siti)
    assert {f.fact: f.shown for f in sent.facts}["person.name"] == "Siti Aminah Putri"


@pytest.mark.parametrize("answer", ["", "   ", "x" * 161, "🦄", "a\x00b"])
def test_an_answer_that_cannot_be_used_is_named_and_the_draft_is_kept(siti: Actor, answer: str) -> None:
    case = begun(siti)
    with pytest.raises(InvalidAnswers) as caught:
        applying.send(case_id=case.id, answers={"purpose": answer}, by=siti)
    assert list(caught.value.errors) == ["purpose"]
    assert queries.case_for(case.id, by=siti).state == "draft"
    assert not Snapshot.objects.filter(case_id=case.id).exists()


# ------------------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("who", "row", "says"),
    [
        (lambda: residents.resident(born=residents.years_ago(12)), "minor", "belum berusia 17 tahun"),
        (lambda: residents.resident(life_status=residents.DECEASED), "deceased", "sudah meninggal"),
        (
            lambda: residents.resident(life_status=residents.MOVED),
            "lives-elsewhere",
            "tidak berada di Kota Tangerang",
        ),
    ],
)
def test_who_may_not_have_it_is_told_why_and_what_to_do(
    who: Callable[[], Actor], row: str, says: str, work: Work
) -> None:
    by = who()
    case = submitted(by)
    work()
    refused = queries.case_for(case.id, by=by)
    assert refused.state == "refused"
    assert refused.document is None
    assert refused.decision is not None
    assert refused.decision.row == row
    assert says in refused.decision.reason.id
    assert refused.decision.advice is not None
    assert refused.decision.values
    assert [step.kind for step in refused.timeline] == ["begun", "submitted", "decided", "refused", "told"]
    assert by.nik is not None
    assert documents_of(by.nik) == []


def test_somebody_who_is_in_no_register_is_told_so(work: Work) -> None:
    from satu.kernel.identifiers import Nik

    stranger = Actor(reference="account:x", kind="resident", name="Tamu", nik=Nik("3171011501900009"))
    case = submitted(stranger)
    assert case.decision is not None
    assert case.decision.row == "not-registered"
    work()
    assert queries.case_for(case.id, by=stranger).state == "refused"


def test_a_married_minor_gets_her_letter(work: Work) -> None:
    by = residents.resident(born=residents.years_ago(16), married=True)
    case = submitted(by)
    work()
    assert queries.case_for(case.id, by=by).state == "issued"


def test_a_decision_keeps_the_row_and_the_values_it_saw(siti: Actor) -> None:
    decision = CaseDecision.objects.get(case_id=submitted(siti).id)
    assert decision.row == "resident"
    assert decision.values == {
        "request.about": "self",
        "person.life_status": "alive",
        "person.lives_in_city": True,
        "person.is_adult": True,
        "person.is_ever_married": False,
    }


def test_unpaid_property_tax_is_a_reminder_and_decides_nothing(town: Town, work: Work) -> None:
    last_year = str(timezone.localdate().year - 1)
    (debtor, *_) = town.rows(
        "pbb",
        "SELECT o.SUBJEK_PAJAK_ID AS nik FROM DAT_OBJEK_PAJAK o JOIN SPPT s USING"
        " (KD_PROPINSI, KD_DATI2, KD_KECAMATAN, KD_KELURAHAN, KD_BLOK, NO_URUT, KD_JNS_OP)"
        " WHERE s.STATUS_PEMBAYARAN_SPPT = '0' AND s.THN_PAJAK_SPPT <= ? AND length(o.SUBJEK_PAJAK_ID) = 16"
        " GROUP BY 1 HAVING count(DISTINCT o.NO_URUT) = 1",
        last_year,
    )
    by = residents.resident(nik=debtor["nik"])
    case = begun(by)
    assert {f.fact: f.shown for f in case.facts}["person.has_property_tax_arrears"] == "Ya"
    (reminder,) = case.reminders
    assert reminder.en.startswith("There is property tax in this name that is not paid.")
    applying.send(case_id=case.id, answers=PURPOSE, by=by)
    work()
    done = queries.case_for(case.id, by=by)
    assert done.state == "issued"
    assert done.document is not None
    text = _text_of(pdf_for(done.document.id, by=by).content)
    assert "PBB" not in text
    assert "pajak" not in text.lower()


def test_who_owes_nothing_is_reminded_of_nothing(siti: Actor) -> None:
    assert begun(siti).reminders == ()


# -------------------------------------------------------------------------------------------------------- outages


def test_a_silent_tax_office_does_not_stop_her_and_is_asked_again_later(siti: Actor, town: Town, work: Work) -> None:
    with down(town, "pbb"):
        case = submitted(siti)
        arrears = {f.fact: f for f in case.facts}["person.has_property_tax_arrears"]
        assert arrears.outcome == "unavailable"
        assert arrears.pending
        work()
        assert queries.case_for(case.id, by=siti).state == "issued"
        assert actions.reconcile_pending() == 0
        assert PendingFact.objects.filter(case_id=case.id, settled_at=None).exists()
    wait_until(lambda: actions.reconcile_pending() > 0 or _settled(case))
    after = queries.case_for(case.id, by=siti)
    arrears = {f.fact: f for f in after.facts}["person.has_property_tax_arrears"]
    assert (arrears.outcome, arrears.pending) == ("found", False)
    assert [step.kind for step in after.timeline][-1] == "fact_arrived"
    assert CaseEvent.objects.get(case_id=case.id, kind="fact_arrived").detail["changes"] is False
    assert actions.reconcile_pending() == 0


def _settled(case: CaseView) -> bool:
    return PendingFact.objects.filter(case_id=case.id, settled_at__isnull=False).exists()


def test_a_silent_register_is_named_and_the_draft_is_kept(siti: Actor) -> None:
    with silent_register():
        case = begun(siti)
        assert not case.may_submit
        assert [trouble.system for trouble in case.troubles if trouble.required] == ["siak"]
        with pytest.raises(SystemsDown) as caught:
            applying.send(case_id=case.id, answers=PURPOSE, by=siti)
        assert "SIAK" in str(caught.value)
        assert [trouble.system for trouble in caught.value.troubles] == ["siak"]
    assert queries.case_for(case.id, by=siti).state == "draft"

    def goes_through() -> bool:
        try:
            return applying.send(case_id=case.id, answers=PURPOSE, by=siti).state == "submitted"
        except SystemsDown:
            return False

    wait_until(goes_through, seconds=60)


# ------------------------------------------------------------------------------------------- twice, killed, foreign


def test_a_double_click_is_one_submission(siti: Actor, work: Work) -> None:
    assert siti.nik is not None
    case = begun(siti)
    numbers: list[str] = []
    errors: list[BaseException] = []
    gate = threading.Barrier(6)

    def click() -> None:
        try:
            gate.wait()
            numbers.append(applying.send(case_id=case.id, answers=PURPOSE, by=siti).number)
        except BaseException as error:  # noqa: BLE001 - told below
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=click) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(set(numbers)) == 1
    assert CaseEvent.objects.filter(case_id=case.id, kind="submitted").count() == 1
    assert ProcrastinateJob.objects.filter(args__case_id=str(case.id)).count() == 1
    work()
    assert len(documents_of(siti.nik)) == 1


def test_numbers_have_neither_gaps_nor_doubles_when_many_submit_at_once() -> None:
    people = [residents.resident() for _ in range(8)]
    drafts = [begun(by) for by in people]
    numbers: list[str] = []

    def submit(case: CaseView, by: Actor) -> None:
        numbers.append(applying.send(case_id=case.id, answers=PURPOSE, by=by).number)
        connections.close_all()

    threads = [threading.Thread(target=submit, args=pair) for pair in zip(drafts, people, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    serials = sorted(int(number.rpartition("-")[2]) for number in numbers)
    assert serials == list(range(serials[0], serials[0] + 8))


def test_beginning_in_two_windows_at_once_is_one_draft(siti: Actor) -> None:
    assert siti.nik is not None
    gate = threading.Barrier(4)
    errors: list[BaseException] = []

    def tap() -> None:
        try:
            gate.wait()
            begun(siti)
        except BaseException as error:  # noqa: BLE001 - told below
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=tap) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert Case.objects.filter(applicant_nik=siti.nik.value).count() == 1


def test_a_worker_killed_in_the_middle_loses_nothing_and_issues_one_letter(siti: Actor, work: Work) -> None:
    assert siti.nik is not None
    warm_up = submitted(residents.resident())  # the series of numbers exists from the first letter on
    work()
    assert queries.case_for(warm_up.id, by=_holder(warm_up)).state == "issued"
    case = submitted(siti)
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        other.execute("SELECT * FROM documents_numberseries FOR UPDATE")
        doomed = Worker()
        wait_until(_someone_waits_for_a_lock)
        doomed.kill()
    job = ProcrastinateJob.objects.get(args__case_id=str(case.id))
    assert job.status == "doing"
    assert queries.case_for(case.id, by=siti).state == "submitted"
    assert documents_of(siti.nik) == []

    with connection.cursor() as cursor:  # half a minute goes by
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '31 seconds'")
    with suppress(exceptions.AlreadyEnqueued):  # by its clock
        rescue_jobs.defer(timestamp=0)
    Worker("--once").finish()
    assert queries.case_for(case.id, by=siti).state == "issued"
    assert len(documents_of(siti.nik)) == 1
    actions.advance_case(case_id=case.id)
    assert len(documents_of(siti.nik)) == 1


def _holder(case: CaseView) -> Actor:
    from satu.kernel.identifiers import Nik

    row = Case.objects.get(pk=case.id)
    return Actor(reference=row.applicant, kind="resident", name="", nik=Nik(row.applicant_nik))


def _someone_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def test_two_workers_at_once_issue_one_letter(siti: Actor) -> None:
    assert siti.nik is not None
    case = submitted(siti)
    gate = threading.Barrier(2)

    def advance() -> None:
        gate.wait()
        actions.advance_case(case_id=case.id)
        connections.close_all()

    threads = [threading.Thread(target=advance) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(documents_of(siti.nik)) == 1
    assert CaseEvent.objects.filter(case_id=case.id, kind="issued").count() == 1


def test_somebody_elses_case_does_not_exist_for_her(siti: Actor) -> None:
    other = residents.resident(name="Dewi Lestari")
    case = begun(siti)
    for attempt in (
        lambda: queries.case_for(case.id, by=other),
        lambda: applying.send(case_id=case.id, answers=PURPOSE, by=other),
        lambda: actions.withdraw_case(case_id=case.id, by=other),
        lambda: actions.report_wrong_fact(case_id=case.id, fact="person.name", note="x", by=other),
        lambda: queries.case_for(uuid4(), by=siti),
    ):
        with pytest.raises(Missing):
            attempt()
    assert queries.cases_of(other) == []
    assert queries.case_for(case.id, by=siti).state == "draft"


def test_an_officer_cannot_apply_and_sees_no_case_here(siti: Actor) -> None:
    officer = Actor(reference="account:o", kind="officer", name="Petugas", agency="kelurahan")
    case = begun(siti)
    with pytest.raises(NotAllowed):
        applying.begin(service="domisili", by=officer)
    with pytest.raises(Missing):
        queries.case_for(case.id, by=officer)


def test_a_service_that_does_not_exist_is_missing(siti: Actor) -> None:
    with pytest.raises(Missing):
        applying.begin(service="../../etc", by=siti)


# ------------------------------------------------------------------------------------------ withdraw, report, keep


def test_she_may_take_it_back_until_it_is_decided_and_then_begin_anew(siti: Actor, work: Work) -> None:
    draft = begun(siti)
    assert actions.withdraw_case(case_id=draft.id, by=siti).state == "withdrawn"
    assert actions.withdraw_case(case_id=draft.id, by=siti).state == "withdrawn"
    with pytest.raises(Conflict):
        applying.send(case_id=draft.id, answers=PURPOSE, by=siti)
    case = submitted(siti)
    assert case.id != draft.id
    assert actions.withdraw_case(case_id=case.id, by=siti).state == "withdrawn"
    work()
    assert queries.case_for(case.id, by=siti).state == "withdrawn"
    issued = submitted(siti)
    work()
    with pytest.raises(Conflict):
        actions.withdraw_case(case_id=issued.id, by=siti)


def test_this_is_wrong_goes_to_the_agency_that_owns_the_fact(siti: Actor) -> None:
    case = begun(siti)
    for _ in range(2):
        view = actions.report_wrong_fact(case_id=case.id, fact="person.address", note="Seharusnya No. 7", by=siti)
    (correction,) = view.corrections
    assert correction.agency == "Dinas Kependudukan dan Pencatatan Sipil"
    assert correction.state == "open"
    assert {f.fact for f in view.facts if f.reported_wrong} == {"person.address"}
    told = [step for step in view.timeline if step.kind == "reported_wrong"]
    assert len(told) == 1
    assert "Seharusnya" not in told[0].text
    with pytest.raises(InvalidInput):
        actions.report_wrong_fact(case_id=case.id, fact="person.name", note="  ", by=siti)
    with pytest.raises(Missing):
        actions.report_wrong_fact(case_id=case.id, fact="person.religion", note="x", by=siti)


def test_what_happened_stays_as_it_happened_whoever_asks(siti: Actor) -> None:
    case = submitted(siti)
    with pytest.raises(IntegrityError):
        Snapshot.objects.filter(case_id=case.id).update(answers={})
    with pytest.raises(IntegrityError):
        CaseEvent.objects.filter(case_id=case.id).delete()
    with pytest.raises(IntegrityError):
        CaseDecision.objects.filter(case_id=case.id).update(result="refuse")
    with pytest.raises(IntegrityError):
        Case.objects.filter(pk=case.id).update(state="draft")
    with pytest.raises(IntegrityError):
        Case.objects.filter(pk=case.id).update(number="DOM-2026-999999")
    with pytest.raises(IntegrityError):
        Case.objects.filter(pk=case.id).update(state="issued", closed_at=timezone.now())


def test_the_state_is_what_the_last_event_says(siti: Actor, work: Work) -> None:
    submitted(siti)
    work()
    ends = {"issued", "refused", "withdrawn"}
    for case in Case.objects.prefetch_related("events"):
        kinds = [event.kind for event in case.events.all()]
        closing = [kind for kind in kinds if kind in ends]
        expected = closing[-1] if closing else ("submitted" if "submitted" in kinds else "draft")
        assert case.state == expected


def test_a_package_edited_while_a_case_is_open_does_not_touch_it(
    siti: Actor, work: Work, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from satu.services import packages

    case = submitted(siti)
    before = packages.the_packages()
    edited = {slug: _pretend_edited(package) for slug, package in before.items()}
    monkeypatch.setattr(packages, "the_packages", lambda: edited)
    packages.package_at.cache_clear()
    actions.advance_case(case_id=case.id)
    packages.package_at.cache_clear()
    assert Case.objects.get(pk=case.id).state == "issued"
    assert Case.objects.get(pk=case.id).version.version == before["domisili"].version


def _pretend_edited(package: Any) -> Any:
    from dataclasses import replace

    return replace(package, version="edited", tables={}, folder=package.folder / "gone")


def test_no_number_of_a_person_stands_in_an_event_or_a_job(siti: Actor, work: Work) -> None:
    assert siti.nik is not None
    case = submitted(siti)
    work()
    assert siti.nik.value not in str(list(CaseEvent.objects.filter(case_id=case.id).values()))
    assert siti.nik.value not in str(list(ProcrastinateJob.objects.values_list("args", flat=True)))
    assert siti.nik.value not in repr(queries.case_for(case.id, by=siti))


def test_a_clerk_tries_a_service_from_the_command_line(siti: Actor) -> None:
    from typer.testing import CliRunner

    from satu.services.commands import app as service

    assert siti.nik is not None
    tried = CliRunner().invoke(
        service, ["try", "domisili", "--answer", "purpose=membuka rekening"], input=f"{siti.nik.value}\n"
    )
    assert tried.exit_code == 0, tried.output
    assert "approve by row resident of eligibility" in tried.output
    assert "15 fields, 4 photocopies, 4 visits" in tried.output
    assert len(documents_of(siti.nik)) == 1
    wrong = CliRunner().invoke(service, ["try", "domisili", "--answer", "purpose="], input=f"{siti.nik.value}\n")
    assert wrong.exit_code == 1
    assert "purpose" in wrong.output
