"""Fees by a dated table, and tables with several editions."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from satu.kernel.citydata import CityDataError
from satu.kernel.expressions import RuleError
from satu.services.decisions import decide
from satu.services.fees import estimate, fee_for, rounded
from satu.services.packages import Loader
from satu.services.types import FeeUnknown, Rounding, ServicePackage

Spoil = Callable[[str, str, str], None]
FEE = """
table: fee
name: {id: Biaya papan, en: Cost of a board}
legal_basis: Example rule 1
editions:
  - in_force_from: 2024-01-01
    confirmed: true
    rounding: {to: 1, way: nearest}
    rows:
      - {row: flat, label: {id: Tetap, en: Flat}, rupiah: 50000}
  - in_force_from: 2026-07-01
    legal_basis: Example rule 2
    confirmed: true
    rounding: {to: 100, way: up}
    figures:
      rate: {label: {id: Tarif, en: Rate}, value: 0.25, basis: Example rule 2 art. 3, confirmed: true}
      price: {label: {id: Nilai per m2, en: Value per m2}, value: 150000, basis: Not checked, confirmed: false}
    parts:
      area: {label: {id: Luas, en: Area}, value: "= answers.width * answers.height"}
      worth: {label: {id: Nilai sewa, en: Rental value}, value: "= parts.area * figures.price"}
    rows:
      - row: small
        label: {id: "Di bawah 1 m2", en: Below 1 m2}
        when: {parts.area: "= $ < 1"}
        rupiah: 0
      - row: other
        label: {id: Lainnya, en: Other}
        rupiah: "= figures.rate * parts.worth"
"""
QUESTIONS = """questions:
  - {key: width, label: {id: Lebar papan (m), en: Width of the board (m)}, type: number}
  - {key: height, label: {id: Tinggi papan (m), en: Height of the board (m)}, type: number}
