"""Officers are away, and others stand in for them; no right comes with it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from satu.identity import absence, roster
from satu.identity.actions import open_officer_account
from satu.identity.types import ADMINISTRATOR
from satu.kernel.errors import InvalidInput, Missing, NotAllowed

pytestmark = pytest.mark.django_db
AREA, ELSEWHERE = "36.71.01.1001", "36.71.05.1003"
DAY = timedelta(days=1)


def officer(login, *duties, agency="kelurahan", areas=(AREA,)):
    return open_officer_account(
        login=login, name=login.title(), password="x", agency=agency, duties=duties or ["front-office"], areas=areas
    )


@pytest.fixture
def rina():
    return officer("rina")


def enter(who, stand_in=None, *, first=0, days=3, by=None):
    start = timezone.localdate() + first * DAY
    return absence.enter_absence(
        first=start,
        last=start + (days - 1) * DAY,
        stand_in=stand_in.pk if stand_in else None,
        by=(by or who).actor,
        account_id=who.pk if by else None,
    )


def test_only_who_has_her_duties_and_areas_stands_in(rina):
    fitting = [officer("dedi"), officer("wati", areas=[AREA, ELSEWHERE]), officer("ayu", areas=[])]
    wrong = [
        officer("elok", areas=[ELSEWHERE]),
        officer("bayu", "social-worker"),
        officer("hendra", agency="dukcapil"),
        rina,
    ]
    assert {number for number, _name in absence.stand_ins(rina.actor)} == {one.pk for one in fitting}
    for other in wrong:
        with pytest.raises(InvalidInput):
            enter(rina, other)
    enter(rina, fitting[0])
    (away,) = absence.away_from("kelurahan").values()
    assert (away.name, away.stand_in_name) == ("Rina", "Dedi")
    fitting[0].refresh_from_db()
    assert (fitting[0].duties, fitting[0].areas) == (["front-office"], [AREA])


def test_who_is_away_herself_does_not_stand_in(rina):
    dedi = officer("dedi")
    enter(dedi)
    with pytest.raises(InvalidInput):
        enter(rina, dedi, first=2)
    enter(rina, dedi, first=3)


@pytest.mark.parametrize(("first", "days"), [(0, 0), (-5, 2), (0, 400)])
def test_days_that_make_no_sense_are_refused(rina, first, days):
    with pytest.raises(InvalidInput):
        enter(rina, first=first, days=days)
    assert absence.absences_of(rina.actor) == []


def test_the_same_days_are_not_entered_twice(rina):
    enter(rina)
    with pytest.raises(InvalidInput):
        enter(rina, first=2)


def test_an_administrator_enters_it_too_and_it_is_written_down(rina):
    dian, stranger = officer("dian", ADMINISTRATOR, areas=()), officer("fajar", ADMINISTRATOR, agency="dukcapil")
    kept = enter(rina, by=dian)
    with pytest.raises(Missing):
        enter(rina, by=stranger)
    with pytest.raises(Missing):
        absence.end_absence(absence_id=kept, by=stranger.actor)
    with pytest.raises(NotAllowed):
        enter(dian, by=rina)
    absence.end_absence(absence_id=kept, by=rina.actor)
    absence.end_absence(absence_id=kept, by=rina.actor)
    kinds = [(one.kind, one.by_name) for one in roster.changes_for(dian.actor, account_id=rina.pk)]
    assert kinds == [("back", "Rina"), ("absent", "Dian"), ("added", "Satu")]
    assert absence.away_from("kelurahan") == {}
