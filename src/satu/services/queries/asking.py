"""The residual form as it stands while it is being filled in."""

from collections.abc import Mapping
from uuid import UUID

from satu.identity.types import Actor
from satu.services.answers import answer_values
from satu.services.days import day_of
from satu.services.fees import estimate
from satu.services.forms import read_form
from satu.services.packages import package_at, the_package
from satu.services.policies import own_case
from satu.services.queries.parts import basis_of, questions_of, stated_questions, with_stated
from satu.services.types import FeeView, QuestionView


def questions_for(case_id: UUID, answers: Mapping[str, str], *, by: Actor) -> tuple[QuestionView, ...]:
    """The questions of her draft, or of what was sent back to her, that these answers leave to be asked.

    Each with what she typed, usable or not. Raises ``Missing``.
    """
    case = own_case(case_id, by=by, whole=True)
    package = package_at(case.service, case.version.version) if case.version else the_package(case.service)
    dossier = basis_of(case)[0] if case.submitted_at else case.dossier
    stated, facts = with_stated(package, dossier, answers)
    read, _errors = read_form(package.questions, answers, facts)
    return (*stated_questions(stated, answers), *questions_of(package, read, facts, answers))


def fee_with(case_id: UUID, answers: Mapping[str, str], *, by: Actor) -> FeeView | None:
    """What her draft would cost with these answers; ``None`` while some are missing. Raises ``Missing``."""
    case = own_case(case_id, by=by, whole=True)
    package = package_at(case.service, case.version.version) if case.version else the_package(case.service)
    dossier = basis_of(case)[0] if case.submitted_at else case.dossier
    _stated, facts = with_stated(package, dossier, answers)
    read, _errors = read_form(package.questions, answers, facts)
    return estimate(package, {**facts, **answer_values(package.questions, read)}, on=day_of(case))
