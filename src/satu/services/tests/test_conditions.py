"""Questions with conditions, and questions that choose: what a package may say, and what it is told."""

from collections.abc import Callable
from pathlib import Path

import pytest

from satu.kernel.citydata import CityDataError
from satu.services.answers import answer_values, typed
from satu.services.packages import Loader
from satu.services.types import Question

Spoil = Callable[..., None]
QUESTIONS = "\nquestions:\n"
MEMBERS = "\nneeds:\n  - family.members\n"


def asks(spoil: Spoil, *lines: str, key: str = "extra") -> None:
    """Write one more question into the package, before the others."""
    text = f"  - key: {key}\n    label: {{id: Lain-lain, en: Other things}}\n" + "".join(
        f"    {one}\n" for one in lines
    )
    spoil("service.yaml", QUESTIONS, QUESTIONS + text)


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        (("type: text", "when: answers.purpose == 'x'"), "looks at answers.purpose, which is not known here"),
        (("type: text", "when: person.blood_type == 'a'"), "looks at person.blood_type"),
        (("type: text", "when: person.age >"), "not an expression"),
        (("type: text", "when: 1 == 1"), "looks at no fact and no answer"),
        (("type: members",), "chooses from family.members, which the service does not need"),
        (("type: from-fact", "fact: person.birth_letters"), "chooses from person.birth_letters"),
        (("type: from-fact", "fact: person.name"), "not a list of things with parts"),
        (("type: from-fact",), "'fact' is a required property"),
        (("type: text", "fact: person.name"), "only a question of type from-fact has fact"),
    ],
)
def test_a_condition_or_a_choice_that_cannot_be_is_named_with_its_line(
    loader: Loader, domisili: Path, spoil: Spoil, lines: tuple[str, ...], what: str
) -> None:
    asks(spoil, *lines)
    with pytest.raises(CityDataError) as caught:
        loader.load(domisili)
    assert what in caught.value.what
    assert caught.value.line > 1


def test_a_part_that_a_list_has_not_is_named(loader: Loader, domisili: Path, spoil: Spoil) -> None:
    spoil("service.yaml", "\nneeds:\n", MEMBERS)
    asks(spoil, "type: from-fact", "fact: family.members", "parts: [name, shoe_size]")
    with pytest.raises(CityDataError, match="no part 'shoe_size'"):
        loader.load(domisili)


def test_to_choose_among_what_is_known_is_not_to_ask_for_it(loader: Loader, domisili: Path, spoil: Spoil) -> None:
    spoil("service.yaml", "\nneeds:\n", MEMBERS)
    members = "  - {key: who, label: {id: Anggota keluarga, en: Family members}, type: TYPE}\n"
    spoil("service.yaml", QUESTIONS, QUESTIONS + members.replace("TYPE", "members"))
    loader.load(domisili)
    spoil("service.yaml", members.replace("TYPE", "members"), members.replace("TYPE", "text"))
    with pytest.raises(CityDataError, match="asks what the city knows"):
        loader.load(domisili)


def test_a_condition_names_what_it_looks_at(loader: Loader, domisili: Path, spoil: Spoil) -> None:
    spoil("service.yaml", "\nneeds:\n", MEMBERS)
    asks(
        spoil, "type: text", "when: \"len(filter(family.members, #.role == 'child')) > 0 and answers.first != 'a.b'\""
    )
    asks(spoil, "type: text", key="first")
    question = next(one for one in loader.load(domisili).questions if one.key == "extra")
    assert question.looks_at == ("family.members", "answers.first")


def test_numbers_are_numbers_to_rules_and_json_is_what_it_is() -> None:
    def question(key: str, kind: str) -> Question:
        return Question(key, None, None, kind, required=True, max_length=9)  # type: ignore[arg-type]

    questions = [question("days", "number"), question("part", "number"), question("who", "members")]
    answers = {"days": "30", "part": "1.5", "who": '[{"nik": "1", "name": "Adi"}]'}
    assert answer_values(questions, answers) == {
        "answers.days": 30,
        "answers.part": 1.5,
        "answers.who": [{"nik": "1", "name": "Adi"}],
    }
    everybody = {"family.members": [{"nik": "1", "name": "Adi"}]}
    assert typed(questions, answers, everybody) == 2
