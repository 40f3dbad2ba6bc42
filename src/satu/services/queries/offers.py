"""What the city offers somebody."""

from django.utils import timezone

from satu.identity.types import Actor
from satu.kernel.city import Label
from satu.services.models import Case, Offer
from satu.services.packages import the_packages
from satu.services.types import OfferView


def offers_for(by: Actor) -> list[OfferView]:
    """The offers that wait for her, the one that ends first at the top."""
    if by.nik is None:
        return []
    packages = the_packages()
    rows = Offer.objects.filter(nik=by.nik.value, state=Offer.State.OPEN, until__gte=timezone.localdate())
    return [
        OfferView(
            id=offer.pk,
            service=offer.service,
            service_name=packages[offer.service].name,
            because=Label(**offer.because),
            until=offer.until,
            asks=sum(
                1
                for question in packages[offer.service].questions
                if question.required and not offer.answers.get(question.key)
            ),
        )
        for offer in rows.order_by("until", "offered_at")
        if offer.service in packages
    ]


def filled_in(case: Case) -> dict[str, str]:
    """The answers that a draft has from its offer."""
    offer: Offer | None = getattr(case, "offer", None)
    return dict(offer.answers) if offer else {}
