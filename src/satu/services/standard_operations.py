"""The operations that every service may use: issue, refuse, tell."""

import calendar
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import timezone, translation

from satu.documents.actions import issue_document as issue
from satu.hub.formatting import show
from satu.identity.types import SYSTEM
from satu.kernel.identifiers import Nik
from satu.messaging.actions import notify
from satu.services.answers import answer_values, shown
from satu.services.models import Case, CaseDocument, CaseEvent, Task
from satu.services.operations import OperationContext, operation
from satu.services.types import ABOUT, COMPOSITE, DocumentSpec, ServicePackage, TaskSpec, in_force


@operation("issue_document")
def issue_document(context: OperationContext) -> Mapping[str, object]:
    """Issue a document of the package, to whom the request is about; the main one closes the case."""
    case, package = context.case, context.package
    spec = package.issues(context.which or package.document.key)
    holder = _holder(context, spec)
    document = issue(
        service=package.slug,
        template=spec.template,
        data=document_data(
            package, context.facts, context.answers, number=case.number or "", results=context.results
        ),
        title=spec.title,
        holder=Nik(holder["nik"]),
        holder_name=str(holder["name"]),
        requested_by=Nik(case.applicant_nik),
        issuer=spec.signing_agency,
        classification=spec.classification,
        case_reference=case.number or "",
        valid_until=valid_until(package, timezone.localdate(), spec, answers=context.answers),
        idempotency_key=f"case:{case.pk}" + (f":{spec.key}" if context.which else ""),
        by=SYSTEM,
    )
    if context.which:
        CaseDocument.objects.create(case=case, key=spec.key, document_id=document.id)
        context.record(CaseEvent.Kind.ISSUED, document=str(document.id), key=spec.key)
        return {f"document_{spec.key}": str(document.id)}
    case.document_id = document.id
    case.state = Case.State.ISSUED
    case.closed_at = timezone.now()
    context.record(CaseEvent.Kind.ISSUED, document=str(document.id))
    return {"document": str(document.id)}


def _holder(context: OperationContext, spec: DocumentSpec) -> Mapping[str, Any]:
    """Whose document it is: NIK and name."""
    case, name = context.case, context.facts["person.name"]
    if spec.holder == "applicant":
        return {"nik": case.applicant_nik, "name": case.acting.get("by") or name}
    return context.results[spec.holder] if spec.holder else {"nik": case.subject_nik, "name": name}


@operation("refuse_case")
def refuse_case(context: OperationContext) -> Mapping[str, object]:
    """Close the case as refused; the reasons are those of its decision."""
    context.case.state = Case.State.REFUSED
    context.case.closed_at = timezone.now()
    context.record(CaseEvent.Kind.REFUSED)
    return {}


#: What an applicant is told, by the state that her case is in: a kind of the city's ``messages/``.
_NOTICES: Mapping[str, str] = {Case.State.ISSUED: "letter-issued", Case.State.REFUSED: "request-refused"}


@operation("tell_applicant")
def tell_applicant(context: OperationContext) -> Mapping[str, object]:
    """Tell the applicant how it ended: a notice in her inbox, and beside it where she can be reached.

    Her list of requests and the case's page say so in any case, also when she has no account of her own.
    """
    case = context.case
    if (kind := _NOTICES.get(case.state)) is not None:
        closed = case.closed_at.isoformat() if case.closed_at else ""
        notify(
            kind=kind,
            values={"service": context.package.name, "number": case.number or "", "case": str(case.pk)},
            reference=f"case:{case.pk}",
            idempotency_key=f"case:{case.pk}:{case.state}:{closed}",
            nik=Nik(case.applicant_nik),
            by=SYSTEM,
        )
    context.record(CaseEvent.Kind.TOLD, channel="app")
    return {}


def tell_returned(case: Case, package: ServicePackage, task: Task) -> None:
    """Tell the applicant that an officer waits for her correction; what it is stands on the case's page."""
    notify(
        kind="request-returned",
        values={"service": package.name, "number": case.number or "", "case": str(case.pk)},
        reference=f"case:{case.pk}",
        idempotency_key=f"task:{task.pk}:returned",
        nik=Nik(case.applicant_nik),
        by=SYSTEM,
    )


def document_data(
    package: ServicePackage,
    facts: Mapping[str, Any],
    answers: Mapping[str, str],
    *,
    number: str,
    results: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """What a template gets, by fact: ``facts`` as people read them, ``values`` as they are; and ``answers``.

    ``results``: what operations returned, by their names; and by task what its officer decided and answered, which is
    ``tasks`` in the template. Of an answer that is JSON ``answers`` has what people read
    of it, and ``chosen`` what it is; ``said`` has every answer as people read it. What was not asked is ``None``.
    """
    results = results or {}
    facts = {key: value for key, value in facts.items() if key != ABOUT}
    kept = [question for question in package.questions if question.key in answers]
    with translation.override("id"):
        readable = {key: show(key, value) for key, value in facts.items()}
        said = {one.key: shown(one, answers[one.key]) for one in kept}
    unasked = {one.key: None for one in package.questions}
    told = {one.key: said[one.key] if one.type in COMPOSITE else answers[one.key] for one in kept}
    chosen = {one.key: answer_values([one], answers)[f"answers.{one.key}"] for one in kept if one.type in COMPOSITE}
    return {
        "lang": "id",
        "facts": readable,
        "values": dict(facts),
        "answers": unasked | told,
        "said": unasked | said,
        "chosen": unasked | chosen,
        "results": {name: dict(result) for name, result in results.items() if name not in package.tasks},
        "tasks": {task.id: _decided(task, results.get(task.id, {})) for task in package.tasks.values()},
        "case": {"number": number},
    }


def _decided(task: TaskSpec, result: Mapping[str, Any]) -> dict[str, Any]:
    """What an officer decided and answered; ``None`` where the request went by her task, or she left it out."""
    unanswered = {one.key: None for one in task.form}
    return {"decision": result.get("decision"), "answers": unanswered | dict(result.get("answers", {}))}


def valid_until(
    package: ServicePackage,
    today: date,
    spec: DocumentSpec | None = None,
    *,
    answers: Mapping[str, str] | None = None,
) -> date | None:
    """The last day on which a document issued today holds: by the validity that is in force, or as was answered."""
    document = spec or package.document
    figure = in_force(document.validity_months, today)
    months = figure.value if figure else document.answer_months.get((answers or {}).get(document.validity_answer, ""))
    if months is None:
        return None
    years, month = divmod(today.month - 1 + months, 12)
    year, month = today.year + years, month + 1
    return date(year, month, min(today.day, calendar.monthrange(year, month)[1]))
