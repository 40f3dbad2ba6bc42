"""Pulling facts, finding people, stating a reason: the only ways to a person's data, and each is written down.

And telling systems what has happened (``tell``, ``tell_again``; see ``telling``).
"""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from satu.hub import acting, health, policies, pulling
from satu.hub.acting import Acting, ActingUnchecked, Relation
from satu.hub.catalogue import Catalogue, the_catalogue
from satu.hub.ledger import actions as ledger
from satu.hub.ledger.types import NewEntry, ReleasedFact
from satu.hub.models import NOTE_LENGTH, Inquiry
from satu.hub.reasons import Reason
from satu.hub.telling import tell, tell_again
from satu.hub.types import Dossier, Outcome, PeopleFound, PersonHit, Purpose, Refused, Subject, Unavailable
from satu.identity.types import Actor
from satu.kernel.audit import audit
from satu.kernel.city import Label
from satu.kernel.errors import InvalidInput
from satu.registry.search.queries import search

__all__ = ["find_people", "open_inquiry", "pull", "tell", "tell_again"]

_SHOWN_IN_SEARCH = ("person.name", "person.birth_date", "person.sex", "person.kelurahan")


def pull(
    *,
    about: Subject,
    facts: Iterable[str],
    purpose: Purpose,
    by: Actor,
    concluded: Callable[[Dossier], Label] | None = None,
) -> Dossier:
    """Get facts about a subject from the systems that hold them, all at once, and write down that it was done.

    One outcome for each fact, in the order asked. A system's trouble is an outcome, never an exception, and the whole
    takes no longer than the slowest system's deadline (twice that, where the catalogue lists a second source).
    Facts that the purpose does not allow are ``Refused``, and nobody is asked for them. The dossier is returned only
    after the ledger entry is durable; without the entry there is no dossier.

    About somebody else, a resident is asked for the record that lets her act (``hub.acting``) first; that look stands
    in her own ledger, the pull in the other's, with her name.

    Where only what came of it is told to anybody, ``concluded`` says it in the label's place, in the same entry.

    Raises ``NotAllowed`` (see ``policies.check_pull``), ``ActingUnchecked``, ``UnknownFact``, ``InvalidInput`` for a
    fact about another kind of subject, ``RuntimeError`` inside an open transaction.
    """
    catalogue = the_catalogue()
    wanted = tuple(dict.fromkeys(facts))
    _check_subject(catalogue, about, wanted)
    policies.check_pull(about=about, purpose=purpose, by=by)
    with transaction.atomic(durable=True):
        pass  # before anybody is asked: no transaction may be open while systems take their time
    looked = _check_acting(catalogue, about, purpose, by)
    at = timezone.now()
    allowed = [key for key in wanted if key in purpose.facts]
    known = pulling.gather(catalogue, about, allowed, timezone.localdate())
    outcomes = tuple(known[key] if key in known else _refused(catalogue, key) for key in wanted)
    dossier = Dossier(id=uuid.uuid4(), subject=about, purpose=purpose, pulled_at=at, outcomes=outcomes)
    if concluded is not None:
        dossier = replace(dossier, purpose=replace(purpose, label=concluded(dossier)))
    ledger.record([*looked, _entry(dossier, by)])
    health.keep()
    return dossier


def whom_may_act_for(*, relations: Iterable[Relation], purpose: Purpose, by: Actor) -> tuple[Acting, ...]:
    """Those for whom a resident may act in one of these relations, as the records say now. A look at her own data.

    Raises ``ActingUnchecked`` when a record cannot be looked at, and what ``pull`` raises.
    """
    wanted = tuple(dict.fromkeys(relations))
    if by.nik is None:
        raise policies.not_her_own()
    if not wanted:
        return ()
    facts = tuple(dict.fromkeys(acting.fact_for(relation) for relation in wanted))
    dossier = pull(about=Subject.person(by.nik), facts=facts, purpose=_to_check(purpose, facts), by=by)
    found: list[Acting] = []
    for outcome in dossier:
        _refuse_unchecked(outcome)
        found += acting.acting_in(outcome, by=by.nik, today=timezone.localdate())
    return tuple(one for one in found if one.relation in wanted)


