"""The register of licences on the desk: found, read with its history, and ended with a reason."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from satu.identity.actions import open_officer_account
from satu.identity.types import SYSTEM
from satu.kernel.identifiers import Nik
from satu.permits import actions

pytestmark = pytest.mark.django_db
REASON = "STR pemegang dicabut oleh kementerian."


@pytest.fixture
def number() -> str:
    return actions.grant_licence(
        kind="sip",
        holder=Nik("3671014506910003"),
        holder_name="Siti Aminah",
        place_code="9900101",
        place="Puskesmas Sukarasa",
        valid_until=timezone.localdate() + timedelta(days=900),
        case_id=uuid4(),
        case_number="SIP-2026-000001",
        by=SYSTEM,
    )


def officer(login: str, agency: str, duty: str) -> Client:
    client = Client()
    client.force_login(
        open_officer_account(login=login, name="Agus Wibowo", password="x", agency=agency, duties=[duty])
    )
    return client


def text(answer) -> str:
    return str(answer.content.decode())


def test_an_officer_finds_a_licence_and_revokes_it_with_a_reason(number):
    desk = officer("agus", "dpmptsp", "licensing")
    listed = text(desk.get("/desk/izin/?cari=sukarasa"))
    assert number in listed
    (address,) = re.findall(r'href="(/desk/izin/[0-9a-f-]{36}/)"', listed)
    page = text(desk.get(address))
    assert "Puskesmas Sukarasa" in page
    assert "Berlaku" in page
    short = desk.post(f"{address}cabut/", {"reason": "kurang"})
    assert short.status_code == 422
    assert "Tulis alasannya" in text(short)
    told = text(desk.post(f"{address}cabut/", {"reason": REASON}, follow=True))
    assert "Dicabut" in told
    assert REASON in told
    assert "Izin ini sudah tidak berlaku." in text(desk.get(address))
    assert number not in text(desk.get("/desk/izin/?cari=nobody"))


def test_who_looks_after_no_licences_sees_no_register(number):
    desk = officer("rina", "kelurahan", "front-office")
    assert "/desk/izin/" not in text(desk.get("/desk/tugas/"))
    assert desk.get("/desk/izin/").status_code == 403
