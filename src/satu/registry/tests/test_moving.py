"""Families that part, meet and move: new cards, new heads, and the past that stays."""

import threading
from datetime import date

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone

from satu.kernel.errors import Conflict, InvalidInput, Missing, SatuError
from satu.kernel.identifiers import FamilyCardNumber, Nik
from satu.registry import actions, queries
from satu.registry.models import Family
from satu.registry.search.queries import find
from satu.registry.tests import town
from satu.registry.tests.town import CARD, CHILD, FATHER, LONER, MOTHER, OTHER_CARD, OTHER_RT, REGISTRAR

DAY = date(2024, 5, 1)
GRANDMOTHER, SON, WIFE, GRANDSON = (
    Nik(n) for n in ("3671014107580001", "3671010101900001", "3671014202920001", "3671010505150001")
)


@pytest.fixture
def the_town(db):
    town.build()


@pytest.fixture
def a_big_family(the_town):
    """Three generations on one card: father, mother, child; a married son with wife and son; father's mother."""
    home = Family.objects.get(number=CARD.value)
    card = FamilyCardNumber("3671012003140009")
    old = {"marital_status": 2}
    people = [
        (town.resident(GRANDMOTHER, "Siti Aminah", date(1958, 7, 1), marital_status=4), 1),
        (town.resident(SON, "Dedi Hidayat", date(1990, 1, 1), mother_nik=GRANDMOTHER.value, **old), 4),
        (town.resident(WIFE, "Rina Marlina", date(1992, 2, 2), **old), 5),
        (
            town.resident(GRANDSON, "Fajar Hidayat", date(2015, 5, 5), father_nik=SON.value, mother_nik=WIFE.value),
            6,
        ),
    ]
    town.family(card, home.area, people)
    return card


def family(card):
    found = queries.family_by_number(card)
    assert found is not None
    return found


def roles(card):
    return {member.nik: member.role.code for member in family(card).members}


def split(*members, since=DAY, area=OTHER_RT):
    return actions.split_family(
        members=members, address="Gg. Masjid No. 7", area_code=area, since=since, by=REGISTRAR
    )


def test_those_who_move_found_a_family_with_a_card_of_its_own(a_big_family):
    card = split(SON, WIFE, GRANDSON)
    today = timezone.localdate()
    assert card.value == f"367101{today:%d%m%y}0001"
    assert roles(card) == {SON: 1, WIFE: 3, GRANDSON: 4}
    assert roles(a_big_family) == {GRANDMOTHER: 1}
    new = family(card)
    assert (new.address.line, new.address.rt, new.address_since) == ("Gg. Masjid No. 7", "002", DAY)
    assert [hit.nik for hit in find("Fajar Hidayat")][:1] == [GRANDSON]


def test_where_they_lived_before_stays_on_record(a_big_family):
    before = timezone.now()
    card = split(SON, WIFE, GRANDSON)
    then = queries.resident_by_nik(SON, as_of=date(2024, 4, 30))
    believed = queries.resident_by_nik(SON, believed_at=before)
    now = queries.resident_by_nik(SON)
    assert then is not None
    assert believed is not None
    assert now is not None
    assert then.family_card_number == believed.family_card_number == a_big_family
    assert then.family_role is not None
    assert (then.family_role.code, len(then.family_members)) == (4, 4)
    assert (now.family_card_number, now.residence_since) == (card, DAY)


def test_the_next_card_of_a_day_has_the_next_serial(a_big_family):
    first, second = split(SON, WIFE, GRANDSON), split(MOTHER, CHILD)
    assert (first.value[-4:], second.value[-4:]) == ("0001", "0002")


def test_when_the_head_goes_the_spouse_heads_those_who_stay_and_her_mother_in_law_is_that(the_town):
    home = Family.objects.get(number=CARD.value)
    grandmother = town.resident(GRANDMOTHER, "Siti Aminah", date(1958, 7, 1), marital_status=4)
    apps.get_model("registry", "Membership").objects.create(resident=grandmother, family=home, role=7, valid_from=DAY)
    card = split(FATHER)
    assert roles(card) == {FATHER: 1}
    assert roles(CARD) == {MOTHER: 1, CHILD: 4, GRANDMOTHER: 8}


def test_when_only_brothers_and_sisters_stay_the_eldest_heads_them(a_big_family):
    card = split(GRANDMOTHER)
    assert roles(card) == {GRANDMOTHER: 1}
    assert roles(a_big_family) == {SON: 1, WIFE: 3, GRANDSON: 4}


