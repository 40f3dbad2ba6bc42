"""What somebody stated herself: to show it to her, and to offer it again."""

from collections.abc import Mapping
from uuid import UUID

from satu.identity.types import Actor
from satu.kernel.city import Label, the_city
from satu.services.answers import shown
from satu.services.conversation.models import Declaration
from satu.services.conversation.types import DeclarationView
from satu.services.packages import the_package, the_packages
from satu.services.policies import own_case
from satu.services.stated import question_of
from satu.services.types import Question, ServicePackage


def declarations_of(by: Actor) -> list[DeclarationView]:
    """What she says of herself now, by key: the newest of each, in her own requests."""
    if by.nik is None:
        return []
    rows = (
        Declaration.objects.filter(subject_nik=by.nik.value, case__applicant_nik=by.nik.value)
        .select_related("case")
        .order_by("key", "-at", "-pk")
        .distinct("key")
    )
    return [_view(row, _question(row)) for row in rows]


def declared_for(case_id: UUID, *, by: Actor) -> Mapping[str, DeclarationView]:
    """By question of her draft: what she stated before about the same person. Offered, never used by itself.

    Raises ``Missing``.
    """
    case = own_case(case_id, by=by)
    questions = _declaring(the_package(case.service))
    if not questions:
        return {}
    rows = (
        Declaration.objects.filter(
            subject_nik=case.subject_nik, case__applicant_nik=case.applicant_nik, key__in=questions
        )
        .select_related("case")
        .order_by("key", "-at", "-pk")
        .distinct("key")
    )
    return {questions[row.key].key: _view(row, questions[row.key]) for row in rows}


def _question(row: Declaration) -> Question | None:
    package = the_packages().get(row.case.service)
    return _declaring(package).get(row.key) if package else None


def _declaring(package: ServicePackage) -> dict[str, Question]:
    """The questions whose answers are declarations, and those for facts that may be stated, by what they declare."""
    asked = (*package.questions, *(question_of(need) for need in package.needs if need.may_declare))
    return {one.declared_as: one for one in asked if one.declared_as}


def _view(row: Declaration, question: Question | None) -> DeclarationView:
    agency = the_city().agencies.get(row.verified_agency)
    return DeclarationView(
        key=row.key,
        label=Label(**row.label),
        value=row.value,
        shown=shown(question, row.value) if question else row.value,
        case_id=row.case_id,
        number=row.case.number or "",
        at=row.at,
        verified_by=str(agency.name) if agency else "",
        verified_at=row.verified_at,
    )
