"""Residents of the built city who ask for something, and the officers who decide: real requests by the real actions.

Nothing is written past the actions, and nothing is dated back: every request is of the moment in which it is sent.
"""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, time
from random import Random

from django.db import connection
from django.utils import timezone

from satu.demo.accounts import officers
from satu.demo.city import asking
from satu.demo.city.applicants import BY, Applicant, applicants, is_for_anybody
from satu.demo.city.asking import Asked
from satu.demo.city.deciding import Desks
from satu.identity.types import Actor
from satu.kernel.errors import SatuError
from satu.kernel.identifiers import Nik
from satu.services import queries
from satu.services.packages import the_packages
from satu.services.types import CaseView, ServicePackage

_SENT = """
SELECT count(*), count(*) FILTER (WHERE submitted_at >= %(today)s) FROM services_case
WHERE applicant = %(by)s AND submitted_at IS NOT NULL
"""
#: What was sent on an earlier day and is still open, the oldest first.
_LEFT = """
SELECT id, number, service, applicant_nik FROM services_case
WHERE applicant = %(by)s AND submitted_at < %(today)s AND closed_at IS NULL AND state <> 'draft'
ORDER BY submitted_at, id LIMIT %(most)s
"""
_MOST_LEFT = 60
#: How often a service is asked for in a round, and one that anybody has at once; by chance so many times more.
_SELDOM, _OFTEN, _MORE = 4, 6, 2
#: An officer comes to a request when so many others have been sent, at most.
_LATEST = 12
#: Steps from one who decides to the next that a request takes, at most.
_STEPS = 12
#: Every so many of them says that a datum is wrong.
_REPORTS_EVERY = 8


@dataclass(slots=True)
class Lived:
    """What has come of it. ``stopped``: drafts that a system or a rule did not let go on."""

    sent: int = 0
    documents: int = 0
    refused: int = 0
    waiting: int = 0
    stopped: int = 0


def still_to_ask(*, up_to: int, a_day: int = 0) -> int:
    """How many requests are missing until the city's residents have sent so many by themselves, and so many today."""
    with connection.cursor() as cursor:
        cursor.execute(_SENT, {"by": BY, "today": _midnight()})
        sent, today = (int(count) for count in cursor.fetchone())
    return max(up_to - sent, min(a_day, up_to) - today, 0)


def live(
    *,
    requests: int,
    seed: str,
    report: Callable[[], object] = lambda: None,
    enough: Callable[[], bool] = lambda: False,
) -> Lived:
    """Let so many residents ask for something. Another ``seed`` lets others ask.

    First the officers go on with what was left on an earlier day: with some of it.
    ``enough`` is asked before each of them: what has begun is brought to its end.
    """
    city = _City(seed)
    city.earlier_days(enough)
    for package, _turn in zip(city.wishes(), range(requests), strict=False):
        if enough():
            break
        city.next_one(package)
        report()
    city.to_the_end()
    return city.lived


