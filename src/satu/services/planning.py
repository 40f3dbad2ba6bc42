"""From a package and an applicant to the pull: which facts, for what purpose."""

from collections.abc import Mapping

from satu.hub import purposes
from satu.hub.types import Purpose
from satu.kernel.city import Label
from satu.services.types import AboutView, Relation, ServicePackage

#: Who goes through a package before it is published: nobody's request.
TRIED_BY = "system:sandbox"


def purpose_of(
    package: ServicePackage,
    *,
    reference: str,
    by: str,
    facts: tuple[str, ...] | None = None,
    about: AboutView | None = None,
) -> Purpose:
    """Why a case's facts are pulled, as whom it is ``about`` reads it in her access ledger (``None``: the applicant).

    ``by`` is the applicant's reference. Only the needs are allowed.
    """
    return purposes.for_case(
        reference=reference,
        label=_why(package, by, about),
        legal_basis=package.legal_basis[0].id,
        facts=facts or facts_needed(package),
    )


def _why(package: ServicePackage, by: str, about: AboutView | None) -> Label:
    if by == TRIED_BY:
        return Label(id=f"Uji coba layanan: {package.name.id}", en=f"A service was tried out: {package.name.en}")
    if about:
        return _asked_by_another(package, about)
    return Label(id=f"Permohonan Anda: {package.name.id}", en=f"Your request: {package.name.en}")


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