def find_people(
    *, text: str, reason: str, by: Actor, birth_year: int | None = None, kelurahan: str | None = None, limit: int = 10
) -> PeopleFound:
    """The name box: the people that an officer's ``text`` may mean, best first. Each one shown gets a ledger entry.

    Raises ``InvalidInput`` for an unknown reason, ``NotAllowed`` when none of her duties goes with it.
    """
    chosen = policies.check_reason(reason=reason, by=by)
    found = search(text, birth_year=birth_year, kelurahan=kelurahan, limit=limit)
    hits = [
        PersonHit(
            subject=Subject.person(hit.nik),
            nik=hit.nik,
            name=hit.name,
            birth_date=hit.birth_date,
            sex=hit.sex,
            kelurahan_code=hit.kelurahan_code,
            kelurahan_name=hit.kelurahan_name,
            score=hit.score,
        )
        for hit in found.hits
    ]
    purpose = _purpose(chosen, reference="")
    register = _register(the_catalogue())
    shown = [ReleasedFact(fact, register, "found") for fact in _SHOWN_IN_SEARCH]
    ledger.record([NewEntry(hit.subject, "search", purpose, by, shown) for hit in hits])
    return PeopleFound(hits, found.more)


@transaction.atomic
def open_inquiry(*, reason: str, subject: Subject, by: Actor, note: str = "") -> Purpose:
    """Record why an officer looks up ``subject``; what she may then pull is the returned purpose's facts.

    Raises ``InvalidInput``, ``NotAllowed`` (see ``policies.check_reason``).
    """
    chosen = policies.check_reason(reason=reason, by=by)
    if len(note) > NOTE_LENGTH:
        raise InvalidInput(_("Write at most %(longest)s characters.") % {"longest": NOTE_LENGTH}, field="note")
    opened = Inquiry.objects.create(
        reason=chosen.code,
        note=note,
        subject_kind=subject.kind,
        subject_key=subject.key,
        opened_by=by.reference,
        agency=by.agency,
        opened_at=timezone.now(),
    )
    audit(
        actor=by.reference, action="hub.inquiry_opened", thing=f"inquiry:{opened.id}", detail={"reason": chosen.code}
    )
    return _purpose(chosen, reference=str(opened.id))


def _check_acting(catalogue: Catalogue, about: Subject, purpose: Purpose, by: Actor) -> list[NewEntry]:
    """That a resident may act for whom she asks about; what that look at her own data adds to her ledger."""
    if by.kind != "resident" or by.nik is None or about == Subject.person(by.nik):
        return []
    fact = acting.RECORDS[about.kind]
    if fact not in catalogue.facts:
        raise policies.not_her_own()
    herself = Subject.person(by.nik)
    outcome = pulling.gather(catalogue, herself, [fact], timezone.localdate())[fact]
    _refuse_unchecked(outcome)
    if about not in {one.subject for one in acting.acting_in(outcome, by=by.nik, today=timezone.localdate())}:
        raise policies.not_her_own()
    return [NewEntry(herself, "pull", _to_check(purpose, (fact,)), by, [ReleasedFact.of(outcome)], uuid.uuid4())]


def _refuse_unchecked(outcome: Outcome) -> None:
    if isinstance(outcome, Unavailable):
        raise ActingUnchecked(str(the_catalogue().system(outcome.system).name))


def _to_check(purpose: Purpose, facts: Iterable[str]) -> Purpose:
    label = Label(id="Memeriksa untuk siapa Anda boleh mengurus", en="Checking for whom you may act")
    return replace(purpose, label=label, facts=frozenset(facts))


def _register(catalogue: Catalogue) -> str:
    """The code under which the city connects the register that the name box reads."""
    return next((code for code, system in catalogue.systems.items() if system.kind == "registry"), "registry")


def _purpose(reason: Reason, *, reference: str) -> Purpose:
    return Purpose(
        kind="inquiry", reference=reference, label=reason.label, legal_basis=reason.legal_basis, facts=reason.facts
    )


def _check_subject(catalogue: Catalogue, about: Subject, wanted: Sequence[str]) -> None:
    for key in wanted:
        subject = catalogue.fact(key).subject
        if subject != about.kind and (subject, about.kind) != ("family", "person"):
            raise InvalidInput(
                _("%(fact)s is not about a %(kind)s.") % {"fact": key, "kind": about.kind}, field="facts"
            )


def _refused(catalogue: Catalogue, key: str) -> Outcome:
    fact = catalogue.fact(key)
    return Refused(key, catalogue.systems_answering(key)[0].code, timezone.now(), fact.legal_basis)


def _entry(dossier: Dossier, by: Actor) -> NewEntry:
    released = [ReleasedFact.of(outcome) for outcome in dossier]
    return NewEntry(dossier.subject, "pull", dossier.purpose, by, released, dossier.id)
