"""A file that did not come is said, with its age; a system that is asked live is never behind."""

from datetime import UTC, date, datetime

import pytest

from satu.hub.nightly import Behind, behind
from satu.hub.types import Found, NotFound, Outcome, Provenance

TODAY = date(2026, 11, 24)


def of(day: datetime, system: str = "dapodik") -> Outcome:
    return Found("person.school", "SD Negeri", Provenance(system, "1", day, day, "PKS"))


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([of(datetime(2026, 11, 23, 17, tzinfo=UTC))], None),  # midnight of the 24th, in the city
        ([of(datetime(2026, 11, 23, 16, 59, tzinfo=UTC))], Behind(date(2026, 11, 23), 1)),
        (
            [of(datetime(2026, 11, 20, tzinfo=UTC)), of(datetime(2026, 11, 24, tzinfo=UTC))],
            Behind(date(2026, 11, 20), 4),
        ),
        ([of(datetime(2026, 1, 1, tzinfo=UTC), "pbb")], None),
        ([NotFound("person.school", "dapodik", datetime(2026, 11, 20, tzinfo=UTC), "PKS")], None),
        ([], None),
    ],
)
def test_only_a_nightly_file_of_another_day_is_behind(outcomes: list[Outcome], expected: Behind | None) -> None:
    assert behind(outcomes, TODAY) == expected
