"""``satu service``: what a clerk sees when she writes a package."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from satu.services.commands import app
from satu.services.leftovers import PLACEHOLDERS

Spoil = Callable[[str, str, str], None]


def satu_service(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments), env={"COLUMNS": "200"})
    return result.exit_code, result.output


def test_the_citys_packages_pass_the_check() -> None:
    code, said = satu_service("check")
    assert code == 0, said
    assert "✓ domisili: 16 facts pulled, 1 asked" in said
    assert "not confirmed validity 6" in said
    assert "not confirmed fee figure" in said
    assert "not confirmed retention: " in said


def test_silence_that_nobody_has_read_in_its_rule_is_named(city_copy: Path) -> None:
    file = city_copy / "services" / "sktm" / "service.yaml"
    text = file.read_text(encoding="utf-8")
    silence = '      silence: {then: approve, basis: "UU 30/2014 pasal 53", confirmed: false}\n'
    file.write_text(text.replace("      deadline: 3\n", "      deadline: 3\n" + silence, 1), encoding="utf-8")
    code, said = satu_service("check", str(file.parent))
    assert (code, "not confirmed silence of assess (approve): UU 30/2014 pasal 53" in said) == (0, True)


def test_a_broken_package_fails_the_check_with_file_line_and_mend(as_the_city: Path, spoil: Spoil) -> None:
    question = "questions:\n  - key: born\n    label: {id: Tanggal lahir, en: Date of birth}\n    type: date\n"
    spoil("service.yaml", "questions:\n", question)
    code, said = satu_service("check")
    assert code == 1
    line = (as_the_city / "services/domisili/service.yaml").read_text().splitlines().index("  - key: born") + 1
    assert f"services/domisili/service.yaml:{line}: " in said
    assert "knows person.birth_date" in said
    assert "- person.birth_date" in said


def test_a_letter_that_does_not_render_fails_the_check_with_its_line(domisili: Path, spoil: Spoil) -> None:
    spoil("document.typ", "menerangkan bahwa:", "menerangkan #nothing-like-it bahwa:")
    code, said = satu_service("check", str(domisili))
    assert code == 1
    lines = (domisili / "document.typ").read_text().splitlines()
    wrong = next(number for number, line in enumerate(lines, start=1) if "nothing-like-it" in line)
    assert f"document.typ:{wrong}: " in said


def test_a_letter_that_only_renders_with_everything_answered_fails_the_check(as_the_city: Path) -> None:
    folder = as_the_city / "services" / "reklame"
    letter, service = folder / "document.typ", folder / "service.yaml"
    text = service.read_text(encoding="utf-8")
    service.write_text(
        text.replace("  - key: site\n", '  - key: site\n    when: answers.kind == "sign_2"\n'), "utf-8"
    )
    letter.write_text(letter.read_text(encoding="utf-8") + "\n#data.answers.site.len()\n", "utf-8")
    code, said = satu_service("check", str(folder))
    assert (code, "where a question was not asked" in said) == (1, True), said
    letter.write_text(
        letter.read_text(encoding="utf-8").replace("#data.answers.site.len()", "#data.said.kind #data.answers.site"),
        "utf-8",
    )
    code, said = satu_service("check", str(folder))
    assert code == 0, said


def test_two_packages_with_one_prefix_fail_the_check(as_the_city: Path, domisili: Path) -> None:
    twin = as_the_city / "services" / "kembar"
    twin.mkdir()
    for file in domisili.iterdir():
        (twin / file.name).write_text(file.read_text().replace("service: domisili", "service: kembar"))
    code, said = satu_service("check")
    assert code == 1
    assert "domisili has the prefix DOM already" in said


def test_a_new_package_passes_the_check_from_the_start(as_the_city: Path) -> None:
    code, said = satu_service("new", "usaha-mikro")
    assert code == 0, said
    folder = as_the_city / "services" / "usaha-mikro"
    assert sorted(file.name for file in folder.iterdir()) == [
        "document.typ",
        "eligibility.yaml",
        "service.yaml",
    ]
    assert "prefix: USA" in (folder / "service.yaml").read_text()
    code, said = satu_service("check")
    assert code == 0, said
    assert "✓ usaha-mikro" in said
    left = [line for line in said.splitlines() if "still the starter's text" in line]
    texts = [text for file in PLACEHOLDERS.values() for text in file]
    assert [text for text in texts if not any(text in line for line in left)] == []


@pytest.mark.parametrize("name", ["domisili", "../outside", "Big", "9lives", "a b", ""])
def test_a_name_that_is_taken_or_is_none_is_refused(as_the_city: Path, name: str) -> None:
    before = sorted(folder.name for folder in (as_the_city / "services").iterdir())
    code, _said = satu_service("new", name)
    assert code == 1
    assert sorted(folder.name for folder in (as_the_city / "services").iterdir()) == before


def test_a_process_is_drawn_from_its_steps_for_any_modeller() -> None:
    code, drawn = satu_service("draw", "sktm")
    assert code == 0
    assert "<bpmn:userTask" in drawn
    assert satu_service("draw", "tidak-ada")[0] == 1
