"""Each simulated system, asked through the hub: values, provenance, and what its troubles look like from here."""

import signal
import time
from datetime import datetime
from typing import Any

import pytest
from django.utils.timezone import localdate, make_aware

from satu.demo.systems.tests import mariadb
from satu.hub.actions import pull
from satu.hub.catalogue import the_catalogue
from satu.hub.purposes import for_case
from satu.hub.types import Ambiguous, Dossier, Found, NotFound, Subject, Unavailable
from satu.identity.types import SYSTEM
from satu.kernel.city import Label
from satu.kernel.identifiers import Nik

pytestmark = pytest.mark.django_db

NOBODY = "3671010101900001"
#: One fact of each system, its table, and the column with the number: all but the tax office's have doubles.
ONE_FACT = {
    "oss": ("person.businesses", "pelaku_usaha", "nik"),
    "dtsen": ("person.welfare_decile", "TRX_KPM", "NIK"),
    "bpjs": ("person.health_insurance_number", "peserta", "nik"),
    "nakes": ("person.str_number", "nakes", "nik"),
    "dapodik": ("person.nisn", "peserta_didik", "NIK"),
    "pbb": ("person.property_tax_arrears", "DAT_SUBJEK_PAJAK", "SUBJEK_PAJAK_ID"),
}


def ask(nik: str, *facts: str) -> Dossier:
    purpose = for_case(reference="case:1", label=Label("Uji", "Test"), legal_basis="UU 25/2009", facts=facts)
    return pull(about=Subject.person(Nik(nik)), facts=facts, purpose=purpose, by=SYSTEM)


def found(dossier: Dossier, fact: str) -> Found:
    outcome = dossier[fact]
    assert isinstance(outcome, Found), outcome
    return outcome


def day(text: str, form: str) -> datetime:
    """The beginning of a day that a system wrote its own way, in the city."""
    return make_aware(datetime.strptime(text, form))  # noqa: DTZ007 - the zone is given here


def somebody(town: Any, code: str, *, records: int = 1, where: str = "1") -> str:
    """The number of a person who has so many records in a system."""
    _fact, table, number = ONE_FACT[code]
    sql = (
        f"SELECT {number} FROM {table} WHERE length({number}) = 16 AND {where}"
        f" GROUP BY {number} HAVING count(*) = ? ORDER BY {number} LIMIT 1"
    )
    return str(town.rows(code, sql, records)[0][0])


def test_the_tax_office_answers_with_parcels_and_arrears(town):
    behind = "STATUS_PEMBAYARAN_SPPT = '0' AND substr(TGL_JATUH_TEMPO_SPPT, 7, 4) < ?"
    join = "JOIN DAT_OBJEK_PAJAK o USING (KD_KECAMATAN, KD_KELURAHAN, KD_BLOK, NO_URUT, KD_JNS_OP)"
    owner = town.rows(
        "pbb", f"SELECT SUBJEK_PAJAK_ID FROM SPPT {join} WHERE {behind} LIMIT 1", str(localdate().year)
    )[0][0]
    bills = town.rows("pbb", f"SELECT * FROM SPPT {join} WHERE SUBJEK_PAJAK_ID = ?", owner)
    dossier = ask(
        owner, "person.property_tax_objects", "person.property_tax_arrears", "person.has_property_tax_arrears"
    )
    objects = found(dossier, "person.property_tax_objects")
    assert len(objects.value) == len(bills)
    first = bills[0]
    number = ".".join(first[part] for part in ("KD_PROPINSI", "KD_DATI2", "KD_KECAMATAN", "KD_KELURAHAN", "KD_BLOK"))
    number += f"-{first['NO_URUT']}.{first['KD_JNS_OP']}"
    shown = next(o for o in objects.value if (o["number"], o["year"]) == (number, int(first["THN_PAJAK_SPPT"])))
    assert shown["due"] == f"{first['THN_PAJAK_SPPT']}-09-30"
    assert shown["tax"] == first["PBB_YG_HARUS_DIBAYAR_SPPT"]
    assert shown["is_paid"] is (first["STATUS_PEMBAYARAN_SPPT"] == "1")
    due = [b for b in bills if day(b["TGL_JATUH_TEMPO_SPPT"], "%d-%m-%Y").date() < localdate()]
    owed = sum(b["PBB_YG_HARUS_DIBAYAR_SPPT"] for b in due if b["STATUS_PEMBAYARAN_SPPT"] == "0")
    assert dossier.found()["person.property_tax_arrears"] == owed > 0
    assert dossier.found()["person.has_property_tax_arrears"] is True
    assert (objects.provenance.system, objects.provenance.record in {o["number"] for o in objects.value}) == (
        "pbb",
        True,
    )


