"""The readers of services and cases. They return frozen views; a case that is not hers does not exist for her."""

from satu.services.payments import payment_of
from satu.services.queries.asking import fee_with, questions_for
from satu.services.queries.attachments import attachment_for, files_of_task, uploads_for, uploads_of
from satu.services.queries.cases import case_for, cases_of, troubles_of
from satu.services.queries.conversation import unread_messages
from satu.services.queries.declarations import declarations_of, declared_for
from satu.services.queries.finding import (
    life_event,
    life_events,
    nearest_services,
    often_wanted,
    search_services,
    services_named,
)
from satu.services.queries.foreseeing import foreseen
from satu.services.queries.objections import objection_for, objection_of_task
from satu.services.queries.offers import offers_for
from satu.services.queries.parts import basis_of, values_now
from satu.services.queries.picture import picture_for, picture_of_task
from satu.services.queries.queue import around, counts_of, place_of, queue_of
from satu.services.queries.reports import facts_reported, open_reports, report_for, reports_of
from satu.services.queries.tasks import advice_on, task_for
from satu.services.queries.whom import whom_for
from satu.services.queries.work import filters_of, taken
from satu.services.queries.workload import workload_of

__all__ = [
    "advice_on",
    "around",
    "attachment_for",
    "basis_of",
    "case_for",
    "cases_of",
    "counts_of",
    "declarations_of",
    "declared_for",
    "facts_reported",
    "fee_with",
    "files_of_task",
    "filters_of",
    "foreseen",
    "life_event",
    "life_events",
    "nearest_services",
    "objection_for",
    "objection_of_task",
    "offers_for",
    "often_wanted",
    "open_reports",
    "payment_of",
    "picture_for",
    "picture_of_task",
    "place_of",
    "questions_for",
    "queue_of",
    "report_for",
    "reports_of",
    "search_services",
    "services_named",
    "taken",
    "task_for",
    "troubles_of",
    "unread_messages",
    "uploads_for",
    "uploads_of",
    "values_now",
    "whom_for",
    "workload_of",
]
