"""A report of a birth, read from a case: from the hospital's letter where there is one, or as declared."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from satu.kernel.city import the_city
from satu.registry.types import Sex

DECLARED_BIRTH, DECLARED_MARRIAGE = "F-2.03", "F-2.04"


@dataclass(frozen=True, slots=True)
class BirthReport:
    """What is reported. ``declared``: the declarations (Permendagri 109/2019) that stand in for papers."""

    name: str = field(repr=False)
    sex: Sex
    born_on: date = field(repr=False)
    born_at: str
    birth_place: str
    order: int | None
    letter: str
    father_nik: str = field(repr=False)
    parents_are_married: bool
    declared: tuple[str, ...]

    @classmethod
    def of(cls, facts: Mapping[str, Any], answers: Mapping[str, Any]) -> "BirthReport":
        letter = answers.get("letter")
        husband = husband_on_card(facts)
        married = facts.get("person.marital_status") == "married"
        chosen = answers.get("father") or {}
        declared_marriage = not married and bool(chosen) and answers.get("spouses") == "declared"
        father = (
            husband if married and husband else str(chosen.get("nik", "")) if married or declared_marriage else ""
        )
        said = letter or {key: answers.get(key) for key in ("born_on", "sex", "birth_place")}
        return cls(
            name=" ".join(str(answers["child_name"]).split()),
            sex=cast("Sex", said["sex"]),
            born_on=date.fromisoformat(str(said["born_on"])),
            born_at=str(said.get("born_at") or ""),
            # A letter names the hospital; the certificate, the city that it stands in.
            birth_place=str(the_city().name.id).removeprefix("Kota ") if letter else str(said["birth_place"]),
            order=said.get("order"),
            letter=str(letter["number"]) if letter else "",
            father_nik=father,
            parents_are_married=married and bool(father),
            declared=tuple(
                form
                for form, is_declared in ((DECLARED_BIRTH, not letter), (DECLARED_MARRIAGE, declared_marriage))
                if is_declared
            ),
        )


def husband_on_card(facts: Mapping[str, Any]) -> str:
    """The NIK of the mother's husband, where their places on the family card say who that is."""
    wanted = {"wife": "head", "head": "husband"}.get(str(facts.get("person.family_role")))
    members = facts.get("family.members") or []
    return next((str(m["nik"]) for m in members if m["role"] == wanted and m["sex"] == "male"), "")
