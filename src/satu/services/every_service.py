"""Tasks that a request for any service may lead to, beside those that its package names."""

from collections.abc import Mapping

from satu.kernel.calendar import WorkingDays
from satu.kernel.city import Label
from satu.services.models import Case, Task, TaskDecision
from satu.services.objections import the_rule
from satu.services.types import ServicePackage, TaskDecisionKind, TaskSpec

#: The names of the tasks; no package may call one of its own so.
OBJECTION = "objection"
STUCK = "stuck"
DIFFERS = "differs"

_LABELS: Mapping[str, Label] = {
    OBJECTION: Label(id="Putuskan keberatan", en="Decide on the objection"),
    STUCK: Label(
        id="Permohonan tertahan: putuskan kelanjutannya", en="A request stands still: decide how it goes on"
    ),
    DIFFERS: Label(
        id="Data berbeda dari pernyataan pemohon: periksa", en="A system says other than the applicant stated: look"
    ),
}
_DECISIONS: Mapping[str, tuple[TaskDecisionKind, ...]] = {
    OBJECTION: ("approve", "refuse"),
    STUCK: ("again", "correction", "refuse"),
    DIFFERS: ("noted",),
}
#: What stands still stands still for somebody who waits.
_DAYS = WorkingDays(1)


def names(package: ServicePackage) -> frozenset[str]:
    """Of the tasks that there may be of a package's requests."""
    return frozenset({*package.tasks, *_LABELS})


def awaited(package: ServicePackage) -> tuple[str, ...]:
    """The tasks that a request waits for."""
    return (*package.awaited, STUCK)


def task_spec(package: ServicePackage, name: str) -> TaskSpec:
    """A task of the package's, or one that every service may have."""
    if name not in _LABELS:
        return package.tasks[name]
    return TaskSpec(
        id=name,
        label=_LABELS[name],
        agency=package.agency,
        duty=the_rule().duty,
        area="city",
        deadline=_DAYS,
        decisions=_DECISIONS[name],
    )


def last_decided(case: Case) -> Task | None:
    """The task by which officers decided last, other than on an objection."""
    made = TaskDecision.objects.filter(task__case=case, decision__in=["approve", "refuse"])
    last = made.exclude(task__name=OBJECTION).select_related("task").order_by("at").last()
    return last.task if last else None
