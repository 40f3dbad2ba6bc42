"""A resident and an officer of a small town, each with a program that works for her."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from satu.hub.tests.register import SITI_NIK, make_findable, register_sitis_family
from satu.identity.actions import open_officer_account, open_resident_account
from satu.identity.tokens import make_token
from satu.kernel.identifiers import Nik

AREA = "36.71.01.1001"


class Program:
    """Speaks to the interface with a token; ``json`` is what it sends."""

    def __init__(self, account: Any, *, scope: str = "act") -> None:
        self.account = account
        self.token = make_token(name="uji", scope=scope, days=7, by=account.actor)
        self.client = Client(raise_request_exception=False)

    def send(self, method: str, path: str, json: object = None, *, key: str = "", language: str = "", **more: Any):
        headers = {"Authorization": f"Bearer {self.token.key}"}
        headers |= {"Idempotency-Key": key} if key else {}
        headers |= {"Accept-Language": language} if language else {}
        if json is not None:
            more |= {"data": json, "content_type": "application/json"}
        return getattr(self.client, method.lower())("/api/v1" + path, headers=headers, **more)

    def get(self, path: str, **more: Any):
        return self.send("GET", path, **more)

    def post(self, path: str, json: object = None, **more: Any):
        return self.send("POST", path, json, **more)


def second_step(account: Any) -> Any:
    """She can sign in with an app, too."""
    Authenticator.objects.create(user_id=account.pk, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return account


def officer(login: str = "rina", **rights: Any) -> Any:
    known = {"agency": "kelurahan", "duties": ["front-office"], "areas": [AREA]} | rights
    return second_step(open_officer_account(login=login, name="Rina Marlina", password="x", **known))


@pytest.fixture
def town(db: None) -> None:
    register_sitis_family()
    make_findable()


@pytest.fixture
def siti(town: None) -> Program:
    return Program(open_resident_account(nik=Nik(SITI_NIK), name="Siti Aminah", password="x"))


@pytest.fixture
def budi(town: None) -> Program:
    return Program(open_resident_account(nik=Nik("3671010506910004"), name="Budi Santoso", password="x"))


@pytest.fixture
def rina(town: None) -> Program:
    return Program(officer())
