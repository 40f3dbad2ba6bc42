"""Every route with somebody else's things in its address, walked by everybody who may not have them.

The things are real ones, of every kind that an address can name (``THINGS``). A wrong person is sent to sign in,
forbidden, or told that there is nothing; what comes back holds nothing of Siti's, and not one row of the database
is another one afterwards. Routes come from the resolver: a new one is walked without a word here, and one that names
a new kind of thing fails until ``THINGS`` says how a real one comes about.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from uuid import UUID, uuid4

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client
from django.urls.converters import IntConverter, UUIDConverter
from django.utils import timezone

from satu.demo.systems.tests.scanner import running_scanner
from satu.documents.sharing import share_document
from satu.finance import actions as finance
from satu.finance.types import RevenueAccount
from satu.hub.actions import open_inquiry, tell
from satu.hub.ledger.queries import accesses_about
from satu.hub.queries import untold
from satu.hub.tests.register import SITI_NIK, register_sitis_family
from satu.hub.types import Subject
from satu.identity.absence import enter_absence
from satu.identity.actions import open_officer_account, open_resident_account
from satu.identity.tokens import make_token
from satu.identity.types import SYSTEM, Actor
from satu.kernel.city import Label
from satu.kernel.identifiers import Nik
from satu.kernel.money import Rupiah
from satu.messaging import actions as messaging
from satu.messaging.models import Delivery
from satu.messaging.queries import channels_of, inbox_of
from satu.permits import actions as permits
from satu.permits.queries import licences_for
from satu.services import actions
from satu.services.queries import case_for, queue_of
from satu.services.tests.test_files import JPEG
from satu.services.work.types import QueueFilter
from tests.architecture.routes import ROUTES, Route
from tests.architecture.test_every_route_is_guarded import PUBLIC
from tests.journeys import applying

pytestmark = pytest.mark.django_db(transaction=True)
AREA, ELSEWHERE = "36.71.01.1001", "36.71.05.1003"
#: What a page could ask for. Whatever route reads it: none of it may help the wrong person.
FORM = MappingProxyType(
    {
        "purpose": "membuka rekening bank",
        "decision": "approve",
        "reason": "Keluarga ini tidak tergolong tidak mampu.",
        "note": "Seharusnya Jalan Melati Nomor Tujuh.",
        "text": "Pesan untuk petugas.",
        "message": "Pesan untuk petugas.",
        "code": "123456",
        "wanted": "yes",
        "address": "orang.lain@example.org",
    }
)

MOVED = dict.fromkeys(("address", "rt", "rw", "kelurahan", "kelurahan_code", "kecamatan", "postcode"), "")
MOVED |= {"name": "Siti Aminah", "since": "2026-11-01"}

#: Ids by which an address names a thing, and one that nobody has.
FORGED: Mapping[type, str] = {UUIDConverter: str(uuid4()), IntConverter: "987654321"}
#: Where one's own account asks to sign in once more before it changes anything.
ONCE_MORE = ("/masuk/", "/akun/periksa/")


@dataclass
class World:
    """Siti and what is hers; ``things`` are values for the places in an address, by the place's name."""

    things: dict[str, list[str]] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=set)

    def addresses(self, route: Route) -> Iterator[str]:
        """The route with each of her things in it."""
        places = [name for name, _converter in route.places]
        for number in range(max([len(self.things[name]) for name in places], default=1)):
            chosen = {name: self.things[name][number % len(self.things[name])] for name in places}
            yield route.address.format(**chosen)

    def names_a_thing_of_hers(self, route: Route) -> bool:
        return any(converter in FORGED for _name, converter in route.places)


@pytest.fixture
def world(transactional_db, tmp_path, monkeypatch) -> Iterator[World]:
    with running_scanner(tmp_path, monkeypatch):
        yield _made()