def test_the_licence_office_answers_with_all_businesses_of_a_person(town):
    nik = somebody(town, "oss")
    join = "JOIN pelaku_usaha USING (id_profil) WHERE nik = ? ORDER BY nib"
    kept = town.rows("oss", f"SELECT * FROM usaha {join}", nik)
    profile = town.rows("oss", "SELECT * FROM pelaku_usaha WHERE nik = ?", nik)[0]
    businesses = found(ask(nik, "person.businesses"), "person.businesses")
    assert [(b["nib"], b["kbli"], b["name"], b["status"], b["issued"]) for b in businesses.value] == [
        (k["nib"], k["kbli"], k["nama_usaha"], k["status"], k["tanggal_terbit"]) for k in kept
    ]
    assert businesses.provenance.record == profile["id_profil"]
    assert businesses.provenance.as_of == day(profile["diperbarui"], "%Y-%m-%d")


def test_the_welfare_office_answers_with_decile_and_aid(town):
    nik = somebody(town, "dtsen", where="PRG LIKE '%P%'")
    kept = town.rows("dtsen", "SELECT * FROM TRX_KPM WHERE NIK = ?", nik)[0]
    dossier = ask(nik, "person.welfare_decile", "person.social_assistance", "person.is_in_lowest_four_deciles")
    names = {"P": "pkh", "S": "sembako", "L": "elderly", "K": "local"}
    assert dossier.found() == {
        "person.welfare_decile": int(kept["DSL"]),
        "person.social_assistance": [names[letter] for letter in kept["PRG"]],
        "person.is_in_lowest_four_deciles": True,
    }
    decile = found(dossier, "person.welfare_decile").provenance
    assert (decile.system, decile.record) == ("dtsen", kept["ID_KPM"])
    assert decile.as_of == day(kept["TGL_UPD"], "%Y%m%d")


def test_the_insurance_answers_with_card_class_and_status(town):
    for code, meaning in (("0", "active"), ("14", "inactive"), ("21", "suspended")):
        nik = somebody(town, "bpjs", where=f"statusPeserta = '{code}'")
        kept = town.rows("bpjs", "SELECT * FROM peserta WHERE nik = ?", nik)[0]
        facts = ("number", "status", "class")
        dossier = ask(nik, *(f"person.health_insurance_{fact}" for fact in facts))
        assert tuple(dossier.found().values()) == (kept["noKartu"], meaning, int(kept["hakKelas"]))
        assert found(dossier, "person.health_insurance_number").provenance.record == kept["noKartu"]


def test_birth_letters_are_found_by_the_mother(town):
    kept = town.rows("bpjs", "SELECT * FROM kelahiran ORDER BY noSurat LIMIT 1")[0]
    letters = found(ask(kept["nikIbu"], "person.birth_letters"), "person.birth_letters")
    letter = next(one for one in letters.value if one["number"] == kept["noSurat"])
    assert (letter["born_on"], letter["weight"], letter["place"]) == (
        kept["tglLahir"],
        kept["beratGram"],
        kept["faskes"],
    )
    assert letter["sex"] == {"L": "male", "P": "female"}[kept["jenisKelamin"]]
    assert letters.provenance.system == "bpjs"


def test_schools_answer_from_last_nights_file(town):
    nik = somebody(town, "dapodik")
    kept = town.rows("dapodik", "SELECT * FROM peserta_didik WHERE NIK = ?", nik)[0]
    dossier = ask(nik, "person.school", "person.school_npsn", "person.nisn", "person.school_grade")
    assert tuple(dossier.found().values()) == (
        kept["NM_SEKOLAH"],
        kept["NPSN"],
        kept["NISN"],
        int(kept["TINGKAT"]),
    )
    provenance = found(dossier, "person.school").provenance
    newest = max((town.folder / "dapodik").iterdir()).stem[-8:]
    assert (provenance.record, provenance.as_of) == (kept["NISN"], day(newest, "%Y%m%d"))


