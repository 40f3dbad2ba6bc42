import pytest
from hypothesis import given
from hypothesis import strategies as st

from satu.kernel.errors import InvalidInput
from satu.kernel.money import Rupiah


@pytest.mark.parametrize(
    ("amount", "text"), [(0, "Rp0,00"), (1_250_000, "Rp1.250.000,00"), (-7, "-Rp7,00"), (999, "Rp999,00")]
)
def test_rupiah_print_as_officials_write_them(amount, text):
    assert str(Rupiah(amount)) == text


@pytest.mark.parametrize("amount", [1.5, "1", True, None])
def test_only_a_whole_number_is_an_amount(amount):
    with pytest.raises(InvalidInput):
        Rupiah(amount)


@given(st.integers(-(10**15), 10**15))
def test_an_amount_can_be_read_back_from_its_text(amount):
    assert int(str(Rupiah(amount)).replace("Rp", "").replace(".", "").split(",")[0]) == amount
