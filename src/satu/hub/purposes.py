"""Why data is looked at. A purpose says it to the subject in plain words, and says which facts that allows."""

from collections.abc import Iterable

from satu.hub import actions
from satu.hub.catalogue import the_catalogue
from satu.hub.types import Purpose, Subject
from satu.identity.types import Actor
from satu.kernel.city import Label


def self_access(actor: Actor) -> Purpose:
    """A resident looks at her own data: everything the city holds on her (UU 27/2022 on personal data, article 7)."""
    return Purpose(
        kind="self",
        reference=actor.reference,
        label=Label(id="Anda melihat data Anda sendiri", en="You looked at your own data"),
        legal_basis="UU 27/2022 pasal 7",
        facts=frozenset(key for key, fact in the_catalogue().facts.items() if fact.subject in {"person", "family"}),
    )


def inquiry(*, reason: str, subject: Subject, by: Actor, note: str = "") -> Purpose:
    """An officer's stated reason (a key of the city's ``purposes/*.yaml``), recorded as a new inquiry.

    Raises ``InvalidInput`` for an unknown reason, ``NotAllowed`` when none of her duties goes with it.
    To go on with the same inquiry on a later page: ``hub.queries.inquiry_for``.
    """
    return actions.open_inquiry(reason=reason, subject=subject, by=by, note=note)


def for_case(*, reference: str, label: Label, legal_basis: str, facts: Iterable[str]) -> Purpose:
    """A case needs these facts, and only these. Raises ``UnknownFact`` for one that the catalogue does not list."""
    wanted = frozenset(facts)
    for key in wanted:
        the_catalogue().fact(key)
    return Purpose(kind="case", reference=reference, label=label, legal_basis=legal_basis, facts=wanted)
