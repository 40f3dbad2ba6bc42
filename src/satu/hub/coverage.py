"""Which system knows what, about whom and how freshly: the page on coverage and freshness, from the city's files."""

from collections.abc import Iterator
from dataclasses import dataclass

from satu.hub.catalogue import Catalogue
from satu.hub.facts import Fact
from satu.hub.systems import System
from satu.kernel.city import Label

_KINDS = {
    "registry": "in this installation",
    "local": "in this installation",
    "rest": "HTTP and JSON",
    "sql": "its database, read only",
    "file": "files that it drops",
}


@dataclass(frozen=True, slots=True)
class SystemCoverage:
    """One connected system as its YAML describes it."""

    system: System
    agency: Label
    facts: tuple[Fact, ...]


def coverage(catalogue: Catalogue) -> tuple[SystemCoverage, ...]:
    """Every system with the facts it answers, the registers first."""
    order = {"registry": 0, "local": 1}
    systems = sorted(catalogue.systems.values(), key=lambda system: (order.get(system.kind, 2), system.code))
    return tuple(
        SystemCoverage(s, catalogue.agencies[s.agency].name, tuple(catalogue.fact(key) for key in s.facts))
        for s in systems
    )


def as_markdown(catalogue: Catalogue) -> str:
    """The page ``docs/systems.md``."""
    return "\n".join(_lines(catalogue)) + "\n"


def _lines(catalogue: Catalogue) -> Iterator[str]:
    yield "# Connected systems"
    yield ""
    yield "Made by `satu hub systems --write docs/systems.md` from the city's `systems/` and `facts/`. Do not edit."
    for entry in coverage(catalogue):
        yield from _system(entry, catalogue)
    yield from _derived(catalogue)


def _system(entry: SystemCoverage, catalogue: Catalogue) -> Iterator[str]:
    system = entry.system
    yield ""
    yield f"## {system.name.en} (`{system.code}`)"
    yield ""
    if system.simulated:
        yield "**Simulated** in the demonstration."
        yield ""
    yield f"- Agency: {entry.agency.en}"
    yield f"- Reached by: {_KINDS[system.kind]}, waited for at most {system.deadline:g} s"
    yield f"- Legal basis: {system.legal_basis}"
    yield f"- Covers: {system.coverage.en}"
    yield f"- Freshness: {system.freshness.en}"
    if told := [catalogue.news[tell.news].label.en for tell in system.tells.values()]:
        yield f"- Is told: {'; '.join(told)}"
    if names := system.connection.settings():
        yield f"- Settings: {', '.join(f'`SATU_{name}`' for name in names)}"
    yield ""
    yield "| fact | what it is | type | classification | too old after | asked as |"
    yield "|---|---|---|---|---|---|"
    for fact in entry.facts:
        turn = fact.sources.index(system.code) + 1
        age = "—" if fact.max_age is None else f"{fact.max_age.total_seconds() / 86400:g} days"
        yield (
            f"| `{fact.key}` | {fact.label.en} | {fact.type} | {fact.classification} | {age} "
            f"| {'first source' if turn == 1 else f'source {turn}'} |"
        )


def _derived(catalogue: Catalogue) -> Iterator[str]:
    yield ""
    yield "## Derived facts"
    yield ""
    yield "A service that needs only the answer gets only the answer; the inputs are neither released nor stored."
    yield ""
    yield "| fact | what it is | from | expression |"
    yield "|---|---|---|---|"
    for fact in catalogue.facts.values():
        if fact.derived:
            inputs = ", ".join(f"`{name}`" for name in fact.derived.inputs)
            yield f"| `{fact.key}` | {fact.label.en} | {inputs} | `{fact.derived.expression}` |"