def test_every_fact_of_every_simulated_system_is_found_for_somebody(town):
    simulated = {code: system for code, system in the_catalogue().systems.items() if system.simulated}
    assert set(simulated) == set(ONE_FACT)
    for code, system in simulated.items():
        about_people = [fact for fact in system.facts if not fact.startswith("business.")]
        unseen = set(about_people)
        where = "PRG LIKE '%P%'" if code == "dtsen" else "1"
        for nik in (somebody(town, code, where=where), *_mothers(town, code)):
            unseen -= set(ask(nik, *about_people).found())
        assert not unseen


def _mothers(town: Any, code: str) -> list[str]:
    if code != "bpjs":
        return []
    return [town.rows("bpjs", "SELECT nikIbu FROM kelahiran ORDER BY noSurat LIMIT 1")[0][0]]


@pytest.mark.parametrize("code", ONE_FACT)
def test_somebody_whom_a_system_does_not_know_is_not_found(town, code):
    fact = ONE_FACT[code][0]
    outcome = ask(NOBODY, fact)[fact]
    assert isinstance(outcome, NotFound)
    assert outcome.system == code


@pytest.mark.parametrize("code", ["oss", "dtsen", "bpjs", "dapodik"])
def test_somebody_who_stands_twice_in_a_system_is_ambiguous(town, code):
    fact = ONE_FACT[code][0]
    outcome = ask(somebody(town, code, records=2), fact)[fact]
    assert isinstance(outcome, Ambiguous)
    assert outcome.candidates == 2


@pytest.mark.parametrize("code", ["pbb", "oss", "dtsen", "bpjs", "dapodik", "nakes"])
def test_a_system_that_is_down_is_unavailable_and_does_not_hold_up_the_others(town, code):
    town.turn(code, down=True)
    started = time.monotonic()
    dossier = ask(NOBODY, *(fact for fact, _table, _number in ONE_FACT.values()))
    assert time.monotonic() - started < 3
    for other, (fact, _table, _number) in ONE_FACT.items():
        assert isinstance(dossier[fact], Unavailable if other == code else NotFound), fact


@pytest.mark.parametrize("code", ["oss", "dtsen", "bpjs", "pbb"])
def test_a_system_slower_than_its_deadline_is_unavailable_at_the_deadline(town, code):
    fact = ONE_FACT[code][0]
    town.turn(code, latency=20_000)
    started = time.monotonic()
    outcome = ask(NOBODY, fact)[fact]
    took = time.monotonic() - started
    assert isinstance(outcome, Unavailable)
    assert took < the_catalogue().system(code).deadline + 0.5
    if code != "pbb":
        assert outcome.reason == "deadline"


@pytest.mark.parametrize("code", ["oss", "dtsen", "bpjs", "pbb"])
def test_a_system_that_fails_is_unavailable_with_an_error(town, code):
    fact = ONE_FACT[code][0]
    town.turn(code, errors=1)
    outcome = ask(NOBODY, fact)[fact]
    assert isinstance(outcome, Unavailable)
    assert outcome.reason == "error"


def test_a_school_file_with_cut_lines_is_not_taken_for_the_truth(town):
    fact = ONE_FACT["dapodik"][0]
    nik = somebody(town, "dapodik")
    town.turn("dapodik", errors=0.5)
    for older in sorted((town.folder / "dapodik").iterdir())[:-1]:
        older.unlink()
    assert isinstance(ask(nik, fact)[fact], Unavailable)


def test_schools_that_went_away_are_still_answered_from_the_last_file_that_was_read(town):
    fact = ONE_FACT["dapodik"][0]
    nik = somebody(town, "dapodik")
    before = found(ask(nik, fact), fact)
    town.turn("dapodik", down=True)
    time.sleep(1.1)
    after = found(ask(nik, fact), fact)
    assert (after.value, after.provenance.as_of) == (before.value, before.provenance.as_of)


