"""A resident's requests: the preview, sending, the receipt."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from markupsafe import Markup

from satu.documents.queries import document_for
from satu.finance.queries import bills_of_case
from satu.hub.areas import every_kelurahan
from satu.hub.catalogue import the_catalogue
from satu.hub.queries import facts_about_person
from satu.hub.rows import Row, in_rows
from satu.identity.policies import actor_of, for_residents
from satu.identity.types import Actor
from satu.kernel.city import Label, the_city
from satu.kernel.errors import InvalidInput, Missing, SatuError
from satu.portal.pages.files import take_files
from satu.services import actions
from satu.services.actions import read_messages
from satu.services.conversation.types import DeclarationView, UploadView
from satu.services.packages import the_package
from satu.services.queries import (
    case_for,
    cases_of,
    declared_for,
    fee_with,
    objection_for,
    picture_for,
    questions_for,
    uploads_for,
)
from satu.services.types import CaseView, PreviewFact, QuestionView
from satu.theme.answers import posted_answers, was_asked
from satu.theme.jinja import day
from satu.theme.wrong import Wrong, wrong_with


@require_safe
@for_residents
def cases(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/cases.html", {"cases": cases_of(actor_of(request))})


@require_safe
@for_residents
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The preview while it is a draft, then the receipt."""
    view = case_for(case_id, by=actor_of(request))
    if view.state == "draft":
        return _preview(request, view)
    return _receipt(request, view, "portal/receipt.html")


