"""What the offices know, and how they disagree with the register."""

import sqlite3
from contextlib import closing
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from satu.demo.systems import storage
from satu.demo.systems.disagreements import written_by_another
from satu.demo.systems.draws import Draws
from satu.demo.systems.tests.town import TODAY, families


def _content(folder: Path) -> dict[str, list[str]]:
    dumps = {}
    for code, one in storage.STORAGES.items():
        with closing(sqlite3.connect(folder / one.file)) as connection:
            dumps[code] = list(connection.iterdump())
    return dumps


def test_the_same_seed_gives_the_same_storages_and_another_seed_others(tmp_path):
    for name, seed in (("one", 1), ("again", 1), ("other", 2)):
        storage.fill(tmp_path / name, families(300), seed=seed, today=TODAY)
    one, again, other = (_content(tmp_path / name) for name in ("one", "again", "other"))
    assert one == again
    assert all(one[code] != other[code] for code in storage.STORAGES)


def test_what_a_family_has_does_not_depend_on_its_neighbours(tmp_path):
    storage.fill(tmp_path / "few", families(20), seed=1, today=TODAY)
    storage.fill(tmp_path / "many", families(200), seed=1, today=TODAY)
    few, many = _content(tmp_path / "few"), _content(tmp_path / "many")
    assert all(set(few[code]) <= set(many[code]) for code in storage.STORAGES)


def test_filling_again_replaces_what_was_there(tmp_path):
    storage.fill(tmp_path, families(200), seed=1, today=TODAY)
    counts = storage.fill(tmp_path, families(20), seed=1, today=TODAY)
    storage.fill(tmp_path / "fresh", families(20), seed=1, today=TODAY)
    assert _content(tmp_path) == _content(tmp_path / "fresh")
    assert counts["bpjs"] > 40


def test_storages_are_for_their_owner_only(filled):
    assert {(filled / one.file).stat().st_mode & 0o777 for one in storage.STORAGES.values()} == {0o600}


def test_three_families_in_five_have_one_parcel_and_some_have_arrears(rows):
    per_family = rows("pbb", "SELECT count(*) FROM DAT_OBJEK_PAJAK GROUP BY SUBJEK_PAJAK_ID")
    assert 0.57 < sum(1 for (parcels,) in per_family if parcels == 1) / 1_500 < 0.63
    ((parcels,),) = rows("pbb", "SELECT count(*) FROM DAT_OBJEK_PAJAK")
    ((behind,),) = rows(
        "pbb", "SELECT count(DISTINCT KD_BLOK || NO_URUT) FROM SPPT WHERE STATUS_PEMBAYARAN_SPPT = '0'"
    )
    assert 0.09 < behind / parcels < 0.15


def test_every_tax_bill_has_its_parcel_and_dates_are_text(rows):
    join = " AND ".join(
        f"o.{column} = s.{column}" for column in ("KD_KECAMATAN", "KD_KELURAHAN", "KD_BLOK", "NO_URUT", "KD_JNS_OP")
    )
    assert rows(
        "pbb", f"SELECT count(*) FROM SPPT s LEFT JOIN DAT_OBJEK_PAJAK o ON {join} WHERE o.NO_URUT IS NULL"
    ) == [(0,)]
    assert rows("pbb", "SELECT DISTINCT TGL_JATUH_TEMPO_SPPT FROM SPPT WHERE THN_PAJAK_SPPT = '2026'") == [
        ("30-09-2026",)
    ]


def test_one_adult_in_sixteen_has_a_business_with_a_nib_of_thirteen_digits(rows):
    adults = sum(1 for family in families(1_500) for person in family.members if person.age(TODAY) >= 18)
    ((owners,),) = rows("oss", "SELECT count(DISTINCT nik) FROM pelaku_usaha WHERE nik <> ''")
    assert 0.045 < owners / adults < 0.085
    assert rows("oss", "SELECT count(*) FROM usaha WHERE length(nib) <> 13 OR length(kbli) <> 5") == [(0,)]
    assert rows("oss", "SELECT count(*) > 0 FROM (SELECT 1 FROM usaha GROUP BY id_profil HAVING count(*) > 1)") == [
        (1,)
    ]


