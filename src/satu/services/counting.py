"""What a request is counted with: kept with the event that sent it, so that the sums are sums of events."""

from collections.abc import Mapping
from typing import Any

from satu.services.answers import typed
from satu.services.models import Case
from satu.services.types import ServicePackage


def counts_of(
    case: Case, package: ServicePackage, answers: Mapping[str, str], facts: Mapping[str, Any], *, stated: int = 0
) -> dict[str, int]:
    """Numbers only: of no answer and no fact does anything stand in them. ``stated``: what she typed in the place of
    what a silent system holds."""
    files = case.attachments.filter(task=None, removed_at=None).count() if package.uploads else 0
    return {
        "paper_fields": len(package.paper.fields),
        "typed": typed(package.questions, answers, facts) + stated,
        "photocopies": len(package.paper.photocopies),
        "files": files,
        "visits": package.paper.visits,
    }


def typed_again(package: ServicePackage, answers: Mapping[str, str], before: Mapping[str, str]) -> int:
    """How many answers were changed in a correction."""
    return sum(1 for question in package.questions if answers.get(question.key) != before.get(question.key))
