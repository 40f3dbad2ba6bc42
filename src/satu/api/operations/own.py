"""Who calls, what the city holds on her, and who has looked at it."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from satu.api.callers import Caller, actor, calling
from satu.api.chapters import Chapter
from satu.api.paging import USUAL, Before, Limit, page
from satu.api.schemas import own as shapes
from satu.hub import queries
from satu.hub.catalogue import the_catalogue
from satu.hub.formatting import show
from satu.hub.ledger import queries as ledger
from satu.hub.ledger.types import Access, ReleasedFact
from satu.hub.own_data import look_at_oneself
from satu.hub.types import Found, Outcome, Subject
from satu.identity.actions import set_language
from satu.identity.queries import account_id_of, language_of
from satu.identity.types import Actor
from satu.services.actions.attaching import ATTACHMENT_FACT
from satu.services.queries import declarations_of

chapter = Chapter(_("Own data"), "resident")
#: What the ledger names beside the facts of the catalogue.
_OTHER_LABELS = {ATTACHMENT_FACT: gettext_lazy("A file that was sent")}


@chapter.look("/me", _("Who calls"), shapes.Me, kind="anyone")
def read_me(request: HttpRequest) -> dict[str, object]:
    return _me(calling(request))


@chapter.settle("/me/language", _("The language in which the caller is written to"), shapes.Me, kind="anyone")
def choose_language(request: HttpRequest, given: shapes.ChosenLanguage) -> dict[str, object]:
    caller = calling(request)
    set_language(language=given.language, by=caller.actor)
    return _me(caller)


def _me(caller: Caller) -> dict[str, object]:
    by = caller.actor
    return {
        "name": by.name,
        "kind": by.kind,
        "nik": by.nik,
        "agency": by.agency,
        "duties": sorted(by.duties),
        "areas": sorted(by.areas),
        "scope": caller.scope,
        "language": language_of(account_id_of(by) or 0),
    }


@chapter.look(
    "/my-data",
    _("What the city holds on the caller"),
    shapes.MyData,
    about=_("Pulled now, by system, with source and freshness (UU 27/2022, the right of access)."),
)
def read_my_data(request: HttpRequest) -> dict[str, object]:
    by = actor(request)
    dossier = look_at_oneself(by=by)
    return {"panels": [panel(one) for one in queries.panels(dossier)], "declarations": declarations_of(by)}


@chapter.look("/accesses", _("Who looked at the caller's data"), shapes.Accesses)
def list_accesses(
    request: HttpRequest, response: HttpResponse, cursor: Before = None, limit: Limit = USUAL
) -> dict[str, object]:
    found = ledger.accesses_about(_herself(actor(request)), limit=limit + 1, before=cursor)
    shown = page(request, response, found, limit, key="entry_id")
    return shown | {"items": [_access(one) for one in found[:limit]]}


@chapter.look(
    "/accesses/{uuid:entry_id}/proof",
    _("Proof that a look stands in the ledger"),
    shapes.Proof,
    about=_("Once it is sealed, within a second or two. How to check it stands in the guide."),
)
def prove_access(request: HttpRequest, entry_id: UUID) -> dict[str, object]:
    access = ledger.access_about(_herself(actor(request)), entry_id)
    proof = ledger.inclusion_proof(access.entry_id)
    return {
        "entry_id": proof.entry_id,
        "leaf_data": proof.leaf_data.hex(),
        "subject_salt": proof.subject_salt.hex(),
        "look_salt": proof.look_salt.hex(),
        "index": proof.index,
        "tree_size": proof.head.size,
        "root": proof.head.root.hex(),
        "sealed_at": proof.head.sealed_at,
        "path": [node.hex() for node in proof.path],
    }


def panel(one: queries.Panel) -> dict[str, object]:
    """What one system answered."""
    return {
        "system": one.system,
        "name": one.name,
        "agency": one.agency,
        "simulated": one.simulated,
        "facts": [_datum(outcome) for outcome in one.outcomes],
    }


def _datum(outcome: Outcome) -> dict[str, object]:
    fact = the_catalogue().fact(outcome.fact)
    found = outcome if isinstance(outcome, Found) else None
    as_of: datetime | None = found.provenance.as_of if found else None
    return {
        "fact": fact.key,
        "label": fact.label,
        "outcome": ReleasedFact.of(outcome).outcome,
        "shown": show(fact.key, found.value) if found else "",
        "value": found.value if found else None,
        "as_of": as_of,
        "too_old": found is not None and found.provenance.too_old,
        "legal_basis": fact.legal_basis,
    }


def _access(access: Access) -> dict[str, object]:
    facts = the_catalogue().facts
    labels: dict[str, object] = {one.fact: one.fact for one in access.facts} | dict(_OTHER_LABELS)
    labels |= {key: facts[key].label for key in labels if key in facts}
    return {
        "entry_id": access.entry_id,
        "at": access.at,
        "kind": access.kind,
        "actor_kind": access.actor_kind,
        "who": access.who,
        "agency": access.agency.name if access.agency else access.agency_code or None,
        "why": access.why,
        "legal_basis": access.legal_basis,
        "sealed": access.sealed,
        "facts": [
            {"fact": one.fact, "label": labels[one.fact], "system": one.system, "outcome": one.outcome}
            for one in access.facts
        ],
    }


def _herself(by: Actor) -> Subject:
    assert by.nik is not None  # noqa: S101 - every resident has one, the database holds it
    return Subject.person(by.nik)
