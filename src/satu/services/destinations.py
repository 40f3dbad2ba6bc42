"""For which kelurahan an officer's task is."""

import json

from satu.services.operations import OperationContext
from satu.services.types import TaskSpec


def area_of(spec: TaskSpec, context: OperationContext) -> str:
    """The kelurahan's code; empty for a task of the whole city, and where the kelurahan is not known."""
    if spec.area == "kelurahan-of-applicant":
        return str(context.facts.get("person.kelurahan_code", ""))
    if spec.area == "kelurahan-of-destination":
        address = next(question.key for question in context.package.questions if question.type == "address")
        return kelurahan_in(context.answers.get(address, ""))
    return ""


def kelurahan_in(address: str) -> str:
    """The kelurahan's code of an answered address; empty where it was not answered."""
    return str(json.loads(address)["kelurahan_code"]) if address else ""
