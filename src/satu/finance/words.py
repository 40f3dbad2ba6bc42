"""Amounts in words (terbilang), as receipts in Indonesia have them."""

from num2words import num2words

from satu.kernel.money import Rupiah


def in_words(amount: Rupiah, language: str) -> str:
    """``satu juta dua ratus lima puluh ribu rupiah``; in English for any language but ``id``."""
    words = num2words(int(amount), lang="id" if language == "id" else "en")
    return f"{words} rupiah"
