"""Who may have a document."""

from satu.documents.models import Document
from satu.identity.types import Actor


def may_read(actor: Actor, document: Document) -> bool:
    """Its holder, who asked for it in her name, the officers of the agency that issued it, and Satu (to send it)."""
    if actor.kind == "resident":
        return actor.nik is not None and actor.nik.value in {document.holder_nik, document.requested_by_nik}
    return actor.kind == "system" or actor.agency == document.issuer


def may_share(actor: Actor, document: Document) -> bool:
    """Its holder, and who asked for it in her name: no officer shows somebody's document around."""
    return actor.kind == "resident" and may_read(actor, document)


def may_revoke(actor: Actor, document: Document) -> bool:
    """The officers of the agency that issued it, and Satu itself (when what it says has ceased to be so)."""
    return actor.kind == "system" or (actor.kind == "officer" and actor.agency == document.issuer)
