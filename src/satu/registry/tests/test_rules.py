"""The database itself refuses what breaks a rule of the register, whoever asks. Raw SQL throughout."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

pytestmark = pytest.mark.usefixtures("the_town")

NEW = (
    "INSERT INTO registry_resident (nik, name, sex, birth_place, birth_date, death_date, religion, blood_type,"
    " education, occupation, marital_status, citizenship, life_status, mother_name, father_name, mother_nik,"
    " valid_from) VALUES ('{nik}', '{name}', '{sex}', 'Tangerang', '{born}', {died}, {religion}, 13, 5, 15, 1, 1,"
    " {life}, 'Ibu', 'Bapak', {mother}, '{since}')"
)
GOOD = {
    "nik": "3671010101900001", "name": "Budi", "sex": "male", "born": "1990-01-01", "died": "NULL", "religion": 1,
    "life": 1, "mother": "NULL", "since": "1990-01-01",
}  # fmt: skip
FATHER = "(SELECT id FROM registry_resident WHERE nik = '3671011203850001')"
CHILD = "(SELECT id FROM registry_resident WHERE nik = '3671011408150001')"
FAMILY = "(SELECT id FROM registry_family WHERE number = '3671012003140001')"
RT = "(SELECT id FROM registry_area WHERE code = '36.71.01.1001.001.001')"

KELURAHAN = "(SELECT id FROM registry_area WHERE level = 2)"
JOIN = "INSERT INTO registry_membership (resident_id, family_id, role, valid_from) VALUES "
LEAVE = f"UPDATE registry_membership SET family_id = NULL, role = NULL WHERE resident_id = {FATHER}"
CARD = f"INSERT INTO registry_family (number, address, area_id, valid_from) VALUES ('{{}}', 'x', {RT}, '2020-01-01')"
STRAY = (
    "INSERT INTO registry_area (code, level, name, postcode, parent_id) "
    "SELECT '36.71.02.1001', 2, 'x', '', id FROM registry_area WHERE level = 1"
)


def run(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@contextmanager
def refused(rule: str) -> Iterator[None]:
    """The database refuses what is done here, and for this rule."""
    with pytest.raises(IntegrityError) as refusal:
        yield
    cause = refusal.value.__cause__
    assert isinstance(cause, psycopg.Error)
    assert cause.diag.constraint_name == rule


def test_a_good_row_is_taken():
    run(NEW.format(**GOOD))


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        ("nik_once", {"nik": "3671011203850001"}),
        ("nik_is_well_formed", {"nik": "367101010190000"}),
        ("nik_is_well_formed", {"nik": "36710101019000A1"}),
        ("nik_is_well_formed", {"nik": "3671013201900001"}),
        ("nik_is_well_formed", {"nik": "3671017201900001"}),
        ("nik_is_well_formed", {"nik": "3671010113900001"}),
        ("nik_is_well_formed", {"nik": "3671010101900000"}),
        ("resident_dies_after_birth", {"died": "'1989-12-31'", "life": 2}),
        ("resident_is_dead_with_a_date", {"life": 2}),
        ("resident_is_dead_with_a_date", {"died": "'2020-01-01'"}),
        ("resident_has_a_sex", {"sex": "?"}),
        ("resident_has_a_name", {"name": ""}),
        ("resident_codes_are_known", {"religion": 99}),
        ("resident_is_true_after_birth", {"since": "1989-01-01"}),
        ("nobody_is_her_own_parent", {"mother": "'3671010101900001'"}),
    ],
)
def test_a_resident_who_cannot_be_is_refused(rule, wrong):
    with refused(rule):
        run(NEW.format(**{**GOOD, **wrong}))


@pytest.mark.parametrize(
    ("rule", "sql"),
    [
        (
            "registry_membership_pkey",
            JOIN + f"({CHILD}, {FAMILY}, 4, '2020-01-01')",
        ),
        ("family_has_one_head", f"UPDATE registry_membership SET role = 1 WHERE resident_id = {CHILD}"),
        ("family_has_a_head", f"UPDATE registry_membership SET role = 4 WHERE resident_id = {FATHER}"),
        ("family_has_a_head", LEAVE),
        ("membership_has_a_role", f"UPDATE registry_membership SET role = NULL WHERE resident_id = {CHILD}"),
        ("membership_role_is_known", f"UPDATE registry_membership SET role = 77 WHERE resident_id = {CHILD}"),
        (
            "nobody_joins_a_family_before_birth",
            f"UPDATE registry_membership SET valid_from = '2015-08-13' WHERE resident_id = {CHILD}",
        ),
        (
            "nobody_joins_a_family_before_birth",
            f"UPDATE registry_resident SET birth_date = '2016-01-01', valid_from = '2016-01-01' WHERE id = {CHILD}",
        ),
        (
            "members_live_here",
            f"UPDATE registry_resident SET life_status = 2, death_date = '2020-01-01' WHERE id = {CHILD}",
        ),
        ("nik_is_for_life", f"UPDATE registry_resident SET nik = '3671011408150002' WHERE id = {CHILD}"),
        ("family_number_stays", "UPDATE registry_family SET number = '3671012003140009'"),
        (
            "family_number_is_well_formed",
            CARD.format("3671015203140001"),
        ),
        (
            "family_number_once",
            CARD.format("3671012003140001"),
        ),
        ("family_lives_in_an_rt", f"UPDATE registry_family SET area_id = {KELURAHAN}"),
        ("area_code_once", "INSERT INTO registry_area (code, level, name, postcode) VALUES ('36.71.01', 1, 'x', '')"),
        (
            "area_code_fits_its_level",
            "INSERT INTO registry_area (code, level, name, postcode) VALUES ('36.71.02', 2, 'x', '')",
        ),
        (
            "area_stands_inside_its_parent",
            STRAY,
        ),
        ("register_forgets_nothing", f"DELETE FROM registry_membership WHERE resident_id = {CHILD}"),
        ("register_forgets_nothing", f"DELETE FROM registry_resident WHERE id = {CHILD}"),
        ("register_forgets_nothing", "DELETE FROM registry_family"),
        ("code_ends_after_it_begins", "UPDATE registry_code SET valid_until = valid_from"),
    ],
)  # fmt: skip
def test_a_change_that_breaks_a_rule_is_refused(rule, sql):
    with refused(rule):
        run(sql)


@pytest.mark.parametrize("table", ["residentpast", "familypast", "membershippast"])
@pytest.mark.parametrize("change", ["UPDATE registry_{} SET recorded_at = now()", "DELETE FROM registry_{}"])
def test_the_past_cannot_be_changed(table, change):
    run("UPDATE registry_resident SET name = 'X Y'")
    run("UPDATE registry_family SET address = 'X'")
    run(f"UPDATE registry_membership SET valid_from = '2021-01-01' WHERE resident_id = {CHILD}")
    with refused("register_forgets_nothing"):
        run(change.format(table))


def test_two_statements_of_one_moment_do_not_speak_of_the_same_day():
    past = (
        f"INSERT INTO registry_familypast (family_id, address, area_id, valid, recorded_at) "
        f"SELECT {FAMILY}, 'x', {RT}, daterange('{{}}', '{{}}'), '2021-01-01 00:00+00'"
    )
    run(past.format("2018-01-01", "2019-01-01"))
    run(past.format("2019-01-01", "2020-01-01"))
    with refused("familypast_periods_do_not_overlap"):
        run(past.format("2018-06-01", "2018-07-01"))
    with refused("familypast_period_has_days"):
        run(past.format("2021-06-01", "2021-06-01"))
