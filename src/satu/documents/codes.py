"""Verification codes: 120 random bits in Crockford's base 32, which has no I, L, O or U to be misread."""

import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 24
_GROUP = 4
_WELL_FORMED = re.compile(rf"[{ALPHABET}]{{{LENGTH}}}\Z")
_MISREAD = str.maketrans("OIL", "011")
_SEPARATORS = re.compile(r"[\s\-_.\u2010-\u2015]+")


def new_code() -> str:
    """A fresh code without separators, as the register keeps it."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def show_code(code: str) -> str:
    """The code as people read it and as it stands in the address: groups of four."""
    return "-".join(code[i : i + _GROUP] for i in range(0, LENGTH, _GROUP))


def parse_code(text: str) -> str | None:
    """The code that somebody typed or scanned: any case, any dashes or spaces, O for 0 and I or L for 1.

    ``None`` when it cannot be a code.
    """
    code = _SEPARATORS.sub("", text).upper().translate(_MISREAD)
    return code if _WELL_FORMED.match(code) else None