def _made() -> World:
    register_sitis_family()
    siti = open_resident_account(nik=Nik(SITI_NIK), name="Siti Aminah", password="x").actor
    rina = _officer("rina").actor
    made = World()

    done = applying.begin(service="domisili", by=siti)
    applying.send(case_id=done.id, answers={"purpose": "membuka rekening"}, by=siti)
    actions.advance_case(case_id=done.id)
    done = case_for(done.id, by=siti)
    draft = applying.begin(service="domisili", by=siti)
    open_ = applying.begin(service="sktm", by=siti)
    open_ = applying.send(case_id=open_.id, answers={"purpose": "beasiswa"}, by=siti)
    returned = applying.begin(service="sktm", by=siti)
    returned = applying.send(case_id=returned.id, answers={"purpose": "obat"}, by=siti)
    tasks = [item.id for item in queue_of(rina).items]
    second = next(item.id for item in queue_of(rina).items if item.number == returned.number)
    photo = actions.attach_to_task(task_id=tasks[0], key="photo", name="Siti Aminah.jpg", content=JPEG, by=rina)
    actions.decide_task(task_id=second, decision="correction", reason="Tuliskan untuk siapa surat ini.", by=rina)
    bill = finance.bill(
        payer=Nik(SITI_NIK),
        case_reference=open_.number,
        amount=Rupiah(1_250_000),
        description=Label("Pajak", "Tax"),
        account=RevenueAccount("4.1", "uji"),
        due=timezone.now() + timedelta(hours=1),
        idempotency_key="wrong-person",
        by=SYSTEM,
    )
    offer = actions.offer_case(
        service="domisili",
        about=Nik(SITI_NIK),
        because=Label("Alamat Siti Aminah berubah.", "Siti Aminah has moved."),
        idempotency_key="wrong-person",
        until=timezone.localdate() + timedelta(days=30),
    )
    messaging.add_contact_point(channel="email", address="siti@example.org", by=siti)
    tell(news="resident-moved", about=Subject.person(Nik(SITI_NIK)), parts=MOVED, change="wrong-person")
    inquiry = open_inquiry(reason="counter-service", subject=Subject.person(Nik(SITI_NIK)), note="Loket 2.", by=rina)
    assert done.document is not None
    share = share_document(document_id=done.document.id, shows="content", hours=24, openings=0, by=siti)
    report = reported_by_siti(siti)
    passkey = Authenticator.objects.create(
        user_id=int(siti.reference.rpartition(":")[2]),
        type=Authenticator.Type.WEBAUTHN,
        data={"name": "Kunci Siti Aminah", "credential": {}},
    )
    visit = UserSession.objects.create(user_id=passkey.user_id, session_key="hers", ip="127.0.0.1")
    number = permits.grant_licence(
        kind="sip",
        holder=Nik(SITI_NIK),
        holder_name="Siti Aminah",
        place_code="9900101",
        place="Puskesmas Sukarasa",
        valid_until=timezone.localdate() + timedelta(days=900),
        case_id=uuid4(),
        case_number="SIP-2026-000001",
        by=SYSTEM,
    )
    (licence,) = licences_for(_officer("agus", agency="dpmptsp", duties=["licensing"]).actor, text=number)
    kept = actions.keep_filter(name="Mendesak", where=QueueFilter(due="late"), by=rina)
    today = timezone.localdate()
    absence = enter_absence(first=today, last=today, stand_in=None, by=rina)
    made.things = {
        "absence_id": [str(absence)],
        "filter_id": [str(kept)],
        "telling_id": [str(one.id) for one in untold()],
        "delivery_id": [str(one) for one in Delivery.objects.values_list("pk", flat=True)],
        "officer_id": [rina.reference.rpartition(":")[2]],
        "licence_id": [str(licence.id)],
        "pk": [str(passkey.pk)],
        "offer_id": [str(offer)],
        "case_id": [str(case.id) for case in (done, draft, open_, returned)],
        "attachment_id": [str(photo)],
        "task_id": [str(task) for task in tasks],
        "document_id": [str(done.document.id)],
        "bill_id": [str(bill.id)],
        "notice_id": [str(notice.id) for notice in inbox_of(siti)],
        "contact_point_id": [str(one.waiting.id) for one in channels_of(siti) if one.waiting],
        "inquiry_id": [inquiry.reference],
        "slug": ["domisili", "sktm"],
        "system": ["siak"],
        "fact": ["person.name"],
        "channel": ["email"],
        "code": [done.document.code],
        "version": ["1"],
        "token_id": [str(make_token(name="uji", scope="act", days=7, by=siti).view.id)],
        "visit_id": [str(visit.pk)],
        "entry_id": [str(accesses_about(Subject.person(Nik(SITI_NIK)), limit=1)[0].entry_id)],
        "share_id": [str(share.id)],
        "secret": [share.address.rpartition("/")[2]],
        "report_id": [str(report)],
        "key": ["person.name"],
        "kind": ["biasa"],
        "size": ["192"],
        "language": ["id"],
    }
    made.secrets = {"Siti Aminah", SITI_NIK, "siti@example.org", "membuka rekening", bill.number, number}
    made.secrets |= {case.number for case in (done, open_, returned)}
    return made


