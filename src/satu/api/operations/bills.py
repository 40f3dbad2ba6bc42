"""The caller's bills. They are paid with any banking app, by their QRIS code."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_noop as _

from satu.api.callers import actor
from satu.api.chapters import Chapter
from satu.api.paging import USUAL, Before, Limit, page
from satu.api.schemas import own as shapes
from satu.finance import actions, queries
from satu.finance.types import BillView
from satu.finance.words import in_words

chapter = Chapter(_("Bills"), "resident")


@chapter.look("/bills", _("The caller's bills"), shapes.Bills)
def list_bills(
    request: HttpRequest, response: HttpResponse, cursor: Before = None, limit: Limit = USUAL
) -> dict[str, object]:
    nik = actor(request).nik
    found = queries.bills_of(nik, limit=limit + 1, before=cursor) if nik else []
    return page(request, response, found, limit) | {"items": [_bill(one) for one in found[:limit]]}


@chapter.look("/bills/{uuid:bill_id}", _("One bill"), shapes.Bill)
def read_bill(request: HttpRequest, bill_id: UUID) -> dict[str, object]:
    return _bill(queries.bill_for(bill_id, by=actor(request)))


@chapter.act(
    "/bills/{uuid:bill_id}/check", _("Ask the provider now whether it is paid"), shapes.Bill, how="the-action-itself"
)
def check_bill(request: HttpRequest, bill_id: UUID) -> dict[str, object]:
    seen = queries.bill_for(bill_id, by=actor(request))
    actions.check_bill(bill_id=seen.id)
    return _bill(queries.bill_for(bill_id, by=actor(request)))


def _bill(bill: BillView) -> dict[str, object]:
    plain = [name for name in shapes.Bill.model_fields if name not in {"amount_in_words", "code"}]
    return {name: getattr(bill, name) for name in plain} | {
        "amount_in_words": in_words(bill.amount, get_language() or "id"),
        "code": bill.code if bill.state == "open" else None,
    }
