from pathlib import Path

import pytest

from satu.hub.systems import load_system
from satu.kernel.citydata import CityDataError

SYSTEM = """\
code: kantor
name: {id: Kantor, en: Office}
agency: dinsos
kind: rest
legal_basis: PKS
coverage: {id: Semua, en: All}
freshness: {id: Langsung, en: Live}
deadline: 250ms
connection:
  address: {setting: KANTOR_URL}
  auth:
    kind: oauth2_client_credentials
    token_path: /token
    client_id: {setting: K_ID}
    client_secret: {setting: K_SECRET}
operations:
  resident:
    path: /people/{nik}
    answers:
      person.school: school
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "kantor.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_system_is_one_file(tmp_path):
    system = load_system(write(tmp_path, SYSTEM))
    assert system.deadline == 0.25
    assert system.facts == ("person.school",)
    assert system.connection.settings() == ("KANTOR_URL", "K_ID", "K_SECRET")


@pytest.mark.parametrize(
    ("change", "line", "words"),
    [
        (("code: kantor", "code: other"), 1, ["other", "kantor"]),
        (("deadline: 250ms", "deadline: soon"), 8, ["soon"]),
        (("path: /people/{nik}", "path: /people/{name}"), 18, ["'name' is not known", "nik"]),
        (("person.school: school", "person.school: {each: {a: b}}"), 20, ["several records", "records: many"]),
        (("person.school: school", "person.school: {empty: ['-']}"), 20, ["where the value stands"]),
        (("client_secret: {setting: K_SECRET}", "client_secret: hunter2"), 15, ["not of type 'object'"]),
        (("path: /people/{nik}", "path: /p\n    sql: DROP TABLE x"), 19, ["DROP TABLE"]),
        (("path: /people/{nik}", "method: GET"), 17, ["'path' is a required property"]),
    ],
)
def test_a_mistake_in_a_system_names_file_line_and_mend(tmp_path, change, line, words):
    with pytest.raises(CityDataError) as caught:
        load_system(write(tmp_path, SYSTEM.replace(*change)))
    assert f"kantor.yaml:{line}:" in str(caught.value)
    assert all(word in str(caught.value) for word in words)


def test_a_fact_is_answered_by_one_operation(tmp_path):
    second = "  other:\n    path: /other\n    answers: {person.school: x}\n"
    with pytest.raises(CityDataError, match=r"already answered by the operation 'resident'"):
        load_system(write(tmp_path, SYSTEM + second))
