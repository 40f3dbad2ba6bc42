"""Reading a QRIS code: what it asks whom to pay, and whether that is what the bill says.

EMVCo QR Code Specification for Payment Systems, Merchant-Presented Mode 1.1 (section 4: data objects; annex A: CRC);
the national merchant id of QRIS stands in the template (26 to 51) whose globally unique identifier is
``ID.CO.QRIS.WWW``. What the provider sends is looked at before anybody is shown it: a code that asks for another
amount, or pays somebody else, never becomes a picture.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from satu.kernel.money import Rupiah

QRIS = "ID.CO.QRIS.WWW"
RUPIAH = "360"
_FORMAT, _INITIATION, _CURRENCY, _AMOUNT, _COUNTRY = "00", "01", "53", "54", "58"
_NAME, _CITY, _POSTAL_CODE, _MORE, _CRC = "59", "60", "61", "62", "63"
_TEMPLATES = range(26, 52)
_LONGEST = 512


class CodeRefused(Exception):
    """This text is not the code that was asked for. ``str`` says why."""


@dataclass(frozen=True, slots=True)
class QrisCode:
    """What a code says."""

    merchant_id: str
    merchant_name: str
    merchant_city: str
    postal_code: str
    country: str
    currency: str
    amount: Rupiah
    bill_number: str
    single_use: bool


def read(payload: str) -> QrisCode:
    """What the code says. Raises ``CodeRefused`` for what is not a whole QRIS code with an amount."""
    if not payload.isascii() or not payload.isprintable() or len(payload) > _LONGEST:
        raise CodeRefused("it is not printable ASCII, or longer than 512 characters")
    objects = _objects(payload)
    if next(iter(objects), "") != _FORMAT or objects[_FORMAT] != "01":
        raise CodeRefused("it does not begin as an EMVCo code of version 01")
    if list(objects)[-1] != _CRC or objects[_CRC] != f"{crc16(payload[:-4].encode()):04X}":
        raise CodeRefused("the CRC is not right")
    missing = {_CURRENCY, _AMOUNT, _COUNTRY, _NAME, _CITY} - objects.keys()
    if missing:
        raise CodeRefused(f"data objects are missing: {', '.join(sorted(missing))}")
    return QrisCode(
        merchant_id=_merchant_id(objects),
        merchant_name=objects[_NAME],
        merchant_city=objects[_CITY],
        postal_code=objects.get(_POSTAL_CODE, ""),
        country=objects[_COUNTRY],
        currency=objects[_CURRENCY],
        amount=_whole_rupiah(objects[_AMOUNT]),
        bill_number=_objects(objects.get(_MORE, "")).get("01", ""),
        single_use=objects.get(_INITIATION) == "12",
    )


def check(payload: str, *, amount: Rupiah, bill_number: str, merchant_id: str) -> QrisCode:
    """Read a code and hold it against the bill. Raises ``CodeRefused``."""
    code = read(payload)
    differences = [
        what
        for what, fits in (
            ("amount", code.amount == amount),
            ("currency", code.currency == RUPIAH),
            ("country", code.country == "ID"),
            ("bill number", code.bill_number == bill_number),
            ("merchant", code.merchant_id == merchant_id),
            ("single use", code.single_use),
        )
        if not fits
    ]
    if differences:
        raise CodeRefused(f"it does not fit the bill in: {', '.join(differences)}")
    return code


def crc16(content: bytes) -> int:
    """CRC-16 with polynomial 0x1021, begun with 0xFFFF, over everything up to and including ``6304``."""
    register = 0xFFFF
    for byte in content:
        register ^= byte << 8
        for _ in range(8):
            register = ((register << 1) ^ (0x1021 if register & 0x8000 else 0)) & 0xFFFF
    return register


def _objects(text: str) -> Mapping[str, str]:
    """The data objects of a text, in order. Raises ``CodeRefused`` when they do not fill it exactly, or repeat."""
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        head, at = text[at : at + 4], at + 4
        if len(head) != 4 or not head.isdigit():  # noqa: PLR2004 - two digits of id, two of length
            raise CodeRefused("its data objects cannot be told apart")
        tag, length = head[:2], int(head[2:])
        value, at = text[at : at + length], at + length
        if len(value) != length or length == 0:
            raise CodeRefused(f"data object {tag} is cut off or empty")
        if tag in found:
            raise CodeRefused(f"data object {tag} stands twice")
        found[tag] = value
    return found


def _merchant_id(objects: Mapping[str, str]) -> str:
    templates = [_objects(value) for tag, value in objects.items() if int(tag) in _TEMPLATES]
    national = [template for template in templates if template.get("00") == QRIS]
    if len(national) != 1 or not national[0].get("02"):
        raise CodeRefused("it has no national merchant id of QRIS, or several")
    return national[0]["02"]


def _whole_rupiah(text: str) -> Rupiah:
    rupiah, _point, cents = text.partition(".")
    if not rupiah.isdigit() or cents.strip("0"):
        raise CodeRefused(f"{text!r} is not an amount in whole rupiah")
    return Rupiah(int(rupiah))
