"""The register of licences: what the city's figures allow, what the database holds, and what never changes."""

import threading
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from satu.hub.actions import pull
from satu.hub.purposes import for_case
from satu.hub.types import Dossier, NotFound, Subject
from satu.identity.actions import open_resident_account
from satu.identity.types import SYSTEM, Actor
from satu.kernel.city import Label
from satu.kernel.errors import Conflict, InvalidInput, Missing, NotAllowed
from satu.kernel.identifiers import Nik
from satu.messaging.queries import inbox_of
from satu.permits import actions, queries
from satu.permits.actions import TooManyLicences
from satu.permits.kinds import the_kinds
from satu.permits.models import Licence, LicenceEvent
from satu.permits.tests.conftest import AGUS, SITI
from satu.services.queries import offers_for

pytestmark = pytest.mark.django_db
State = Licence.State
REASON = "STR pemegang dicabut oleh kementerian."


def active() -> dict[str, int | None]:
    return dict(Licence.objects.filter(state=State.ACTIVE).values_list("place_code", "slot"))


def licences_of(nik: Nik) -> Dossier:
    facts = ("person.licences", "person.practice_licences")
    purpose = for_case(reference="case:1", label=Label("Uji", "Test"), legal_basis="UU 25/2009", facts=facts)
    return pull(about=Subject.person(nik), facts=facts, purpose=purpose, by=SYSTEM)


# ---------------------------------------------------------------------------------------------- three places


def test_the_figures_of_the_rule_are_dated_and_not_yet_confirmed():
    kind = the_kinds()["sip"]
    assert [(figure.value, figure.confirmed) for figure in kind.most_at_once] == [(3, False)]
    assert [(figure.value, figure.confirmed) for figure in kind.renewal_days] == [(90, False)]


def test_a_health_worker_practises_at_three_places_and_no_more(grant):
    for place in ("a", "b", "c"):
        grant(place)
    assert active() == {"a": 1, "b": 2, "c": 3}
    with pytest.raises(TooManyLicences):
        grant("d")
    assert set(active()) == {"a", "b", "c"}
    other = Nik("3671014506910004")
    grant("d", holder=other)


def test_the_database_takes_no_fourth_place_whoever_writes(grant):
    for place in ("a", "b", "c"):
        grant(place)
    fourth = Licence.objects.get(slot=3)
    for slot in (1, 3, 4, 0):
        with pytest.raises(IntegrityError), transaction.atomic():
            Licence.objects.create(
                **{
                    field.attname: getattr(fourth, field.attname)
                    for field in Licence._meta.concrete_fields
                    if field.attname not in {"id", "number", "place_code", "slot", "case_id"}
                },
                number=f"X-{slot}",
                place_code="d",
                slot=slot,
                case_id=uuid4(),
            )


@pytest.mark.django_db(transaction=True)
def test_two_grants_at_the_same_moment_do_not_make_four(grant):
    grant("a")
    grant("b")
    begin, refused = threading.Barrier(2), []

    def at(place: str) -> None:
        begin.wait(10)
        try:
            grant(place)
        except TooManyLicences:
            refused.append(place)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=at, args=(place,)) for place in ("c", "d")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(refused) == 1
    assert len(active()) == 3


def test_a_case_grants_once_however_often_its_step_runs(grant):
    case = uuid4()
    assert grant("a", case_id=case) == grant("a", case_id=case)
    assert Licence.objects.count() == 1


def test_numbers_have_no_gaps(grant):
    numbers = [grant(place) for place in ("a", "b")]
    with pytest.raises(IntegrityError), transaction.atomic():
        grant("c", valid_until=timezone.localdate() - timedelta(days=1))
    numbers.append(grant("c"))
    year = timezone.localdate().year
    assert numbers == [f"SIP-{year}-{serial:06d}" for serial in (1, 2, 3)]


# ----------------------------------------------------------------------------------------- ends, and how


def test_a_renewal_replaces_the_licence_of_the_same_place(grant):
    for place in ("a", "b", "c"):
        grant(place)
    grant("b")
    assert active() == {"a": 1, "b": 2, "c": 3}
    old = Licence.objects.get(state=State.REPLACED)
    assert old.replaced_by.place_code == "b"
    assert list(old.events.order_by("id").values_list("kind", flat=True)) == ["granted", "replaced"]


def test_one_that_has_expired_frees_its_place_the_same_day(grant):
    for place in ("a", "b", "c"):
        grant(place)
    today = timezone.localdate()
    assert actions.end_expired(today=today + timedelta(days=1826)) == 0  # its last day still counts
    assert actions.end_expired(today=today + timedelta(days=1827)) == 3
    grant("d")
    assert active() == {"d": 1}


