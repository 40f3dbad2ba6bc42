"""An index as bytes and back. Arrays are little-endian; lists of words are lines of text."""

from collections.abc import Mapping

import numpy as np

from satu.registry.search.index import Index
from satu.registry.search.vocabulary import Vocabulary

FORMAT = 1
"""Raise it when the layout changes: a generation of another format is not read, but made anew."""

_TYPES = {
    "plain_words": "<u1",
    "posting_start": "<i8",
    "postings": "<i4",
    "holder_start": "<i4",
    "resident_ids": "<i8",
    "births": "<i4",
    "kelurahans": "<i2",
    "titles": "<?",
}


def pack(index: Index) -> dict[str, bytes]:
    vocabulary = index.vocabulary
    lines = (" ".join((w, *s)) for w, s in zip(vocabulary.words, vocabulary.sounds, strict=True))
    parts = {name: getattr(index, name).astype(dtype).tobytes() for name, dtype in _TYPES.items()}
    parts["words"] = "\n".join(lines).encode()
    parts["hashes"] = vocabulary.hashes.astype("<u4").tobytes()
    parts["hash_words"] = vocabulary.hash_words.astype("<i4").tobytes()
    parts["kelurahan_codes"] = "\n".join(index.kelurahan_codes).encode()
    parts |= {f"column_{c:02d}": column.astype("<i4").tobytes() for c, column in enumerate(index.columns)}
    return {f"{FORMAT}:{name}": data for name, data in parts.items()}


def unpack(parts: Mapping[str, bytes]) -> Index | None:
    """The index, or ``None`` if it was packed in another format."""
    if f"{FORMAT}:words" not in parts:
        return None
    plain = {name.partition(":")[2]: data for name, data in parts.items()}
    lines = [line.split(" ") for line in plain["words"].decode().split("\n") if line]
    vocabulary = Vocabulary(
        words=[line[0] for line in lines],
        sounds=[tuple(line[1:]) for line in lines],
        hashes=np.frombuffer(plain["hashes"], "<u4"),
        hash_words=np.frombuffer(plain["hash_words"], "<i4"),
    )
    return Index(
        vocabulary=vocabulary,
        columns=[np.frombuffer(plain[n], "<i4") for n in sorted(plain) if n.startswith("column_")],
        kelurahan_codes=plain["kelurahan_codes"].decode().split("\n"),
        **{name: np.frombuffer(plain[name], dtype) for name, dtype in _TYPES.items()},
    )
