"""What stops an answer or a case, with what a page says about it."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from satu.kernel.errors import InvalidInput, SatuError
from satu.services.types.cases import SystemTrouble


class InvalidAnswers(InvalidInput):
    """Some answers cannot be used. ``errors`` has a sentence for each question's key; nothing has changed."""

    code = "invalid-answers"

    def __init__(self, errors: Mapping[str, str | Promise]) -> None:
        super().__init__(_("Some answers need another look."), field=next(iter(errors), None))
        self.errors: Mapping[str, str | Promise] = errors


class SystemsDown(SatuError):
    """A required fact's system does not answer. The draft is kept; ``troubles`` says which system."""

    code = "systems-down"
    status = 503

    def __init__(self, sentence: str | Promise, troubles: tuple[SystemTrouble, ...]) -> None:
        super().__init__(sentence)
        self.troubles = troubles


class FeeUnknown(SatuError):
    """What it costs cannot be worked out: ``missing`` are the facts and answers that the fee's table looks at."""

    code = "fee-unknown"
    status = 422

    def __init__(self, sentence: str | Promise, missing: tuple[str, ...]) -> None:
        super().__init__(sentence)
        self.missing = missing


class FactsMissing(SatuError):
    """The system answered that it does not hold what the document needs. The draft is kept."""

    code = "facts-missing"
    status = 422

    def __init__(self, sentence: str | Promise, facts: tuple[str, ...]) -> None:
        super().__init__(sentence)
        self.missing = facts