"""
NOW = date(2026, 11, 24)


@pytest.fixture
def board(loader: Loader, domisili: Path, spoil: Spoil) -> ServicePackage:
    """A package of which the fee depends on answers."""
    spoil("service.yaml", "questions:\n", QUESTIONS)
    text = (domisili / "service.yaml").read_text(encoding="utf-8")
    listed = text[text.index("fee:\n") : text.index("document:\n")]
    spoil("service.yaml", listed, "fee: {table: fee}\n")
    spoil("service.yaml", "  eligibility: eligibility.yaml\n", "  eligibility: eligibility.yaml\n  fee: fee.yaml\n")
    (domisili / "fee.yaml").write_text(FEE, encoding="utf-8")
    return loader.load(domisili)


def answers(width: float | None, height: float | None) -> dict[str, Any]:
    return {"answers.width": width, "answers.height": height}


def test_the_fee_is_worked_out_by_the_edition_of_the_day(board: ServicePackage) -> None:
    before = fee_for(board, answers(3, 2), on=date(2026, 6, 30))
    assert (before.amount, before.row, before.basis, before.confirmed) == (50_000, "flat", "Example rule 1", True)
    after = fee_for(board, answers(3.2, 2.51), on=date(2026, 7, 1))
    assert (after.amount, after.row, after.basis) == (301_200, "other", "Example rule 2")
    assert not after.confirmed  # one of its figures is not
    assert after.version != before.version
    assert fee_for(board, answers(0.5, 1.5), on=NOW).amount == 0
    # The fee's table is no rule of the process.
    assert list(board.tables) == ["eligibility"]


def test_the_explanation_says_what_the_amount_was_worked_out_from(board: ServicePackage) -> None:
    fee = fee_for(board, answers(3.2, 2.5), on=NOW)
    with translation.override("id"):
        assert [(label.id, shown) for label, shown in fee.lines] == [
            ("Lebar papan (m)", "3,2"),
            ("Tinggi papan (m)", "2,5"),
            ("Tarif", "0,25"),
            ("Nilai per m2", "150.000"),
            ("Luas", "8"),
            ("Nilai sewa", "1.200.000"),
        ]
    assert fee.values["parts.worth"] == 1_200_000


def test_while_answers_are_missing_there_is_no_amount(board: ServicePackage) -> None:
    assert estimate(board, answers(3, None), on=NOW) is None
    assert estimate(board, {}, on=date(2025, 1, 1)) is not None  # the old table asked nothing
    with pytest.raises(FeeUnknown) as caught:
        fee_for(board, answers(3, None), on=NOW)
    assert caught.value.missing == ("answers.height",)


@given(st.decimals(0, 10**9, places=4), st.sampled_from([1, 100, 1000]), st.sampled_from(["up", "down", "nearest"]))
def test_an_amount_is_whole_rupiah_rounded_as_the_table_says(amount: Any, to: int, way: Any) -> None:
    whole = rounded(float(amount), Rounding(to, way))
    assert isinstance(whole, int)
    assert whole % to == 0
    difference = whole - float(amount)
    limits = {"up": (-1e-6, to), "down": (-to, 1e-6), "nearest": (-to / 2 - 1e-6, to / 2 + 1e-6)}
    low, high = limits[way]
    assert low <= difference <= high


@pytest.mark.parametrize("amount", [-1, "12", None, True, float("inf"), float("nan")])
def test_what_is_no_amount_of_money_is_refused(amount: object) -> None:
    with pytest.raises(RuleError):
        rounded(amount, Rounding(1, "nearest"))


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("parts.area * figures.price", "parts.area * figures.prise", "the reckoning uses figures.prise"),
        ("parts.area * figures.price", "parts.worth * 2", "the reckoning uses parts.worth"),
        ("answers.width * answers", "answers.width ** answers", "not an expression"),
        ("when: {parts.area:", "when: {answers.depth:", "answers.depth, which the service does not need"),
        ("in_force_from: 2026-07-01", "in_force_from: 2024-01-01", "two editions hold from 2024-01-01"),
        ("rounding: {to: 100, way: up}", "rounding: {to: 100, way: about}", "about"),
        ("rupiah: 50000", "rupiah: 50000.5", "50000.5"),
    ],
)
def test_a_mistake_in_a_fee_table_is_named_with_its_line(
    board: ServicePackage, loader: Loader, old: str, new: str, what: str
) -> None:
    text = FEE.replace(old, new)
    (board.folder / "fee.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CityDataError) as caught:
        loader.load(board.folder)
    assert what in str(caught.value)
    lines = [number for number, line in enumerate(text.splitlines(), 1) if new in line]
    assert caught.value.line in lines


def test_a_table_of_which_no_edition_holds_yet_is_refused(
    board: ServicePackage, loader: Loader, spoil: Spoil
) -> None:
    spoil("fee.yaml", "2024-01-01", "2998-01-01")
    spoil("fee.yaml", "2026-07-01", "2999-01-01")
    with pytest.raises(CityDataError, match="no edition of this table is in force yet"):
        loader.load(board.folder)


def test_a_decision_table_may_stand_in_a_folder_with_a_file_for_each_edition(
    loader: Loader, domisili: Path, spoil: Spoil
) -> None:
    folder = domisili / "eligibility"
    folder.mkdir()
    text = (domisili / "eligibility.yaml").read_text(encoding="utf-8")
    tomorrow = timezone.localdate() + timedelta(days=1)
    later = text.replace("in_force_from: 2014-01-17", f"in_force_from: {tomorrow}").replace(
        '$ != true", person.is_ever', '$ == 7", person.is_ever'
    )
    (folder / "2014.yaml").write_text(text, encoding="utf-8")
    (folder / "next.yaml").write_text(later, encoding="utf-8")
    spoil("service.yaml", "eligibility: eligibility.yaml", "eligibility: eligibility/")
    table = loader.load(domisili).tables["eligibility"]
    minor = {"person.life_status": "alive", "person.lives_in_city": True, "person.is_adult": False}
    today = decide(table, minor, on=timezone.localdate())
    assert today.row.id == "minor"
    then = decide(table, minor, on=tomorrow)
    assert then.row.id == "resident"
    assert table.edition(today.edition.version) is not table.edition(then.edition.version)
