"""The codes that the simulated provider writes are read back by the city, for any bill."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satu.demo.systems.emv import Merchant, dynamic_code, tlv
from satu.finance import qris
from satu.kernel.money import Rupiah

TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=40)
MERCHANTS = st.builds(
    Merchant,
    nmid=st.from_regex(r"ID[0-9]{13}", fullmatch=True),
    name=TEXT,
    city=TEXT,
    postal_code=st.from_regex(r"[0-9]{5}", fullmatch=True),
)
NUMBERS = st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ-", min_size=1, max_size=25)


@given(MERCHANTS, st.integers(1, 10**12), NUMBERS)
def test_what_the_provider_writes_is_what_the_city_reads(merchant, amount, number):
    payload = dynamic_code(merchant, amount=amount, bill_number=number)
    code = qris.check(payload, amount=Rupiah(amount), bill_number=number, merchant_id=merchant.nmid)
    assert (code.merchant_name, code.merchant_city) == (merchant.name[:25], merchant.city[:15])
    assert code.postal_code == merchant.postal_code


@given(MERCHANTS, st.integers(1, 10**12), NUMBERS, st.integers(1, 10**12))
def test_a_code_for_another_amount_is_refused(merchant, amount, number, other):
    payload = dynamic_code(merchant, amount=amount, bill_number=number)
    if other != amount:
        with pytest.raises(qris.CodeRefused, match="amount"):
            qris.check(payload, amount=Rupiah(other), bill_number=number, merchant_id=merchant.nmid)


@pytest.mark.parametrize("value", ["", "x" * 100])
def test_a_value_that_has_no_two_digits_of_length_is_not_written(value):
    with pytest.raises(ValueError, match="characters"):
        tlv("59", value)
