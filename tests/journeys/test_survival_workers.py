"""A worker is killed as by a power cut, between two steps of a case and inside each; another one takes over."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import psycopg
import pytest
from django.db import connection
from django.test import Client
from procrastinate import exceptions
from procrastinate.contrib.django.models import ProcrastinateJob

from satu.documents.models import Document
from satu.hub.tests.register import SITI_NIK, register_sitis_family
from satu.identity.actions import open_officer_account, open_resident_account
from satu.kernel.identifiers import Nik
from satu.messaging.models import Notice
from satu.services.models import Case, CaseEvent, Task
from satu.services.tasks import rescue_jobs
from tests.journeys.workers import Worker, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("town")]


@pytest.fixture
def siti(transactional_db: None) -> Client:
    register_sitis_family()
    client = Client()
    client.force_login(open_resident_account(nik=Nik(SITI_NIK), name="Siti Aminah", password="x"))
    return client


@contextmanager
def held_up(table: str) -> Iterator[None]:
    """Whoever writes to the table waits, as behind a long maintenance."""
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        other.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
        yield


def waits_for(table: str) -> Callable[[], bool]:
    def somebody_waits() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = %s::regclass", [table])
            return bool(cursor.fetchone()[0])

    return somebody_waits


def half_a_minute_goes_by() -> None:
    """The dead worker has shown no sign of life for so long, and its clock strikes."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '31 seconds'")
    with suppress(exceptions.AlreadyEnqueued):
        rescue_jobs.defer(timestamp=0)


def kinds(case: Case) -> list[str]:
    return list(CaseEvent.objects.filter(case=case).order_by("id").values_list("kind", flat=True))


#: Where the worker stands when the power goes: what it waits for then, and how far the case has come.
PLACES = {
    "in the first step, before anything of it is written": ("documents_document", ["begun", "submitted", "decided"]),
    "between the first step and the second": ("messaging_notice", ["begun", "submitted", "decided", "issued"]),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_worker_killed_in_the_middle_of_a_case(siti: Client, place: str) -> None:
    table, so_far = PLACES[place]
    siti.post("/layanan/domisili/ajukan/")
    case = Case.objects.get()
    with held_up(table):
        siti.post(f"/permohonan/{case.pk}/kirim/", {"purpose": "melamar kerja"})
        doomed = Worker()
        wait_until(waits_for(table))
        doomed.kill()
    assert kinds(case) == so_far
    assert Document.objects.count() == so_far.count("issued")
    assert Notice.objects.count() == 0
    assert ProcrastinateJob.objects.get(args__case_id=str(case.pk)).status == "doing"
    page = siti.get(f"/permohonan/{case.pk}/")
    assert page.status_code == 200

    half_a_minute_goes_by()
    Worker("--once").finish()
    assert kinds(case) == ["begun", "submitted", "decided", "issued", "told"]
    assert (Document.objects.count(), Notice.objects.count()) == (1, 1)
    assert "Surat Anda sudah jadi" in siti.get(f"/permohonan/{case.pk}/").content.decode()
    assert not ProcrastinateJob.objects.filter(status__in=["todo", "doing"], args__case_id=str(case.pk)).exists()


def test_a_worker_killed_after_an_officers_decision(siti: Client) -> None:
    rina = Client()
    rina.force_login(
        open_officer_account(
            login="rina", name="Rina Marlina", password="x", agency="kelurahan", duties=["front-office"]
        )
    )
    siti.post("/layanan/sktm/ajukan/", {"about": "self"})
    case = Case.objects.get()
    siti.post(f"/permohonan/{case.pk}/kirim/", {"purpose": "beasiswa"})
    with held_up("documents_document"):
        task = Task.objects.get()
        assert rina.post(f"/desk/tugas/{task.pk}/putuskan/", {"decision": "approve", "reason": ""}).status_code == 302
        doomed = Worker()
        wait_until(waits_for("documents_document"))
        doomed.kill()
    half_a_minute_goes_by()
    Worker("--once").finish()
    case.refresh_from_db()
    assert case.state == "issued"
    assert [kinds(case).count(kind) for kind in ("approved", "issued", "told")] == [1, 1, 1]
    assert (Document.objects.count(), Task.objects.count()) == (1, 1)


def test_two_killed_one_after_the_other_and_the_third_finishes(siti: Client) -> None:
    siti.post("/layanan/domisili/ajukan/")
    case = Case.objects.get()
    siti.post(f"/permohonan/{case.pk}/kirim/", {"purpose": "melamar kerja"})
    for _ in range(2):
        with held_up("documents_document"):
            doomed = Worker()
            wait_until(waits_for("documents_document"))
            doomed.kill()
        half_a_minute_goes_by()
    Worker("--once").finish()
    assert kinds(case) == ["begun", "submitted", "decided", "issued", "told"]
    assert Document.objects.count() == 1