@require_safe
@for_residents
def progress(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The part of the receipt that changes, fetched again until the case is closed."""
    view = case_for(case_id, by=actor_of(request))
    return _receipt(request, view, "portal/progress.html")


@require_POST
@for_residents
def submit(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Send the answers. Only those of the residual form are looked at: whatever else comes along is ignored."""
    by, answers = actor_of(request), posted_answers(request.POST)
    if request.FILES and (errors := take_files(request, case_id, answers)):
        return _not_all_files(request, case_id, answers, errors)
    more = _further(request, case_id, answers)
    if more or _price_is_new(request, case_id, answers):
        view = case_for(case_id, by=by)
        if view.state == "draft":
            return _preview(request, view, answers, more=more, price_first=not more)
    try:
        actions.send_case(case_id=case_id, answers=answers, by=by)
    except SatuError as error:
        view = case_for(case_id, by=by)
        if view.state != "draft":
            raise
        return _preview(request, view, answers, error.errors, status=error.status)
    return redirect("portal:case", case_id=case_id)


def _not_all_files(
    request: HttpRequest, case_id: UUID, answers: Mapping[str, str], errors: Mapping[str, object]
) -> HttpResponse:
    """A chosen file was not taken. After a double click there is nothing to choose any more."""
    view = case_for(case_id, by=actor_of(request))
    if view.state != "draft":
        return redirect("portal:case", case_id=case_id)
    return _preview(request, view, answers, errors, status=422)


@require_POST
@for_residents
def resubmit(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Send again what an officer sent back."""
    by = actor_of(request)
    view = case_for(case_id, by=by)
    answers = posted_answers(request.POST)
    if view.state == "returned" and request.FILES and (errors := take_files(request, case_id, answers)):
        return _receipt(request, view, "portal/receipt.html", _still_asked(case_id, answers, errors, by), status=422)
    more = _further(request, case_id, answers)
    if view.state == "returned" and (more or _price_is_new(request, case_id, answers)):
        page: Mapping[str, object] = _still_asked(case_id, answers, {}, by) | {"more": more, "price_first": not more}
        return _receipt(request, view, "portal/receipt.html", page)
    try:
        actions.resubmit_case(case_id=case_id, answers=answers, by=by)
    except SatuError as error:
        if view.state != "returned":
            raise
        page = _still_asked(case_id, answers, error.errors, by)
        return _receipt(request, view, "portal/receipt.html", page, status=error.status)
    return redirect("portal:case", case_id=case_id)


@require_POST
@for_residents
def questions(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The questions and files that her answers so far leave to be asked: what changes in the form as she goes."""
    by, answers = actor_of(request), posted_answers(request.POST)
    asked = questions_for(case_id, answers, by=by)
    page = {"case": case_for(case_id, by=by), "questions": asked, "alone": True}
    page["uploads"] = uploads_for(case_id, answers, by=by)
    return render(request, "portal/questions.html", page | _areas(asked))


@require_POST
@for_residents
def fee(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """What it would cost with her answers so far: the part of the preview that says so, fetched again."""
    by = actor_of(request)
    page = {"case": case_for(case_id, by=by), "fee": fee_with(case_id, posted_answers(request.POST), by=by)}
    return render(request, "portal/fee.html", page)


@require_POST
@for_residents
def attach(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Keep the chosen files, or take one away, and show the same page again with what she has typed so far."""
    by, answers = actor_of(request), posted_answers(request.POST)
    view = case_for(case_id, by=by)
    if view.state not in {"draft", "returned"}:
        return redirect("portal:case", case_id=case_id)
    errors = take_files(request, case_id, answers, remove=request.POST.get("remove", ""))
    status = 422 if errors else 200
    if view.state == "draft":
        return _preview(request, view, answers, errors, status=status)
    return _receipt(request, view, "portal/receipt.html", _still_asked(case_id, answers, errors, by), status=status)


def _still_asked(
    case_id: UUID, answers: Mapping[str, str], errors: Mapping[str, object], by: Actor
) -> dict[str, object]:
    """What a correction's form says again."""
    asked = questions_for(case_id, answers, by=by)
    wrong = _wrong(errors, asked, uploads_for(case_id, answers, by=by))
    return {"questions": asked, "wrong": wrong, "price": fee_with(case_id, answers, by=by)}


def _wrong(errors: Mapping[str, object], asked: Iterable[QuestionView], uploads: Iterable[UploadView]) -> Wrong:
    """Each sentence with the question or the file that it is about."""
    fields: tuple[QuestionView | UploadView, ...] = (*asked, *uploads)
    return wrong_with(errors, labels={one.key: one.label for one in fields})


@require_safe
@for_residents
def process(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The way of the request, as BPMN."""
    picture = picture_for(case_id, by=actor_of(request))
    return HttpResponse(picture.bpmn if picture else "", content_type="application/xml; charset=utf-8")


@require_POST
@for_residents
def new_bill(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """A bill in the place of one that can no longer be paid."""
    view = actions.ask_for_new_bill(case_id=case_id, by=actor_of(request))
    return redirect("portal:bill", bill_id=view.payment.bill_id) if view.payment else redirect("portal:case", case_id)


@require_POST
@for_residents
def withdraw(request: HttpRequest, case_id: UUID) -> HttpResponse:
    actions.withdraw_case(case_id=case_id, by=actor_of(request))
    return redirect("portal:cases")


@require_http_methods(["GET", "HEAD", "POST"])
@for_residents
def wrong_fact(request: HttpRequest, case_id: UUID, fact: str) -> HttpResponse:
    """*Ini salah*: tell the agency that holds the fact."""
    by = actor_of(request)
    view = case_for(case_id, by=by)
    shown = _shown_fact(view, fact)
    note, error = request.POST.get("note", ""), None
    if request.method == "POST":
        try:
            actions.report_wrong_fact(case_id=case_id, fact=fact, note=note, by=by)
        except InvalidInput as raised:
            error = raised
        else:
            return redirect(reverse("portal:case", args=[case_id]) + f"?terkirim=salah:{case_id}:{fact}")
    page = {"case": view, "fact": shown, "note": note, "wrong": wrong_with(error)}
    return render(request, "portal/wrong_fact.html", page, status=error.status if error else 200)


def _further(
    request: HttpRequest, case_id: UUID, answers: Mapping[str, str]
) -> tuple[QuestionView | UploadView, ...]:
    """What a changed answer makes needed, and was not on the page: without JavaScript it is asked when she sends."""
    if "asks_more" not in request.POST:
        return ()
    by = actor_of(request)
    asked: list[QuestionView | UploadView] = [*questions_for(case_id, answers, by=by)]
    asked += uploads_for(case_id, answers, by=by)
    return tuple(one for one in asked if one.is_asked and not was_asked(one.key, request.POST))


def _price_is_new(request: HttpRequest, case_id: UUID, answers: Mapping[str, str]) -> bool:
    """Whether these answers have a price that did not stand on the page: without JavaScript, or sent very quickly."""
    if "price_seen" not in request.POST:
        return False
    price = fee_with(case_id, answers, by=actor_of(request))
    return price is not None and request.POST["price_seen"] != str(int(price.amount))


def _answered(questions: Iterable[QuestionView]) -> dict[str, str]:
    """What stands in a form."""
    return {question.key: question.answer for question in questions}


def _areas(asked: Iterable[QuestionView]) -> dict[str, object]:
    """The names that an address may have, for the form to complete."""
    return {"areas": every_kelurahan() if any(one.type == "address" for one in asked) else ()}


def _shown_fact(view: CaseView, key: str) -> PreviewFact:
    for fact in view.facts:
        if fact.fact == key:
            return fact
    raise Missing("")


def with_message(request: HttpRequest, case_id: UUID, text: str, error: SatuError) -> HttpResponse:
    """The page of a request again, with a message that could not be sent."""
    view = case_for(case_id, by=actor_of(request))
    page = {"message_text": text, "writing": True, "wrong": wrong_with(error, ids={"file": "files"})}
    return _receipt(request, view, "portal/receipt.html", page, status=error.status)


def with_objection(request: HttpRequest, case_id: UUID, text: str, error: SatuError) -> HttpResponse:
    """The page of a request again, with an objection that could not be sent."""
    view = case_for(case_id, by=actor_of(request))
    page = {"objection_text": text, "wrong": wrong_with(error, ids={"text": "objection-text"})}
    return _receipt(request, view, "portal/receipt.html", page, status=error.status)


def _preview(
    request: HttpRequest,
    view: CaseView,
    answers: Mapping[str, str] | None = None,
    errors: Mapping[str, object] | None = None,
    *,
    more: tuple[QuestionView | UploadView, ...] = (),
    price_first: bool = False,
    status: int = 200,
) -> HttpResponse:
    by = actor_of(request)
    asked = _with_declarations(view, by) if answers is None else questions_for(view.id, answers, by=by)
    page: dict[str, Any] = {
        "case": view,
        "package": the_package(view.service),
        "questions": asked,
        "more": more,
        "price": view.fee if answers is None else fee_with(view.id, answers, by=by),
        "price_first": price_first,
        "alone": False,
        "sources": _sources(),
        "uploads": uploads_for(view.id, _answered(asked), by=by),
    }
    page["wrong"] = _wrong(errors or {}, asked, page["uploads"])
    page |= _facts(view) | _areas(asked)
    return render(request, "portal/preview.html", page, status=status)


def _with_declarations(view: CaseView, by: Actor) -> tuple[QuestionView, ...]:
    """The questions with what she stated before, said so beside each; she looks at it and sends it, or mends it."""
    package = the_package(view.service)
    if not any(one.declared_as for one in package.questions) and not any(need.may_declare for need in package.needs):
        return view.questions
    declared = declared_for(view.id, by=by)
    return tuple(
        replace(question, answer=declared[question.key].value, hint=_said(declared[question.key], question))
        if question.key in declared and not question.answer and question.type in {"text", "date", "number", "choice"}
        else question
        for question in view.questions
    )


def _said(before: DeclarationView, question: QuestionView) -> Label:
    """ "You said this on …", in both languages, before the question's own hint."""

    def sentence(language: str) -> str:
        with translation.override(language):
            if before.verified_at is not None:
                said = _("You said this on %(day)s, and %(agency)s checked it. Change it if it is no longer so.")
            else:
                said = _("You said this on %(day)s. Change it if it is no longer so.")
            own = f" {question.hint}" if question.hint else ""
            return said % {"day": day(before.at), "agency": before.verified_by} + own

    return Label(id=sentence("id"), en=sentence("en"))


def _receipt(
    request: HttpRequest,
    view: CaseView,
    template: str,
    correction: Mapping[str, object] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    page: dict[str, Any] = {"case": view, "document": None, "sources": _sources(), **_facts(view)}
    page["bills"] = bills_of_case(view.number) if view.number else []
    page |= {"token": uuid4(), "message_text": "", "writing": False, "objection_text": ""}
    asked: dict[str, Any] = {"questions": view.questions, "more": (), "alone": False, "price": view.fee}
    asked |= {"price_first": False, **(correction or {})}
    page |= asked
    page["uploads"] = uploads_for(view.id, _answered(asked["questions"]), by=actor_of(request))
    page |= _areas(view.questions) if view.state == "returned" else {}
    page["settled"] = template == "portal/progress.html" and not view.is_moving
    if template == "portal/receipt.html":
        page["talk"] = read_messages(case_id=view.id, by=actor_of(request)) if view.is_mine and view.number else None
    if template == "portal/receipt.html" or page["settled"]:
        page |= _beside(view, actor_of(request))
    if view.document is not None:
        document = document_for(view.document.id, by=actor_of(request))
        page |= {"document": document, "qr": qr_svg(document.verify_url)}
    return render(request, template, page, status=status)


def _beside(view: CaseView, by: Actor) -> dict[str, object]:
    """What may be done against a refusal, and the picture of the way: other ones once the request is settled."""
    refused = view.state == "refused" or any(step.kind == "objected" for step in view.timeline)
    picture = picture_for(view.id, by=by)
    address = reverse("portal:process", args=[view.id])
    return {
        "objection": objection_for(view.id, by=by) if refused and view.is_mine else None,
        "process": {"address": address, "done": picture.done, "now": picture.now} if picture else None,
    }


def _facts(view: CaseView) -> dict[str, object]:
    """What the letter says, read together as on the card; and apart from it, the answers that a rule looks at."""
    said = [fact for fact in view.facts if not fact.answer_only]
    checked = [fact for fact in view.facts if fact.answer_only]
    return {"rows": _rows(said), "checked": _rows(checked), "reportable": _reportable(view)}


def _reportable(view: CaseView) -> frozenset[str]:
    """The facts about herself on which a refusal rests: where they are wrong, she says so apart from the request."""
    if view.state != "refused" or not view.is_mine or view.about:
        return frozenset()
    return frozenset(fact for group in facts_about_person() for fact in group.facts)


def _rows(facts: list[PreviewFact]) -> list[Row[PreviewFact]]:
    return in_rows(
        facts,
        key=lambda fact: fact.fact,
        shown=lambda fact: fact.shown if fact.is_known else "",
        source=lambda fact: fact.system,
    )


def _sources() -> dict[str, str]:
    """The short name of the agency behind each system: what a person knows it by."""
    agencies = the_city().agencies
    return {code: agencies[system.agency].short for code, system in the_catalogue().systems.items()}


def qr_svg(text: str) -> Markup:
    """A QR code as inline SVG, without a style in it."""
    return Markup(segno.make(text, error="m").svg_inline(border=0, omitsize=True))  # noqa: S704 - segno's own SVG
