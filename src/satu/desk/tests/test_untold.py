"""What did not get through, as the officer of the integrating agency sees it, and trying it again."""

from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from satu.hub.models import Telling
from satu.hub.tests.register import SITI_NIK
from satu.identity.actions import open_officer_account, open_resident_account
from satu.kernel.identifiers import Nik
from satu.messaging import actions as messaging
from satu.messaging.ports import NotTaken
from satu.messaging.queries import failed

pytestmark = pytest.mark.django_db
PAGE = "/desk/pengaturan/tertunda/"


def officer(*duties):
    client = Client()
    client.force_login(
        open_officer_account(login=uuid4().hex, name="Bayu", password="x", agency="diskominfo", duties=duties)
    )
    return client


@pytest.fixture
def telling(db):
    return Telling.objects.create(
        system="bpjs",
        tell="death",
        news="death",
        change="uji",
        subject_kind="person",
        subject_key=SITI_NIK,
        parts={"nik": SITI_NIK},
        state="refused",
        attempts=3,
        last_trouble="answered 422",
        due_at=timezone.now(),
        ended_at=timezone.now(),
    )


@pytest.fixture
def delivery(db, monkeypatch):
    """A message that the provider did not take."""

    def nobody(_channel):
        raise NotTaken("unreachable", again=False)

    siti = open_resident_account(nik=Nik(SITI_NIK), name="Siti Aminah", password="x").actor
    messaging.add_contact_point(channel="email", address="siti@example.org", by=siti)
    sending = ProcrastinateJob.objects.get(task_name="messaging.send")
    monkeypatch.setattr(messaging, "port_of", nobody)
    messaging.send_delivery(delivery_id=UUID(sending.args["delivery_id"]))
    ProcrastinateJob.objects.all().delete()
    (failure,) = failed()
    return failure


def test_it_shows_what_waits_and_nobodys_number(telling, delivery):
    page = officer("city-admin", "integrator").get(PAGE).content.decode()
    assert "menolak kabar ini" in page  # and not what the system said, in its own words
    assert "answered 422" not in page
    assert delivery.shown_address in page
    assert "siti@example.org" not in page
    assert str(telling.pk) in page
    assert SITI_NIK not in page
    assert str(telling.pk) not in officer("city-admin").get(PAGE).content.decode()


def test_each_is_tried_again(telling, delivery):
    bayu = officer("city-admin", "integrator")
    for sent in ({"telling": telling.pk}, {"delivery": delivery.id}):
        assert bayu.post(PAGE, sent)["Location"] == f"{PAGE}?selesai=again"
    telling.refresh_from_db()
    assert (telling.state, failed()) == ("waiting", [])
    assert {"hub.send_telling", "messaging.send"} <= set(ProcrastinateJob.objects.values_list("task_name", flat=True))


def test_who_may_not_and_what_is_not_there_changes_nothing(telling, delivery):
    assert officer("integrator").post(PAGE, {"telling": telling.pk}).status_code == 403
    assert officer("city-admin").post(PAGE, {"telling": telling.pk}).status_code == 403
    for unknown in ({}, {"telling": "x"}, {"delivery": uuid4()}):
        assert officer("city-admin", "integrator").post(PAGE, unknown).status_code == 404
    telling.refresh_from_db()
    assert telling.state == "refused"