def test_a_token_that_the_licence_office_forgot_is_fetched_anew(town, running_town):
    nik = somebody(town, "oss")
    assert ask(nik, "person.businesses").found()
    child = running_town._supervisor._children["oss"]
    dead = child.process
    dead.kill()
    dead.wait()
    end = time.monotonic() + 10
    while child.process is dead or not ask(nik, "person.businesses").found():
        assert time.monotonic() < end
        time.sleep(0.2)


@pytest.fixture(scope="module")
def tax_mariadb(tmp_path_factory, running_town):
    if missing := mariadb.what_is_missing():
        pytest.skip(missing)
    with mariadb.a_mariadb(tmp_path_factory.mktemp("m")) as database:
        mariadb.move_taxes(running_town.folder, database)
        yield database


@pytest.fixture
def on_mariadb(town, tax_mariadb, monkeypatch):
    monkeypatch.setenv("SATU_BAPENDA_DATABASE", tax_mariadb.url)
    return tax_mariadb


TAXES = ("person.property_tax_objects", "person.property_tax_arrears")


@pytest.mark.mariadb
def test_the_tax_office_on_mariadb_answers_as_it_does_on_sqlite(town, tax_mariadb, monkeypatch):
    owners = town.rows(
        "pbb", "SELECT SUBJEK_PAJAK_ID FROM DAT_OBJEK_PAJAK WHERE length(SUBJEK_PAJAK_ID) = 16 LIMIT 40"
    )
    on_sqlite = [ask(row[0], *TAXES).found() for row in owners]
    monkeypatch.setenv("SATU_BAPENDA_DATABASE", tax_mariadb.url)
    assert [ask(row[0], *TAXES).found() for row in owners] == on_sqlite
    assert all(len(answer) == 2 for answer in on_sqlite)


@pytest.mark.mariadb
def test_a_mariadb_that_hangs_is_unavailable_at_the_deadline(on_mariadb):
    ask(NOBODY, TAXES[1])
    on_mariadb.process.send_signal(signal.SIGSTOP)
    try:
        started = time.monotonic()
        outcome = ask(NOBODY, TAXES[1])[TAXES[1]]
        assert isinstance(outcome, Unavailable)
        assert time.monotonic() - started < the_catalogue().system("pbb").deadline + 0.5
    finally:
        on_mariadb.process.send_signal(signal.SIGCONT)


@pytest.mark.mariadb
def test_a_mariadb_that_nobody_runs_is_unreachable(town, tax_mariadb, monkeypatch):
    monkeypatch.setenv("SATU_BAPENDA_DATABASE", tax_mariadb.url.replace(str(tax_mariadb.port), "1"))
    outcome = ask(NOBODY, TAXES[1])[TAXES[1]]
    assert isinstance(outcome, Unavailable)
    assert outcome.reason == "unreachable"


def test_the_register_of_health_workers_answers_with_registration_and_places(town):
    worker = town.rows(
        "nakes",
        "SELECT * FROM nakes WHERE nik <> '' AND status_str = 'AKTIF' GROUP BY nik HAVING count(*) = 1 LIMIT 1",
    )[0]
    places = town.rows("nakes", "SELECT * FROM penempatan WHERE nik = ? ORDER BY kode", worker["nik"])
    facts = ("str_number", "str_status", "health_profession", "skp_credits_enough", "practice_places")
    dossier = ask(worker["nik"], *(f"person.{fact}" for fact in facts))
    assert found(dossier, "person.str_number").value == worker["nomor_str"]
    assert found(dossier, "person.str_status").value == "active"
    assert found(dossier, "person.skp_credits_enough").value is (worker["skp"] >= worker["skp_target"])
    listed = found(dossier, "person.practice_places").value
    assert [(one["code"], one["name"], one["city"]) for one in listed] == [
        (one["kode"], one["nama"], one["kabkota"]) for one in places
    ]
    assert isinstance(ask(NOBODY, "person.str_number")["person.str_number"], NotFound)


def test_who_has_no_licence_of_the_city_has_none_in_force(town):
    dossier = ask(NOBODY, "person.licences", "person.practice_licences")
    assert isinstance(dossier["person.licences"], NotFound)
    assert found(dossier, "person.practice_licences").value == 0
