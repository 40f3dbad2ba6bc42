"""For which kelurahan an officer's task is."""

import json
import re

from satu.services.operations import OperationContext
from satu.services.types import TaskSpec

_AREA = re.compile(r"(\d{2}\.\d{2}\.\d{2}\.\d{4})(\.\d{3}){0,2}", re.ASCII)


def area_of(spec: TaskSpec, context: OperationContext) -> str:
    """The kelurahan's code; empty for a task of the whole city, and where the kelurahan is not known."""
    if spec.area == "kelurahan-of-applicant":
        return str(context.facts.get("person.kelurahan_code", ""))
    if spec.area == "kelurahan-of-destination":
        address = next(question.key for question in context.package.questions if str(question.type) == "address")
        return kelurahan_in(context.answers.get(address, ""))
    return ""


def kelurahan_in(address: str) -> str:
    """The kelurahan of an answered address, which holds the code of its RT. Empty where there is none."""
    try:
        parts = json.loads(address)
    except ValueError:
        return ""
    codes = (_AREA.fullmatch(value) for value in parts.values() if isinstance(value, str))
    return next((code.group(1) for code in codes if code), "")
