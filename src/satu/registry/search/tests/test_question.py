"""What the name box understands."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satu.registry.search.question import read


def test_a_birth_year_stands_anywhere_in_the_text():
    for text in ("Siti Aminah 1991", "1991 siti aminah", "siti 1991 aminah", "siti aminah (1991)"):
        question = read(text)
        assert [w.word for w in question.words] == ["siti", "aminah"]
        assert question.birth_year == 1991


@pytest.mark.parametrize(
    "written", ["14-03-1991", "14/3/1991", "14.03.1991", "1991-03-14", "14 Maret 1991", "14 mar 1991", "14 03 1991"]
)
def test_a_birth_date_is_read_as_people_write_it(written):
    question = read(f"siti {written}")
    assert question.birth_date == date(1991, 3, 14)
    assert question.birth_year == 1991
    assert question.number is None


def test_what_is_no_date_is_left_out():
    question = read("siti 31-02-1991")
    assert question.birth_date is None
    assert [w.word for w in question.words] == ["siti"]


@pytest.mark.parametrize("written", ["3671014503910001", "3671 0145 0391 0001", "3671.0145.0391.0001"])
def test_a_number_is_read_as_people_write_it(written):
    assert read(written).number == "3671014503910001"


def test_six_digits_are_the_beginning_of_a_number_and_five_are_nothing():
    assert read("367101").number == "367101"
    assert read("36710").number is None
    assert read("36710145039100011").number is None


def test_a_space_ends_the_last_word():
    assert not read("siti nur").finished
    assert read("siti nur ").finished
    assert read("siti nur.").finished


@given(st.text())
def test_anything_can_be_typed(text):
    question = read(text)
    assert all(word.word.replace("'", "").isalpha() and word.word.isascii() for word in question.words)
    assert repr(question) == "Question(…)"
