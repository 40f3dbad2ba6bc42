"""The sandbox provider as a process, and a web server that it calls back."""

import itertools
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.utils import timezone

from satu.finance import actions
from satu.finance.models import Bill
from satu.finance.types import BillView, RevenueAccount
from satu.identity.types import SYSTEM
from satu.kernel.city import Label
from satu.kernel.identifiers import Nik
from satu.kernel.money import Rupiah

SOURCE = Path(__file__).resolve().parents[3]
SITI = Nik("3671014506910003")
Act = Callable[..., BillView]


class Bank:
    """The running sandbox, and what a person or a broken network does with it."""

    def __init__(self, url: str, folder: Path, known: dict[str, str]) -> None:
        self.url, self.folder, self.known = url, folder, known

    def turn(self, **knobs: object) -> None:
        self._post("/_simulated/knobs", json=knobs)

    def news(self, **knobs: int) -> None:
        self._post("/_simulated/news", json=knobs)

    def pay(self, bill: BillView, **form: str) -> None:
        """Press Pay on the page of this bill's code."""
        assert bill.code is not None
        assert bill.code.simulator is not None
        self._post(bill.code.simulator.removeprefix(self.url) + "/pay", data=form)

    def status(self, bill: BillView) -> dict[str, Any]:
        assert bill.code is not None
        assert bill.code.simulator is not None
        reference = bill.code.simulator.rsplit("/", 1)[1]
        key = {"Authorization": f"Bearer {self.known['QRIS_API_KEY']}"}
        answer: dict[str, Any] = (
            httpx.get(f"{self.url}/v1/charges/{reference}", headers=key).raise_for_status().json()
        )
        return answer

    def mend(self) -> None:
        self._post("/_simulated/mend")
        self.news(copies=1, delay_ms=0)

    def _post(self, path: str, **content: Any) -> None:
        answer = httpx.post(f"{self.url}{path}", timeout=10, **content)
        assert answer.status_code in {200, 303}, answer.text


@pytest.fixture(scope="session")
def running_bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    folder = tmp_path_factory.mktemp("bank")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "satu.demo.systems.qris"),
            *("--port", str(port), "--storage", str(folder), "--stop-with-stdin"),
        ],
        stdin=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )
    with process:
        _wait_for(url)
        known = json.loads((folder / "credentials.json").read_text(encoding="utf-8"))
        (folder / "settings.json").write_text(json.dumps({"QRIS_URL": url, **known}), encoding="utf-8")
        yield Bank(url, folder, known)
        process.terminate()


def _wait_for(url: str) -> None:
    end = time.monotonic() + 20
    while True:
        try:
            httpx.get(f"{url}/_simulated/").raise_for_status()
        except httpx.HTTPError:
            assert time.monotonic() < end
            time.sleep(0.05)
        else:
            return


@pytest.fixture
def bank(running_bank, settings) -> Iterator[Bank]:
    """As usual, with a city that knows it. Callbacks reach nobody unless a test has a ``live_server``."""
    bank = running_bank
    settings.SATU_SIMULATED_SYSTEMS = bank.folder
    bank.news(copies=0)
    yield bank
    bank.mend()


@pytest.fixture
def billed(bank) -> Act:
    """A bill with its code."""
    keys = itertools.count(1)

    def bill(**other: Any) -> BillView:
        return actions.make_code(bill_id=actions.bill(**wanted(f"test:{next(keys)}", **other)).id)

    return bill


@pytest.fixture
def late_bill(billed: Act) -> BillView:
    """A bill whose time is over, and that nobody has closed yet."""
    bill = billed(due=timezone.now() + timedelta(seconds=0.7))
    time.sleep(max(0.0, (bill.due - timezone.now()).total_seconds()) + 0.01)
    return bill


def wanted(key: str, **other: Any) -> dict[str, Any]:
    return {
        "payer": SITI,
        "case_reference": "REK-2026-000001",
        "amount": Rupiah(1_250_000),
        "description": Label(id="Izin reklame", en="Billboard permit"),
        "account": RevenueAccount("4.1.01.09.01.0001", "uji"),
        "due": timezone.now() + timedelta(hours=1),
        "idempotency_key": key,
        "by": SYSTEM,
        **other,
    }


def state_of(bill: BillView) -> str:
    return Bill.objects.get(pk=bill.id).state
