import re
import shutil
from pathlib import Path

import pytest
from django.conf import settings

from satu.hub.catalogue import UnknownFact, load_catalogue, the_catalogue
from satu.kernel.city import load_city
from satu.kernel.citydata import CityDataError
from satu.kernel.expressions import evaluate

CONTRACTED = """
person.nik person.name person.sex person.birth_place person.birth_date person.religion person.marital_status
person.occupation person.education person.blood_type person.citizenship person.life_status person.address person.rt
person.rw person.kelurahan person.kecamatan person.postcode person.residence_since person.family_card_number
person.family_role person.mother_name person.father_name family.head_name family.members person.age person.is_adult
person.is_ever_married person.lives_in_city person.property_tax_objects person.property_tax_arrears
person.has_property_tax_arrears person.businesses person.welfare_decile person.social_assistance
person.is_in_lowest_four_deciles person.health_insurance_number person.health_insurance_status
person.health_insurance_class person.birth_letters person.school person.school_npsn person.nisn person.school_grade
""".split()  # noqa: SIM905 - a list of words


@pytest.fixture
def city_folder(tmp_path):
    folder = tmp_path / "city"
    shutil.copytree(settings.SATU_CITY, folder, ignore=shutil.ignore_patterns("services", "purposes"))
    return folder


def change(folder: Path, name: str, old: str, new: str) -> int:
    """Replace the first occurrence; returns the line it stands on."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_the_catalogue_lists_what_the_city_agreed_on():
    assert set(CONTRACTED) <= set(the_catalogue().facts)


def test_every_fact_says_whose_it_is_in_both_languages():
    for fact in the_catalogue().facts.values():
        assert fact.label.id
        assert fact.label.en
        assert fact.agency in the_catalogue().agencies


def test_a_derived_fact_comes_from_the_systems_of_its_inputs():
    assert [s.code for s in the_catalogue().systems_answering("person.is_adult")] == ["siak"]
    assert [f.key for f in the_catalogue().roots("person.is_adult")] == ["person.birth_date"]


def test_an_unknown_fact_is_named():
    with pytest.raises(UnknownFact, match=r"person\.shoe_size"):
        the_catalogue().fact("person.shoe_size")


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("facts/tax.yaml", "agency: bapenda", "agency: bapendo", ["no agency 'bapendo'", "bapenda"]),
        ("facts/tax.yaml", "sources: [pbb]", "sources: [pbb2]", ["no system 'pbb2'", "pbb"]),
        ("facts/tax.yaml", "sources: [pbb]", "sources: [dtsen]", ["'dtsen' does not answer it", "dtsen.yaml"]),
        ("systems/oss.yaml", "agency: dpmptsp", "agency: x", ["no agency 'x'"]),
        (
            "systems/oss.yaml",
            "    answers:\n",
            "    answers:\n      person.shops: nib\n",
            ["person.shops", "no such fact"],
        ),
        ("systems/dapodik.yaml", "person.nisn: NISN", "person.nisn: NISN\n      person.age: NISN", ["is derived"]),
        (
            "systems/dapodik.yaml",
            "person.nisn: NISN",
            "person.nisn: NISN\n      person.name: NISN",
            ["Add dapodik to its sources in population"],
        ),
        ("systems/oss.yaml", "          kbli: kbli\n", "", ["its parts are", "kbli"]),
        ("systems/bpjs.yaml", '"0": active', '"0": aktif', ["'aktif' is not one of"]),
        ("facts/population.yaml", "expression: person.age >= 17", "expression: person.age >=", ["not an expression"]),
        (
            "facts/population.yaml",
            "expression: person.age >= 17",
            "expression: person.age >= 17 and person.sex == 'male'",
            ["uses person.sex", "inputs"],
        ),
        (
            "facts/population.yaml",
            "inputs: [person.birth_date]",
            "inputs: [person.is_adult]",
            ["derived from itself"],
        ),
        ("facts/population.yaml", "inputs: [person.age]", "inputs: [person.height]", ["no fact 'person.height'"]),
        (
            "facts/population.yaml",
            "inputs: [person.age]",
            "inputs: [person.age, person.sex]",
            ["person.sex is not used"],
        ),
        ("facts/population.yaml", "classification: restricted", "classification: secret", ["'secret'", "sensitive"]),
        ("facts/population.yaml", "type: date", "type: day", ["'day'", "money"]),
    ],
)
def test_a_mistake_in_the_catalogue_names_file_line_and_mend(city_folder, name, old, new, words):
    line = change(city_folder, name, old, new)
    with pytest.raises(CityDataError) as caught:
        load_catalogue(load_city(city_folder))
    text = str(caught.value)
    assert Path(name).name in text
    assert all(word in text for word in words), text
    assert caught.value.mend
    said = caught.value.line
    assert line - 12 <= said <= line + 2, (line, said)


def test_a_fact_stands_in_one_file_only(city_folder):
    text = (city_folder / "facts/tax.yaml").read_text(encoding="utf-8")
    (city_folder / "facts/zz.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CityDataError, match=r"tax\.yaml:\d+ already"):
        load_catalogue(load_city(city_folder))


def test_the_expressions_that_the_guide_teaches_mean_what_it_says():
    guide = (Path(settings.BASE_DIR) / "docs/guides/connect-a-system.md").read_text(encoding="utf-8")
    taught = re.findall(r"^\| ([^|`]+) \| `([^`]+)` \|$", guide.split("## Derived facts")[1], re.MULTILINE)
    somebody = {
        "today": "2026-01-31",
        "person": {
            "birth_date": "1991-02-01",
            "age": 34,
            "marital_status": "widowed",
            "life_status": "alive",
            "welfare_decile": 5,
            "businesses": [{"risk": "Tinggi", "employees": 3}, {"risk": "Rendah", "employees": 4}],
        },
    }
    assert [evaluate(expression, somebody) for _wish, expression in taught[:7]] == [
        34,
        True,
        True,
        "other",
        2,
        7,
        True,
    ]
