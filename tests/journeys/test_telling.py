"""Other systems hear what has happened: each once, in order, whatever breaks, and only of people whom they hold."""

import uuid
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from satu.hub import asking, telling
from satu.hub.actions import tell, tell_again
from satu.hub.ledger.queries import accesses_about
from satu.hub.models import Telling
from satu.hub.queries import untold
from satu.hub.types import Subject
from satu.identity.types import Actor
from satu.kernel.errors import Missing, NotAllowed
from satu.kernel.identifiers import Nik
from tests.journeys.workers import wait_until

pytestmark = pytest.mark.usefixtures("register")

INTEGRATOR = Actor("account:9", "officer", "Ina", agency="diskominfo", duties=frozenset({"integrator"}))
MOVED = {
    "name": "Siti Aminah", "address": "Jl. Kenanga No. 9", "rt": "003", "rw": "007", "kelurahan": "Sukarasa",
    "kelurahan_code": "36.71.01.1001", "kecamatan": "Tangerang", "postcode": "15111", "since": "2026-11-20",
}  # fmt: skip


def announce(nik, *, change="", **parts):
    with transaction.atomic():
        tell(
            news="resident-moved", about=Subject.person(Nik(nik)), parts={**MOVED, **parts},
            change=change or str(uuid.uuid4()),
        )  # fmt: skip


def states(system=None):
    rows = Telling.objects.filter(system=system) if system else Telling.objects.all()
    return {row.system: row.state for row in rows}


def one(town, system, sql):
    return town.rows(system, sql)[0]["nik"]


def try_now():
    """As if it were later: whatever waits is tried."""
    Telling.objects.filter(state="waiting").update(due_at=timezone.now() - timedelta(minutes=2))
    telling.send_overdue()
    return untold()


@pytest.fixture
def taxpayer(town):
    return one(town, "pbb", "SELECT SUBJEK_PAJAK_ID AS nik FROM DAT_OBJEK_PAJAK WHERE length(SUBJEK_PAJAK_ID) = 16")


@pytest.fixture
def pupil(town):
    return one(town, "dapodik", "SELECT NIK AS nik FROM peserta_didik WHERE NIK <> '' LIMIT 1")


def test_the_tax_office_takes_a_new_address_into_its_own_table(town, work, taxpayer):
    announce(taxpayer)
    work("tellings")
    assert states()["pbb"] == "told"
    assert states()["dapodik"] == "unconcerned"  # a taxpayer is no pupil
    row = "SELECT * FROM MUTASI_WP WHERE STATUS = '1'"
    wait_until(lambda: bool(town.rows("pbb", row)))
    assert town.rows("pbb", row)[0]["TGL_MUTASI"] == "20-11-2026"
    owner = town.rows("pbb", "SELECT * FROM DAT_SUBJEK_PAJAK WHERE SUBJEK_PAJAK_ID = ?", taxpayer)[0]
    assert (owner["JALAN_WP"], owner["RT_WP"], owner["KELURAHAN_WP"]) == ("JL. KENANGA NO. 9", "003", "SUKARASA")
    assert "Jl. Kenanga No. 9" in town.page("pbb")
    told = [look for look in accesses_about(Subject.person(Nik(taxpayer)), limit=9) if look.kind == "told"]
    assert [(look.agency_code, str(look.why)) for look in told if look.agency_code == "bapenda"] == [
        ("bapenda", "Penduduk pindah alamat di dalam kota")
    ]
    assert "person.address" in {released.fact for released in told[0].facts}


def test_the_school_register_finds_a_file_in_its_inbox(town, work, pupil):
    announce(pupil)
    work("tellings")
    assert (states()["dapodik"], states()["pbb"]) == ("told", "unconcerned")
    wait_until(lambda: bool(town.rows("dapodik", "SELECT * FROM mutasi")))
    told = town.rows("dapodik", "SELECT * FROM mutasi")[0]
    assert (told["nik"], told["berlaku"]) == (pupil, "20/11/2026")
    assert "RT 003 RW 007" in told["alamat"]
    assert not list((town.folder / "dapodik-masuk").iterdir())
    assert "Jl. Kenanga No. 9" in town.page("dapodik")


