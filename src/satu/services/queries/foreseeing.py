"""What the rules would say of a draft, if it were sent as it is."""

from collections.abc import Mapping
from uuid import UUID

from satu.identity.types import Actor
from satu.services.answers import answer_values
from satu.services.days import day_of
from satu.services.decisions import decide
from satu.services.forms import read_form
from satu.services.packages import the_package
from satu.services.policies import own_case
from satu.services.queries.parts import with_stated
from satu.services.types import ABOUT


def foreseen(case_id: UUID, answers: Mapping[str, str], *, by: Actor) -> bool:
    """Whether no table would refuse her draft with these answers; an officer may still. Raises ``Missing``."""
    case = own_case(case_id, by=by, whole=True)
    package = the_package(case.service)
    _stated, facts = with_stated(package, case.dossier, answers)
    read, _errors = read_form(package.questions, answers, facts)
    about = {ABOUT: (case.dossier or {}).get("about", "self")}
    values = {**facts, **about, **answer_values(package.questions, read)}
    deciding = [table for table in package.tables.values() if not table.advises]
    return all(decide(table, values, on=day_of(case)).result == "approve" for table in deciding)
