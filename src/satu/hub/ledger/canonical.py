r"""What the tree commits to, byte for byte.

An entry's leaf is ``SHA-256(0x00 || leaf data)`` (RFC 6962), and its leaf data, version 1, is 78 bytes::

    "satu-access/1" LF            14 bytes of ASCII
    subject commitment            32 bytes = SHA-256(salt[0:16]  || JCS({"key": ..., "kind": ...}))
    look commitment               32 bytes = SHA-256(salt[16:32] || JCS(look))

``salt`` is 32 random bytes, drawn for this entry and kept with it. JCS is the JSON of RFC 8785 in UTF-8: keys in
order, no white space, no escape that is not needed. The look has these keys, and every value is a string but for
``facts``, a list of lists of three strings in the order of the pull, and ``dossier``, which is null for a search::

    actor  actor_agency  actor_kind  actor_name    who looked
    at                                             UTC, RFC 3339 with six decimals and "Z"
    dossier  id                                    UUIDs in lower case
    facts                                          [fact key, system code, outcome]
    kind                                           "pull", "search" or "told"
    legal_basis  purpose_en  purpose_id  purpose_kind  purpose_reference

So leaf data may be published, as C2SP tlog-tiles entry bundles do, and tells nobody who was looked at, by whom or
why: there are few enough NIKs to try them all, but not with 128 unknown bits before each. Whoever is to be convinced
is given the halves of the salt that fit: an auditor the second, with the look; the subject both.
"""

import json
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

_VERSION_1 = b"satu-access/1\n"
_jcs = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


class EntryRow(NamedTuple):
    """What the leaf commits to, in the order of the columns that ``COLUMNS`` names."""

    id: UUID
    recorded_at: datetime
    dossier_id: UUID | None
    salt: bytes
    subject_kind: str
    subject_key: str
    kind: str
    actor: str
    actor_kind: str
    actor_name: str
    actor_agency: str
    purpose_kind: str
    purpose_reference: str
    purpose_id: str
    purpose_en: str
    legal_basis: str
    facts: list[str]
    systems: list[str]
    outcomes: list[str]


COLUMNS = ", ".join(f"entry.{name}" for name in EntryRow._fields)


def leaf_data(entry: EntryRow) -> bytes:
    """Version 1 of an entry's leaf data. ``recorded_at`` is in UTC."""
    subject = _jcs({"key": entry.subject_key, "kind": entry.subject_kind})
    look = _jcs(
        {
            "actor": entry.actor,
            "actor_agency": entry.actor_agency,
            "actor_kind": entry.actor_kind,
            "actor_name": entry.actor_name,
            "at": entry.recorded_at.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z",
            "dossier": None if entry.dossier_id is None else str(entry.dossier_id),
            "facts": list(zip(entry.facts, entry.systems, entry.outcomes, strict=True)),
            "id": str(entry.id),
            "kind": entry.kind,
            "legal_basis": entry.legal_basis,
            "purpose_en": entry.purpose_en,
            "purpose_id": entry.purpose_id,
            "purpose_kind": entry.purpose_kind,
            "purpose_reference": entry.purpose_reference,
        }
    )
    salt = bytes(entry.salt)
    return (
        _VERSION_1
        + sha256(salt[:16] + subject.encode()).digest()
        + sha256(salt[16:] + look.encode()).digest()
    )  # fmt: skip
