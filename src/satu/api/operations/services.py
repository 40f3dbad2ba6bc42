"""What the city does, for whom one may ask, and what it offers."""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as _
from ninja import Query

from satu.api.callers import actor
from satu.api.chapters import Chapter
from satu.api.paging import USUAL, Limit, linked
from satu.api.schemas import services as shapes
from satu.api.schemas.parts import Made
from satu.hub.catalogue import the_catalogue
from satu.services import actions, queries
from satu.services.packages import the_package
from satu.services.types import ServicePackage

chapter = Chapter(_("Services"))
offers = Chapter(_("Offers"), "resident")
_ALL = 1000


@chapter.look("/services", _("Services, or those that everyday words mean"), shapes.Services, public=True)
def list_services(
    request: HttpRequest,
    response: HttpResponse,
    q: Annotated[str, Query(max_length=100, description=_("Everyday words, typing errors and all."))] = "",
    cursor: Annotated[str, Query(max_length=60, description=_("`next` of the page before."))] = "",
    limit: Limit = USUAL,
) -> dict[str, object]:
    found = queries.search_services(q, limit=_ALL)
    slugs = [hit.slug for hit in found]
    begin = slugs.index(cursor) + 1 if cursor in slugs else 0
    shown = found[begin : begin + limit]
    return linked(request, response, shown, shown[-1].slug if len(found) > begin + limit else None)


@chapter.look(
    "/services/{slug:slug}", _("One service: its standard, what it uses and asks"), shapes.Service, public=True
)
def read_service(request: HttpRequest, slug: str) -> dict[str, object]:  # noqa: ARG001
    package = the_package(slug)
    hit = next(hit for hit in queries.search_services("", limit=_ALL) if hit.slug == slug)
    line = {name: getattr(hit, name) for name in shapes.ServiceLine.model_fields}
    return line | {
        "legal_basis": package.legal_basis,
        "standard": package.standard,
        "acts_for": package.acts_for,
        "needs": list(_needs(package)),
        "questions": package.questions,
        "document": package.document.title,
    }


def _needs(package: ServicePackage) -> list[dict[str, object]]:
    catalogue = the_catalogue()
    facts = [(need, catalogue.fact(need.fact)) for need in package.needs]
    return [
        {
            "fact": fact.key,
            "label": fact.label,
            "system": catalogue.systems_answering(fact.key)[0].code,
            "required": need.required,
            "answer_only": need.answer_only,
        }
        for need, fact in facts
        if not fact.internal
    ]


@chapter.look(
    "/services/{slug:slug}/people",
    _("For whom the caller may ask"),
    list[shapes.ChoiceOfWhom],
    kind="resident",
    about=_("Looks at her family card or at the business register, and that look stands in her access ledger."),
)
def list_people_to_act_for(request: HttpRequest, slug: str) -> object:
    return list(queries.whom_for(slug, by=actor(request)))


@chapter.look("/life-events", _("What happens in a life, as doors to services"), list[shapes.LifeEvent], public=True)
def list_life_events(request: HttpRequest) -> object:  # noqa: ARG001
    return list(queries.life_events())


@offers.look("/offers", _("Offers that wait for the caller"), list[shapes.Offer])
def list_offers(request: HttpRequest) -> object:
    return queries.offers_for(actor(request))


@offers.act(
    "/offers/{uuid:offer_id}/take",
    _("Take an offer up"),
    Made,
    how="the-action-itself",
    about=_("Answers with the draft that it became."),
)
def take_offer(request: HttpRequest, offer_id: UUID) -> dict[str, object]:
    return {"id": actions.take_offer(offer_id=offer_id, by=actor(request))}


@offers.act("/offers/{uuid:offer_id}/decline", _("Put an offer away"), None, how="with-the-action", status=204)
def decline_offer(request: HttpRequest, offer_id: UUID) -> None:
    actions.decline_offer(offer_id=offer_id, by=actor(request))
