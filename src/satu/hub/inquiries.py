"""An officer's inquiry, system by system: what her reason allows of each, what it does not, and the answers."""

from satu.hub import queries
from satu.hub.actions import pull
from satu.hub.catalogue import the_catalogue
from satu.hub.queries import OpenInquiry, SystemFacts
from satu.hub.types import Dossier
from satu.identity.types import Actor
from satu.kernel.city import Label


def systems_of(inquiry: OpenInquiry) -> tuple[SystemFacts, ...]:
    """Every system that knows something about a person, with the facts that the reason allows."""
    allowed = {group.system: group for group in queries.facts_by_system(inquiry.purpose.facts)}
    return tuple(
        allowed.get(group.system)
        or SystemFacts(group.system, group.name, group.agency, simulated=group.simulated, facts=())
        for group in queries.facts_about_person()
    )


def not_allowed_in(inquiry: OpenInquiry, system: str) -> list[Label]:
    """What the system also knows and the reason does not allow."""
    catalogue = the_catalogue()
    everything = next((group.facts for group in queries.facts_about_person() if group.system == system), ())
    return [catalogue.fact(key).label for key in everything if key not in inquiry.purpose.facts]


def ask(inquiry: OpenInquiry, system: SystemFacts, *, by: Actor) -> Dossier:
    """One system's answers. Raises what ``actions.pull`` raises."""
    return pull(about=inquiry.subject, facts=system.facts, purpose=inquiry.purpose, by=by)
