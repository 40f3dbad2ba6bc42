import json

import pytest

from satu.kernel.citydata import CityDataError, read_city_file

SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "minLength": 1, "description": "Write the name."},
        "kind": {"enum": ["rest", "sql"]},
        "steps": {"type": "array", "items": {"type": "object", "required": ["id"]}},
    },
}


@pytest.fixture
def read(tmp_path):
    schema = tmp_path / "schema.json"
    schema.write_text(json.dumps(SCHEMA))

    def read(text):
        path = tmp_path / "a.yaml"
        path.write_text(text)
        return read_city_file(path, schema)

    return read


@pytest.mark.parametrize(
    ("text", "line", "says", "mend"),
    [
        ("name: yes\n", 1, "True is not of type 'string'", "Put it in quotes"),
        ("kind: sql\nname: 812\n", 2, "is not of type 'string'", "YAML reads a number otherwise"),
        ("name: a\nkind: soap\n", 2, "'soap' is not one of", "rest, sql"),
        ("name: a\n\ncolour: red\n", 1, "'colour' was unexpected", "Known here: kind, name, steps"),
        ("name: ''\n", 1, "should be non-empty", "Write the name."),
        ("steps:\n  - id: 1\n  - label: x\n", 3, "'id' is a required property", ""),
        ("name: a\nname: b\n", 2, "'name' stands twice", "Keep one"),
        ("name: [a\nkind: b", 2, "not YAML", "Check indentation"),
        ("", 1, "empty", ""),
    ],
)
def test_a_mistake_in_city_data_names_the_line_and_the_way_to_mend_it(read, text, line, says, mend):
    with pytest.raises(CityDataError) as caught:
        read(text)
    assert caught.value.line == line
    assert says in caught.value.what
    assert mend in caught.value.mend
    assert f"a.yaml:{line}:" in str(caught.value)


def test_all_mistakes_of_a_file_are_named_at_once(read):
    with pytest.raises(CityDataError) as caught:
        read("name: ''\nkind: soap\ncolour: red\n")
    assert [one.line for one in (caught.value, *caught.value.others)] == [1, 1, 2]
    assert all(what in str(caught.value) for what in ("non-empty", "'soap' is not one of", "'colour' was unexpected"))


def test_each_part_knows_its_line(read):
    file = read("name: a\nsteps:\n  - id: 1\n  - id: 2\n")
    assert file.line("steps") == 2
    assert file.line("steps", 1, "id") == 4
    assert file.line("steps", 1, "missing", "deeper") == 4
