"""The timeline of a case in plain words, from its events and nothing else."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from satu.hub.catalogue import the_catalogue
from satu.kernel.city import Label, the_city
from satu.services.days import waits_until
from satu.services.every_service import awaited
from satu.services.models import Case, CaseEvent
from satu.services.operations import done_label_of, waited, was_stuck
from satu.services.payments import payment_of
from satu.services.types import ServicePackage, TimelineStep

Kind = CaseEvent.Kind
Reader = Literal["applicant", "subject", "officer"]
"""``subject``: whom the case is about, when somebody else applied."""


def timeline_of(
    case: Case, events: Sequence[CaseEvent], package: ServicePackage, *, to: Reader = "applicant"
) -> tuple[TimelineStep, ...]:
    """What happened, oldest first, then what happens now and next, told to its reader."""
    to_officer = to == "officer"
    done = tuple(
        TimelineStep(
            kind=event.kind,
            text=(_officers_text(event) if to_officer else "") or _text(event, package),
            state="done",
            at=event.at,
            who=case.acting["by"]
            if to == "subject" and event.actor_kind == "resident"
            else _who(event, to_officer=to_officer),
        )
        for event in events
    )
    return done if to_officer else done + _to_come(case, package, events)


def _who(event: CaseEvent, *, to_officer: bool) -> str:
    if event.actor_kind == "resident":
        return _("The applicant") if to_officer else _("You")
    if event.actor_kind == "officer":
        agency = str(the_city().agencies[event.detail["agency"]].name)
        return f"{event.detail['name']}, {agency}" if to_officer else agency
    return _("Satu, automatically")


def _text(event: CaseEvent, package: ServicePackage) -> str:
    said = {
        Kind.DECIDED: _decided,
        Kind.ISSUED: _issued,
        Kind.REPORTED_WRONG: _reported,
        Kind.FACT_ARRIVED: _arrived,
        Kind.OPERATED: _operated,
        Kind.PAID: _paid,
        Kind.SILENT_APPROVAL: _silent,
        Kind.STUCK: _stuck,
        Kind.WAITS: _waits,
    }.get(Kind(event.kind))
    return said(event, package) if said else _plain(event)


def _officers_text(event: CaseEvent) -> str:
    """Where the words to the applicant do not fit: empty where they do."""
    return {
        Kind.BEGUN: _("The data were gathered"),
        Kind.SUBMITTED: _("The request was sent"),
        Kind.RESUBMITTED: _("The request was sent again, corrected"),
        Kind.RETURNED: _("It was sent back for correction; the clock stands still"),
        Kind.REFUSED: _("The request was refused"),
        Kind.WITHDRAWN: _("The applicant took the request back"),
        Kind.TOLD: _("The applicant was told"),
        Kind.NOTED: _("An officer took note of it"),
        Kind.OBJECTED: _("The applicant objected to the refusal"),
        Kind.OBJECTION_REFUSED: _("The objection was not granted"),
        Kind.REOPENED: _("The request was taken up again, from the beginning"),
        Kind.REFUND_ASKED: _("What the applicant paid is given back"),
        Kind.REFUNDED: _("What the applicant paid was given back"),
    }.get(Kind(event.kind), "")


def _plain(event: CaseEvent) -> str:
    return {
        Kind.BEGUN: _("Your data were gathered"),
        Kind.SUBMITTED: _("Your request was sent"),
        Kind.REFUSED: _("Your request was refused"),
        Kind.APPROVED: _("An officer approved it"),
        Kind.RETURNED: _("An officer asks you to correct something; the clock stands still"),
        Kind.RESUBMITTED: _("You sent it again, corrected"),
        Kind.WITHDRAWN: _("You took your request back"),
        Kind.TOLD: _("The result was put into your requests"),
        Kind.NOTED: _("An officer took note of your request"),
        Kind.BILLED: _("The bill was made"),
        Kind.LAPSED: _("The bill was not paid in time"),
        Kind.AGREED_FIRST: _("An officer agreed; a second one looks at it, too"),
        Kind.ESCALATED: _("The last day passed without a decision: it was passed on to a superior"),
        Kind.REMINDED: _("The officers were reminded"),
        Kind.OBJECTED: _("You objected to the refusal"),
        Kind.OBJECTION_REFUSED: _("Your objection was not granted"),
        Kind.REOPENED: _("Your request was taken up again, from the beginning"),
        Kind.TRIED_AGAIN: _("An officer had the step tried again"),
        Kind.REFUND_ASKED: _("What you paid is given back to you"),
        Kind.REFUNDED: _("What you paid was given back to you"),
    }[Kind(event.kind)]


def _silent(event: CaseEvent, package: ServicePackage) -> str:
    silence = package.tasks[event.detail["task"]].silence
    if silence is not None and not silence.confirmed:
        return _("The last day passed without a decision: it counts as approved, by a rule that is not confirmed yet")
    return _("The last day passed without a decision: it counts as approved")


def _stuck(event: CaseEvent, _package: ServicePackage) -> str:
    step, reason = Label(**event.detail["step"]), Label(**event.detail["reason"])
    return _("A step could not be carried out (%(step)s): %(reason)s An officer looks at it") % {
        "step": step,
        "reason": reason,
    }


def _issued(event: CaseEvent, package: ServicePackage) -> str:
    title = package.issues(event.detail.get("key", package.document.key)).title
    return _("Your letter was issued: %(title)s") % {"title": title}


def _paid(_event: CaseEvent, package: ServicePackage) -> str:
    """By the name that it has in law."""
    kind = package.payment.kind if package.payment else ""
    return {"tax": _("The tax was paid"), "levy": _("The fee was paid")}.get(kind, _("The payment arrived"))


def _operated(event: CaseEvent, _package: ServicePackage) -> str:
    return str(done_label_of(event.detail["operation"]))


def _reported(event: CaseEvent, _package: ServicePackage) -> str:
    agency = the_city().agencies[event.detail["agency"]]
    label = the_catalogue().fact(event.detail["fact"]).label
    return _("You reported that %(fact)s is wrong; %(agency)s will look into it") % {
        "fact": label,
        "agency": agency.name,
    }


def _decided(event: CaseEvent, package: ServicePackage) -> str:
    if "task" in event.detail:
        return _("An officer did not agree")
    table = package.tables[event.detail["table"]]
    if table.advises:
        return _("A rule advised the officer: %(table)s") % {"table": table.name}
    if event.detail["result"] == "approve":
        return _("A rule checked it and agreed: %(table)s") % {"table": table.name}
    return _("A rule checked it and did not agree: %(table)s") % {"table": table.name}


def _arrived(event: CaseEvent, _package: ServicePackage) -> str:
    label = the_catalogue().fact(event.detail["fact"]).label
    if event.detail.get("differs"):
        return _("%(fact)s has arrived, and differs from what was stated") % {"fact": label}
    if "differs" in event.detail:
        return _("%(fact)s has arrived, and is what was stated") % {"fact": label}
    if event.detail["changes"]:
        return _("%(fact)s has arrived; it would have changed the decision") % {"fact": label}
    return _("%(fact)s has arrived; it changes nothing") % {"fact": label}


def _to_come(case: Case, package: ServicePackage, events: Sequence[CaseEvent]) -> tuple[TimelineStep, ...]:
    letter = TimelineStep(kind=Kind.ISSUED, text=_("Your letter, to download"), state="next")
    match case.state:
        case Case.State.DRAFT:
            return (
                TimelineStep(kind=Kind.SUBMITTED, text=_("You check your data and send"), state="now"),
                TimelineStep(kind=Kind.DECIDED, text=_decider(package), state="next"),
                letter,
            )
        case Case.State.RETURNED:
            return (
                TimelineStep(kind=Kind.RESUBMITTED, text=_("You correct it and send it again"), state="now"),
                TimelineStep(kind=Kind.APPROVED, text=_decider(package), state="next"),
                letter,
            )
        case Case.State.SUBMITTED | Case.State.IN_PROCESS:
            now = _now(case, package, events)
            return (now,) if now.kind == Kind.ISSUED else (now, letter)
    return ()


def _now(case: Case, package: ServicePackage, events: Sequence[CaseEvent]) -> TimelineStep:
    """What a request that was sent waits for."""
    may_have_tasks = package.awaited or was_stuck(events)
    if may_have_tasks and case.tasks.filter(state="open", name__in=awaited(package)).exists():
        return TimelineStep(kind=Kind.APPROVED, text=_("An officer looks at your request"), state="now")
    if payment_of(case, package):
        return TimelineStep(kind=Kind.PAID, text=_("You pay the bill"), state="now")
    if waited(events) and (until := waits_until(case)) is not None:
        text = _("It goes on by itself after %(day)s") % {"day": _day(until)}
        return TimelineStep(kind=Kind.WAITS, text=text, state="now")
    return TimelineStep(kind=Kind.ISSUED, text=_("We are finishing your request"), state="now")


def _day(day: date) -> str:
    return date_format(day, "j F Y")


def _waits(event: CaseEvent, _package: ServicePackage) -> str:
    until = date.fromisoformat(event.detail["until"])
    return _("It waits until the end of %(day)s, as the procedure asks") % {"day": _day(until)}


def _decider(package: ServicePackage) -> str:
    return _("An officer decides") if package.awaited else _("A rule decides at once")
