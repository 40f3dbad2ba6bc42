"""Sharing a document on the portal, and what whoever scans the code sees."""

import re

import pytest

from satu.documents.queries import documents_of
from satu.portal.tests.reading import Reader
from satu.portal.tests.test_pages import walked

pytestmark = pytest.mark.django_db(transaction=True)


def link(reader):
    return next(one for one in reader.links if "/b/" in one)


def path(address):
    return re.sub(r"^https?://[^/]+", "", address)


def test_she_shares_a_document_and_sees_that_it_was_opened(reader, siti):
    walked(reader, siti)
    (document,) = documents_of(siti.actor.nik)
    page = reader.open("/dokumen/")
    assert f"/dokumen/{document.id}/bagikan/" in page.links
    page = reader.open(f"/dokumen/{document.id}/bagikan/").send(
        "/bagikan/", shows="content", hours="24", openings="1"
    )
    assert "Belum pernah dibuka" in page.text
    anybody = Reader(reader.client.__class__())
    seen = anybody.open(path(link(page)))
    assert "Siti" not in seen.text
    assert "Buka dokumen" in seen.text
    opened = seen._take(anybody.client.post(seen.path))
    assert "Siti Aminah" in opened.text
    file = anybody.client.get(next(one for one in opened.links if "tiket=" in one))
    assert file.content.startswith(b"%PDF-")
    assert "no-store" in file["Cache-Control"]
    assert anybody.open(seen.path).status == 410
    again = opened._take(anybody.client.post(seen.path))  # the page loaded once more
    assert (again.status, "sebanyak yang diizinkan" in again.text) == (410, True), again.text
    page = reader.open(f"/dokumen/{document.id}/bagikan/")
    assert "dibuka hari ini" in page.text
    assert "sudah dibuka sebanyak yang Anda izinkan" in page.text


def test_she_ends_a_share(reader, siti):
    walked(reader, siti)
    (document,) = documents_of(siti.actor.nik)
    page = reader.open(f"/dokumen/{document.id}/bagikan/").send(
        "/bagikan/", shows="validity", hours="1", openings="0"
    )
    address = path(link(page))
    page.send("/akhiri/")
    gone = Reader(reader.client.__class__()).open(address)
    assert gone.status == 410
    assert "Pemiliknya sudah mengakhiri" in gone.text
    assert "Pemiliknya sudah mengakhiri" in gone.open(f"{address}/berkas/?tiket=x").text


def test_what_was_not_chosen_is_asked_for(reader, siti):
    walked(reader, siti)
    (document,) = documents_of(siti.actor.nik)
    page = reader.open(f"/dokumen/{document.id}/bagikan/").send("/bagikan/", shows="content", hours="ever")
    assert page.status == 422
    assert 'href="#hours"' in page.html


def test_a_link_that_nobody_made_leads_nowhere(client, transactional_db):
    page = Reader(client).open("/b/AAAA-BBBB-CCCC-DDDD-EEEE-FFFF")
    assert page.status == 404
    assert "Tautan ini tidak ada" in page.text
    assert client.get("/b/x/berkas/?tiket=x").status_code == 404
