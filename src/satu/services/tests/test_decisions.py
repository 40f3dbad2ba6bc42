"""Decision tables: what the domisili table says, and that a decision can be made again with the same result."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satu.services.decisions import decide
from satu.services.packages import the_packages

TODAY = date(2026, 11, 24)
RESIDENT = {
    "request.about": "self",
    "person.life_status": "alive",
    "person.lives_in_city": True,
    "person.is_adult": True,
    "person.is_ever_married": False,
}


@pytest.mark.parametrize(
    ("change", "row"),
    [
        ({}, "resident"),
        ({"person.is_adult": False}, "minor"),
        ({"person.is_adult": False, "request.about": "child"}, "family"),
        ({"person.lives_in_city": False, "request.about": "child"}, "lives-elsewhere"),
        ({"person.is_adult": False, "person.is_ever_married": True}, "resident"),
        ({"person.is_adult": None, "person.is_ever_married": None}, "minor"),
        ({"person.lives_in_city": False}, "lives-elsewhere"),
        ({"person.lives_in_city": None}, "lives-elsewhere"),
        ({"person.life_status": "deceased"}, "deceased"),
        ({"person.life_status": "deceased", "person.lives_in_city": False}, "deceased"),
        ({"person.life_status": None}, "not-registered"),
        ({"person.life_status": "moved", "person.lives_in_city": False}, "lives-elsewhere"),
    ],
)
def test_who_may_have_a_certificate_of_residence(change: dict[str, Any], row: str) -> None:
    decision = decide(the_packages()["domisili"].tables["eligibility"], {**RESIDENT, **change}, on=TODAY)
    assert decision.row.id == row
    assert decision.result == ("approve" if row in {"resident", "family"} else "refuse")


def test_every_refusal_says_why_and_what_she_can_do_in_both_languages() -> None:
    for package in the_packages().values():
        for table in package.tables.values():
            for row in table.on(TODAY).rows:
                assert row.reason.id != row.reason.en
                if row.result == "refuse":
                    assert row.advice is not None
                    assert row.advice.id != row.advice.en


def test_the_values_it_saw_are_kept_and_no_others() -> None:
    table = the_packages()["domisili"].tables["eligibility"]
    decision = decide(table, {**RESIDENT, "person.name": "Siti", "person.has_property_tax_arrears": True}, on=TODAY)
    assert decision.values == RESIDENT


MAYBE = st.sampled_from([True, False, None])


@given(
    st.fixed_dictionaries(
        {
            "person.life_status": st.sampled_from(["alive", "deceased", "moved", "missing", None, "something new"]),
            "person.lives_in_city": MAYBE,
            "person.is_adult": MAYBE,
            "person.is_ever_married": MAYBE,
        }
    )
)
def test_a_decision_can_be_made_again_and_only_a_living_adult_resident_is_approved(values: dict[str, Any]) -> None:
    table = the_packages()["domisili"].tables["eligibility"]
    first, second = decide(table, values, on=TODAY), decide(table, values, on=TODAY)
    assert first == second
    if first.result == "approve":
        assert values["person.lives_in_city"]
        assert values["person.life_status"] not in {"deceased", None}
        assert values["person.is_adult"] or values["person.is_ever_married"]
