"""Percentiles from counts, beside those of the times themselves."""

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satu.kernel.spread import EXACT_TO, SHORTEST, bucket_of, percentile

TIMES = st.lists(st.floats(min_value=SHORTEST, max_value=1e8), min_size=1, max_size=200)


@given(TIMES, st.sampled_from([0.5, 0.9, 0.95]))
def test_a_percentile_is_that_of_the_times_to_within_what_it_says(times, share):
    counted = percentile(Counter(map(bucket_of, times)), share)
    exact = sorted(times)[math.ceil(share * len(times)) - 1]
    assert counted == pytest.approx(exact, rel=EXACT_TO + 1e-9)


@given(TIMES, TIMES)
def test_counts_of_two_days_add_up_to_those_of_both(one, other):
    both = Counter(map(bucket_of, one)) + Counter(map(bucket_of, other))
    assert both == Counter(map(bucket_of, one + other))


def test_of_no_times_there_is_no_percentile():
    assert percentile({}, 0.5) is None


def test_what_takes_no_time_counts_as_the_shortest():
    assert bucket_of(0) == bucket_of(SHORTEST)
