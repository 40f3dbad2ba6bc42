"""Looks at answers before a request is sent, so that what the register would refuse is mended by the citizen."""

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from satu.civil.models import Birth
from satu.kernel.errors import InvalidInput
from satu.kernel.identifiers import FamilyCardNumber, Nik, numbers_in
from satu.registry import queries
from satu.registry.kinship import ADULT_AT
from satu.services.checking import Answered, answer_check

_WITNESSES = 2


@answer_check("civil.movers")
def movers(answered: Answered) -> str | Promise | None:
    """Somebody grown goes with those who go, and stays with those who stay."""
    everybody: list[dict[str, Any]] = answered.facts.get("family.members") or []
    going = {member["nik"] for member in answered.value}
    staying = [member for member in everybody if member["nik"] not in going]
    if not any(_is_grown(member) for member in answered.value):
        return _("Only children would move. At least one adult moves with them.")
    if staying and not any(_is_grown(member) for member in staying):
        return _("Only children would stay. At least one adult stays with them.")
    return None


@answer_check("civil.host_card")
def host_card(answered: Answered) -> str | Promise | None:
    """The family that is joined lives where they move to. One sentence for all that is wrong tells nothing else."""
    wrong = _("No family with this card number lives at that address. Look at the number on their card again.")
    try:
        family = queries.family_by_number(FamilyCardNumber.parse(str(answered.value)))
    except InvalidInput:
        return wrong
    destination = answered.answers.get("destination") or {}
    if family is None or not family.members or family.address.area_code != destination.get("area_code"):
        return wrong
    if any(member.nik.value == one["nik"] for member in family.members for one in answered.answers["movers"]):
        return _("This is the card of those who move. Leave it empty.")
    return None


@answer_check("civil.birth_letter")
def birth_letter(answered: Answered) -> str | Promise | None:
    """A letter is used once."""
    if Birth.objects.filter(letter=answered.value["number"]).exists():
        return _("The birth in this letter is registered already.")
    return None


@answer_check("civil.birth_day")
def birth_day(answered: Answered) -> str | Promise | None:
    if date.fromisoformat(str(answered.value)) > timezone.localdate():
        return _("This day has not come yet.")
    return None


@answer_check("civil.witnesses")
def witnesses(answered: Answered) -> str | Promise | None:
    """Two grown residents who are not the parents (Permendagri 109/2019, F-2.03 and F-2.04)."""
    numbers = set(numbers_in(str(answered.value)))
    if len(numbers) != _WITNESSES:
        return _("Write the NIK of both witnesses, 16 digits each, with a comma between them.")
    father = (answered.answers.get("father") or {}).get("nik")
    if numbers & {answered.facts.get("person.nik"), father}:
        return _("Parents are not witnesses of their own declaration.")
    today = timezone.localdate()
    for number in numbers:
        try:
            person = queries.resident_by_nik(Nik(number))
        except InvalidInput:
            person = None
        if person is None or person.death_date is not None or _age(person.birth_date, today) < ADULT_AT:
            return _("A witness is not found among the grown residents of the city. Look at both NIKs again.")
    return None


def _is_grown(member: dict[str, Any]) -> bool:
    return _age(date.fromisoformat(str(member["birth_date"])), timezone.localdate()) >= ADULT_AT


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
