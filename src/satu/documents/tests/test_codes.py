"""Verification codes: long enough not to be guessed, forgiving to those who type them."""

from hypothesis import given
from hypothesis import strategies as st

from satu.documents.codes import ALPHABET, LENGTH, new_code, parse_code, show_code

codes = st.text(alphabet=ALPHABET, min_size=LENGTH, max_size=LENGTH)


def test_a_code_has_at_least_a_hundred_random_bits_and_no_letter_that_is_misread():
    assert LENGTH * (len(ALPHABET).bit_length() - 1) >= 100
    assert len(set(ALPHABET)) == 32
    assert not set("ILOU") & set(ALPHABET)


def test_codes_do_not_repeat_and_use_the_whole_alphabet():
    drawn = [new_code() for _ in range(2000)]
    assert len(set(drawn)) == len(drawn)
    assert set("".join(drawn)) == set(ALPHABET)
    assert all(parse_code(code) == code for code in drawn)


@given(codes)
def test_a_code_is_read_back_from_how_it_is_shown(code):
    assert parse_code(show_code(code)) == code


@given(codes, st.sampled_from([" ", "-", "", ".", "\u2013", "\u2014", "_", "\n"]))
def test_case_dashes_and_misread_letters_do_not_matter(code, separator):
    misread = code.replace("0", "o").replace("1", "l").lower()
    assert parse_code(f" {separator.join(misread)} ") == code


@given(st.text(max_size=60))
def test_what_cannot_be_a_code_is_none_and_never_an_error(text):
    code = parse_code(text)
    assert code is None or (len(code) == LENGTH and set(code) <= set(ALPHABET))