def test_deciles_are_uniform_by_family_and_aid_goes_to_the_lower_ones(rows):
    ((families_known,),) = rows("dtsen", "SELECT count(DISTINCT ID_KPM) FROM TRX_KPM")
    for decile, count in rows("dtsen", "SELECT DSL, count(DISTINCT ID_KPM) FROM TRX_KPM GROUP BY DSL"):
        assert 0.06 < count / families_known < 0.14, decile
    assert rows("dtsen", "SELECT max(DSL) FROM TRX_KPM WHERE PRG LIKE '%P%'")[0][0] <= "06"  # doubles are up to 3 off


def test_nearly_everybody_is_insured_and_a_card_has_thirteen_digits(rows):
    people = sum(len(family.members) for family in families(1_500))
    ((members,),) = rows("bpjs", "SELECT count(*) FROM peserta")
    assert 0.97 < members / people < 0.995
    assert rows("bpjs", "SELECT count(*) FROM peserta WHERE length(noKartu) <> 13") == [(0,)]


def test_pupils_are_children_of_school_age(rows):
    ages = {age for (age,) in rows("dapodik", "SELECT DISTINCT 2026 - substr(TGL_LAHIR, 7, 4) FROM peserta_didik")}
    assert set(range(7, 18)) <= ages <= set(range(6, 19))
    bad = "SELECT count(*) FROM peserta_didik WHERE length(NISN) <> 10 OR length(NPSN) <> 8"
    assert rows("dapodik", bad) == [(0,)]


def test_some_stand_twice_and_some_without_their_number(rows):
    for code, table, number in (
        ("oss", "pelaku_usaha", "nik"),
        ("dtsen", "TRX_KPM", "NIK"),
        ("bpjs", "peserta", "nik"),
        ("dapodik", "peserta_didik", "NIK"),
    ):
        twice = (
            f"SELECT count(*) FROM (SELECT 1 FROM {table} WHERE {number} <> '' GROUP BY {number} HAVING count(*) > 1)"
        )
        assert rows(code, twice)[0][0] > 0, code
        assert rows(code, f"SELECT count(*) FROM {table} WHERE {number} = ''")[0][0] > 0, code


def test_some_names_are_spelled_otherwise_than_in_the_register(rows):
    registered = {p.nik: p.name.upper() for family in families(1_500) for p in family.members}
    kept = rows("bpjs", "SELECT nik, nama FROM peserta WHERE nik <> ''")
    different = [name for nik, name in kept if registered[nik] != name]
    assert 0.07 < len(different) / len(kept) < 0.14
    assert "SITI AMINNAH" in different


@given(st.text(st.characters(codec="ascii", categories=["L"]), min_size=1, max_size=20), st.integers(0, 2**60))
def test_a_misspelt_name_is_still_a_name(word, seed):
    name = written_by_another(f"{word} Lestari", Draws(seed, "name", word), permille=1000)
    assert name.strip()
    assert name == name.upper()


@given(st.integers(0, 2**60), st.integers(1, 1_000_000))
def test_draws_stay_within_their_limits_and_repeat(seed, limit):
    first = [Draws(seed, "m", "k").below(limit) for _ in range(2)]
    assert first[0] == first[1] < limit
    long = Draws(seed, "m", "k")
    assert len({long.between(0, 2**40) for _ in range(40)}) > 30


def test_health_workers_have_places_and_some_lack_what_a_licence_needs(rows):
    ((workers,),) = rows("nakes", "SELECT count(DISTINCT nik) FROM nakes WHERE nik <> ''")
    assert workers > 15
    assert rows(
        "nakes", "SELECT count(*) FROM nakes WHERE nik <> '' AND nik NOT IN (SELECT nik FROM penempatan)"
    ) == [(0,)]
    assert rows("nakes", "SELECT count(*) > 0 FROM nakes WHERE skp < skp_target") == [(1,)]
    assert rows("nakes", "SELECT count(*) FROM nakes WHERE length(nomor_str) <> 14") == [(0,)]
