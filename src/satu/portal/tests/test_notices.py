"""The inbox and its settings, without JavaScript."""

import pytest
from django.db import transaction
from django.urls import reverse

from satu.hub.tests.register import ADI_NIK, SITI_NIK
from satu.identity import actions as identity
from satu.identity import queries as people
from satu.identity.actions import open_resident_account
from satu.identity.types import SYSTEM
from satu.kernel.city import Label
from satu.kernel.identifiers import Nik
from satu.messaging import actions
from satu.messaging.queries import inbox_of, unread_count
from satu.portal.tests.reading import Reader
from satu.portal.tests.test_pages import walked
from satu.services.queries import cases_of

pytestmark = pytest.mark.django_db(transaction=True)


def told(key="1", case="00000000-0000-0000-0000-000000000000"):
    with transaction.atomic():
        return actions.notify(
            kind="letter-issued",
            values={"service": Label("Surat domisili", "Letter"), "number": f"DOM-2026-00000{key}", "case": case},
            reference=f"case:{case}",
            idempotency_key=key,
            nik=Nik(SITI_NIK),
            by=SYSTEM,
        )


def test_the_addresses_that_messages_name_are_those_of_the_pages():
    assert reverse("portal:notices") == actions.INBOX_PATH
    assert reverse("portal:notice-settings") == actions.SETTINGS_PATH


def test_the_header_counts_what_is_unread_and_a_press_opens_the_request(reader, siti):
    walked(reader, siti)
    page = reader.open("/")
    assert "1 belum dibaca" in page.text
    case = cases_of(siti.actor)[0]
    inbox = page.open("/pemberitahuan/")
    assert f"Surat Anda sudah terbit: {case.number}" in inbox.text
    receipt = inbox.send("/buka/")
    assert receipt.path == f"/permohonan/{case.id}/"
    assert "belum dibaca" not in receipt.text
    assert unread_count(siti.actor) == 0


def test_all_can_be_read_with_one_press(reader, siti):
    told("1")
    told("2")
    page = reader.open("/pemberitahuan/").send("/dibaca/")
    assert "Belum dibaca" not in page.text
    assert unread_count(siti.actor) == 0


def test_an_empty_inbox_says_so(reader):
    assert "Belum ada pemberitahuan untuk Anda" in reader.open("/pemberitahuan/").text


def test_the_inbox_has_pages(reader, siti):
    for number in range(21):
        told(str(number))
    older = next(link for link in reader.open("/pemberitahuan/").links if link.startswith("?sebelum="))
    page = reader.open("/pemberitahuan/" + older)
    assert page.text.count("Surat Anda sudah terbit") == 2  # its heading, and the name of its button
    assert reader.open("/pemberitahuan/?sebelum=nonsense").status == 200


def test_somebody_elses_notice_does_not_exist_for_her(reader, siti):
    notice = told()
    stranger = Reader(reader.client.__class__())
    adi = open_resident_account(nik=Nik(ADI_NIK), name="Adi Putra", password="x")
    stranger.client.force_login(adi)
    assert stranger.client.post(f"/pemberitahuan/{notice}/buka/").status_code == 404
    assert "DOM-2026" not in stranger.open("/pemberitahuan/").text
    assert inbox_of(adi.actor) == []
    assert unread_count(siti.actor) == 1


def test_a_message_that_did_not_go_out_is_not_called_sent(reader, siti):
    identity.keep_verified_contact_point(account_id=siti.pk, channel="sms", address="+6281000000001", by=SYSTEM)
    told()
    assert "SMS: menunggu dikirim" in reader.open("/pemberitahuan/").text
    (delivery,) = inbox_of(siti.actor)[0].deliveries
    actions.send_delivery(delivery_id=delivery.id)  # nothing is set up in these tests
    page = reader.open("/pemberitahuan/")
    assert "SMS: belum terkirim, pengiriman belum diatur; dicoba lagi hari ini" in page.text
    assert "SMS: terkirim" not in page.text


def test_she_adds_an_address_verifies_it_stops_it_and_takes_it_away(reader, siti):
    page = reader.open("/pemberitahuan/pengaturan/").send("/email/alamat/", address="Siti@Warga.example")
    assert "Kode yang kami kirim ke siti@warga.example" in page.text
    (point,) = people.contact_points_of(siti.actor)
    page = page.send("/kode/", code=people.verification_code(point.id))
    assert "Pemberitahuan juga dikirim ke sini" in page.text
    page = page.send("/email/langganan/")
    assert "Pemberitahuan hanya ada di kotak masuk Anda" in page.text
    page = page.send("/email/langganan/").send("/hapus/")
    assert "siti@warga.example" not in page.text


def test_a_wrong_code_and_a_wrong_address_are_told_beside_the_field_and_on_top(reader, siti):
    page = reader.open("/pemberitahuan/pengaturan/").send("/sms/alamat/", address="021 123")
    assert page.status == 422
    assert 'href="#address-sms"' in page.html
    assert 'value="021 123"' in page.html
    page = page.send("/sms/alamat/", address="0810 0000 0001")
    (point,) = people.contact_points_of(siti.actor)
    page = page.send("/kode/", code="nonsense")
    assert page.status == 422
    assert f'href="#code-{point.id}"' in page.html
    assert "Kode ini bukan kode yang kami kirim" in page.text


def test_there_are_two_channels_and_no_others(reader):
    for path in ("alamat", "langganan"):
        assert reader.client.post(f"/pemberitahuan/pengaturan/burung-dara/{path}/").status_code == 404
