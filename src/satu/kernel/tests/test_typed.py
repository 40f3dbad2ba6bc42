"""What people type and paste is read as they mean it, or refused with a sentence."""

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satu.kernel.errors import Gathering, InvalidInput
from satu.kernel.identifiers import Nik, numbers_in
from satu.kernel.typed import (
    compact,
    read_day,
    read_email,
    read_location,
    read_mobile,
    read_number,
    text_of,
)

NIK = "3671014506910003"
MARCH = date(1991, 3, 14)


@pytest.mark.parametrize(
    "typed", [NIK, "3671 0145 0691 0003", "3671.0145.0691.0003", "3671-01-450691-0003", f"\u200e{NIK}\u00a0"]
)
def test_a_nik_is_taken_as_it_is_grouped(typed):
    assert Nik.parse(typed).value == NIK


@pytest.mark.parametrize("between", [", ", " ", "\n", " dan ", "; "])
def test_two_niks_in_one_field_are_told_apart(between):
    assert numbers_in(f"3671 0145 0691 0003{between}3671-0212-0680-0007") == [NIK, "3671021206800007"]


@pytest.mark.parametrize(
    "typed",
    [
        *("14/3/1991", "14-03-1991", "14.3.1991", "14 3 1991", "14 / 03 / 1991", "1991-03-14", "14 Maret 1991"),
        *(
            "14 mar 1991",
            "14-Mar-1991",
            "14 March 1991",
            "March 14, 1991",
            "Kamis, 14 Maret 1991",
            "14\u201303\u20131991",
        ),
    ],
)
def test_a_day_is_taken_as_people_write_it(typed):
    assert read_day(typed) == MARCH


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("14/3/91", "empat angka"),
        ("31/02/2026", "tidak ada"),
        ("14 Foo 1991", "tidak ada"),
        ("besok", "bulan, dan tahun"),
        ("\u0661/3/1991", "bulan, dan tahun"),
    ],
)
def test_what_is_no_day_is_told_in_words(typed, told):
    with pytest.raises(InvalidInput, match=told):
        read_day(typed)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        *(("1250000", "1250000"), ("1.250.000", "1250000"), ("Rp 1.250.000,00", "1250000"), ("Rp25.000,-", "25000")),
        *(("1,5", "1.5"), ("-1.5", "-1.5"), ("1.250,75", "1250.75"), ("1,250,000.50", "1250000.50"), ("12", "12")),
    ],
)
def test_money_and_numbers_are_taken_with_their_dots(typed, read):
    assert read_number(typed) == read


@pytest.mark.parametrize("typed", ["1e9", "dua", "1.25.000", "12 m", "\u0661\u0662"])
def test_what_is_no_number_is_told_in_words(typed):
    with pytest.raises(InvalidInput, match=r"1\.250\.000"):
        read_number(typed)


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "081234567890",
            "0812-3456-7890",
            "+62 812 3456 7890",
            "62812 3456 7890",
            "(0812) 3456.7890",
            "81234567890",
        ),
        *("\u202a+62\u00a0812\u20113456\u20117890\u202c", "+62 0812 3456 7890"),
    ],
)
def test_a_mobile_number_is_taken_as_it_is_copied(typed):
    assert read_mobile(typed) == "+6281234567890"


@pytest.mark.parametrize("typed", ["", "021 5576 1234", "0812", "+1 212 555 0100"])
def test_what_is_no_mobile_number_is_told_in_words(typed):
    with pytest.raises(InvalidInput, match="0812"):
        read_mobile(typed)


@pytest.mark.parametrize("typed", [" Siti@Contoh.ID ", "mailto:siti@contoh.id", "Siti Aminah <siti@contoh.id>;"])
def test_an_e_mail_address_is_taken_as_it_is_copied(typed):
    assert read_email(typed) == "siti@contoh.id"


@pytest.mark.parametrize("typed", ["-6.17806, 106.63", "(-6.17806\u00b0, 106.63\u00b0)", "-6,17806; 106,63"])
def test_a_place_is_taken_as_a_map_gives_it(typed):
    assert read_location(typed) == "-6.178060, 106.630000"


def test_a_name_keeps_its_apostrophe_and_loses_what_cannot_be_seen():
    assert text_of("  Nur\u2019aini\u200b \n Ma`ruf ") == "Nur'aini Ma'ruf"
    assert text_of("\u202eabc") == "\u202eabc"  # what turns the writing round is for others to refuse
    assert compact("7K3M-2Q\u20138X 01") == "7K3M2Q8X01"


@given(st.text(max_size=40))
def test_whatever_is_typed_is_read_or_refused(typed):
    for reader in (read_day, read_number, read_location, read_email, read_mobile):
        with contextlib.suppress(InvalidInput):
            assert reader(typed)


def test_all_that_is_wrong_is_gathered():
    gather = Gathering()
    with gather("day"):
        read_day("besok")
    with gather("amount"):
        read_number("12")
    with gather("phone"):
        read_mobile("1")
    with pytest.raises(InvalidInput) as raised:
        gather.refuse()
    assert list(raised.value.errors) == ["day", "phone"]
