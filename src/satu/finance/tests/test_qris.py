"""Reading QRIS codes: real ones, spoiled ones, and ones that ask for something else than the bill."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satu.finance import qris
from satu.kernel.money import Rupiah

#: Codes as merchants have published them: a city's parking levy, and one with cents.
PARKING = (
    "00020101021226690023ID.CO.BANKALTIMTARA.WWW011893600124024091802802092409180280303URE51440014ID.CO.QRIS.WWW"
    "0215ID20243452761720303URE5204752353033605405100005802ID5944(TEST) RETRIBUSI PARKIR PELABUHAN BULUMINUNG6015"
    "PENAJAM PASER U610576141622501121122334455340705479056304F16E"
)
WITH_CENTS = (
    "00020101021226610016ID.CO.SHOPEE.WWW01189360091800216005230208216005230303UME51440014ID.CO.QRIS.WWW0215"
    "ID10243228429300303UME5204792953033605409100003.005802ID5907Pakasir6012KAB. KEBUMEN61055439262230519SP25RZ"
    "RATEQI2HQ65Q46304A079"
)
STATIC = (
    "00020101021126570011ID.DANA.WWW011893600915303023251702090302325170303UMI51440014ID.CO.QRIS.WWW0215"
    "ID10265294489570303UMI5204737253033605802ID5914Raol Mukarrozi6015Kota Banjar Bar6105707316304E0BD"
)
#: The example of EMVCo's specification, which holds Chinese: the CRC is over its UTF-8 bytes.
EMVCO = (
    "00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN5914BEST TRANSPORT"
    "6007BEIJING64200002ZH0104最佳运输0202北京540523.7253031565502016233030412340603***0708A60086670902ME91320016"
    "A0112233449988770708123456786304A13A"
)


def test_a_real_code_says_who_asks_for_how_much():
    code = qris.read(PARKING)
    assert (code.amount, code.currency, code.merchant_id) == (Rupiah(10_000), "360", "ID2024345276172")
    assert (code.bill_number, code.postal_code, code.single_use) == ("112233445534", "76141", True)
    assert qris.read(WITH_CENTS).amount == Rupiah(100_003)


@pytest.mark.parametrize("payload", [PARKING, WITH_CENTS, STATIC, EMVCO], ids=["levy", "cents", "static", "emvco"])
def test_our_checksum_is_the_one_that_others_print(payload):
    assert f"{qris.crc16(payload[:-4].encode()):04X}" == payload[-4:]


def test_a_code_without_an_amount_is_not_for_a_bill():
    with pytest.raises(qris.CodeRefused, match="54"):
        qris.read(STATIC)


def signed(content: str) -> str:
    content += "6304"
    return f"{content}{qris.crc16(content.encode()):04X}"


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("540510000", "540510001", "amount"),
        ("5303360", "5303840", "currency"),
        ("5802ID", "5802SG", "country"),
        ("0112112233445534", "0112112233445535", "bill number"),
        ("ID2024345276172", "ID2024345276173", "merchant"),
        ("010212", "010211", "single use"),
        ("540510000", "54051.500", "whole rupiah"),
        ("540510000", "5405-1000", "whole rupiah"),
        ("ID.CO.QRIS.WWW", "ID.CO.QRIX.WWW", "national merchant id"),
        ("5802ID", "5802ID5802ID", "twice"),
        ("000201", "000202", "version"),
        ("5802ID", "", "missing"),
        ("5802ID", "5800", "empty"),
        ("5802ID", "5x02ID", "told apart"),
        ("5802ID", "5802é", "ASCII"),
    ],
)
def test_a_code_that_asks_for_something_else_is_refused_though_its_checksum_is_right(old, new, why):
    assert old in PARKING
    with pytest.raises(qris.CodeRefused, match=why):
        qris.check(
            signed(PARKING[:-8].replace(old, new)),
            amount=Rupiah(10_000),
            bill_number="112233445534",
            merchant_id="ID2024345276172",
        )


@given(st.integers(0, len(PARKING) - 1), st.characters(min_codepoint=32, max_codepoint=126))
def test_a_code_with_one_wrong_character_is_refused(place, character):
    spoiled = PARKING[:place] + character + PARKING[place + 1 :]
    if spoiled != PARKING:
        with pytest.raises(qris.CodeRefused):
            qris.read(spoiled)


@given(st.integers(0, len(PARKING) - 1))
def test_a_code_that_is_cut_off_is_refused(length):
    with pytest.raises(qris.CodeRefused):
        qris.read(PARKING[:length])


@given(st.text(max_size=80))
def test_any_text_is_refused_with_a_reason_and_nothing_else(text):
    with pytest.raises(qris.CodeRefused):
        qris.read(text)
