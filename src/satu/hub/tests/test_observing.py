"""What is counted of the systems' answers, and that two processes' counts add up."""

from datetime import timedelta

import pytest
from django.utils import timezone

from satu.hub.observing import Observed, Tally, add, observed
from satu.kernel.spread import EXACT_TO

pytestmark = pytest.mark.django_db


def seen(times, late=0, silent=0, spared=0, at=None):
    tally, at = Tally(), at or timezone.now()
    for seconds in times:
        tally.answered(seconds, at)
    for _each in range(late):
        tally.failed("deadline", at)
    for number in range(silent):
        tally.failed("bad-reply" if number % 2 else "unreachable", at)
    for _each in range(spared):
        tally.spared(at)
    return tally


def of_today() -> tuple[list[Observed], list[Observed]]:
    now = timezone.now()
    return observed(now - timedelta(hours=30), now + timedelta(hours=1))


def test_two_processes_counts_add_up():
    add([("pbb", seen([0.1] * 9, late=1).take())])
    add([("pbb", seen([2.0], silent=3, spared=5).take()), ("bpjs", seen([0.3]).take())])
    whole, hours = of_today()
    by_system = {one.system: one for one in whole}
    pbb = by_system["pbb"]
    assert (pbb.asked, pbb.answered, pbb.late, pbb.silent, pbb.spared) == (14, 10, 1, 3, 5)
    assert pbb.share == pytest.approx(10 / 14)
    assert pbb.p50 == pytest.approx(0.1, rel=EXACT_TO)
    assert pbb.p95 == pytest.approx(2.0, rel=EXACT_TO)
    assert {(one.system, one.asked) for one in hours} == {("pbb", 14), ("bpjs", 1)}


def test_each_hour_has_its_own_counts():
    now = timezone.now()
    add([("pbb", seen([0.1, 0.1], at=now).take()), ("pbb", seen([0.4], at=now - timedelta(hours=1)).take())])
    (whole,), hours = of_today()
    assert whole.answered == 3
    assert [one.answered for one in hours] == [1, 2]


def test_what_was_taken_and_not_added_is_put_back():
    tally = seen([0.1], late=2)
    taken = tally.take()
    assert not tally.take()
    tally.put_back(taken)
    assert sum(tally.take().values()) == 3


def test_nothing_seen_is_nothing_added():
    add([("pbb", Tally().take())])
    assert of_today() == ([], [])
