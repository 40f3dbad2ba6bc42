"""What happens to people, as the register records it, and what it still knows of what it believed before."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.utils import timezone

from satu.identity.types import Actor
from satu.kernel.errors import Conflict, InvalidInput, Missing, NotAllowed
from satu.kernel.identifiers import Nik
from satu.registry import actions, queries
from satu.registry.search.queries import find
from satu.registry.tests.town import CARD, CHILD, FATHER, LONER, MARRIED_ON, MOTHER, OTHER_CARD, OTHER_RT, REGISTRAR

pytestmark = pytest.mark.usefixtures("the_town")


def someone(nik: Nik, **times):
    found = queries.resident_by_nik(nik, **times)
    assert found is not None
    return found


def test_a_residents_card_is_answered_in_two_queries(django_assert_num_queries):
    queries.code("religion", 1)
    with django_assert_num_queries(2):
        mother = someone(MOTHER)
    assert (mother.name, str(mother.family_role), mother.family_head_name) == (
        "Euis Komariah",
        "Istri",
        "Asep Hidayat",
    )
    assert [member.nik for member in mother.family_members] == [FATHER, MOTHER, CHILD]
    assert mother.address is not None
    assert (mother.address.rt, mother.address.rw, mother.address.postcode) == ("001", "001", "15111")
    assert mother.residence_since == MARRIED_ON
    assert "Euis" not in repr(mother)


def test_nobody_is_found_before_birth_or_before_being_recorded():
    assert queries.resident_by_nik(CHILD, as_of=date(2015, 8, 13)) is None
    assert queries.resident_by_nik(CHILD, believed_at=timezone.now() - timedelta(days=1)) is None
    assert queries.resident_by_nik(Nik("3671010101010101")) is None


def test_a_born_child_is_in_her_mothers_family_at_once_with_a_nik_of_her_own():
    born = date(2024, 2, 29)
    nik = actions.register_birth(
        name="Putri Ayu Hidayat", sex="female", birth_place="Tangerang", birth_date=born, mother=MOTHER,
        father=FATHER, by=REGISTRAR,
    )  # fmt: skip
    child = someone(nik)
    assert nik.value == "3671016902240001"
    assert (child.mother_nik, child.father_name, child.family_card_number) == (MOTHER, "Asep Hidayat", CARD)
    assert child.residence_since == born
    assert [hit.nik for hit in find("Putri Ayu Hidayat")][:1] == [nik]
    twin = actions.register_birth(
        name="Putri Ani Hidayat", sex="female", birth_place="Tangerang", birth_date=born, mother=MOTHER, by=REGISTRAR
    )
    assert twin.value == "3671016902240002"


@pytest.mark.parametrize("name", ["Putri", "Muh. Rizky", "R2 D2", "A" * 40 + " " + "B" * 20, ""])
def test_a_new_name_follows_permendagri_73_of_2022(name):
    with pytest.raises(InvalidInput):
        actions.register_birth(
            name=name, sex="male", birth_place="X", birth_date=date(2024, 1, 1), mother=MOTHER, by=REGISTRAR
        )


def test_when_the_head_dies_the_widow_becomes_the_head_and_the_past_is_kept():
    before = timezone.now()
    actions.record_death(nik=FATHER, death_date=date(2024, 5, 1), by=REGISTRAR)
    father, mother = someone(FATHER), someone(MOTHER)
    assert (father.life_status.code, father.death_date, father.address) == (2, date(2024, 5, 1), None)
    assert (mother.family_role.code, mother.marital_status.code, mother.family_head_name) == (1, 4, "Euis Komariah")
    assert CHILD in {member.nik for member in mother.family_members}
    # How it was the day before, and what was believed before it was recorded.
    for times in ({"as_of": date(2024, 4, 30)}, {"believed_at": before}):
        father, mother = someone(FATHER, **times), someone(MOTHER, **times)
        assert (father.life_status.code, father.family_role.code, mother.marital_status.code) == (1, 1, 2)
    with pytest.raises(Conflict):
        actions.record_death(nik=FATHER, death_date=date(2024, 5, 1), by=REGISTRAR)


def test_a_family_that_moves_lived_elsewhere_before():
    actions.move_family(
        number=CARD, address="Gg. Masjid No. 7", area_code=OTHER_RT, since=date(2023, 1, 10), by=REGISTRAR
    )
    now, then = someone(CHILD), someone(CHILD, as_of=date(2023, 1, 9))
    assert now.address is not None
    assert then.address is not None
    assert (now.address.line, now.address.rt, now.residence_since) == ("Gg. Masjid No. 7", "002", date(2023, 1, 10))
    assert (then.address.line, then.address.rt) == ("Jl. Melati No. 1", "001")
    with pytest.raises(Conflict):
        actions.move_family(number=CARD, address="X", area_code=OTHER_RT, since=date(2022, 1, 1), by=REGISTRAR)
    with pytest.raises(Missing):
        actions.move_family(number=CARD, address="X", area_code="36.71.01.1001", since=date(2024, 1, 1), by=REGISTRAR)


def test_a_resident_who_joins_another_family_leaves_the_first():
    actions.join_family(members=[FATHER], number=OTHER_CARD, since=date(2023, 1, 10), by=REGISTRAR)
    family, other = queries.family_by_number(CARD), queries.family_by_number(OTHER_CARD)
    assert family is not None
    assert other is not None
    assert [member.nik for member in family.members] == [MOTHER, CHILD]
    assert family.head_name == "Euis Komariah"
    assert [member.nik for member in other.members] == [LONER, FATHER]
    earlier = queries.family_by_number(CARD, as_of=date(2023, 1, 9))
    assert earlier is not None
    assert [member.nik for member in earlier.members] == [FATHER, MOTHER, CHILD]
    with pytest.raises(Conflict):
        actions.join_family(
            members=[MOTHER, CHILD], number=OTHER_CARD, since=date(2024, 1, 1), roles={MOTHER: 1}, by=REGISTRAR
        )


def test_a_correction_changes_every_day_but_not_what_was_believed():
    actions.record_death(nik=FATHER, death_date=date(2024, 5, 1), by=REGISTRAR)
    before = timezone.now()
    actions.correct_resident(nik=MOTHER, changes={"name": "Euis Qomariah"}, by=REGISTRAR)
    assert someone(MOTHER).name == "Euis Qomariah"
    assert someone(MOTHER, as_of=date(2015, 1, 1)).name == "Euis Qomariah"
    assert someone(MOTHER, as_of=date(2015, 1, 1)).marital_status.code == 2
    assert someone(MOTHER, as_of=date(2015, 1, 1), believed_at=before).name == "Euis Komariah"
    assert someone(MOTHER, believed_at=before).name == "Euis Komariah"


@pytest.mark.parametrize("right", [date(2015, 8, 10), date(2015, 8, 20)])
def test_a_wrong_birth_date_is_corrected_with_all_that_hangs_on_it(right):
    before = timezone.now()
    actions.correct_resident(nik=CHILD, changes={"birth_date": right}, by=REGISTRAR)
    child = someone(CHILD)
    assert (child.birth_date, child.residence_since) == (right, right)
    assert someone(CHILD, as_of=right).birth_date == right
    assert queries.resident_by_nik(CHILD, as_of=right - timedelta(days=1)) is None
    assert someone(CHILD, as_of=date(2015, 8, 20), believed_at=before).birth_date == date(2015, 8, 14)


def test_what_the_register_cannot_hold_is_said_and_changes_nothing():
    for wrong in ({"religion": 99}, {"sex": "?"}, {"nik": "x"}, {"life_status": 2}, {}):
        with pytest.raises(InvalidInput):
            actions.correct_resident(nik=CHILD, changes=wrong, by=REGISTRAR)
    assert someone(CHILD).religion.code == 1


def test_only_a_civil_registrar_changes_the_register():
    clerk = Actor(
        reference="account:2", kind="officer", name="R", agency="kelurahan", duties=frozenset({"front-office"})
    )
    with pytest.raises(NotAllowed):
        actions.record_death(nik=FATHER, death_date=date(2024, 5, 1), by=clerk)


def test_days_to_come_are_refused():
    with pytest.raises(InvalidInput):
        actions.record_death(nik=FATHER, death_date=timezone.localdate() + timedelta(days=1), by=REGISTRAR)


def test_each_change_is_audited_and_announced_without_a_nik():
    actions.correct_resident(nik=CHILD, changes={"blood_type": 1}, by=REGISTRAR)
    entry, event = (apps.get_model("kernel", name).objects.latest("id") for name in ("AuditEntry", "OutboxEvent"))
    child = someone(CHILD)
    assert (entry.actor, entry.action, entry.thing) == (
        "account:1", "registry.resident_corrected", f"resident:{child.record_id}",
    )  # fmt: skip
    assert (event.name, event.payload["resident"]) == ("registry.resident_corrected", child.record_id)
    assert set(event.payload) == {"resident", "change"}
    assert entry.detail == {"fields": ["blood_type"]}
