"""A dossier as JSON in a case's row, and back, with the provenance of every fact."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from satu.hub.ledger.types import ReleasedFact
from satu.hub.types import (
    Ambiguous,
    Dossier,
    Found,
    NotFound,
    Outcome,
    Provenance,
    Refused,
    Unavailable,
)
from satu.services.types import ABOUT, OutcomeKind


@dataclass(frozen=True, slots=True)
class Declared:
    """What the applicant stated herself, because ``system`` did not answer."""

    fact: str
    value: Any = field(repr=False)
    system: str
    at: datetime
    legal_basis: str


Kept = Outcome | Declared
"""What a case keeps of a fact."""

_KINDS: Mapping[type[Kept], OutcomeKind] = {
    Declared: "declared",
    Found: "found",
    NotFound: "not_found",
    Ambiguous: "ambiguous",
    Unavailable: "unavailable",
    Refused: "refused",
}


def kind_of(outcome: Kept) -> OutcomeKind:
    return _KINDS[type(outcome)]


def system_of(outcome: Kept) -> str:
    return outcome.provenance.system if isinstance(outcome, Found) else outcome.system


def dossier_to_json(dossier: Dossier) -> dict[str, Any]:
    return {
        "id": str(dossier.id),
        "pulled_at": dossier.pulled_at.isoformat(),
        "outcomes": [outcome_to_json(outcome) for outcome in dossier.outcomes],
    }


def outcome_to_json(outcome: Outcome) -> dict[str, Any]:
    common = {"kind": kind_of(outcome), "fact": outcome.fact}
    match outcome:
        case Found():
            from_where = outcome.provenance
            return {
                **common,
                "value": outcome.value,
                "system": from_where.system,
                "record": from_where.record,
                "as_of": from_where.as_of.isoformat(),
                "at": from_where.retrieved_at.isoformat(),
                "legal_basis": from_where.legal_basis,
            }
        case Ambiguous():
            extra: dict[str, Any] = {"candidates": outcome.candidates}
        case Unavailable():
            extra = {"reason": outcome.reason}
        case NotFound() | Refused():
            extra = {}
    return {
        **common,
        "system": outcome.system,
        "at": outcome.at.isoformat(),
        "legal_basis": outcome.legal_basis,
        **extra,
    }


def declared_outcome(silent: Mapping[str, Any], value: object, at: datetime) -> dict[str, Any]:
    """As JSON: what was stated in the place of an outcome that says that a system is silent."""
    kept = {key: silent[key] for key in ("fact", "system", "legal_basis")}
    return {"kind": "declared", **kept, "value": value, "at": at.isoformat()}


def released(outcome: Kept) -> ReleasedFact:
    """What an access ledger says of it: of what she stated herself, that the system released nothing."""
    if isinstance(outcome, Declared):
        return ReleasedFact(outcome.fact, outcome.system, "unavailable")
    return ReleasedFact.of(outcome)


def outcome_from_json(data: Mapping[str, Any]) -> Kept:
    at = datetime.fromisoformat(data["at"])
    basis = data["legal_basis"]
    if data["kind"] == "found":
        return Found(
            data["fact"],
            data["value"],
            Provenance(
                system=data["system"],
                record=data["record"],
                as_of=datetime.fromisoformat(data["as_of"]),
                retrieved_at=at,
                legal_basis=basis,
            ),
        )
    common = {"fact": data["fact"], "system": data["system"], "at": at, "legal_basis": basis}
    match data["kind"]:
        case "not_found":
            return NotFound(**common)
        case "ambiguous":
            return Ambiguous(**common, candidates=data["candidates"])
        case "unavailable":
            return Unavailable(**common, reason=data["reason"])
        case "refused":
            return Refused(**common)
        case "declared":
            return Declared(**common, value=data["value"])
    raise ValueError(f"not an outcome: {data['kind']!r}")


def known_in(dossier: Mapping[str, Any]) -> dict[str, Any]:
    """What rules see of a dossier: the values by fact, and what whom it is about is to the applicant."""
    found = values_of(outcome_from_json(outcome) for outcome in dossier["outcomes"])
    return {**found, ABOUT: dossier.get("about", "self")}


def values_of(outcomes: Iterable[Kept]) -> dict[str, Any]:
    """The values that were found or stated, by fact."""
    return {outcome.fact: outcome.value for outcome in outcomes if isinstance(outcome, Found | Declared)}
