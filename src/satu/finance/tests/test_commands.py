"""``satu finance`` from the terminal."""

import re

import pytest
from django.utils import timezone
from typer.testing import CliRunner

from satu.finance import actions
from satu.finance.commands import app
from satu.finance.models import Bill, Payment
from satu.finance.tests.conftest import SITI
from satu.identity.actions import open_resident_account

pytestmark = pytest.mark.django_db
run = CliRunner().invoke


def test_a_demonstration_resident_is_billed_and_the_address_printed():
    open_resident_account(nik=SITI, name="Siti Aminah", password="x", demo=True)
    done = run(app, ["bill", "--login", SITI.value, "--amount", "25000"])
    bill = Bill.objects.get()
    assert (done.exit_code, bill.amount, bill.payer_nik) == (0, 25_000, SITI.value)
    assert f"/bayar/{bill.pk}/" in done.output
    assert SITI.value not in done.output


def test_nobody_outside_the_demonstration_is_billed_from_the_terminal():
    open_resident_account(nik=SITI, name="Siti Aminah", password="x")
    done = run(app, ["bill", "--login", SITI.value, "--amount", "25000"])
    assert (done.exit_code, Bill.objects.count()) == (1, 0)


def test_reconciliation_says_what_is_to_be_done_and_how(billed, bank):
    bill, today = billed(), timezone.localdate().isoformat()
    bank.pay(bill, amount="5")
    missing = run(app, ["reconcile", today])
    assert missing.exit_code == 1
    assert re.search(rf"missing-here +payment +{bill.number}", missing.output)
    stray = run(app, ["reconcile", today, "--repair"])
    assert stray.exit_code == 1
    command = re.search(r"satu finance (refund \S+)", stray.output)
    assert command is not None
    assert run(app, [*command[1].split(), "--reason", "jumlah lain"]).exit_code == 0
    actions.finish_refund(payment_id=Payment.objects.get().pk)
    assert "to refund" not in run(app, ["reconcile", today]).output


def test_reconciliation_without_an_answer_of_the_provider_is_not_called_clean(bank):
    bank.turn(down=True)
    assert run(app, ["reconcile", "2026-11-24"]).exit_code == 2


def test_a_refund_of_what_is_not_there_is_refused():
    assert run(app, ["refund", "7a3c0f6e-0d8a-4b5e-9b53-1f5a52f7a111", "--reason", "x"]).exit_code == 1
