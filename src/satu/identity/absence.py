"""Days on which officers are away, and who stands in for them. Standing in gives nobody a right she does not have."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from satu.identity.actions import note_change
from satu.identity.models import Absence, Account, OfficerChange
from satu.identity.officers import own_officer
from satu.identity.queries import account_id_of
from satu.identity.roster import officer_for
from satu.identity.types import ADMINISTRATOR, AbsenceView, Actor, Away, account_reference
from satu.kernel.audit import audit
from satu.kernel.errors import InvalidInput, Missing, NotAllowed

LONGEST = timedelta(days=366)
#: Written out: the queue asks it with every page, and Django takes longer to compose it than to have it answered.
_AWAY = """
SELECT away.id, away.display_name, a.last_day, other.id, other.display_name
FROM identity_absence a JOIN identity_account away ON away.id = a.account_id
LEFT JOIN identity_account other ON other.id = a.stand_in_id AND other.is_active
WHERE a.ended_at IS NULL AND a.first_day <= %(today)s AND a.last_day >= %(today)s AND away.agency = %(agency)s"""


@transaction.atomic
def enter_absence(
    *, first: date | None, last: date | None, stand_in: int | None, by: Actor, account_id: int | None = None
) -> UUID:
    """Days, both included, on which an officer is away: ``by`` herself, or one of her agency's officers.

    ``stand_in`` has her duties and areas at least, and is not away then. What she has taken is the stand-in's
    while it lasts, or free again without one. Raises ``NotAllowed``, ``Missing``, and ``InvalidInput`` (``first``,
    ``last``, ``stand_in``).
    """
    account = _whose(account_id, by)
    if first is None or last is None:
        asked = (("first", first, _("Write the first day away.")), ("last", last, _("Write the last day away.")))
        raise InvalidInput.of({name: sentence for name, day, sentence in asked if day is None})
    if last < first or last - first > LONGEST:
        raise InvalidInput(_("The last day is not before the first, and within a year."), field="last")
    if last < timezone.localdate():
        raise InvalidInput(_("These days are over."), field="last")
    if _during(first, last).filter(account=account).exists():
        raise InvalidInput(_("Some of these days are entered already."), field="first")
    other = _stand_in(account, stand_in, first, last) if stand_in is not None else None
    kept = Absence.objects.create(
        account=account, first_day=first, last_day=last, stand_in=other, by=by.reference, by_name=by.name
    )
    after = {"first": first.isoformat(), "last": last.isoformat(), "stand_in": other.display_name if other else ""}
    note_change(account, OfficerChange.Kind.ABSENT, {}, after, by=by)
    audit(actor=by.reference, action="identity.absence_entered", thing=account_reference(account.pk))
    return kept.pk


@transaction.atomic
def end_absence(*, absence_id: UUID, by: Actor) -> None:
    """She is back, or does not go. Twice is once. Raises ``Missing`` for another's."""
    kept = Absence.objects.select_related("account").filter(pk=absence_id).first()
    if kept is None:
        raise Missing(_("There is no such absence."))
    account = _whose(kept.account_id, by)
    changed = Absence.objects.filter(pk=absence_id, ended_at=None).update(ended_at=timezone.now())
    if changed:
        before = {"first": kept.first_day.isoformat(), "last": kept.last_day.isoformat()}
        note_change(account, OfficerChange.Kind.BACK, before, {}, by=by)
        audit(actor=by.reference, action="identity.absence_ended", thing=account_reference(account.pk))


def absences_of(by: Actor, *, account_id: int | None = None) -> Sequence[AbsenceView]:
    """The absences that last or are to come, the next first: hers, or those of an officer of her agency."""
    account = _whose(account_id, by, lock=False)
    rows = Absence.objects.select_related("stand_in").filter(account=account, ended_at=None)
    return [
        AbsenceView(
            id=row.pk,
            first=row.first_day,
            last=row.last_day,
            stand_in_name=row.stand_in.display_name if row.stand_in else "",
        )
        for row in rows.filter(last_day__gte=timezone.localdate()).order_by("first_day")
    ]


def stand_ins(by: Actor, *, account_id: int | None = None) -> Sequence[tuple[int, str]]:
    """Who could stand in: number and name of those who have her duties and areas at least."""
    account = _whose(account_id, by, lock=False)
    return [(row.pk, row.display_name) for row in _able(account).order_by("display_name", "pk")]


def away_from(agency: str) -> Mapping[str, Away]:
    """Who of an agency is away today, by reference, with her stand-in; one query."""
    today = timezone.localdate()
    with connection.cursor() as cursor:
        cursor.execute(_AWAY, {"agency": agency, "today": today})
        rows = cursor.fetchall()
    return {
        account_reference(number): Away(
            name=name,
            last=last,
            stand_in=account_reference(stand_in) if stand_in else "",
            stand_in_name=stand_in_name or "",
        )
        for number, name, last, stand_in, stand_in_name in rows
    }


def _whose(account_id: int | None, by: Actor, *, lock: bool = True) -> Account:
    """Her own account, or that of an officer whom she looks after."""
    if account_id is not None and account_id != account_id_of(by):
        return own_officer(account_id, by=by) if lock else Account.objects.get(pk=officer_for(account_id, by=by).id)
    if by.kind != "officer":
        raise NotAllowed(_("Only an officer is entered as away."))
    rows = Account.objects.select_for_update() if lock else Account.objects.all()
    return rows.get(pk=account_id_of(by) or 0)


def _during(first: date, last: date) -> "QuerySet[Absence]":
    return Absence.objects.filter(ended_at=None, first_day__lte=last, last_day__gte=first)


def _able(account: Account) -> "QuerySet[Account]":
    needed = [duty for duty in account.duties if duty != ADMINISTRATOR]
    rows = Account.objects.filter(kind=Account.Kind.OFFICER, agency=account.agency, is_active=True)
    rows = rows.filter(duties__contains=needed).exclude(pk=account.pk)
    reach = Q(areas=[]) | Q(areas__contains=account.areas) if account.areas else Q(areas=[])
    return rows.filter(reach)


def _stand_in(account: Account, stand_in: int, first: date, last: date) -> Account:
    other = _able(account).filter(pk=stand_in).first()
    if other is None:
        raise InvalidInput(_("Who stands in has the same duties and areas at least."), field="stand_in")
    if _during(first, last).filter(account=other).exists():
        raise InvalidInput(_("%(name)s is away then, too.") % {"name": other.display_name}, field="stand_in")
    return other
