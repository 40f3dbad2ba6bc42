"""The portal as an app: manifest, icons, worker and the page for no connection. None of it is about anybody."""

import json
import re
import struct

import pytest
from django.conf import settings

from satu.identity.actions import set_language
from satu.portal.tests.reading import Reader

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_manifest_has_what_a_telephone_needs_to_install(client, transactional_db):
    answer = client.get("/manifest.webmanifest")
    manifest = json.loads(answer.content)
    assert answer["Content-Type"] == "application/manifest+json"
    assert (manifest["display"], manifest["start_url"], manifest["scope"]) == ("standalone", "/", "/")
    assert manifest["theme_color"] == "#0b6b4f"
    assert {(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]} == {
        ("192x192", "any"), ("512x512", "any"), ("192x192", "maskable"), ("512x512", "maskable"),
    }  # fmt: skip
    for icon in manifest["icons"]:
        png = client.get(icon["src"]).content
        assert png.startswith(b"\x89PNG")
        assert "{}x{}".format(*struct.unpack(">II", png[16:24])) == icon["sizes"]
    assert client.get("/ikon/biasa-300.png").status_code == 404


def test_the_worker_keeps_files_and_no_page_about_anybody(client, reader):
    answer = reader.client.get("/sw.js")
    assert answer["Content-Type"].startswith("text/javascript")
    files = json.loads(re.search(r"const FILES = (\[.*?\]);", answer.content.decode()).group(1))
    assert all(one.startswith(("/static/", "/tema/", "/luring/")) for one in files)
    assert client.get("/sw.js").content == answer.content


def test_the_page_for_no_connection_names_nobody_in_either_language(reader):
    for language, words in (("id", "Tidak ada sambungan"), ("en", "No connection")):
        page = reader.open(f"/luring/{language}/")
        assert words in page.text
        assert "Siti" not in page.html
        assert f'lang="{language}"' in page.html
    assert reader.open("/luring/fr/").status == 404


def test_every_page_of_the_portal_says_that_it_can_be_installed(client, transactional_db):
    assert 'rel="manifest"' in Reader(client).open("/").html


def test_her_language_comes_with_her_account_to_a_new_telephone(reader, siti):
    set_language(language="en", by=siti.actor)
    answer = reader.client.get("/")
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    assert "What would you like to arrange?" in reader.open("/").text
