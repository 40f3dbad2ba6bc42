"""An officer finds somebody, says why, and sees what the systems know. Each look stands in that person's ledger."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from satu.api.callers import actor
from satu.api.chapters import Chapter
from satu.api.operations.own import panel
from satu.api.schemas import desk as shapes
from satu.api.schemas.parts import Made
from satu.hub import actions, inquiries, queries
from satu.hub.choosing import seal, unseal
from satu.kernel.errors import Missing

chapter = Chapter(_("People and reasons"), "officer")


@chapter.look("/reasons", _("Reasons that the officer may give"), list[shapes.Reason])
def list_reasons(request: HttpRequest) -> object:
    return list(queries.reasons_for(actor(request)))


@chapter.ask(
    "/people/search",
    _("Find somebody by name or number"),
    shapes.People,
    about=_("By POST: what is typed may be a NIK, and an address is logged everywhere."),
)
def find_people(request: HttpRequest, given: shapes.Search) -> dict[str, object]:
    by = actor(request)
    found = actions.find_people(text=given.text.strip(), reason=given.reason, by=by)
    plain = [name for name in shapes.Person.model_fields if name != "person"]
    items = [{name: getattr(hit, name) for name in plain} | {"person": seal(hit, by=by)} for hit in found.hits]
    return {"items": items, "more": found.more}


@chapter.act("/inquiries", _("Say why, and open somebody's data"), Made, how="with-the-action", status=201)
def open_inquiry(request: HttpRequest, response: HttpResponse, given: shapes.OpenInquiry) -> dict[str, object]:
    by = actor(request)
    chosen = unseal(given.person, by=by)
    purpose = actions.open_inquiry(reason=given.reason, subject=chosen.subject, note=given.note.strip(), by=by)
    response["Location"] = reverse("api:read_inquiry", args=[purpose.reference])
    return {"id": purpose.reference}


@chapter.look("/inquiries/{uuid:inquiry_id}", _("An inquiry of one's own"), shapes.Inquiry)
def read_inquiry(request: HttpRequest, inquiry_id: UUID) -> dict[str, object]:
    inquiry = queries.inquiry_for(str(inquiry_id), by=actor(request))
    return {
        "id": inquiry.id,
        "reason": inquiry.reason,
        "reason_label": inquiry.purpose.label,
        "legal_basis": inquiry.purpose.legal_basis,
        "note": inquiry.note,
        "opened_at": inquiry.opened_at,
        "systems": [
            {
                "system": one.system,
                "name": one.name,
                "agency": one.agency,
                "simulated": one.simulated,
                "facts": one.facts,
                "not_allowed": inquiries.not_allowed_in(inquiry, one.system),
            }
            for one in inquiries.systems_of(inquiry)
        ],
    }


@chapter.look(
    "/inquiries/{uuid:inquiry_id}/systems/{slug:system}",
    _("What one system knows"),
    shapes.InquiryPanel,
    about=_("Asked now; the look stands in that person's access ledger before the answer is given."),
)
def read_panel(request: HttpRequest, inquiry_id: UUID, system: str) -> dict[str, object]:
    by = actor(request)
    inquiry = queries.inquiry_for(str(inquiry_id), by=by)
    wanted = next((one for one in inquiries.systems_of(inquiry) if one.system == system), None)
    if wanted is None:
        raise Missing(gettext_lazy("There is no such system in this inquiry."))
    answered = queries.panels(inquiries.ask(inquiry, wanted, by=by)) if wanted.facts else ()
    facts = [fact for one in answered for fact in _facts(one)]
    return {
        "system": wanted.system,
        "name": wanted.name,
        "agency": wanted.agency,
        "simulated": wanted.simulated,
        "facts": facts,
        "not_allowed": inquiries.not_allowed_in(inquiry, system),
    }


def _facts(one: queries.Panel) -> list[object]:
    facts = panel(one)["facts"]
    return facts if isinstance(facts, list) else []
