"""From a package and an applicant to the pull: which facts, for what purpose."""

from collections.abc import Mapping

from satu.hub import purposes
from satu.hub.types import Purpose
from satu.kernel.city import Label
from satu.services.types import AboutView, Relation, ServicePackage


def purpose_of(
    package: ServicePackage, *, reference: str, facts: tuple[str, ...] | None = None, about: AboutView | None = None
) -> Purpose:
    """Why a case's facts are pulled, as whom it is ``about`` reads it in her access ledger (``None``: the applicant).

    Only the needs are allowed.
    """
    return purposes.for_case(
        reference=reference,
        label=_asked_by_another(package, about)
        if about
        else Label(id=f"Permohonan Anda: {package.name.id}", en=f"Your request: {package.name.en}"),
        legal_basis=package.legal_basis[0].id,
        facts=facts or facts_needed(package),
    )


def _asked_by_another(package: ServicePackage, about: AboutView) -> Label:
    said = _ASKED_BY[about.relation]
    return Label(
        id=f"Permohonan {said.id} ({about.applicant_name}): {package.name.id}",
        en=f"A request by {said.en} ({about.applicant_name}): {package.name.en}",
    )


#: Who asks, as whom it is about reads it: what the applicant is to her.
_ASKED_BY: Mapping[Relation, Label] = {
    "child": Label(id="orang tua Anda", en="your parent"),
    "spouse": Label(id="suami atau istri Anda", en="your husband or wife"),
    "parent": Label(id="anak Anda", en="your child"),
    "business": Label(id="pemilik usaha", en="the owner of the business"),
}


def facts_needed(package: ServicePackage) -> tuple[str, ...]:
    return tuple(need.fact for need in package.needs)