def test_an_officer_revokes_with_a_reason_and_only_once(grant):
    grant("a")
    licence = Licence.objects.get()
    for reason in ("", "  kurang  "):
        with pytest.raises(InvalidInput):
            actions.revoke_licence(licence_id=licence.pk, reason=reason, by=AGUS)
    revoked = actions.revoke_licence(licence_id=licence.pk, reason=REASON, by=AGUS)
    assert (revoked.state, revoked.events[-1].reason, revoked.events[-1].who) == ("revoked", REASON, AGUS.name)
    with pytest.raises(Conflict):
        actions.revoke_licence(licence_id=licence.pk, reason=REASON, by=AGUS)


def test_the_holder_is_told_that_her_licence_was_revoked(grant):
    account = open_resident_account(nik=SITI, name="Siti Aminah", password="x")
    number = grant("a")
    actions.revoke_licence(licence_id=Licence.objects.get().pk, reason=REASON, by=AGUS)
    (notice,) = inbox_of(account.actor)
    assert notice.kind == "licence-revoked"
    assert number in notice.subject
    assert REASON not in notice.body


@pytest.mark.parametrize("change", [{"agency": "dinkes"}, {"duties": frozenset({"front-office"})}])
def test_nobody_else_sees_or_ends_a_licence(grant, change):
    grant("a")
    licence = Licence.objects.get()
    stranger = replace(AGUS, **change)
    with pytest.raises(Missing):
        actions.revoke_licence(licence_id=licence.pk, reason=REASON, by=stranger)
    with pytest.raises(Missing):
        queries.licence_for(licence.pk, by=stranger)
    with pytest.raises(NotAllowed):
        queries.licences_for(stranger)


def test_the_history_and_what_a_licence_is_never_change(grant):
    grant("a")
    licence = Licence.objects.get()
    for change in (
        lambda: LicenceEvent.objects.update(reason="anders"),
        lambda: LicenceEvent.objects.all().delete(),
        lambda: Licence.objects.update(valid_until=licence.valid_until + timedelta(days=900)),
        lambda: Licence.objects.update(holder_nik="3671014506910004"),
        lambda: Licence.objects.filter(pk=licence.pk)._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    actions.revoke_licence(licence_id=licence.pk, reason=REASON, by=AGUS)
    with pytest.raises(IntegrityError), transaction.atomic():
        Licence.objects.update(state=State.ACTIVE, ended_at=None)


# ------------------------------------------------------------------------------------- what it answers


@pytest.mark.django_db(transaction=True)
def test_the_register_answers_through_the_hub_and_so_is_never_asked(grant):
    assert isinstance(licences_of(SITI)["person.licences"], NotFound)
    assert licences_of(SITI).found()["person.practice_licences"] == 0
    grant("a")
    number = grant("b")
    actions.revoke_licence(licence_id=Licence.objects.get(place_code="a").pk, reason=REASON, by=AGUS)
    found = licences_of(SITI).found()
    assert [(one["place_code"], one["state"]) for one in found["person.licences"]] == [
        ("b", "active"),
        ("a", "revoked"),
    ]
    assert found["person.licences"][0]["number"] == number
    assert not any(one["full"] for one in found["person.licences"])
    assert found["person.practice_licences"] == 1
    grant("c")
    grant("d")
    assert all(one["full"] for one in licences_of(SITI).found()["person.licences"])


def test_an_officer_finds_a_licence_by_its_number_its_holder_or_its_place(grant):
    number = grant("a")
    grant("b", holder=Nik("3671014506910004"), holder_name="Dewi Lestari")
    for text in (number, "siti", "klinik a"):
        assert [licence.number for licence in queries.licences_for(AGUS, text=text)] == [number]
    assert len(queries.licences_for(AGUS)) == 2
    assert queries.licences_for(AGUS, text="nobody") == ()


# -------------------------------------------------------------------------------------------- renewal


def test_a_renewal_is_offered_ninety_days_before_the_end_and_once(grant):
    account = open_resident_account(nik=SITI, name="Siti Aminah", password="x")
    today = timezone.localdate()
    grant("a", valid_until=today + timedelta(days=91))
    assert actions.offer_renewals(today=today) == 0
    assert actions.offer_renewals(today=today + timedelta(days=1)) == 1
    assert actions.offer_renewals(today=today + timedelta(days=2)) == 0
    siti = Actor(f"account:{account.pk}", "resident", "Siti Aminah", nik=SITI)
    (notice,) = inbox_of(siti)
    assert "SIP-" in notice.body
    (offer,) = offers_for(siti)
    assert offer.service == "sip"


def test_an_offer_waits_for_who_has_no_account_yet(grant):
    today = timezone.localdate()
    grant("a", valid_until=today + timedelta(days=30))
    assert actions.offer_renewals(today=today) == 1
    account = open_resident_account(nik=SITI, name="Siti Aminah", password="x")
    assert len(offers_for(Actor(f"account:{account.pk}", "resident", "Siti Aminah", nik=SITI))) == 1