def reported_by_siti(siti: Actor) -> UUID:
    return actions.report_own_fact(fact="person.name", note="Seharusnya Siti Aminnah Binti Fauzi.", by=siti)


def _officer(login: str, **other: object):
    rights: dict = {"agency": "kelurahan", "duties": ["front-office"], "areas": [AREA]}
    return open_officer_account(login=login, name="Petugas Lain", password="x", **(rights | other))


#: Everybody who may have nothing of Siti's.
WRONG: Mapping[str, Callable[[], object]] = {
    "nobody": lambda: None,
    "another resident": lambda: open_resident_account(nik=Nik("3671010506910004"), name="Budi Santoso", password="x"),
    "an officer of another agency": lambda: _officer("a", agency="dinsos"),
    "an officer of another duty": lambda: _officer("b", duties=["social-worker"]),
    "an officer of another kelurahan": lambda: _officer("c", areas=[ELSEWHERE]),
    "an officer without any duty": lambda: _officer("d", duties=[]),
    "an administrator of another agency": lambda: _officer("f", agency="dinsos", duties=["agency-admin"]),
    "a treasurer of another agency": lambda: _officer("e", agency="dinsos", duties=["treasurer"]),
}
RIGHT: Mapping[str, Callable[[], object]] = {
    "Siti": lambda: open_resident_account(nik=Nik(SITI_NIK), name="Siti Aminah", password="x"),
    "her officer": lambda: _officer("rina"),
}


def test_every_kind_of_thing_in_an_address_is_known(world):
    """A new one is added to ``World.things`` above: made by its own action, so that what is refused is there."""
    unknown = {name for route in ROUTES for name, _converter in route.places} - world.things.keys()
    assert unknown == set()
    assert all(world.things.values())


def test_the_wrong_person_gets_nothing_and_changes_nothing(world):
    faults = []
    for who, browser in visitors(WRONG):
        before = rows()
        for route in with_her_things(world):
            for address in world.addresses(route):
                answers = [browser.get(address), browser.post(address, dict(FORM))]
                found = wrong_with(answers, world, signed_in=who != "nobody")
                faults += [f"{who} at {route.name} {address}: {fault}" for fault in found]
        if touched := changed(before, rows()):
            faults.append(f"{who} changed {touched}")
    assert faults == []


def test_pages_that_are_everybodys_own_show_nothing_of_hers(world):
    """A list of one's own requests is there for everybody; Siti's stand in no other's."""
    faults = []
    for who, browser in visitors(WRONG):
        for route in ROUTES:
            if route.for_programs or world.names_a_thing_of_hers(route):
                continue
            for address in world.addresses(route):
                answer = browser.get(address)
                if answer.status_code >= 500 or leaks(answer, world):
                    faults.append(f"{who} at {address}: {answer.status_code}, told {leaks(answer, world)}")
    assert faults == []


