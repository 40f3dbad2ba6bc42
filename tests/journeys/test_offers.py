"""A service that waits, filled in, because something happened in somebody's life."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from satu.hub.ledger.queries import accesses_about
from satu.hub.types import Subject
from satu.identity.actions import open_resident_account
from satu.identity.types import Actor
from satu.kernel.city import Label
from satu.kernel.errors import Conflict, InvalidInput, Missing, NotAllowed
from satu.kernel.identifiers import Nik
from satu.kernel.outbox import deliver
from satu.messaging.queries import inbox_of
from satu.registry.actions import register_birth, split_family
from satu.services import actions, packages, queries
from satu.services.models import Case, Offer
from satu.services.tests.conftest import forget_the_city
from tests.journeys import applying, residents

pytestmark = pytest.mark.usefixtures("town", "register")
Work = Callable[[], None]
REGISTRAR = Actor(
    reference="account:999", kind="officer", name="", agency="dukcapil", duties=frozenset({"civil-registrar"})
)
BECAUSE = Label(id="Izin Anda akan berakhir.", en="Your licence will end.")


@pytest.fixture
def siti() -> Actor:
    return residents.resident()


@pytest.fixture
def nur(siti: Actor) -> Actor:
    """Her mother, who lives with her and has an account."""
    nur = residents.relative(siti, name="Nur Hasanah", born=residents.years_ago(70), role=7, sex="female")
    return open_resident_account(nik=nik_of(nur), name=nur.name, password="x").actor


def nik_of(who: Actor) -> Nik:
    assert who.nik is not None
    return who.nik


def offered(who: Actor, **other: object) -> UUID:
    given: dict = {
        "service": "domisili",
        "about": nik_of(who),
        "because": BECAUSE,
        "idempotency_key": "licence:7:90-days",
        "until": timezone.localdate() + timedelta(days=90),
    }
    return actions.offer_case(**(given | other))


def moves_away(who: Actor) -> None:
    split_family(
        members=[nik_of(who)],
        address="Jl. Kenanga No. 9",
        area_code="36.71.01.1001.007.003",
        since=timezone.localdate(),
        by=REGISTRAR,
    )


def test_who_has_moved_finds_a_certificate_of_residence_ready_and_only_sends_it(nur: Actor, work: Work) -> None:
    moves_away(nur)
    deliver()
    (offer,) = queries.offers_for(nur)
    assert offer.service == "domisili"
    assert offer.until == timezone.localdate() + timedelta(days=30)
    assert offer.asks == 1
    assert len(inbox_of(nur)) == 1
    # Nothing about her was pulled yet but whom to turn to, and her ledger says so.
    assert Case.objects.count() == 0
    (look,) = accesses_about(Subject.person(nik_of(nur)), limit=5)
    assert look.why.id == "Layanan yang ditawarkan: Surat keterangan domisili"

    case_id = actions.take_offer(offer_id=offer.id, by=nur)
    assert queries.offers_for(nur) == []
    draft = queries.case_for(case_id, by=nur)
    assert next(fact.shown for fact in draft.facts if fact.fact == "person.address") == "Jl. Kenanga No. 9"
    applying.send(case_id=case_id, answers={"purpose": "membuka rekening"}, by=nur)
    work()
    assert queries.case_for(case_id, by=nur).state == "issued"
    assert actions.take_offer(offer_id=offer.id, by=nur) == case_id


def test_an_event_that_is_told_twice_is_one_offer_and_one_notice(nur: Actor) -> None:
    from satu.services import triggers

    moves_away(nur)
    deliver()
    told = Offer.objects.get().idempotency_key.split(":")
    package = packages.the_package("domisili")
    event = {"change": told[1], "resident": int(told[2])}
    with transaction.atomic():
        triggers._offer(package, package.triggers[0], event)
    assert Offer.objects.count() == 1
    assert len(inbox_of(nur)) == 1


@pytest.fixture
def offered_at_birth(as_the_city: Path) -> None:
    """The city offers parents a certificate for each child that is born, and knows what for."""
    file = as_the_city / "services" / "sktm" / "service.yaml"
    text = file.read_text(encoding="utf-8")
    assert "for: [self, child" in text
    trigger = (
        "triggers:\n  - event: resident.born\n    to: parent\n    days: 60\n"
        "    because: {id: Anak Anda sudah tercatat., en: Your child is registered.}\n"
        "    answers: {purpose: jaminan persalinan}\n"
    )
    file.write_text(text.replace("\ndeadline:", f"\n{trigger}deadline:", 1), encoding="utf-8")
    forget_the_city()


@pytest.mark.usefixtures("offered_at_birth")
def test_a_mother_is_offered_something_for_her_new_child_filled_in_for_one_tap(siti: Actor) -> None:
    born = register_birth(
        name="Adi Putra",
        sex="male",
        birth_place="Tangerang",
        birth_date=timezone.localdate(),
        mother=nik_of(siti),
        by=REGISTRAR,
    )
    deliver()
    (offer,) = [one for one in queries.offers_for(siti) if one.service == "sktm"]
    assert (offer.asks, offer.because.id) == (0, "Anak Anda sudah tercatat.")
    client = Client()
    account = open_resident_account(nik=nik_of(siti), name="Siti Aminah", password="x")
    client.login(username=account.login, password="x")
    page = client.get("/").content.decode()
    assert "Anak Anda sudah tercatat." in page
    answer = client.post(f"/tawaran/{offer.id}/ambil/")
    assert answer.status_code == 302
    preview = client.get(answer["Location"]).content.decode()
    assert "jaminan persalinan" in preview
    case = Case.objects.get()
    assert (case.subject_nik, case.applicant_nik) == (born.value, nik_of(siti).value)


def test_an_offer_is_made_once_and_ends(siti: Actor) -> None:
    first = offered(siti)
    assert offered(siti) == first
    actions.decline_offer(offer_id=first, by=siti)
    actions.decline_offer(offer_id=first, by=siti)
    assert offered(siti) == first
    assert queries.offers_for(siti) == []
    with pytest.raises(Conflict):
        actions.take_offer(offer_id=first, by=siti)
    late = offered(siti, idempotency_key="another")
    Offer.objects.filter(pk=late).update(until=timezone.localdate() - timedelta(days=1))
    assert queries.offers_for(siti) == []
    for attempt in (actions.take_offer, actions.decline_offer):
        with pytest.raises(Conflict):
            attempt(offer_id=late, by=siti)


def test_an_offer_is_hers_alone_and_only_the_city_makes_one(siti: Actor, nur: Actor) -> None:
    offer = offered(siti)
    for attempt in (actions.take_offer, actions.decline_offer):
        with pytest.raises(Missing):
            attempt(offer_id=offer, by=nur)
    assert queries.offers_for(nur) == []
    with pytest.raises(NotAllowed):
        offered(siti, by=siti)
    with pytest.raises(InvalidInput):
        offered(siti, until=date(2020, 1, 1))
    with pytest.raises(Missing):
        offered(siti, service="tidak-ada")
