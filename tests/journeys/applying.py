"""Asking for a service and sending it, with the case as who asked sees it afterwards."""

from collections.abc import Mapping
from uuid import UUID

from satu.identity.types import Actor
from satu.services import actions, queries
from satu.services.types import CaseView


def begin(*, service: str, by: Actor, about: str = "", business: str = "") -> CaseView:
    case_id = actions.start_case(service=service, by=by, about=about, business=business)
    return queries.case_for(case_id, by=by)


def send(*, case_id: UUID, answers: Mapping[str, str], by: Actor) -> CaseView:
    actions.send_case(case_id=case_id, answers=answers, by=by)
    return queries.case_for(case_id, by=by)
