"""The inbox, and what is queued beside it."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from satu.identity import actions as identity
from satu.identity import queries as people
from satu.identity.types import SYSTEM, Actor
from satu.kernel.errors import Conflict, Missing, NotAllowed
from satu.kernel.identifiers import Nik, numbers_in
from satu.messaging import actions, queries
from satu.messaging.models import Delivery, Notice
from satu.messaging.tests.conftest import CASE, VALUES

OFFICER = Actor(reference="account:0", kind="officer", name="Dewi", agency="kelurahan")


def jobs():
    return list(ProcrastinateJob.objects.filter(task_name="messaging.send").order_by("id"))


def test_a_notice_is_in_the_inbox_in_the_language_of_the_page(tell, siti):
    tell()
    (notice,) = queries.inbox_of(siti)
    assert notice.subject == "Surat Anda sudah terbit: DOM-2026-000001"
    assert "Surat keterangan domisili" in notice.body
    assert notice.link == f"/permohonan/{CASE}/"
    with translation.override("en"):
        assert "Certificate of residence" in queries.inbox_of(siti)[0].body


def test_one_message_a_channel_is_queued_with_its_job(tell, siti):
    tell()
    queued = {row.channel: row for row in Delivery.objects.all()}
    assert queued.keys() == {"email", "sms"}
    assert {row.state for row in queued.values()} == {"queued"}
    assert {job.args["delivery_id"] for job in jobs()} == {str(row.pk) for row in queued.values()}
    assert {job.lock for job in jobs()} == {f"delivery:{row.pk}" for row in queued.values()}


def test_the_same_key_is_the_same_notice_and_goes_out_once(tell):
    assert tell() == tell()
    assert (Notice.objects.count(), Delivery.objects.count(), len(jobs())) == (1, 2, 2)


def test_a_key_cannot_be_used_for_something_else(tell):
    tell()
    with pytest.raises(Conflict):
        tell(kind="request-refused")


def test_what_is_rolled_back_was_never_told(tell, siti):
    with transaction.atomic():
        tell()
        transaction.set_rollback(True)
    assert queries.inbox_of(siti) == []
    assert jobs() == []


@pytest.mark.django_db(transaction=True)
def test_in_a_worker_too_a_job_stands_or_falls_with_what_it_tells(tell):
    before = len(jobs())
    with app.replace_connector(app.connector.get_worker_connector()) as worker, worker.open():
        with transaction.atomic():
            tell()
            transaction.set_rollback(True)
        assert len(jobs()) == before
        tell()
        assert len(jobs()) == before + 2


@pytest.mark.django_db(transaction=True)
def test_telling_outside_a_transaction_is_refused():
    with pytest.raises(RuntimeError, match="transaction"):
        actions.notify(
            kind="letter-issued", values=VALUES, reference="x", idempotency_key="x", nik=Nik("3671014506910003"),
            by=SYSTEM,
        )  # fmt: skip


def test_nobody_was_told_who_has_no_account(tell):
    assert tell(nik=Nik("3671011203900001")) is None
    assert not Notice.objects.exists()


@pytest.mark.parametrize("number", ["3671014506910003", "3671 0145 0691 0003", "KK 3671-0145-0691-0003."])
def test_no_number_of_a_person_gets_into_a_notice(tell, number):
    with pytest.raises(ValueError, match="number of a person"):
        tell(values={**VALUES, "number": number})
    assert not Notice.objects.exists()


def test_a_uuid_of_digits_is_no_number_of_a_person(tell):
    assert tell(values={**VALUES, "case": "12345678-1234-4123-8123-123456789012"})


@given(st.text(st.sampled_from("0123456789"), min_size=16, max_size=16), st.sampled_from(["", " ", ".", "-"]))
def test_sixteen_digits_are_seen_however_they_are_grouped(digits, between):
    grouped = between.join(digits[i : i + 4] for i in range(0, 16, 4))
    assert numbers_in(f"nomor {grouped}, ya") == [digits]


def test_only_the_values_of_the_kind_are_taken(tell):
    for values in ({**VALUES, "name": "Siti"}, {"number": "DOM-1"}):
        with pytest.raises(ValueError, match="needs the values"):
            tell(values=values)


def test_a_code_cannot_be_put_into_an_inbox(tell):
    with pytest.raises(ValueError, match="not for an inbox"):
        tell(kind="contact-code", values={"code": "1"})


def test_she_can_unsubscribe_from_channels_but_not_from_the_inbox(tell, siti):
    actions.subscribe(channel="sms", wanted=False, by=siti)
    actions.subscribe(channel="email", wanted=False, by=siti)
    actions.subscribe(channel="email", wanted=False, by=siti)
    tell()
    assert len(queries.inbox_of(siti)) == 1
    assert not Delivery.objects.exists()
    actions.subscribe(channel="email", wanted=True, by=siti)
    tell("another")
    assert [row.channel for row in Delivery.objects.all()] == ["email"]


def test_without_a_verified_address_there_is_the_inbox(tell, siti):
    for point in people.contact_points_of(siti):
        identity.remove_contact_point(contact_point_id=point.id, by=siti)
    identity.add_contact_point(channel="email", address="baru@warga.example", by=siti)
    tell()
    assert len(queries.inbox_of(siti)) == 1
    assert not Delivery.objects.exists()


def test_reading_is_counted_once_and_is_hers_alone(tell, siti):
    first, second = tell("1"), tell("2")
    assert queries.unread_count(siti) == 2
    actions.mark_read(notice_id=first, by=siti)
    actions.mark_read(notice_id=first, by=siti)
    assert queries.unread_count(siti) == 1
    adi = identity.open_resident_account(nik=Nik("3671011203900001"), name="Adi", password="x").actor
    assert queries.inbox_of(adi) == []
    for mine in (lambda: actions.mark_read(notice_id=second, by=adi), lambda: queries.notice_of(second, by=adi)):
        with pytest.raises(Missing):
            mine()
    actions.mark_all_read(by=siti)
    assert queries.unread_count(siti) == 0


def test_a_part_of_satu_has_no_inbox(siti):
    with pytest.raises(NotAllowed):
        actions.mark_all_read(by=SYSTEM)
    assert queries.inbox_of(SYSTEM) == []


def test_the_inbox_has_pages(tell, siti):
    told = [tell(str(number)) for number in range(5)]
    first = queries.inbox_of(siti, limit=3)
    then = queries.inbox_of(siti, limit=3, before=first[-1].id)
    assert [notice.id for notice in [*first, *then]] == told[::-1]
    assert queries.inbox_of(siti, before=uuid4()) == []


def test_the_inbox_takes_two_queries_however_full_it_is(tell, siti):
    def taken():
        with CaptureQueriesContext(connection) as context:
            queries.inbox_of(siti)
        return len(context)

    tell("1")
    assert taken() == 2
    for number in range(2, 8):
        tell(str(number))
    assert taken() == 2


def test_officers_see_how_far_it_has_come_and_no_address(tell, siti):
    tell()
    (told,) = queries.deliveries(f"case:{CASE}", by=OFFICER)
    assert [(one.channel, one.state, one.shown_address) for one in told.deliveries] == [
        ("email", "queued", "s•••@warga.example"),
        ("sms", "queued", "+62 810 •••• 001"),
    ]
    assert told.read_at is None
    with pytest.raises(NotAllowed):
        queries.deliveries(f"case:{CASE}", by=siti)


@pytest.mark.parametrize(
    "lie",
    [
        {"state": "sent"},
        {"state": "delivered"},
        {"state": "failed"},
        {"state": "failed", "failed_at": timezone.now()},
        {"state": "dropped"},
        {"state": "queued", "reason": "unreachable"},
        {"state": "sent", "sent_at": timezone.now(), "reason": "unreachable", "attempts": 1},
        {"state": "sent", "sent_at": timezone.now(), "attempts": 0},
        {"state": "delivered", "delivered_at": timezone.now(), "attempts": 1},
    ],
)
def test_the_database_refuses_a_state_that_did_not_happen(tell, lie):
    tell()
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.update(**lie)


def test_the_database_refuses_two_messages_of_one_notice_on_one_channel(tell):
    tell()
    row = Delivery.objects.filter(channel="sms").get()
    row.pk = uuid4()
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
