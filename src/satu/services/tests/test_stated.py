"""Facts that are stated while their system is silent: asked by their type, and compared by it."""

from dataclasses import replace
from typing import Any

import pytest

from satu.kernel.citydata import CityDataError
from satu.services.dossiers import outcome_from_json, values_of
from satu.services.packages import the_package
from satu.services.queries import troubles_of
from satu.services.stated import answers_in, is_the_same, keep_stated, state
from satu.services.types import Need, ServicePackage

AT = "2026-11-24T08:00:00+07:00"


def silent(*facts: str) -> dict[str, Any]:
    common = {"kind": "unavailable", "system": "siak", "at": AT, "legal_basis": "UU", "reason": "timeout"}
    return {"id": "x", "pulled_at": AT, "outcomes": [{**common, "fact": fact} for fact in facts]}


def package(*facts: str) -> ServicePackage:
    needs = tuple(Need(fact, required=True, answer_only=False, may_declare=True) for fact in facts)
    return replace(the_package("sktm"), needs=needs)


def test_a_silent_system_is_told_of_once_and_what_is_needed_wins() -> None:
    (birth,) = troubles_of(silent("person.has_birth_letters", "person.birth_letters"), the_package("akta-kelahiran"))
    assert (birth.required, len(birth.facts)) == (True, 2)


@pytest.mark.parametrize(
    ("fact", "typed", "value"),
    [
        ("person.birth_date", "31/1/1990", "1990-01-31"),
        ("person.name", "  Siti   Aminah ", "Siti Aminah"),
        ("person.age", "36", 36),
        ("person.property_tax_arrears", "125000", 125_000),
        ("person.has_property_tax_arrears", "no", False),
        ("person.nik", "3671 0155 0391 0001", "3671015503910001"),
        ("person.life_status", "alive", "alive"),
    ],
)
def test_it_is_asked_for_by_the_catalogues_type(fact: str, typed: str, value: object) -> None:
    (key,) = (one.key for one in state(package(fact), silent(fact), {}).questions)
    stated = state(package(fact), silent(fact), {key: typed})
    assert not stated.errors
    assert values_of(map(outcome_from_json, stated.dossier["outcomes"])) == {fact: value}
    assert (
        state(package(fact), silent(fact), answers_in(package(fact), stated.dossier)).dossier["outcomes"][0]["value"]
        == value
    )


@pytest.mark.parametrize(
    ("fact", "typed"),
    [
        ("person.birth_date", "31 Februari"),
        ("person.age", "36.5"),
        ("person.has_property_tax_arrears", "perhaps"),
        ("person.nik", "tidak tahu"),
        ("person.name", ""),
    ],
)
def test_what_does_not_fit_the_type_is_not_taken(fact: str, typed: str) -> None:
    (key,) = (one.key for one in state(package(fact), silent(fact), {}).questions)
    stated = state(package(fact), silent(fact), {key: typed})
    assert set(stated.errors) == {key}
    assert stated.dossier["outcomes"][0]["kind"] == "unavailable"


def test_only_what_is_silent_and_may_be_stated_is_asked() -> None:
    may = package("person.age")
    assert state(may, silent("person.name"), {"declared_person_name": "x"}).questions == ()
    never = replace(may, needs=(Need("person.age", required=True, answer_only=False),))
    assert state(never, silent("person.age"), {}).questions == ()


def test_spaces_and_capitals_make_no_difference() -> None:
    assert is_the_same("person.name", "siti  aminah", "SITI AMINAH")
    assert not is_the_same("person.age", 36, 37)


def test_what_was_stated_stays_where_the_system_is_silent_still() -> None:
    fact = "person.age"
    before = state(package(fact), silent(fact), {"declared_person_age": "36"}).dossier
    assert keep_stated(silent(fact), before)["outcomes"] == before["outcomes"]
    answered = {**silent(fact), "outcomes": [{**silent(fact)["outcomes"][0], "kind": "not_found"}]}
    assert keep_stated(answered, before) == answered


@pytest.mark.parametrize(
    ("service", "fact", "what"),
    [
        ("sktm", "person.kelurahan_code", "in one field"),
        ("pindah", "family.members", "in one field"),
        ("domisili", "person.birth_place", "no officer"),
    ],
)
def test_a_list_or_what_no_officer_would_see_cannot_be_stated(city_copy, loader, service, fact, what) -> None:
    path = city_copy / "services" / service / "service.yaml"
    text = path.read_text(encoding="utf-8")
    assert f"  - {fact}" in text
    path.write_text(text.replace(f"  - {fact}", f"  - {{fact: {fact}, may_declare: true}}", 1), encoding="utf-8")
    with pytest.raises(CityDataError, match=what) as caught:
        loader.load(path.parent)
    assert "may_declare" in caught.value.mend
