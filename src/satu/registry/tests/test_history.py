"""What is believed, day by day, whatever was stated."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from satu.registry.history import Statement, believed

DAY = date(2020, 1, 1)
statements = st.lists(
    st.tuples(st.integers(0, 20), st.one_of(st.none(), st.integers(1, 10)), st.sampled_from("abc")),
    min_size=1,
    max_size=6,
)


@given(statements)
def test_each_day_is_as_last_recorded_and_no_two_periods_meet(stated):
    known = [
        Statement(
            DAY + timedelta(start),
            None if length is None else DAY + timedelta(start + length),
            datetime(2021, 1, 1, tzinfo=UTC) + timedelta(minutes=order),
            state,
        )
        for order, (start, length, state) in enumerate(stated)
    ]
    periods = believed(known)
    for day in (DAY + timedelta(n) for n in range(35)):
        covering = [s for s in known if s.covers(day)]
        holding = [p for p in periods if p.covers(day)]
        assert len(holding) == bool(covering)
        if covering:
            assert holding[0].state == covering[-1].state
