"""What everybody may know, and what rests on too few."""

from satu.insight.opened import _line, _together
from satu.insight.types import ServiceSums, Sums
from satu.kernel.city import Label


def row(service, requests, documents, **sums):
    name = Label(service, service) if service else None
    known = Sums(requests=requests, documents=documents, **sums)
    return ServiceSums(service, name, "kelurahan" if service else "", name, known, 1.0, 2.0, 0, 0)


def test_what_rests_on_fewer_than_five_is_not_shown():
    line = _line(row("sktm", 6, 4, refused=1, touch_free=2, in_time=5))
    assert (line.requests, line.documents, line.median, line.touch_free_share) == (6, None, None, None)
    assert line.in_time_share == 1


def test_the_whole_gives_away_no_line_that_is_hidden():
    rows = [row("domisili", 20, 19), row("sktm", 3, 3)]
    whole = _together(row("", 23, 22, touch_free=11), [_line(one) for one in rows])
    assert (whole.requests, whole.documents, whole.touch_free_share) == (20, 19, 0.5)
