"""Which day's rules hold for a case."""

from datetime import date

from django.utils import timezone

from satu.services.models import Case


def day_of(case: Case) -> date:
    """The day of its submission; of a draft, today. Editions of tables and figures that held then hold for it."""
    return timezone.localdate(case.submitted_at) if case.submitted_at else timezone.localdate()
