"""What a citizen had to type is kept as her declaration, and marked when an officer has verified it."""

from collections.abc import Mapping

from django.utils import timezone

from satu.identity.types import Actor
from satu.services.conversation.models import Declaration
from satu.services.models import Case
from satu.services.stated import Stated, facts_of
from satu.services.types import ServicePackage


def keep_declarations(
    case: Case, package: ServicePackage, answers: Mapping[str, str], stated: Stated, by: Actor
) -> None:
    """The answers that declare something, with what is sent. In the transaction of the sending."""
    said = {**answers, **stated.answers}
    declaring = [one for one in (*package.questions, *stated.questions) if one.declared_as and said.get(one.key)]
    if not declaring:
        return
    number = case.resubmissions.count()
    Declaration.objects.bulk_create(
        [
            Declaration(
                case=case,
                number=number,
                subject_nik=case.subject_nik,
                key=question.declared_as,
                value=said[question.key],
                label={"id": question.label.id, "en": question.label.en},
                by=by.reference,
            )
            for question in declaring
        ]
    )


def verify_declarations(case: Case, package: ServicePackage, by: Actor) -> None:
    """An officer who approves has verified what the case goes on with. In the transaction of her decision.

    What a silent system holds is not hers to verify: that system does, when it answers.
    """
    if not any(one.declared_as for one in package.questions):
        return
    newest = Declaration.objects.filter(case=case).order_by("-number").values_list("number", flat=True).first()
    if newest is not None:
        hers = Declaration.objects.filter(case=case, number=newest, verified_at=None)
        hers.exclude(key__in=facts_of(package.needs)).update(
            verified_by=by.reference, verified_by_name=by.name, verified_agency=by.agency, verified_at=timezone.now()
        )
