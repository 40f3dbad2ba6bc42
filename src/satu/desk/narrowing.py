"""What the address of a page of the desk says about the queue: which part of it the officer looks at."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext as _

from satu.hub.areas import every_kelurahan
from satu.identity.types import Actor
from satu.kernel.city import the_city
from satu.services.packages import the_packages
from satu.services.queries import counts_of, filters_of
from satu.services.work.types import Count, DueWithin, QueueFilter, SavedFilterView

#: The parameters of an address, and what they are in a filter.
_PARAMETERS = {
    "hanya": "due",
    "siapa": "whose",
    "layanan": "service",
    "tugas": "duty",
    "kelurahan": "kelurahan",
    "lain": "another",
}


def where_of(request: HttpRequest) -> QueueFilter:
    """What the address asks for; what makes no sense is left out."""
    return QueueFilter.read({field: request.GET.get(name) for name, field in _PARAMETERS.items()})


def as_query(where: QueueFilter, **more: str) -> str:
    """The filter as the end of an address, with its question mark; empty when it asks for everything."""
    kept = where.conditions()
    values = {
        name: "1" if kept[field] is True else str(kept[field]) for name, field in _PARAMETERS.items() if field in kept
    }
    query = urlencode(values | {name: value for name, value in more.items() if value})
    return f"?{query}" if query else ""


@dataclass(frozen=True, slots=True)
class Way:
    """A link to a part of the queue, with how much waits there."""

    label: str
    href: str
    here: bool
    count: Count | None
    saved: SavedFilterView | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """What a queue can be narrowed to, as value and label."""

    services: list[tuple[str, str]]
    duties: list[tuple[str, str]]
    kelurahan: list[tuple[str, str]]


def ways(by: Actor, where: QueueFilter, text: str) -> tuple[list[Way], list[Way]]:
    """The parts by due date within what is chosen, and the filters she has kept; counted in one query."""
    words: list[tuple[DueWithin, str]] = [
        ("", _("All")),
        ("late", _("Late")),
        ("today", _("Until today")),
        ("week", _("This week")),
    ]
    due = [(label, replace(where, due=code)) for code, label in words]
    kept = filters_of(by)
    counts = counts_of(by, [one for _label, one in due] + [one.where for one in kept])
    return (
        [
            Way(label, as_query(one, cari=text), one == where, count)
            for (label, one), count in zip(due, counts, strict=False)
        ],
        [
            Way(one.name, as_query(one.where), one.where == where, count, one)
            for one, count in zip(kept, counts[len(due) :], strict=True)
        ],
    )


def choices(by: Actor) -> Choices:
    """What this officer can narrow her queue to: nothing that she has no task of."""
    hers = [
        (package, task)
        for package in the_packages().values()
        for task in package.tasks.values()
        if task.agency == by.agency and task.duty in by.duties
    ]
    labels = the_city().duties
    services = {package.slug: str(package.name) for package, _task in hers}
    return Choices(
        services=sorted(services.items(), key=lambda one: one[1]),
        duties=sorted((duty, str(labels[duty])) for duty in by.duties if duty in {task.duty for _p, task in hers}),
        kelurahan=_kelurahan(by) if any(task.area != "city" for _package, task in hers) else [],
    )


def _kelurahan(by: Actor) -> list[tuple[str, str]]:
    """Hers, when there are several to choose among."""
    if len(by.areas) == 1:
        return []
    return [(area.code, area.name) for area in every_kelurahan() if not by.areas or area.code in by.areas]
