"""What the demonstration's officers do with the requests that its residents have sent: some, and some they leave.

Each kind of task goes through a list of what is done, one after the other, so that a few requests show everything.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from random import Random
from uuid import UUID

from satu.demo.city import pictures, said
from satu.demo.city.answering import form_answers
from satu.demo.city.asking import Asked
from satu.identity.types import Actor
from satu.services import actions, queries
from satu.services.types import QueueItem, TaskView

_LEFT = ""
_DECISIONS = ("approve", _LEFT, "approve", "refuse", "correction", "approve", _LEFT, "approve", "approve", _LEFT)
#: Where she has gone there and looked.
_INSPECTIONS = ("approve", _LEFT, "approve", "approve", "correction", "approve", _LEFT, "refuse", "approve")
_NOTES = (_LEFT, "noted", _LEFT, "noted", "noted")


class Desks:
    """The officers, how often each kind of task has come, and which tasks are left for who signs in."""

    def __init__(self, officers: Sequence[Actor], chance: Random) -> None:
        self._officers = officers
        self._chance = chance
        self._turns: Counter[tuple[str, str]] = Counter()
        self.left: set[UUID] = set()

    def work(self, asked: Asked) -> bool:
        """Decide on what of this request waits, or leave it. Whether anything was decided."""
        decided = False
        for officer in self._who_may(asked):
            for item in queries.queue_of(officer, text=asked.number).items:
                if item.id not in self.left and not item.taken_by:
                    decided |= self._decide(asked, item, officer)
        return decided

    def another_decides(self, asked: Asked) -> bool:
        """Whether there is a second officer for what the first one has decided: an objection needs one."""
        rights = {(task.agency, task.duty) for task in asked.package.tasks.values() if not task.informs}
        return any(
            sum(one.agency == agency and one.has_duty(duty) for one in self._officers) > 1 for agency, duty in rights
        )

    def reply(self, asked: Asked) -> None:
        """Read what the applicant wrote, and answer it."""
        for officer in self._who_may(asked):
            for item in queries.queue_of(officer, text=asked.number).items[:1]:
                actions.read_task_messages(task_id=item.id, by=officer)
                actions.post_task_message(task_id=item.id, text=said.REPLY, by=officer)
                return

    def answer_report(self, report_id: UUID) -> None:
        for officer in self._officers:
            if any(one.id == report_id for one in queries.open_reports(officer)):
                actions.open_report(report_id=report_id, by=officer)
                actions.answer_report(report_id=report_id, outcome="corrected", answer=said.CHECKED, by=officer)
                return

    def _who_may(self, asked: Asked) -> Iterator[Actor]:
        """Those who may have it in their queues, none of them always first."""
        rights = {(task.agency, task.duty) for task in asked.package.tasks.values()}
        theirs = [one for one in self._officers if any((one.agency, duty) in rights for duty in one.duties)]
        yield from self._chance.sample(theirs, len(theirs))

    def _decide(self, asked: Asked, item: QueueItem, officer: Actor) -> bool:
        task = actions.open_task(task_id=item.id, by=officer)
        decision = self._next(asked, task)
        if decision == _LEFT:
            self.left.add(item.id)
            return False
        for question in task.form:
            if question.type == "photo":
                actions.attach_to_task(
                    task_id=item.id, key=question.key, name="lokasi.png", content=pictures.site(), by=officer
                )
        actions.decide_task(
            task_id=item.id,
            decision=decision,
            reason=_reason(decision, asked.package.slug),
            answers=form_answers(task.form, self._chance),
            by=officer,
        )
        return True

    def _next(self, asked: Asked, task: TaskView) -> str:
        if task.confirms:
            return "approve"
        turn = self._turns[asked.package.slug, task.label.id]
        self._turns[asked.package.slug, task.label.id] += 1
        turns = _NOTES if "noted" in task.decisions else _INSPECTIONS if task.form else _DECISIONS
        decision = turns[turn % len(turns)]
        return decision if decision in task.decisions or decision == _LEFT else "approve"


def _reason(decision: str, service: str) -> str:
    match decision:
        case "refuse":
            return said.REFUSED.get(service, said.REFUSED_ANYWAY)
        case "correction":
            return said.TO_CORRECT.get(service, said.TO_CORRECT_ANYWAY)
    return ""
