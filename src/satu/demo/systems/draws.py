"""Chance that is not chance: the same seed, matter and number always give the same draws, on any machine."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

_Choice = TypeVar("_Choice")


class Draws:
    """A stream of draws for one ``matter`` (such as ``"pbb.parcel"``) about one ``key`` (such as a NIK).

    Integers only: no floating point, so nothing depends on the machine. What is drawn about one key never depends
    on another, so a resident's records stay as they are when the city around her grows.
    """

    __slots__ = ("_at", "_block", "_bytes", "_seed")

    def __init__(self, seed: int, matter: str, key: str) -> None:
        self._seed = f"{seed}|{matter}|{key}".encode()
        self._bytes = blake2b(self._seed, digest_size=64).digest()
        self._block = self._at = 0

    def below(self, limit: int) -> int:
        """A whole number from 0 to ``limit`` - 1; ``limit`` is at most a few million (the bias is then nil)."""
        if self._at == len(self._bytes):
            self._block += 1
            self._bytes = blake2b(self._seed + b"|%d" % self._block, digest_size=64).digest()
            self._at = 0
        self._at += 8
        return int.from_bytes(self._bytes[self._at - 8 : self._at], "big") % limit

    def between(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return low + self.below(high - low + 1)

    def happens(self, permille: int) -> bool:
        """True in ``permille`` of a thousand cases."""
        return self.below(1000) < permille

    def one_of(self, choices: Sequence[_Choice]) -> _Choice:
        return choices[self.below(len(choices))]

    def digits(self, count: int) -> str:
        """``count`` decimal digits, the first not zero."""
        rest = "".join(str(self.below(10)) for _ in range(count - 1))
        return str(self.between(1, 9)) + rest
