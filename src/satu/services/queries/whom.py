"""For whom a resident may ask for a service."""

from satu.identity.types import Actor
from satu.services import subjects
from satu.services.packages import the_package
from satu.services.policies import applicant
from satu.services.types import ActingChoice


def whom_for(service: str, *, by: Actor) -> tuple[ActingChoice, ...]:
    """For whom she may ask for this service, herself first. Looks at her family card, or at her businesses.

    Raises ``Missing``, ``NotAllowed``, and ``ActingUnchecked`` when the records cannot be looked at.
    """
    package = the_package(service)
    applicant(by)
    return subjects.whom_for(package, by=by)