def test_a_mother_who_joins_her_sons_family_is_his_parent(a_big_family):
    card = split(SON, WIFE, GRANDSON)
    actions.join_family(members=[GRANDMOTHER], number=card, since=DAY, by=REGISTRAR)
    assert roles(card) == {SON: 1, WIFE: 3, GRANDSON: 4, GRANDMOTHER: 7}
    assert family(a_big_family).members == ()


def test_a_family_that_joins_a_stranger_is_told_apart_from_his_kin_unless_somebody_says_more(a_big_family):
    actions.join_family(members=[SON, WIFE, GRANDSON], number=OTHER_CARD, since=DAY, roles={SON: 11}, by=REGISTRAR)
    assert roles(OTHER_CARD) == {LONER: 1, SON: 11, WIFE: 9, GRANDSON: 9}


@pytest.mark.parametrize(
    ("members", "error"),
    [
        ([CHILD], Conflict),  # a child alone
        ([FATHER, MOTHER], Conflict),  # a child stays alone
        ([FATHER, MOTHER, CHILD], Conflict),  # the whole family: it keeps its card
        ([FATHER, LONER], Conflict),  # of two families
        ([Nik("3671010101010101")], Missing),
    ],
)
def test_who_cannot_move_so_stays(the_town, members, error):
    with pytest.raises(error):
        split(*members)
    assert roles(CARD) == {FATHER: 1, MOTHER: 3, CHILD: 4}


def test_a_move_into_the_future_or_behind_what_is_on_record_is_refused(the_town):
    with pytest.raises(InvalidInput):
        split(MOTHER, since=timezone.localdate().replace(year=timezone.localdate().year + 1))
    with pytest.raises(Conflict):
        split(MOTHER, since=date(2010, 1, 1))
    with pytest.raises(Missing):
        split(MOTHER, area="36.71.01.1001")


def test_every_mover_is_announced_under_one_change(a_big_family):
    split(SON, WIFE, GRANDSON)
    events = apps.get_model("kernel", "OutboxEvent").objects.filter(name="registry.resident_moved")
    payloads = list(events.values_list("payload", flat=True))
    assert len(payloads) == 3
    assert len({payload["change"] for payload in payloads}) == 1
    assert {payload["family"] for payload in payloads} == {Family.objects.latest("id").id}


def test_a_marriage_and_a_divorce_are_on_record_from_their_day(the_town):
    bride = Nik("3671014202920001")
    town.resident(bride, "Rina Marlina", date(1992, 2, 2))
    actions.record_marriage(husband=LONER, wife=bride, married_on=DAY, by=REGISTRAR)
    actions.record_divorce(husband=LONER, wife=bride, divorced_on=date(2025, 1, 1), by=REGISTRAR)
    status = {
        day: queries.resident_by_nik(bride, as_of=day).marital_status.code
        for day in (date(2024, 4, 30), DAY, date(2025, 1, 1))
    }
    assert list(status.values()) == [1, 2, 3]
    with pytest.raises(Conflict):
        actions.record_divorce(husband=LONER, wife=bride, divorced_on=date(2025, 2, 1), by=REGISTRAR)
    with pytest.raises(Conflict):
        actions.record_marriage(husband=FATHER, wife=bride, married_on=date(2025, 2, 1), by=REGISTRAR)


@pytest.mark.django_db(transaction=True)
def test_moves_at_the_same_moment_neither_wait_in_a_circle_nor_give_a_number_twice():
    town.build()
    home = Family.objects.get(number=CARD.value)
    others = []
    for serial in range(1, 7):
        nik = Nik(f"367101010190000{serial}")
        person = town.resident(nik, f"Warga {'abcdef'[serial - 1]}", date(1990, 1, 1))
        apps.get_model("registry", "Membership").objects.create(resident=person, family=home, role=9, valid_from=DAY)
        others.append(nik)
    outcomes: list[object] = []

    def act(what):
        try:
            with transaction.atomic():
                outcomes.append(what())
        except SatuError as error:
            outcomes.append(error)
        finally:
            connection.close()

    work = [lambda nik=nik: split(nik) for nik in others]
    work += [
        lambda: actions.record_death(nik=FATHER, death_date=DAY, by=REGISTRAR),
        lambda: actions.register_birth(
            name="Putri Ayu", sex="female", birth_place="Tangerang", birth_date=DAY, mother=MOTHER, by=REGISTRAR
        ),
        lambda: actions.join_family(members=[LONER], number=CARD, since=DAY, by=REGISTRAR),
    ]
    threads = [threading.Thread(target=act, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not [one for one in outcomes if isinstance(one, Exception)]
    cards = [one for one in outcomes if isinstance(one, FamilyCardNumber)]
    assert len(cards) == len(set(cards)) == 6
    assert {MOTHER, CHILD, LONER} < set(roles(CARD))
    assert family(CARD).head_name == "Euis Komariah"
