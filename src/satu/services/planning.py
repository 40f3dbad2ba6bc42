"""From a package and an applicant to the pull: which facts, for what purpose."""

from satu.hub import purposes
from satu.hub.types import Purpose
from satu.kernel.city import Label
from satu.services.types import ServicePackage


def purpose_of(package: ServicePackage, *, reference: str, facts: tuple[str, ...] | None = None) -> Purpose:
    """Why a case's facts are pulled, as the applicant reads it in the access ledger. Only the needs are allowed."""
    return purposes.for_case(
        reference=reference,
        label=Label(
            id=f"Permohonan Anda: {package.name.id}",
            en=f"Your request: {package.name.en}",
        ),
        legal_basis=package.legal_basis[0].id,
        facts=facts or facts_needed(package),
    )


def facts_needed(package: ServicePackage) -> tuple[str, ...]:
    return tuple(need.fact for need in package.needs)
