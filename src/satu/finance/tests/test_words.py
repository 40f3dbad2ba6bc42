"""Amounts in words. Expected: as Indonesian receipts (kuitansi) are written; se- for one hundred and one thousand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satu.finance.words import in_words
from satu.kernel.money import Rupiah


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (1, "satu rupiah"),
        (11, "sebelas rupiah"),
        (12, "dua belas rupiah"),
        (20, "dua puluh rupiah"),
        (101, "seratus satu rupiah"),
        (1_000, "seribu rupiah"),
        (1_100, "seribu seratus rupiah"),
        (11_000, "sebelas ribu rupiah"),
        (101_000, "seratus satu ribu rupiah"),
        (1_001_000, "satu juta satu ribu rupiah"),
        (1_250_000, "satu juta dua ratus lima puluh ribu rupiah"),
        (1_000_000_000, "satu miliar rupiah"),
        (2_500_000_000_000, "dua triliun lima ratus miliar rupiah"),
    ],
)
def test_an_amount_is_written_out_in_indonesian(amount, words):
    assert in_words(Rupiah(amount), "id") == words


def test_an_amount_is_written_out_in_english():
    assert in_words(Rupiah(1_250_000), "en") == "one million, two hundred and fifty thousand rupiah"


_UNITS = ("", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas")
_SCALES = ((10**12, "triliun"), (10**9, "miliar"), (10**6, "juta"), (1_000, "ribu"), (100, "ratus"))


def spelled(n: int) -> str:
    """The rules of the language, written a second time."""
    if n < 12:
        return _UNITS[n]
    if n < 20:
        return f"{_UNITS[n - 10]} belas"
    if n < 100:
        return f"{_UNITS[n // 10]} puluh {_UNITS[n % 10]}".strip()
    size, name = next(scale for scale in _SCALES if n >= scale[0])
    head = f"se{name}" if n // size == 1 and size in {100, 1_000} else f"{spelled(n // size)} {name}"
    return f"{head} {spelled(n % size)}".strip()


@given(st.integers(1, 10**15 - 1))
def test_any_amount_is_written_by_the_rules_of_the_language(amount):
    words = in_words(Rupiah(amount), "id").removesuffix(" rupiah")
    # A thousand after millions may be said either way: "satu juta seribu", "satu juta satu ribu".
    assert words.replace("satu ribu", "seribu") == spelled(amount).replace("satu ribu", "seribu")
