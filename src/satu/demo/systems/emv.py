"""Writing the text of a QRIS code, as the provider that issues it does.

EMVCo QR Code Specification for Payment Systems, Merchant-Presented Mode 1.1: each data object is an id of two
digits, a length of two digits and a value; the last one is the CRC. QRIS (PADG BI 21/18/2019) puts the national
merchant id into template 51.
"""

from dataclasses import dataclass

_CRC = "6304"


@dataclass(frozen=True, slots=True)
class Merchant:
    """The merchant as the provider has registered it. ``nmid`` is the national merchant id."""

    nmid: str
    name: str
    city: str
    postal_code: str
    category: str = "9399"
    size: str = "URE"


def tlv(tag: str, value: str) -> str:
    """One data object. Its value is 1 to 99 characters."""
    if not 1 <= len(value) <= 99:  # noqa: PLR2004 - two digits of length
        raise ValueError(f"data object {tag} has {len(value)} characters")
    return f"{tag}{len(value):02d}{value}"


def crc16(content: bytes) -> int:
    """CRC-16/CCITT as ISO/IEC 13239 has it: polynomial 0x1021, begun with 0xFFFF, not reflected."""
    register = 0xFFFF
    for byte in content:
        register ^= byte << 8
        for _ in range(8):
            register = (register << 1) ^ 0x1021 if register & 0x8000 else register << 1
            register &= 0xFFFF
    return register


def dynamic_code(merchant: Merchant, *, amount: int, bill_number: str) -> str:
    """The text of a code for one payment of ``amount`` rupiah."""
    acquirer = (
        tlv("00", "ID.CO.SIMULASI.WWW") + tlv("01", f"93600999{merchant.nmid[-10:]}") + tlv("03", merchant.size)
    )
    national = tlv("00", "ID.CO.QRIS.WWW") + tlv("02", merchant.nmid) + tlv("03", merchant.size)
    content = "".join(
        (
            tlv("00", "01"),
            tlv("01", "12"),
            tlv("26", acquirer),
            tlv("51", national),
            tlv("52", merchant.category),
            tlv("53", "360"),
            tlv("54", str(amount)),
            tlv("58", "ID"),
            tlv("59", merchant.name[:25]),
            tlv("60", merchant.city[:15]),
            tlv("61", merchant.postal_code),
            tlv("62", tlv("01", bill_number)),
            _CRC,
        )
    )
    return f"{content}{crc16(content.encode()):04X}"
