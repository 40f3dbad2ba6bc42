from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satu.kernel.errors import InvalidInput
from satu.kernel.identifiers import FamilyCardNumber, Nik


@pytest.mark.parametrize(
    "text", ["", "123", "3671014303910000", "3671013203910001", "3671010113910001", "36710143O3910012"]
)
def test_what_cannot_be_a_nik_is_refused_with_the_field_named(text):
    with pytest.raises(InvalidInput) as caught:
        Nik(text)
    assert caught.value.field == "nik"


def test_a_nik_is_read_as_people_write_it():
    assert Nik.parse(" 3671 0143-0391.0012 ") == Nik("3671014303910012")


def test_a_nik_shows_only_its_last_four_digits_wherever_it_is_printed():
    nik = Nik("3671014303910012")
    for shown in (str(nik), repr(nik), f"{nik}"):
        assert "0012" in shown
        assert "36710143" not in shown


@given(
    st.dates(min_value=date(1920, 1, 1), max_value=date(2026, 1, 1)),
    st.sampled_from(["male", "female"]),
    st.integers(1, 9999),
)
def test_a_nik_made_by_the_rules_agrees_with_the_birth_date_and_sex_it_was_made_from(born, sex, serial):
    day = born.day + (40 if sex == "female" else 0)
    nik = Nik(f"367101{day:02d}{born.month:02d}{born.year % 100:02d}{serial:04d}")
    assert nik.sex == sex
    assert nik.agrees_with(birth_date=born, sex=sex)


def test_a_family_card_number_has_no_womans_offset():
    with pytest.raises(InvalidInput):
        FamilyCardNumber("3671015503910001")
