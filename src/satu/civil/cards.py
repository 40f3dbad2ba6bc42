"""The card that follows a change: the family's (KK), as the register stands now."""

from collections.abc import Mapping
from typing import Any

from django.utils import translation

from satu.civil.figures import the_figures
from satu.documents.actions import issue_document
from satu.identity.types import SYSTEM
from satu.kernel.city import Label
from satu.kernel.errors import Missing
from satu.kernel.identifiers import FamilyCardNumber, Nik
from satu.registry import queries
from satu.registry.types import Address, Coded, Resident
from satu.services.operations import OperationContext

FAMILY_CARD = Label("Kartu Keluarga", "Family Card")
_SEXES = {"male": Label("Laki-laki", "Male"), "female": Label("Perempuan", "Female")}


def issue_family_card(context: OperationContext, number: FamilyCardNumber) -> str:
    """Issue the card of a family to its head, once a case. Returns the document's id."""
    family = queries.family_by_number(number)
    if family is None or not family.members:
        raise Missing("a family without members has no card")
    people = {one.record_id: one for one in queries.residents(member.resident_id for member in family.members)}
    card = the_figures().family_card
    with translation.override("id"):
        data = {
            "lang": "id",
            "number": number.value,
            "head": family.head_name,
            "address": _address(family.address),
            "members": [_member(people[member.resident_id], member.role) for member in family.members],
        }
    document = issue_document(
        service=context.package.slug,
        template=card.template,
        data=data,
        title=FAMILY_CARD,
        holder=family.members[0].nik,
        holder_name=family.head_name,
        requested_by=Nik(context.case.applicant_nik),
        issuer=card.signing_agency,
        classification=card.classification,
        case_reference=context.case.number or "",
        valid_until=None,
        idempotency_key=f"case:{context.case.pk}:kk:{number.value}",
        by=SYSTEM,
    )
    context.issued(f"family_card_{family.id}", document.id)
    return str(document.id)


def _address(address: Address) -> Mapping[str, str]:
    return {
        "line": address.line,
        "rt": address.rt,
        "rw": address.rw,
        "kelurahan": address.kelurahan.name,
        "kecamatan": address.kecamatan.name,
        "postcode": address.postcode,
    }


def _person(one: Resident) -> dict[str, Any]:
    return {
        "nik": one.nik.value,
        "name": one.name,
        "sex": str(_SEXES[one.sex]),
        "birth_place": one.birth_place,
        "birth_date": one.birth_date.isoformat(),
        "religion": str(one.religion),
        "education": str(one.education),
        "occupation": str(one.occupation),
        "blood_type": str(one.blood_type),
        "marital_status": str(one.marital_status),
        "citizenship": str(one.citizenship),
        "father": one.father_name,
        "mother": one.mother_name,
    }


def _member(one: Resident, role: Coded) -> dict[str, Any]:
    return {**_person(one), "role": str(role)}
