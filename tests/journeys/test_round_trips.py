"""What each page of the hot path asks of the database, in statements: a page that asks more is slower for everybody.

A number may go down. Before one goes up, look whether the statement could be part of another.
"""

from collections.abc import Callable

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from satu.identity.actions import open_officer_account, open_resident_account
from satu.services.models import Task
from tests.journeys import residents

_FOR_NOTHING = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT")
#: At most; with its session and its account.
ROUND_TRIPS = {
    "begin": 13,
    "preview": 9,
    "send": 18,
    "receipt": 18,
    "queue": 8,
    "task": 19,
    "decide": 15,
}


class Counting:
    """Somebody's browser, which counts what the database is asked."""

    def __init__(self, account: object) -> None:
        self._client = Client()
        self._client.force_login(account)  # type: ignore[arg-type]  # an account of ours
        self.asked: dict[str, int] = {}

    def get(self, what: str, path: str) -> HttpResponse:
        return self._count(what, lambda: self._client.get(path), 200)

    def post(self, what: str, path: str, **fields: str) -> str:
        return str(self._count(what, lambda: self._client.post(path, fields), 302).headers["Location"])

    def _count(self, what: str, ask: Callable[[], HttpResponse], status: int) -> HttpResponse:
        with CaptureQueriesContext(connection) as queries:
            answer = ask()
        assert answer.status_code == status
        statements = [query["sql"].lstrip() for query in queries.captured_queries]
        self.asked[what] = sum(not statement.startswith(_FOR_NOTHING) for statement in statements)
        return answer


def walk(service: str, resident: Counting, officer: Counting | None) -> None:
    case = resident.post("begin", f"/layanan/{service}/ajukan/", about="self")
    resident.get("preview", case)
    resident.post("send", f"{case}kirim/", purpose="keringanan biaya sekolah")
    resident.get("receipt", case)
    if officer is not None:
        officer.get("queue", "/desk/tugas/?cari=siti")
        task = f"/desk/tugas/{Task.objects.get(state='open').pk}/"
        officer.get("task", task)
        officer.post("decide", f"{task}putuskan/", decision="approve", reason="")


@pytest.mark.parametrize("service", ["domisili", "sktm"])
def test_no_page_of_a_case_asks_more_than_it_did(town: object, register: None, service: str) -> None:
    siti, rina = residents.resident(), None
    assert siti.nik is not None
    hers = Counting(open_resident_account(nik=siti.nik, name=siti.name, password="x"))
    if service == "sktm":
        rina = Counting(
            open_officer_account(login="rina", name="Rina", password="x", agency="kelurahan", duties=["front-office"])
        )
    walk(service, hers, rina)  # reads what is read once a process
    walk(service, hers, rina)
    asked = hers.asked | (rina.asked if rina else {})
    assert {what: count for what, count in asked.items() if count > ROUND_TRIPS[what]} == {}
