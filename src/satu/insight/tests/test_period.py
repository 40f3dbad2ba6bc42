"""Which days are meant: a usual period, months, days, and whatever cannot be read."""

from datetime import date

import pytest
from django.test import RequestFactory
from django.utils import timezone

from satu.insight.period import months, period_of, usual_period

TODAY = date(2026, 11, 24)


def asked(query):
    return period_of(RequestFactory().get(f"/kota/?{query}"))


@pytest.mark.parametrize(
    ("name", "since"),
    [("30", (2026, 10, 26)), ("90", (2026, 8, 27)), ("bulan-ini", (2026, 11, 1)), ("tahun-ini", (2026, 1, 1))],
)
def test_a_usual_period_ends_today(name, since):
    period = usual_period(name, TODAY)
    assert (period.since, period.until, period.query) == (date(*since), TODAY, f"jangka={name}")


@pytest.mark.parametrize(
    ("query", "since", "until"),
    [
        ("dari=2026-01&sampai=2026-02", (2026, 1, 1), (2026, 2, 28)),
        ("dari=2026-01-05&sampai=2026-01-06", (2026, 1, 5), (2026, 1, 6)),
        ("dari=2026-03&sampai=2026-02", (2026, 2, 28), (2026, 2, 28)),
        ("sampai=2026-01-30", (2026, 1, 1), (2026, 1, 30)),
    ],
)
def test_from_month_to_month_is_whole_months(query, since, until):
    period = asked(query)
    assert (period.since, period.until, period.name) == (date(*since), date(*until), "")
    again = asked(period.query)
    assert (again.since, again.until) == (period.since, period.until)


@pytest.mark.parametrize("query", ["", "dari=kemarin", "jangka=selamanya", "sampai=2026-13", "layanan=x"])
def test_what_cannot_be_read_is_the_last_thirty_days_of_all_services(query):
    period = asked(query)
    assert (period.days, period.until, period.name, period.service) == (30, timezone.localdate(), "30", "")


def test_the_months_reach_back_to_the_first_request(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda: TODAY)
    assert months(None) == [date(2026, 11, 1)]
    assert months(date(2026, 9, 1)) == [date(2026, month, 1) for month in (11, 10, 9)]
