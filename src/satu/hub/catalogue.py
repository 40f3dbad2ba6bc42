"""The catalogue: every fact, every system, and the proof that they fit together. Read once a process."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NoReturn

from django.utils.translation import gettext_lazy as _

from satu.hub.facts import Fact, load_facts
from satu.hub.news import News, load_news
from satu.hub.systems import PARAMETERS, Operation, System, Tell, Value, load_systems
from satu.kernel.city import Agency, City, the_city
from satu.kernel.errors import InvalidInput
from satu.kernel.expressions import RuleError, check_expression

_NAME_IN_EXPRESSION = re.compile(r"(?<![\w.#$'\"])[a-z]+\.[a-z][a-z0-9_]*(?=[^\w(]|$)")
_NEWS_PLACEHOLDER = re.compile(r"\{([^{}:]*)(:[^{}]*)?\}")
_TEXT_IN_EXPRESSION = re.compile(r"'[^']*'|\"[^\"]*\"")


class UnknownFact(InvalidInput):
    """A program asked for a fact that the catalogue does not list."""

    code = "unknown-fact"


@dataclass(frozen=True, slots=True)
class Catalogue:
    facts: Mapping[str, Fact]
    systems: Mapping[str, System]
    agencies: Mapping[str, Agency]
    news: Mapping[str, News]

    def fact(self, key: str) -> Fact:
        """Raises ``UnknownFact``."""
        try:
            return self.facts[key]
        except KeyError:
            raise UnknownFact(_("The catalogue has no fact %(key)s.") % {"key": key}, field="facts") from None

    def system(self, code: str) -> System:
        """Raises ``KeyError``."""
        return self.systems[code]

    def systems_answering(self, key: str) -> tuple[System, ...]:
        """The systems that a fact comes from, the preferred one first; for a derived fact those of its inputs."""
        codes = dict.fromkeys(code for fact in self.roots(key) for code in fact.sources)
        return tuple(self.systems[code] for code in codes)

    def roots(self, key: str) -> tuple[Fact, ...]:
        """The facts that systems must be asked for to know ``key``: itself, or what it is derived from."""
        fact = self.fact(key)
        if fact.derived is None:
            return (fact,)
        return tuple(dict.fromkeys(root for name in fact.derived.inputs for root in self.roots(name)))


@cache
def the_catalogue() -> Catalogue:
    """The catalogue of the city that this installation serves."""
    return load_catalogue(the_city())


def load_catalogue(city: City) -> Catalogue:
    """Read and check facts and systems together. Raises ``CityDataError`` with file, line and mend."""
    catalogue = Catalogue(
        facts=load_facts(city.folder / "facts"),
        systems=load_systems(city.folder / "systems"),
        agencies=city.agencies,
        news=load_news(city.folder / "news.yaml"),
    )
    for fact in catalogue.facts.values():
        _check_fact(catalogue, fact)
    for system in catalogue.systems.values():
        _check_system(catalogue, system)
    return catalogue


def _known(names: Mapping[str, object]) -> str:
    return "Known are: " + ", ".join(sorted(names))


def _check_system(catalogue: Catalogue, system: System) -> None:
    if system.agency not in catalogue.agencies:
        raise system.file.error(
            "agency", what=f"no agency {system.agency!r} in city.yaml", mend=_known(catalogue.agencies)
        )
    for operation in system.operations.values():
        for key, value in operation.answers.items():
            _check_answer(catalogue, system, operation, key, value)
    for tell in system.tells.values():
        _check_tell(catalogue, system, tell)


def _check_tell(catalogue: Catalogue, system: System, tell: Tell) -> None:
    news = catalogue.news.get(tell.news)
    if news is None:
        raise system.file.error(
            "tells", tell.name, "news", what=f"no news {tell.news!r} in news.yaml", mend=_known(catalogue.news)
        )
    known: dict[str, object] = {**news.parts, **dict.fromkeys((*PARAMETERS, "id"), "text")}
    for key in ("path", "headers", "json", "columns", "file"):
        written = getattr(tell, key)
        for template in [written] if isinstance(written, str) else written.values():
            for name, form in _NEWS_PLACEHOLDER.findall(template):
                if name not in known or (form and known[name] != "date"):
                    raise system.file.error(
                        *("tells", tell.name, key),
                        what=f"the news {tell.news} has no {'date' if form else 'part'} {name!r}",
                        mend=_known(known),
                    )
    for part in sorted(set(tell.map) - set(news.parts)):
        raise system.file.error(
            "tells",
            tell.name,
            "map",
            part,
            what=f"the news {tell.news} has no part {part!r}",
            mend=_known(news.parts),
        )


def _check_answer(catalogue: Catalogue, system: System, operation: Operation, key: str, value: Value) -> None:
    def wrong(what: str, mend: str) -> NoReturn:
        raise system.file.error("operations", operation.name, "answers", key, what=f"{key}: {what}", mend=mend)

    fact = catalogue.facts.get(key)
    if fact is None:
        wrong("the catalogue has no such fact", "Add it to a file in facts/, or correct the key.")
    if fact.derived:
        wrong("the fact is derived, no system answers it", "Remove this line, or the derivation in facts/.")
    if system.code not in fact.sources:
        wrong("the fact does not list this system", f"Add {system.code} to its sources in {fact.file.path.name}.")
    if fact.subject != operation.subject and (fact.subject, operation.subject) != ("family", "person"):
        wrong(
            f"the operation is about a {operation.subject}", "Move the line to an operation with the right subject."
        )
    if set(value.each or ()) != set(fact.parts):
        wrong(
            f"its parts are {', '.join(sorted(value.each or ['none']))}",
            f"The catalogue lists: {', '.join(sorted(fact.parts)) or 'none'}.",
        )
    unknown = {str(meaning) for meaning in (value.codes or {}).values()} - set(fact.codes)
    if fact.codes and unknown:
        wrong(f"the code {min(unknown)!r} is not one of the fact's", _known(fact.codes))


def _check_fact(catalogue: Catalogue, fact: Fact) -> None:
    if fact.agency not in catalogue.agencies:
        raise fact.error("agency", what=f"no agency {fact.agency!r} in city.yaml", mend=_known(catalogue.agencies))
    for name, part in fact.parts.items():
        if part.type == "code" and not part.codes:
            raise fact.error("parts", name, what="a part of type code needs its codes", mend="Add 'codes'.")
    for index, code in enumerate(fact.sources):
        if code not in catalogue.systems:
            raise fact.error("sources", index, what=f"no system {code!r} in systems/", mend=_known(catalogue.systems))
        if catalogue.systems[code].operation_for(fact.key) is None:
            raise fact.error(
                "sources",
                index,
                what=f"the system {code!r} does not answer it",
                mend=f"Add it to 'answers' in {catalogue.systems[code].file.path.name}, or remove the source.",
            )
    if fact.derived:
        _check_derivation(catalogue, fact)


def _check_derivation(catalogue: Catalogue, fact: Fact) -> None:
    derived = fact.derived
    assert derived is not None  # noqa: S101 - the caller looked
    for index, name in enumerate(derived.inputs):
        if name not in catalogue.facts:
            raise fact.error(
                "derived", "inputs", index, what=f"no fact {name!r}", mend="Correct the key, or add the fact."
            )
        if catalogue.facts[name].subject != fact.subject:
            raise fact.error(
                "derived", "inputs", index, what=f"{name} is about something else", mend="Use facts of one subject."
            )
    if cycle := next(_cycles(catalogue, fact.key, ()), None):
        raise fact.error("derived", what=f"it is derived from itself: {' <- '.join(cycle)}", mend="Break the circle.")
    try:
        check_expression(derived.expression)
    except RuleError as error:
        mend = 'See "Derived facts" in docs/guides/connect-a-system.md.'
        raise fact.error("derived", "expression", what=str(error), mend=mend) from error
    _check_names(fact, derived.expression, derived.inputs)


def _check_names(fact: Fact, expression: str, inputs: tuple[str, ...]) -> None:
    used = set(_NAME_IN_EXPRESSION.findall(_TEXT_IN_EXPRESSION.sub("''", expression)))
    for name in sorted(used - set(inputs)):
        raise fact.error(
            "derived", "expression", what=f"it uses {name}, which is not an input", mend="Add it to 'inputs'."
        )
    for name in sorted(set(inputs) - used):
        raise fact.error("derived", "inputs", what=f"the input {name} is not used", mend="Remove it from 'inputs'.")


def _cycles(catalogue: Catalogue, key: str, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if key in path:
        yield (*path[path.index(key) :], key)
        return
    fact = catalogue.facts.get(key)
    for name in fact.derived.inputs if fact and fact.derived else ():
        yield from _cycles(catalogue, name, (*path, key))
