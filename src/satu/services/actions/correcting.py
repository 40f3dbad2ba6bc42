"""*Ini salah*: a fact that somebody says is wrong goes to the agency that owns it, whose officer answers."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from satu.hub import purposes
from satu.hub.actions import pull
from satu.hub.catalogue import the_catalogue
from satu.hub.formatting import show
from satu.hub.ledger import actions as ledger
from satu.hub.ledger.types import NewEntry, ReleasedFact
from satu.hub.queries import facts_about_person
from satu.hub.types import Found, Outcome, Purpose, Subject
from satu.identity.types import Actor
from satu.kernel.audit import audit
from satu.kernel.city import Label
from satu.kernel.errors import Conflict, InvalidInput, Missing, NotAllowed
from satu.kernel.identifiers import Nik
from satu.messaging.actions import notify
from satu.services.conversation.models import DataReport
from satu.services.conversation.types import DataReportView
from satu.services.models import Case, CorrectionRequest
from satu.services.queries.reports import own_report, report_for
from satu.services.types import NOTE_LENGTH

_WHY = Label(id="Memeriksa data yang menurut Anda salah", en="To look into data that you reported as wrong")
_BASIS = "UU 27/2022 pasal 6"


def report_own_fact(*, fact: str, note: str, by: Actor) -> UUID:
    """Say of one of her own facts, in *Data saya*, that it is wrong. The same words again are once.

    What is recorded is pulled anew and kept with it; the ledger has that look. Raises ``InvalidInput`` (``note``),
    ``Missing`` for a fact that *Data saya* does not show, and ``Conflict`` for other words while the first ones wait.
    """
    text = clean_note(note)
    if by.kind != "resident" or by.nik is None:
        raise NotAllowed(_("Only a resident can say this, about her own data."))
    if fact not in {key for group in facts_about_person() for key in group.facts}:
        raise Missing(_("There is no such datum about you."))
    waiting = DataReport.objects.filter(
        reporter_nik=by.nik.value, subject_nik=by.nik.value, fact=fact, answered_at=None
    ).first()
    if waiting is not None and waiting.note != text:
        raise Conflict(
            _("You have reported this already (“%(note)s”), and an officer looks into it. Wait for the answer first.")
            % {"note": waiting.note}
        )
    if waiting is not None:
        return waiting.pk
    outcome = look_at_own_fact(fact=fact, by=by)
    recorded = show(fact, outcome.value) if isinstance(outcome, Found) else ""
    with transaction.atomic():
        return keep_report(fact=fact, recorded=recorded, note=text, about=by.nik, by=by)


def look_at_own_fact(*, fact: str, by: Actor) -> Outcome:
    """One of her own facts, as its system has it now."""
    assert by.nik is not None  # noqa: S101 - every resident has one, the database holds it
    dossier = pull(about=Subject.person(by.nik), facts=[fact], purpose=purposes.self_access(by), by=by)
    return next(iter(dossier))


def keep_report(*, fact: str, recorded: str, note: str, about: Nik, by: Actor, case: Case | None = None) -> UUID:
    """In the caller's transaction. One that waits for an answer is not doubled."""
    assert by.nik is not None  # noqa: S101 - reports come from residents
    report, created = DataReport.objects.get_or_create(
        reporter_nik=by.nik.value,
        subject_nik=about.value,
        fact=fact,
        answered_at=None,
        defaults={
            "case": case,
            "reporter_name": by.name,
            "agency": the_catalogue().fact(fact).agency,
            "recorded": recorded,
            "note": note,
            "by": by.reference,
        },
    )
    if created:
        audit(
            actor=by.reference, action="services.reported_wrong", thing=f"report:{report.pk}", detail={"fact": fact}
        )
    return report.pk


def open_report(*, report_id: UUID, by: Actor) -> DataReportView:
    """For the officer's page: before she sees what it says about somebody, that stands in the access ledger."""
    view = report_for(report_id, by=by)
    row = own_report(report_id, by=by)
    entry = NewEntry(
        subject=Subject.person(Nik(row.subject_nik)),
        kind="pull",
        purpose=Purpose(
            kind="inquiry", reference=f"report:{row.pk}", label=_WHY, legal_basis=_BASIS, facts=frozenset({row.fact})
        ),
        by=by,
        facts=[ReleasedFact(row.fact, _system(row.fact), "found")],
    )
    with transaction.atomic(durable=True):
        ledger.append([entry])
    return view


def answer_report(*, report_id: UUID, outcome: str, answer: str, by: Actor) -> None:
    """What the agency did about it; the citizen is told. Twice the same is once.

    Raises ``Missing``, ``InvalidInput`` (``outcome``, ``answer``), ``Conflict`` when somebody else has answered.
    """
    own_report(report_id, by=by)
    if outcome not in DataReport.Outcome.values:
        raise InvalidInput(_("Choose what you did."), field="outcome")
    text = clean_note(answer, field="answer")
    with transaction.atomic():
        row = DataReport.objects.select_for_update().get(pk=report_id)
        if row.answered_at is not None:
            if (row.answered_by, row.outcome, row.answer) != (by.reference, outcome, text):
                raise Conflict(_("%(name)s has answered this already.") % {"name": row.answered_by_name})
            return
        row.outcome, row.answer, row.answered_at = outcome, text, timezone.now()
        row.answered_by, row.answered_by_name = by.reference, by.name
        row.save(update_fields=["outcome", "answer", "answered_at", "answered_by", "answered_by_name"])
        CorrectionRequest.objects.filter(case=row.case, fact=row.fact, state=CorrectionRequest.State.OPEN).update(
            state=CorrectionRequest.State.SETTLED
        )
        audit(
            actor=by.reference,
            action="services.report_answered",
            thing=f"report:{row.pk}",
            detail={"outcome": outcome},
        )
        notify(
            kind="report-answered",
            values={"fact": the_catalogue().fact(row.fact).label},
            reference=f"report:{row.pk}",
            idempotency_key=f"report-answered:{row.pk}",
            by=by,
            nik=Nik(row.reporter_nik),
        )


def clean_note(note: str, *, field: str = "note") -> str:
    """Raises ``InvalidInput`` for an empty or an endless one."""
    text = " ".join(note.replace("\x00", "").split())
    if not text:
        raise InvalidInput(
            _("Say what is wrong and what is right.")
            if field == "note"
            else _("Write what you found, in a sentence."),
            field=field,
        )
    if len(text) > NOTE_LENGTH:
        raise InvalidInput(_("Use at most %(count)s characters.") % {"count": NOTE_LENGTH}, field=field)
    return text


def _system(fact: str) -> str:
    systems = the_catalogue().systems_answering(fact)
    return systems[0].code if systems else ""
