"""Which day's rules hold for a case, and until when it waits."""

from datetime import date

from django.utils import timezone

from satu.services.models import Case, Wait


def day_of(case: Case) -> date:
    """The day of its submission; of a draft, today. Editions of tables and figures that held then hold for it."""
    return timezone.localdate(case.submitted_at) if case.submitted_at else timezone.localdate()


def waits_until(case: Case) -> date | None:
    """The last day of a wait of an open case that is not over."""
    return Wait.objects.filter(case=case, ended_at=None).order_by("until").values_list("until", flat=True).first()
