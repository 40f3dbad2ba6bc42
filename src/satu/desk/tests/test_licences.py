"""The register of licences on the desk: found, read with its history, and ended with a reason."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from satu.identity.actions import open_officer_account
from satu.identity.types import SYSTEM
from satu.kernel.identifiers import Nik
from satu.permits import actions
from satu.portal.tests.reading import Reader

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


def officer(login: str, agency: str, duty: str) -> Reader:
    client = Client()
    client.force_login(
        open_officer_account(login=login, name="Agus Wibowo", password="x", agency=agency, duties=[duty])
    )
    return Reader(client)


def test_an_officer_finds_a_licence_and_revokes_it_with_a_reason(number):
    page = officer("agus", "dpmptsp", "licensing").open("/desk/izin/?cari=sukarasa")
    assert number in page.text
    (address,) = [link for link in page.links if link.startswith("/desk/izin/") and len(link) > 20]
    page.open(address)
    assert "Puskesmas Sukarasa" in page.text
    assert "Berlaku" in page.text
    page.send("/cabut/", reason="kurang")
    assert page.status == 422
    assert "Tulis alasannya" in page.text
    page.open(address).send("/cabut/", reason=REASON)
    assert "Dicabut" in page.text
    assert REASON in page.text
    page.open(address)
    assert "Izin ini sudah tidak berlaku." in page.text
    assert officer("agus", "dpmptsp", "licensing").open("/desk/izin/?cari=nobody").text.count(number) == 0


def test_who_looks_after_no_licences_sees_no_register(number):
    page = officer("rina", "kelurahan", "front-office").open("/desk/tugas/")
    assert "/desk/izin/" not in page.links
    assert page.open("/desk/izin/").status == 403
