"""What is used where: facts by services and reasons, systems by services."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from satu.hub.catalogue import the_catalogue
from satu.hub.reasons import Reason, the_reasons
from satu.identity.queries import officers_by_agency
from satu.kernel.city import Label, the_city
from satu.services.packages import the_packages
from satu.services.types import ServicePackage


def services_by_fact() -> Mapping[str, list[ServicePackage]]:
    """The services that need each fact itself, or a fact that is derived from it."""
    catalogue, uses = the_catalogue(), defaultdict(list)
    for package in the_packages().values():
        needed = {need.fact for need in package.needs}
        for fact in needed | {root.key for key in needed for root in catalogue.roots(key)}:
            uses[fact].append(package)
    return uses


def services_by_system() -> Mapping[str, list[ServicePackage]]:
    """The services of which some fact comes from each system, as the first source."""
    catalogue, uses = the_catalogue(), defaultdict(list)
    for package in the_packages().values():
        systems = {catalogue.systems_answering(need.fact)[0].code for need in package.needs}
        for system in systems:
            uses[system].append(package)
    return uses


def reasons_for_fact(key: str) -> Sequence[Reason]:
    """The reasons for which officers may look at a fact."""
    return [reason for reason in the_reasons().values() if key in reason.facts]


@dataclass(frozen=True, slots=True)
class AgencyUse:
    """An agency with how many of its officers may sign in, and how much of the city is its."""

    code: str
    name: Label
    short: str
    duties: tuple[str, ...]
    officers: int
    services: int
    tasks: int
    systems: int


def agencies() -> Sequence[AgencyUse]:
    """In the order of the city's file. One query."""
    counts, packages = officers_by_agency(), the_packages().values()
    services = Counter(package.agency for package in packages)
    tasks = Counter(task.agency for package in packages for task in package.tasks.values())
    systems = Counter(system.agency for system in the_catalogue().systems.values())
    return [
        AgencyUse(
            *(code, one.name, one.short, one.duties, counts.get(code, 0), services[code], tasks[code], systems[code])
        )
        for code, one in the_city().agencies.items()
    ]


@dataclass(frozen=True, slots=True)
class Said:
    """A figure or rule that a package rests on, where it is from, and whether somebody has read that."""

    what: str
    value: str | date
    """As it stands there; for a table, since when it holds."""
    basis: str
    confirmed: bool


def figures_of(package: ServicePackage) -> Sequence[Said]:
    """Everything dated in a package."""
    return [*_tables(package), *_fees(package), *_others(package)]


def unconfirmed(packages: Iterable[ServicePackage]) -> int:
    return sum(not said.confirmed for package in packages for said in figures_of(package))


def _tables(package: ServicePackage) -> list[Said]:
    return [
        Said(str(table.name), edition.in_force_from, edition.legal_basis, edition.confirmed)
        for table in package.tables.values()
        for edition in table.editions
    ]


def _fees(package: ServicePackage) -> list[Said]:
    listed = [Said("fee", str(fee.value), fee.basis, fee.confirmed) for fee in package.fees]
    if package.fee_table is None:
        return listed
    name, editions = str(package.fee_table.name), package.fee_table.editions
    whole = [Said(name, one.in_force_from, one.legal_basis, one.confirmed) for one in editions]
    figures = [
        Said(str(figure.label), str(figure.value), figure.basis, figure.confirmed)
        for one in editions
        for figure in one.figures.values()
    ]
    return [*listed, *whole, *figures]


def _others(package: ServicePackage) -> list[Said]:
    said = [
        Said("validity", str(one.value), one.basis, one.confirmed)
        for document in package.documents
        for one in document.validity_months
    ]
    said += [
        Said("silence", task.silence.then, task.silence.basis, task.silence.confirmed)
        for task in package.tasks.values()
        if task.silence
    ]
    if package.payment:
        said.append(Said("account", package.payment.account, package.payment.edition, package.payment.confirmed))
    if package.archive:
        years = f"{package.archive.active_years} + {package.archive.inactive_years}"
        said.append(Said("archive", years, package.archive.basis, package.archive.confirmed))
    return said


def agency_name(code: str) -> Label:
    """Its name; its code for one that the city does not list."""
    known = the_catalogue().agencies.get(code)
    return known.name if known else Label(code, code)
