"""Requests of whoever calls: from a draft to the decision, and what may be done after it."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from satu.api.callers import actor
from satu.api.chapters import Chapter
from satu.api.paging import USUAL, Before, Limit, page
from satu.api.schemas import cases as shapes
from satu.api.schemas.parts import Made, Picture, Step
from satu.identity.types import Actor
from satu.kernel.errors import Missing
from satu.services import actions, queries
from satu.services.types import CaseView

chapter = Chapter(_("Requests"), "resident")


@chapter.look(
    "/cases",
    _("The caller's requests"),
    shapes.Cases,
    about=_("Those that she sent, and those about her that somebody else has sent."),
)
def list_cases(
    request: HttpRequest, response: HttpResponse, cursor: Before = None, limit: Limit = USUAL
) -> dict[str, object]:
    return page(request, response, queries.cases_of(actor(request), limit=limit + 1, before=cursor), limit)


@chapter.act(
    "/cases",
    _("Begin a request"),
    shapes.Case,
    how="the-action-itself",
    status=201,
    about=_(
        "Pulls the facts that the service needs, and gives the draft with them and the questions"
        " that are left. While she has an open draft of this service for the same person, that one"
        " is it."
    ),
)
def begin_case(request: HttpRequest, response: HttpResponse, given: shapes.Begin) -> dict[str, object]:
    case_id = actions.start_case(service=given.service, about=given.about, by=actor(request))
    response["Location"] = reverse("api:read_case", args=[case_id])
    return _whole(case_id, actor(request))


@chapter.look("/cases/{uuid:case_id}", _("One request"), shapes.Case)
def read_case(request: HttpRequest, case_id: UUID) -> dict[str, object]:
    return _whole(case_id, actor(request))


@chapter.look("/cases/{uuid:case_id}/timeline", _("What has happened to it, and what comes next"), list[Step])
def read_timeline(request: HttpRequest, case_id: UUID) -> object:
    return list(queries.case_for(case_id, by=actor(request)).timeline)


@chapter.look("/cases/{uuid:case_id}/process", _("The picture of its way"), Picture)
def read_process(request: HttpRequest, case_id: UUID) -> object:
    return _picture(queries.picture_for(case_id, by=actor(request)))


@chapter.ask("/cases/{uuid:case_id}/questions", _("The questions that these answers leave"), list[shapes.Asked])
def preview_questions(request: HttpRequest, case_id: UUID, given: shapes.Answers) -> object:
    return list(queries.questions_for(case_id, as_text(given.answers), by=actor(request)))


@chapter.ask("/cases/{uuid:case_id}/fee", _("What it would cost with these answers"), shapes.FeeAnswer)
def preview_fee(request: HttpRequest, case_id: UUID, given: shapes.Answers) -> dict[str, object]:
    return {"fee": queries.fee_with(case_id, as_text(given.answers), by=actor(request))}


@chapter.act(
    "/cases/{uuid:case_id}/send",
    _("Send a draft"),
    shapes.Case,
    how="the-action-itself",
    about=_(
        "Only answers to the service's questions are read: facts come from the server's side. Sending twice is once."
    ),
)
def send_case(request: HttpRequest, case_id: UUID, given: shapes.Answers) -> dict[str, object]:
    actions.send_case(case_id=case_id, answers=as_text(given.answers), by=actor(request))
    return _whole(case_id, actor(request))


@chapter.act(
    "/cases/{uuid:case_id}/resend", _("Send again what an officer sent back"), shapes.Case, how="the-action-itself"
)
def resend_case(request: HttpRequest, case_id: UUID, given: shapes.Answers) -> dict[str, object]:
    actions.resubmit_case(case_id=case_id, answers=as_text(given.answers), by=actor(request))
    return _whole(case_id, actor(request))


@chapter.act("/cases/{uuid:case_id}/withdraw", _("Take a request back"), shapes.Case, how="with-the-action")
def withdraw_case(request: HttpRequest, case_id: UUID) -> dict[str, object]:
    actions.withdraw_case(case_id=case_id, by=actor(request))
    return _whole(case_id, actor(request))


@chapter.act(
    "/cases/{uuid:case_id}/wrong-facts",
    _("Say that a fact is wrong"),
    shapes.Case,
    how="with-the-action",
    status=201,
    about=_("The agency that owns the fact is asked to correct it. A second report of the same fact adds nothing."),
)
def report_wrong_fact(request: HttpRequest, case_id: UUID, given: shapes.WrongFact) -> dict[str, object]:
    actions.report_wrong_fact(case_id=case_id, fact=given.fact, note=given.note, by=actor(request))
    return _whole(case_id, actor(request))


@chapter.act(
    "/cases/{uuid:case_id}/bill",
    _("Ask for a new bill in place of one that lapsed"),
    shapes.Case,
    how="with-the-action",
)
def ask_for_new_bill(request: HttpRequest, case_id: UUID) -> dict[str, object]:
    actions.ask_for_new_bill(case_id=case_id, by=actor(request))
    return _whole(case_id, actor(request))


@chapter.look("/cases/{uuid:case_id}/objection", _("What may be done against a refusal"), shapes.Objection)
def read_objection(request: HttpRequest, case_id: UUID) -> object:
    found = queries.objection_for(case_id, by=actor(request))
    if found is None:
        raise Missing(gettext_lazy("This request is not refused, so there is nothing to object to."))
    return found


@chapter.act(
    "/cases/{uuid:case_id}/objection",
    _("Object to a refusal"),
    Made,
    how="with-the-action",
    status=201,
    about=_("Once a refusal; another officer decides."),
)
def object_to_refusal(request: HttpRequest, case_id: UUID, given: shapes.Words) -> dict[str, object]:
    return {"id": actions.object_to_refusal(case_id=case_id, text=given.text, by=actor(request))}


def as_text(answers: Mapping[str, Any]) -> dict[str, str]:
    """As ``services`` reads answers: text, and JSON text where an answer has parts."""
    return {
        key: answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
        for key, answer in answers.items()
    }


def _whole(case_id: UUID, by: Actor) -> dict[str, object]:
    """A request; a draft with what she stated before beside the questions."""
    view = queries.case_for(case_id, by=by)
    return {name: getattr(view, name) for name in _PLAIN} | {
        "due_on": view.due.day if view.due else None,
        "questions": _questions(view, by),
    }


_PLAIN = [name for name in shapes.Case.model_fields if name not in {"due_on", "questions"}]


def _questions(view: CaseView, by: Actor) -> list[dict[str, object]]:
    said = queries.declared_for(view.id, by=by) if view.state == "draft" else {}
    names = [name for name in shapes.Asked.model_fields if name != "said_before"]
    return [
        {name: getattr(question, name) for name in names} | {"said_before": said.get(question.key)}
        for question in view.questions
    ]


def _picture(found: object) -> object:
    if found is None:
        raise Missing(gettext_lazy("A draft has no way yet."))
    return found