def test_the_welfare_register_is_told_a_birth_and_knows_the_child_then(town, work):
    mother = one(
        town, "dtsen", "SELECT NIK AS nik FROM TRX_KPM WHERE NIK <> '' GROUP BY NIK HAVING count(*) = 1 LIMIT 1"
    )
    child = Nik("3671012011260001")
    with transaction.atomic():
        tell(
            news="resident-born", about=Subject.person(child), change="birth:1",
            parts={
                "name": "Bayu Aji", "sex": "male", "born_on": "2026-11-20", "mother_nik": mother, "address": "Jl. A",
                "rt": "003", "rw": "007", "kelurahan": "Sukarasa",
            },
        )  # fmt: skip
    work("tellings")
    assert states() == {"dtsen": "told"}
    family = town.rows("dtsen", "SELECT DISTINCT ID_KPM FROM TRX_KPM WHERE NIK IN (?, ?)", mother, child.value)
    assert len(family) == 1
    assert "Bayu Aji" in town.page("dtsen")


def test_what_a_system_missed_it_hears_when_it_is_back_and_in_order(town, work, taxpayer):
    town.turn("pbb", down=True)
    announce(taxpayer, address="Jl. Urut No. 1")
    announce(taxpayer, address="Jl. Urut No. 2")
    work("tellings")
    assert states("pbb") == {"pbb": "waiting"}
    assert {(one.system, one.refused) for one in untold()} >= {("pbb", False)}
    assert all(one.trouble for one in untold() if one.attempts)
    town.mend()
    wait_until(lambda: try_now() == ())
    told = town.rows("pbb", "SELECT JALAN_WP FROM MUTASI_WP WHERE JALAN_WP LIKE 'Jl. Urut%' ORDER BY rowid")
    assert [row["JALAN_WP"] for row in told] == ["Jl. Urut No. 1", "Jl. Urut No. 2"]


def test_a_worker_that_dies_between_the_systems_yes_and_its_note_tells_nothing_twice(town, work, taxpayer, pupil):
    welfare = one(
        town, "dtsen", "SELECT NIK AS nik FROM TRX_KPM WHERE NIK <> '' GROUP BY NIK HAVING count(*) = 1 LIMIT 1"
    )
    for nik in (taxpayer, pupil, welfare):
        announce(nik, address="Jl. Sekali No. 1")
    work("tellings")
    told = Telling.objects.filter(state="told")
    assert {row.system for row in told} >= {"pbb", "dapodik", "dtsen"}
    told.update(state="waiting", parts={**MOVED, "address": "Jl. Sekali No. 1"}, ended_at=None)
    wait_until(lambda: not list((town.folder / "dapodik-masuk").iterdir()))
    for row in Telling.objects.filter(state="waiting"):
        telling.send(telling_id=row.id)
    wait_until(lambda: not list((town.folder / "dapodik-masuk").iterdir()))
    assert set(states().values()) <= {"told", "unconcerned"}
    for system, sql, who in (
        ("pbb", "SELECT * FROM MUTASI_WP WHERE JALAN_WP LIKE 'Jl. Sekali%' AND SUBJEK_PAJAK_ID = ?", taxpayer),
        ("dapodik", "SELECT * FROM mutasi WHERE alamat LIKE 'Jl. Sekali%' AND nik = ?", pupil),
        ("dtsen", "SELECT * FROM TRX_MUTASI WHERE ALMT LIKE 'Jl. Sekali%' AND NIK = ?", welfare),
    ):
        assert len(town.rows(system, sql, who)) == 1, system


def test_news_of_one_change_is_passed_on_once_and_forgotten_when_it_is_told(town, work, taxpayer):
    announce(taxpayer, change="move:1")
    announce(taxpayer, change="move:1")
    assert Telling.objects.filter(system="pbb").count() == 1
    work("tellings")
    assert not Telling.objects.exclude(parts=None).exists()


def test_what_a_system_refuses_waits_for_a_person(town, work):
    with transaction.atomic():
        tell(news="resident-moved", about=Subject.person(Nik("3671014101900001")), parts=MOVED, change="move:2")
    row = Telling.objects.get(system="dtsen")
    Telling.objects.filter(pk=row.pk).update(tell="gone")  # the city's file has another name for it now
    work("tellings")
    refused = [one for one in untold() if one.refused]
    assert [one.id for one in refused] == [row.id]
    with pytest.raises(NotAllowed):
        tell_again(telling_id=row.id, by=Actor("account:8", "officer", "B", agency="dinsos"))
    Telling.objects.filter(pk=row.pk).update(tell="moved")
    tell_again(telling_id=row.id, by=INTEGRATOR)
    work("tellings")
    assert states("dtsen") == {"dtsen": "unconcerned"}
    with pytest.raises(Missing):
        tell_again(telling_id=row.id, by=INTEGRATOR)


def test_a_lost_job_is_made_good(town, taxpayer):
    announce(taxpayer)
    Telling.objects.update(due_at=timezone.now() - timedelta(minutes=2))
    assert telling.send_overdue() == 3
    assert states()["pbb"] == "told"
    asking.stop()
