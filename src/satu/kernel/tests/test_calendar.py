"""Deadlines on the city's working days."""

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from satu.kernel.calendar import WorkingDays, due_after, load_calendar, working_days_left
from satu.kernel.citydata import CityDataError

YEAR = "year: 2031\nbasis: SKB\nconfirmed: true\n"
JAKARTA = ZoneInfo("Asia/Jakarta")
CALENDAR = load_calendar(Path(settings.SATU_CITY))
KNOWN = st.dates(date(2026, 1, 1), date(2027, 10, 31))
SPANS = st.integers(0, 30).map(WorkingDays)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=JAKARTA)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-11-24", 3, "2026-11-27"),
        ("2026-11-26", 3, "2026-12-01"),  # over a weekend
        ("2026-12-23", 1, "2026-12-28"),  # joint leave, Christmas, weekend
        ("2026-03-17", 1, "2026-03-25"),  # Nyepi and Eid al-Fitr with their joint leave
        ("2026-11-28", 0, "2026-11-30"),  # a Saturday
        ("2026-11-24", 0, "2026-11-24"),
    ],
)
def test_a_deadline_skips_weekends_and_holidays(start, days, due):
    reckoned = due_after(date.fromisoformat(start), WorkingDays(days), CALENDAR)
    assert reckoned.day == date.fromisoformat(due)


def test_the_city_day_is_remembered_and_is_not_a_holiday():
    city_day = CALENDAR.days[date(2026, 2, 28)]
    assert not city_day.off
    assert CALENDAR.days[date(2026, 2, 17)].off


@given(start=KNOWN, days=SPANS)
def test_a_deadline_ends_on_a_working_day_and_as_many_are_left_as_were_given(start, days):
    due = due_after(start, days, CALENDAR)
    assert CALENDAR.is_working(due.day)
    left = working_days_left(due.day, noon(start), CALENDAR)
    assert left == days.count or (days.count == 0 and left == 1 and not CALENDAR.is_working(start))


@given(start=KNOWN, days=SPANS)
def test_one_more_working_day_is_later_and_a_later_start_never_earlier(start, days):
    due = due_after(start, days, CALENDAR).day
    more = due_after(start, WorkingDays(days.count + 1), CALENDAR).day
    assert more > due or (days.count == 0 and more == due and not CALENDAR.is_working(start))
    assert due_after(start + timedelta(days=1), days, CALENDAR).day >= due


@given(due=KNOWN, now=KNOWN)
def test_days_left_fall_by_one_each_working_day_and_by_none_on_other_days(due, now):
    """Until the last day is over; then it is late by one at once, and by more for each further working day."""
    tomorrow = now + timedelta(days=1)
    left, then = (working_days_left(due, noon(day), CALENDAR) for day in (now, tomorrow))
    passed = sum(CALENDAR.is_working(due + timedelta(days=each + 1)) for each in range((tomorrow - due).days))
    assert then == (-max(1, passed) if tomorrow > due else left - CALENDAR.is_working(tomorrow))


def test_a_day_ends_at_midnight_in_tangerang_not_in_greenwich():
    late = datetime(2026, 11, 24, 23, 59, tzinfo=JAKARTA)
    assert working_days_left(date(2026, 11, 25), late, CALENDAR) == 1
    assert working_days_left(date(2026, 11, 25), late + timedelta(minutes=2), CALENDAR) == 0


def test_a_deadline_beyond_the_data_warns_instead_of_guessing():
    assert due_after(date(2027, 12, 30), WorkingDays(5), CALENDAR).unknown == (2028,)
    with translation.override("en"):
        warning = str(due_after(date(2027, 12, 30), WorkingDays(5), CALENDAR).warning)
    assert "2028 are not known yet" in warning
    with translation.override("id"):
        assert "2028" in str(warning)


def test_a_deadline_on_unconfirmed_days_says_so():
    due = due_after(date(2026, 12, 30), WorkingDays(3), CALENDAR)
    assert (due.unknown, due.unconfirmed) == ((), (2026, 2027))
    with translation.override("en"):
        assert "2026, 2027 are not confirmed" in str(due.warning)


def test_there_are_no_negative_spans():
    with pytest.raises(ValueError, match="-1 working days"):
        WorkingDays(-1)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("year: 2026\nbasis: SKB\nconfirmed: true\ndays: []\n", "the file is called 2031.yaml"),
        (
            YEAR + "days: [{date: 2030-01-01, kind: holiday, name: {id: A, en: A}}]\n",
            "2030-01-01 is not in 2031",
        ),
        (
            YEAR + "days:\n" + 2 * "  - {date: 2031-01-01, kind: city, name: {id: A, en: A}}\n",
            "2031-01-01 stands twice",
        ),
    ],
)
def test_a_calendar_that_contradicts_itself_is_refused(tmp_path, text, what):
    (tmp_path / "calendar").mkdir()
    (tmp_path / "calendar" / "2031.yaml").write_text(text)
    with pytest.raises(CityDataError, match=what):
        load_calendar(tmp_path)


def test_a_confirmed_year_gives_no_warning(tmp_path):
    (tmp_path / "calendar").mkdir()
    (tmp_path / "calendar" / "2031.yaml").write_text(YEAR + "days: []\n")
    assert due_after(date(2031, 3, 3), WorkingDays(5), load_calendar(tmp_path)).warning is None
