"""The sandbox provider (``satu.demo.systems.qris``), reached over HTTP as a real one would be."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, Literal
from urllib.parse import quote

import httpx
from django.utils.translation import gettext_lazy as _

from satu.finance.ports import signature
from satu.finance.ports.port import (
    Callback,
    Made,
    NewCharge,
    Paid,
    ProviderRefused,
    ProviderUnavailable,
    Refunded,
    Settled,
    Status,
)
from satu.kernel import endpoints
from satu.kernel.errors import InvalidInput
from satu.kernel.money import Rupiah

_DEADLINE_SECONDS = 5.0
_SERVER_FAULT = 500
_KINDS: Mapping[str, Literal["payment", "refund"]] = {"payment": "payment", "refund": "refund"}


class Sandbox:
    @property
    def merchant_id(self) -> str:
        return _setting("QRIS_MERCHANT_ID")

    def create_charge(self, charge: NewCharge) -> Made:
        content = {
            "reference": str(charge.reference),
            "bill_number": charge.bill_number,
            "amount": int(charge.amount),
            "currency": "IDR",
            "description": charge.description,
            "expires_at": charge.expires_at.isoformat(),
            "notify_url": charge.notify_url,
        }
        answer = _ask("POST", "/v1/charges", json=content)
        with _sense():
            made = answer.json()
            return Made(made["id"], made["payload"], _moment(made["expires_at"]))

    def status(self, reference: str) -> Status:
        answer = _ask("GET", f"/v1/charges/{quote(reference, safe='')}")
        with _sense():
            charge = answer.json()
            if charge["currency"] != "IDR":
                raise ValueError("another currency")
            return Status(bill_number=charge["bill_number"], paid=_paid(charge["transaction"]))

    def void(self, reference: str) -> None:
        _ask("POST", f"/v1/charges/{quote(reference, safe='')}/void")

    def refund(self, reference: str, *, key: str) -> Refunded:
        answer = _ask("POST", f"/v1/charges/{quote(reference, safe='')}/refund", json={"key": key})
        with _sense():
            refund = answer.json()["refund"]
            return Refunded(refund["id"], _moment(refund["refunded_at"]))

    def settlement(self, day: date) -> Sequence[Settled]:
        answer = _ask("GET", "/v1/settlements", params={"date": day.isoformat()})
        with _sense():
            return [
                Settled(
                    kind=_KINDS[line["kind"]],
                    transaction=line["transaction"],
                    charge=line["charge"],
                    bill_number=line["bill_number"],
                    amount=Rupiah(int(line["amount"])),
                )
                for line in csv.DictReader(answer.text.splitlines())
            ]

    def read_callback(self, *, headers: Mapping[str, str], body: bytes, now: datetime) -> Callback:
        signature.verify(_setting("QRIS_CALLBACK_SECRET"), headers=headers, body=body, now=now)
        try:
            news = json.loads(body)
            charge, transaction = news["charge"], news["charge"]["transaction"]
            return Callback(
                id=str(news["id"])[:80],
                charge=str(charge["id"])[:80],
                claimed_amount=int(transaction["amount"]) if transaction else None,
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("the callback says nothing of a charge") from error

    def simulator(self, reference: str) -> str | None:
        return f"{_setting('QRIS_URL')}/_simulated/codes/{quote(reference, safe='')}"


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment


def _paid(transaction: Mapping[str, Any] | None) -> Paid | None:
    if transaction is None:
        return None
    paid_at = _moment(transaction["paid_at"])
    return Paid(transaction=transaction["id"], amount=Rupiah(transaction["amount"]), paid_at=paid_at)


def _ask(method: str, path: str, **content: Any) -> httpx.Response:
    key, url = _setting("QRIS_API_KEY"), _setting("QRIS_URL")
    try:
        answer = httpx.request(
            method, f"{url}{path}", headers={"Authorization": f"Bearer {key}"}, timeout=_DEADLINE_SECONDS, **content
        )
    except httpx.HTTPError as error:
        raise _unavailable() from error
    if answer.status_code >= _SERVER_FAULT:
        raise _unavailable()
    if not answer.is_success:
        raise ProviderRefused(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
    return answer


@contextmanager
def _sense() -> Iterator[None]:
    """An answer that lacks what was asked for is a refusal, not a fault of ours."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, InvalidInput) as error:
        raise ProviderRefused(f"the answer makes no sense: {error!r}") from error


def _setting(name: str) -> str:
    try:
        return endpoints.setting(name)
    except endpoints.SettingMissing as error:
        raise _unavailable() from error


def _unavailable() -> ProviderUnavailable:
    return ProviderUnavailable(_("The payment provider does not answer now. Nothing is lost; try again in a minute."))