@dataclass
class _City:
    """Requests on their way, and whose turn it is."""

    seed: str
    lived: Lived = field(default_factory=Lived)

    def __post_init__(self) -> None:
        # Who asks for what in a made-up city is no secret.
        self._chance = Random(self.seed)  # noqa: S311
        self._desks = Desks(officers(), self._chance)
        self._residents: dict[str, Iterator[Applicant]] = {}
        self._underway: deque[tuple[int, Asked]] = deque()
        self._turns = dict.fromkeys(("asked", "returned", "billed", "left", "reported"), 0)
        self._objected: set[str] = set()

    def wishes(self) -> Iterator[ServicePackage]:
        """Every service of the city once, then as often as it is asked for; and again."""
        packages = sorted(the_packages().values(), key=lambda package: package.slug)
        while packages:
            yield from self._chance.sample(packages, len(packages))
            often = [package for package in packages for _once in range(self._often(package) - 1)]
            yield from self._chance.sample(often, len(often))

    def _often(self, package: ServicePackage) -> int:
        at_once = is_for_anybody(package) and package.deadline_days == 0
        return (_OFTEN if at_once else _SELDOM) + self._chance.randint(0, _MORE)

    def earlier_days(self, enough: Callable[[], bool]) -> None:
        """Officers look again at what waits since an earlier day; it counts to nothing that was sent now."""
        with connection.cursor() as cursor:
            cursor.execute(_LEFT, {"by": BY, "today": _midnight(), "most": _MOST_LEFT})
            rows = cursor.fetchall()
        packages = the_packages()
        for case_id, number, service, nik in rows:
            if enough():
                return
            if service in packages:
                by = Actor(BY, "resident", "", nik=Nik(nik))
                answers = {one.key: one.answer for one in queries.case_for(case_id, by=by).questions}
                with suppress(SatuError):
                    self._carry(Asked(case_id, number, packages[service], by, answers))

    def next_one(self, package: ServicePackage) -> None:
        """One more asks; those come to their officers whose turn it is."""
        turn = self._turn("asked")
        try:
            asked = asking.ask(package, self._applicants(package), self._chance)
            if asked is not None:
                self.lived.sent += 1
                self._underway.append((turn + self._chance.randrange(_LATEST), asked))
                if turn % _REPORTS_EVERY == 0:
                    self._report(asked.by)
        except SatuError:
            self.lived.stopped += 1
        self._go_on([one for due, one in self._underway if due <= turn])

    def to_the_end(self) -> None:
        self._go_on([one for _due, one in self._underway])

    def _go_on(self, those: list[Asked]) -> None:
        for asked in those:
            self._underway = deque((due, one) for due, one in self._underway if one is not asked)
            try:
                self._carry(asked)
            except SatuError:
                self.lived.stopped += 1
            state = asked.case.state
            self.lived.documents += state == "issued"
            self.lived.refused += state == "refused"
            self.lived.waiting += state not in {"issued", "refused"}

    def _carry(self, asked: Asked) -> None:
        """From one who decides to the next, until somebody leaves it."""
        for _step in range(_STEPS):
            asking.advance(asked)
            if not self._goes_on(asked, asked.case):
                break
        if asked.case.state == "refused":
            self._refused(asked)

    def _goes_on(self, asked: Asked, case: CaseView) -> bool:
        """Let the one do something for whom it waits. Whether she did."""
        if not case.is_open:
            return False
        if case.state == "returned":
            if mends := self._turn("returned") % 2 == 0:
                asking.mend(asked)
            return mends
        if case.payment is not None:
            return self._turn("billed") % 2 == 0 and asking.pay(asked)
        if self._desks.work(asked):
            return True
        self._left(asked)
        return False

    def _left(self, asked: Asked) -> None:
        """Who waits writes, now and then, and gets an answer."""
        turn = self._turn("left")
        if asked.package.awaited and turn % 3 < 2:
            asking.write(asked, self._chance)
            if turn % 3 == 0:
                self._desks.reply(asked)

    def _refused(self, asked: Asked) -> None:
        """The first one whom an officer refused objects, where there is another officer to decide on it."""
        decision, slug = asked.case.decision, asked.package.slug
        by_an_officer = decision is not None and not decision.automatic
        if by_an_officer and slug not in self._objected and self._desks.another_decides(asked):
            self._objected.add(slug)
            asking.object_to(asked)

    def _report(self, by: Actor) -> None:
        turn = self._turn("reported")
        report_id = asking.report(by, turn)
        if turn % 4 == 1:
            self._desks.answer_report(report_id)

    def _applicants(self, package: ServicePackage) -> Iterator[Applicant]:
        """Each of them asks for it once."""
        if package.slug not in self._residents:
            self._residents[package.slug] = applicants(package, f"{self.seed} {package.slug}")
        return self._residents[package.slug]

    def _turn(self, what: str) -> int:
        """How often it has come to this before."""
        turn = self._turns[what]
        self._turns[what] += 1
        return turn


def _midnight() -> datetime:
    return timezone.make_aware(datetime.combine(timezone.localdate(), time.min))
