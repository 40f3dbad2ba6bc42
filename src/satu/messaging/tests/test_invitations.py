"""The invitation of an officer says where to go and what to write there, and stands in nobody's inbox."""

import re

import pytest
from django.test import Client

from satu.identity.actions import open_officer_account
from satu.identity.types import ADMINISTRATOR
from satu.messaging import actions
from satu.messaging.models import Delivery, Notice

pytestmark = pytest.mark.django_db


def test_the_link_and_the_code_in_the_message_open_the_account():
    dian = open_officer_account(
        login="dian", name="Dian", password="x", agency="kelurahan", duties=[ADMINISTRATOR]
    ).actor
    actions.add_officer(login="baru@kota.example", name="Baru", duties=["front-office"], areas=[], by=dian)
    _channel, message = actions._take_up(Delivery.objects.get().pk)
    assert message.address == "baru@kota.example"
    assert Notice.objects.count() == 0
    browser = Client()
    assert browser.get(re.search(r"(/akun/kode/\?undangan=\S+)", message.text)[1]).status_code == 302
    code = re.search(r"\b\d{6}\b", re.sub(r"http\S+", "", message.text))[0]
    assert code not in message.subject
    given = {"code": code, "password": "loket-dua-pagi", "again": "loket-dua-pagi"}
    assert browser.post("/akun/kode/", given).status_code == 302
    assert browser.get("/desk/tugas/").status_code == 302  # to the second step first
