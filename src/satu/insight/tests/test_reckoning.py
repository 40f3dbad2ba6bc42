"""Rupiah, hours and tiles from the city's file, and what its mistakes are told as."""

import shutil
from datetime import date

import pytest

from satu.insight.charts import districts, levels
from satu.insight.reckoning import load
from satu.insight.types import AreaSums, Sums
from satu.kernel.city import load_city, the_city
from satu.kernel.citydata import CityDataError


@pytest.fixture
def folder(tmp_path):
    """A city of its own, whose file may be changed."""
    for name in ("city.yaml", "insight.yaml"):
        shutil.copy(the_city().folder / name, tmp_path)
    return tmp_path


def changed(folder, before, after):
    path = folder / "insight.yaml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    return load_city(folder)


def test_rupiah_and_hours_are_what_the_formula_says():
    reckoning = load(the_city()).on(date(2026, 11, 24))
    sums = Sums(requests=9, documents=9, paper_fields=100, typed=10, photocopies=30, visits=6)
    assert reckoning.rupiah(sums) == 30 * 500 + 6 * 20_000
    assert reckoning.hours(sums) == pytest.approx((90 * 20 + 6 * 120 * 60) / 3600)
    assert not reckoning.is_confirmed


def test_the_newest_figure_in_force_holds(folder):
    newer = "    - {in_force_from: 2027-01-01, value: 700, basis: {id: Survei, en: A survey}, confirmed: true}\n"
    hall = load(changed(folder, "  minutes_a_visit:\n", newer + "  minutes_a_visit:\n"))
    assert hall.on(date(2026, 12, 31)).rupiah_a_photocopy.value == 500
    assert hall.on(date(2027, 1, 1)).rupiah_a_photocopy.value == 700


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('"36.71.08"', '"36.71.10"', "36.71.10 stands twice"),
        ("confirmed: false", "confirmed: perhaps", "is not of type 'boolean'"),
        ("seconds_a_field", "seconds_a_foot", "seconds_a_foot"),
    ],
)
def test_a_mistake_in_the_citys_file_names_its_line(folder, before, after, says):
    with pytest.raises(CityDataError) as told:
        load(changed(folder, before, after))
    assert says in str(told.value)
    assert "insight.yaml:" in str(told.value)


def test_every_kecamatan_has_its_place_and_every_kelurahan_its_tile():
    rows = [
        line.split(",") for line in (the_city().folder / "areas.csv").read_text(encoding="utf-8").splitlines()[1:]
    ]
    areas = [AreaSums(code, name, kecamatan, index, 0) for index, (code, kecamatan, name, *_) in enumerate(rows)]
    tiles = load(the_city()).tiles
    placed = districts(areas, tiles.rows)
    assert len(placed) == 13
    assert all(district.row for district in placed)
    assert sum(len(district.tiles) for district in placed) == 104
    by_level = {level: (least, most) for level, least, most in levels(areas)}
    for district in placed:
        for tile in district.tiles:
            if tile.level:
                least, most = by_level[tile.level]
                assert least <= tile.area.requests <= most
            else:
                assert tile.area.requests == 0


def test_a_kecamatan_that_nobody_placed_still_stands_there():
    (unplaced,) = districts([AreaSums("99.71.01.1001", "Contoh", "Contoh", 1, 0)], [["36.71.01"]])
    assert (unplaced.row, unplaced.column) == (0, 0)