def test_siti_herself_is_not_let_onto_the_desk_by_her_own_case(world):
    ((_who, browser),) = visitors({"Siti": RIGHT["Siti"]})
    before = rows()
    for route in ROUTES:
        if route.name.startswith(("desk:", "spared:")):
            for address in world.addresses(route):
                assert browser.get(address).status_code in {403, 405}, address
                assert browser.post(address, dict(FORM)).status_code in {403, 405}, address
    assert changed(before, rows()) == {}


def test_a_forged_id_is_missing_for_everybody(world):
    faults = []
    for who, browser in visitors({**WRONG, **RIGHT}):
        before = rows()
        for route in with_her_things(world):
            known = {name: values[0] for name, values in world.things.items()}
            forged = known | {name: FORGED[kind] for name, kind in route.places if kind in FORGED}
            address = route.address.format(**forged)
            answers = [browser.get(address), browser.post(address, dict(FORM))]
            found = wrong_with(answers, world, signed_in=who != "nobody", herself=who == "Siti")
            faults += [f"{who} at {route.name}: {fault}" for fault in found]
            nonsense = known | {name: "1' or '1'='1" for name, kind in route.places if kind in FORGED}
            crooked = browser.get(route.address.format(**nonsense))
            if crooked.status_code != 404:
                faults.append(f"{who} at {route.name} with nonsense for an id: {crooked.status_code}")
        if touched := changed(before, rows()):
            faults.append(f"{who} changed {touched}")
    assert faults == []


def visitors(people: Mapping[str, Callable[[], object]]) -> Iterator[tuple[str, Client]]:
    for who, account in people.items():
        browser = Client(raise_request_exception=False)
        if (opened := account()) is not None:
            browser.force_login(opened)
        yield who, browser


def with_her_things(world: World) -> Iterator[Route]:
    """Pages only: programs are walked by ``test_the_wrong_program``."""
    pages = (route for route in ROUTES if route.name not in PUBLIC and not route.for_programs)
    return (route for route in pages if world.names_a_thing_of_hers(route))


def wrong_with(answers, world: World, *, signed_in: bool, herself: bool = False) -> Iterator[str]:
    """What is wrong with how a wrong person was answered, if anything."""
    statuses = [answer.status_code for answer in answers]
    allowed = {403, 404, 405} if signed_in else {405}
    onward = ONCE_MORE if signed_in else ("/masuk/",)
    if set(statuses) - allowed - {302} or set(statuses) == {405}:
        yield f"answered {statuses}"
    for answer in answers:
        if answer.status_code == 302 and not answer["Location"].startswith(onward):
            yield f"led to {answer['Location']}"
        if not herself and (leaked := leaks(answer, world)):
            yield f"told {leaked}"


def leaks(answer, world: World) -> set[str]:
    told = b"".join(answer).decode(errors="replace") if answer.streaming else answer.content.decode(errors="replace")
    told += str(dict(answer.items()))
    # Whoever is sent to sign in comes back to the address that he asked for; and that he knew.
    return {secret for secret in world.secrets if secret in told}


#: Tables that a mere visit touches: the visit itself, when a token was used, and how the systems answer.
_TOUCHED = {
    *("django_session", "usersessions_usersession", "identity_accesstoken"),
    *("hub_systemhealth", "hub_systemhealthhour"),
}


def rows() -> dict[str, tuple[int, str]]:
    """Of every table how many rows there are, and a digest of them all."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = sorted(name for (name,) in cursor.fetchall() if name not in _TOUCHED)
        each = " UNION ALL ".join(
            f"SELECT '{name}', count(*), coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '')"
            f" FROM {name} t"
            for name in tables
        )
        cursor.execute(each)
        return {name: (count, digest) for name, count, digest in cursor.fetchall()}


def changed(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, tuple[object, object]]:
    return {name: (before[name], after[name]) for name in before if before[name] != after[name]}
