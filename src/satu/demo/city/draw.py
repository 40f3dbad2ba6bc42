"""Chance that is the same on every machine: PCG64's raw numbers and integer arithmetic, no floating point."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]


class Draw:
    """A stream of chance that belongs to one (seed, block)."""

    def __init__(self, seed: int, block: int) -> None:
        self._source = np.random.PCG64(np.random.SeedSequence(entropy=seed, spawn_key=(block,)))

    def below(self, n: int, limit: int | Ints) -> Ints:
        """``n`` whole numbers, each from 0 to below its limit (at most 2**31)."""
        raw = self._source.random_raw(n) >> np.uint64(32)
        return ((raw * np.asarray(limit, dtype=np.uint64)) >> np.uint64(32)).astype(np.int64)

    def between(self, n: int, low: int | Ints, high: int | Ints) -> Ints:
        """``n`` whole numbers from ``low`` to ``high``, both included."""
        lowest = np.asarray(low, dtype=np.int64)
        return lowest + self.below(n, np.asarray(high, dtype=np.int64) - lowest + 1)

    def chance(self, n: int, in_ten_thousand: int | Ints) -> Flags:
        return self.below(n, 10_000) < in_ten_thousand

    def pick(self, n: int, weights: Sequence[int] | Ints) -> Ints:
        """``n`` positions in ``weights``, each as often as its weight says."""
        return self.pick_cumulative(n, np.cumsum(np.asarray(weights, dtype=np.int64)))

    def pick_cumulative(self, n: int, cumulative: Ints) -> Ints:
        return np.searchsorted(cumulative, self.below(n, int(cumulative[-1])), side="right").astype(np.int64)
