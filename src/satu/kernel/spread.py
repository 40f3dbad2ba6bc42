"""Times counted by how long they took: sums of such counts over any days give percentiles, exact to 2.5 per cent.

A time falls into a bucket; each bucket's times are at most five per cent apart, and stand for its middle.
"""

import math
from collections.abc import Mapping

GROWTH = 1.05
SHORTEST = 0.001
"""Seconds; whatever takes less counts as this."""
EXACT_TO = math.sqrt(GROWTH) - 1
"""The largest error of a percentile, as a share of it."""


def bucket_of(seconds: float) -> int:
    """The bucket of a time; of a shorter one, a lower number."""
    return math.floor(math.log(max(seconds, SHORTEST)) / math.log(GROWTH))


def seconds_of(bucket: int) -> float:
    """What the times of a bucket are taken for."""
    return math.pow(GROWTH, bucket + 0.5)


def percentile(counts: Mapping[int, int], share: float) -> float | None:
    """The time within which at least ``share`` (0 to 1) of them were done; ``None`` of no times."""
    wanted = share * sum(counts.values())
    reached = 0
    for bucket in sorted(counts):
        reached += counts[bucket]
        if reached and reached >= wanted:
            return seconds_of(bucket)
    return None
