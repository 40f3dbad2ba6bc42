"""Money is whole rupiah."""

from typing import Self

from django.utils.translation import gettext_lazy as _

from satu.kernel.errors import InvalidInput


class Rupiah(int):
    """An amount in whole rupiah. It prints as Indonesian officials write it: ``Rp1.250.000,00``."""

    __slots__ = ()

    def __new__(cls, amount: int) -> Self:
        if not isinstance(amount, int) or isinstance(amount, bool):
            raise InvalidInput(_("An amount of money is a whole number of rupiah."), field="amount")
        return super().__new__(cls, amount)

    def __str__(self) -> str:
        sign = "-" if self < 0 else ""
        return f"{sign}Rp{abs(int(self)):,}".replace(",", ".") + ",00"
