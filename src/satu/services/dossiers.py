"""A dossier as JSON in a case's row, and back, with the provenance of every fact."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from satu.hub.types import (
    Ambiguous,
    Dossier,
    Found,
    NotFound,
    Outcome,
    Provenance,
    Purpose,
    Refused,
    Subject,
    Unavailable,
)
from satu.services.types import OutcomeKind

_KINDS: Mapping[type[Outcome], OutcomeKind] = {
    Found: "found",
    NotFound: "not_found",
    Ambiguous: "ambiguous",
    Unavailable: "unavailable",
    Refused: "refused",
}


def kind_of(outcome: Outcome) -> OutcomeKind:
    return _KINDS[type(outcome)]


def system_of(outcome: Outcome) -> str:
    return outcome.provenance.system if isinstance(outcome, Found) else outcome.system


def dossier_to_json(dossier: Dossier) -> dict[str, Any]:
    return {
        "id": str(dossier.id),
        "pulled_at": dossier.pulled_at.isoformat(),
        "outcomes": [outcome_to_json(outcome) for outcome in dossier.outcomes],
    }


def dossier_from_json(data: Mapping[str, Any], *, subject: Subject, purpose: Purpose) -> Dossier:
    return Dossier(
        id=UUID(data["id"]),
        subject=subject,
        purpose=purpose,
        pulled_at=datetime.fromisoformat(data["pulled_at"]),
        outcomes=tuple(outcome_from_json(one) for one in data["outcomes"]),
    )


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


def outcome_from_json(data: Mapping[str, Any]) -> Outcome:
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
    raise ValueError(f"not an outcome: {data['kind']!r}")


def values_of(outcomes: Iterable[Outcome]) -> dict[str, Any]:
    """The values that were found, by fact."""
    return {outcome.fact: outcome.value for outcome in outcomes if isinstance(outcome, Found)}
