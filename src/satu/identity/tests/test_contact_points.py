"""An address is used only once somebody who reads there has told us the code."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from satu.identity import actions, queries
from satu.identity.actions import TooManyAttempts
from satu.identity.models import Account, ContactPoint
from satu.identity.types import SYSTEM
from satu.kernel.errors import InvalidInput, Missing, NotAllowed
from satu.kernel.identifiers import Nik

pytestmark = pytest.mark.django_db


@pytest.fixture
def siti():
    return actions.open_resident_account(nik=Nik("3671014506910003"), name="Siti Aminah", password="x").actor


@pytest.fixture
def adi():
    return actions.open_resident_account(nik=Nik("3671011203900001"), name="Adi Putra", password="x").actor


def verified(who, channel="email", address="siti@warga.example"):
    point = actions.add_contact_point(channel=channel, address=address, by=who)
    return actions.verify_contact_point(
        contact_point_id=point.id, code=queries.verification_code(point.id) or "", by=who
    )


def reached(who):
    found = queries.recipient(account_id=queries.account_id_of(who))
    assert found is not None
    return {channel: point.address for channel, point in found.contact_points.items()}


def test_an_address_is_used_only_after_its_code_came_back(siti):
    point = actions.add_contact_point(channel="email", address=" Siti@Warga.Example ", by=siti)
    assert reached(siti) == {}
    code = queries.verification_code(point.id)
    assert code is not None
    assert len(code) == 6
    actions.verify_contact_point(contact_point_id=point.id, code=f" {code[:3]} {code[3:]}", by=siti)
    assert reached(siti) == {"email": "siti@warga.example"}
    assert queries.verification_code(point.id) is None


@pytest.mark.parametrize("written", ["0810 0000 0001", "+62 810-0000-0001", "62810.0000.0001", "(0810) 00000001"])
def test_a_mobile_number_is_understood_however_it_is_written(siti, written):
    verified(siti, "sms", written)
    assert reached(siti) == {"sms": "+6281000000001"}


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        ("email", "siti"),
        ("email", "siti@"),
        ("email", "a b@warga.example"),
        ("email", "siti@warga.example\nBcc: all@city.example"),
        ("sms", "021 5555 123"),
        ("sms", "0812"),
        ("sms", "+1 202 555 0100"),
        ("sms", ""),
    ],
)
def test_what_is_no_address_is_refused_with_help(siti, channel, address):
    with pytest.raises(InvalidInput) as caught:
        actions.add_contact_point(channel=channel, address=address, by=siti)
    assert caught.value.field == "address"
    assert not ContactPoint.objects.exists()


def test_the_old_address_is_used_until_the_new_one_is_verified(siti):
    verified(siti)
    point = actions.add_contact_point(channel="email", address="baru@warga.example", by=siti)
    assert reached(siti) == {"email": "siti@warga.example"}
    actions.verify_contact_point(contact_point_id=point.id, code=queries.verification_code(point.id) or "", by=siti)
    assert reached(siti) == {"email": "baru@warga.example"}


def test_five_wrong_codes_end_it_even_for_the_right_one(siti):
    point = actions.add_contact_point(channel="sms", address="081000000001", by=siti)
    right = queries.verification_code(point.id) or ""
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    for _ in range(actions.WRONG_CODES):
        with pytest.raises(InvalidInput):
            actions.verify_contact_point(contact_point_id=point.id, code=wrong, by=siti)
    with pytest.raises(TooManyAttempts):
        actions.verify_contact_point(contact_point_id=point.id, code=right, by=siti)
    assert reached(siti) == {}


def test_an_old_code_is_refused(siti):
    point = actions.add_contact_point(channel="sms", address="081000000001", by=siti)
    code = queries.verification_code(point.id) or ""
    ContactPoint.objects.update(code_expires_at=timezone.now() - timedelta(seconds=1))
    assert queries.verification_code(point.id) is None
    with pytest.raises(InvalidInput):
        actions.verify_contact_point(contact_point_id=point.id, code=code, by=siti)


def test_nobody_can_flood_a_strangers_phone_with_codes(siti):
    for number in range(actions.CODES_PER_HOUR):
        actions.add_contact_point(channel="sms", address=f"08100000000{number}", by=siti)
    with pytest.raises(TooManyAttempts):
        actions.add_contact_point(channel="sms", address="081000000009", by=siti)


def test_somebody_elses_address_does_not_exist_for_her(siti, adi):
    point = actions.add_contact_point(channel="email", address="adi@warga.example", by=adi)
    for identifier in (point.id, uuid4()):
        with pytest.raises(Missing):
            actions.verify_contact_point(
                contact_point_id=identifier, code=queries.verification_code(point.id) or "", by=siti
            )
        with pytest.raises(Missing):
            actions.remove_contact_point(contact_point_id=identifier, by=siti)
    assert queries.contact_points_of(siti) == []


def test_a_part_of_satu_has_no_address(siti):
    with pytest.raises(NotAllowed):
        actions.add_contact_point(channel="email", address="satu@warga.example", by=SYSTEM)


def test_a_removed_address_is_not_used(siti):
    point = verified(siti)
    actions.remove_contact_point(contact_point_id=point.id, by=siti)
    assert reached(siti) == {}


def test_the_database_knows_that_an_address_is_verified_or_waits_for_a_code(siti):
    point = verified(siti)
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactPoint.objects.filter(pk=point.id).update(verified_at=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactPoint.objects.filter(pk=point.id).update(address="not an address")


def test_an_account_is_written_to_in_its_own_language(siti):
    assert queries.recipient(nik=siti.nik).language == "id"
    actions.set_language(language="en", by=siti)
    actions.set_language(language="xx", by=siti)
    assert queries.recipient(nik=siti.nik).language == "en"


def test_the_switch_on_a_page_also_sets_the_language_of_what_we_write_to_her(client, siti):
    client.post("/bahasa/", {"language": "en"})
    assert queries.recipient(nik=siti.nik).language == "id"
    client.force_login(Account.objects.get(pk=queries.account_id_of(siti)))
    client.post("/bahasa/", {"language": "en"})
    assert queries.recipient(nik=siti.nik).language == "en"


def test_neither_repr_nor_the_masked_form_tells_an_address(siti):
    email = verified(siti)
    phone = verified(siti, "sms", "081012345678")
    for point in (email, phone):
        assert point.address not in repr(point) + repr(ContactPoint.objects.get(pk=point.id))
    assert email.shown == "s•••@warga.example"
    assert phone.shown == "+62 810 •••• 678"


@given(st.text(max_size=30))
def test_whatever_is_written_as_a_number_is_a_mobile_number_or_refused(text):
    try:
        number = actions.read_address("sms", text)
    except InvalidInput:
        return
    assert number.startswith("+628")
    assert number[1:].isascii()
    assert number[1:].isdigit()
