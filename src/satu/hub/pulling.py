"""From wanted facts to outcomes: which systems to ask, whom to ask when one is down, what follows from what."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import structlog
from django.utils import timezone

from satu.hub import asking
from satu.hub.catalogue import Catalogue
from satu.hub.facts import Fact
from satu.hub.types import Ambiguous, Found, NotFound, Outcome, Provenance, Subject, Unavailable
from satu.kernel.expressions import RuleError, evaluate

_log = structlog.get_logger(__name__)


def gather(catalogue: Catalogue, about: Subject, keys: Iterable[str], today: date) -> dict[str, Outcome]:
    """The outcome of each key, in that order. What a derived fact was derived from is asked and forgotten."""
    keys = tuple(keys)
    roots = dict.fromkeys(root for key in keys for root in catalogue.roots(key))
    known = _ask(catalogue, about, tuple(roots), today)
    return {key: _answer(catalogue, key, known, today) for key in keys}


def _ask(catalogue: Catalogue, about: Subject, facts: tuple[Fact, ...], today: date) -> dict[str, Outcome]:
    """Ask each fact's first source; where that is unavailable, the next one that the catalogue lists."""
    outcomes: dict[str, Outcome] = {}
    left = facts
    for preference in range(max((len(fact.sources) for fact in facts), default=0)):
        wanted = [(f, catalogue.system(f.sources[preference])) for f in left if preference < len(f.sources)]
        outcomes |= {o.fact: o for o in asking.ask(asking.plan(wanted), about, today)}
        left = tuple(fact for fact in left if isinstance(outcomes[fact.key], Unavailable))
    return outcomes


def _answer(catalogue: Catalogue, key: str, known: Mapping[str, Outcome], today: date) -> Outcome:
    fact = catalogue.fact(key)
    if fact.derived is None:
        return known[key]
    inputs = [_answer(catalogue, name, known, today) for name in fact.derived.inputs]
    return derive(fact, inputs, today)


def derive(fact: Fact, inputs: list[Outcome], today: date) -> Outcome:
    """What follows from the inputs. Trouble with one of them is trouble with the derived fact, under its own name."""
    derived = fact.derived
    assert derived is not None  # noqa: S101 - the caller looked
    for outcome in inputs:
        match outcome:
            case Unavailable():
                return Unavailable(fact.key, outcome.system, outcome.at, fact.legal_basis, outcome.reason)
            case Ambiguous():
                return Ambiguous(fact.key, outcome.system, outcome.at, fact.legal_basis, outcome.candidates)
    for outcome in inputs:
        if isinstance(outcome, NotFound):
            return _without(fact, outcome)
    found = [outcome for outcome in inputs if isinstance(outcome, Found)]
    provenance = _combined(fact, [outcome.provenance for outcome in found])
    try:
        value = _typed(fact, evaluate(derived.expression, _nested(found) | {"today": today.isoformat()}))
    except RuleError:
        # Its text could repeat a value.
        _log.warning("hub.derivation_failed", fact=fact.key)
        return Unavailable(fact.key, provenance.system, timezone.now(), fact.legal_basis, "error")
    return Found(fact.key, value, provenance)


def _without(fact: Fact, missing: NotFound) -> Outcome:
    assert fact.derived is not None  # noqa: S101 - the caller looked
    if fact.derived.if_not_found is None:
        return NotFound(fact.key, missing.system, missing.at, fact.legal_basis)
    provenance = Provenance(missing.system, "", missing.at, missing.at, fact.legal_basis)
    return Found(fact.key, fact.derived.if_not_found, provenance)


def _nested(found: Iterable[Found]) -> dict[str, Any]:
    """``person.age`` is written so in an expression, and means the part ``age`` of ``person``."""
    values: dict[str, Any] = {}
    for outcome in found:
        subject, _dot, name = outcome.fact.partition(".")
        values.setdefault(subject, {})[name] = outcome.value
    return values


def _combined(fact: Fact, provenances: list[Provenance]) -> Provenance:
    """No fresher than the oldest input, and no more certain; its record numbers stay with the inputs."""
    oldest = min(provenances, key=lambda p: p.as_of)
    retrieved: datetime = max(p.retrieved_at for p in provenances)
    too_old = any(p.too_old for p in provenances)
    return Provenance(oldest.system, "", oldest.as_of, retrieved, fact.legal_basis, too_old=too_old)


def _typed(fact: Fact, value: Any) -> Any:
    """ZEN counts in floating point; a whole number of the catalogue is an ``int`` again. Raises ``RuleError``."""
    match fact.type:
        case "boolean" if isinstance(value, bool):
            return value
        case "integer" | "money" if (
            isinstance(value, int | float) and not isinstance(value, bool) and value == int(value)
        ):
            return int(value)
        case "text" | "date" if isinstance(value, str):
            return value
        case "code" if value in fact.codes:
            return value
    raise RuleError(f"{fact.key}: the expression does not give what the catalogue says")
