"""What no page uses any more is thrown away: templates, macros and rules of style."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2] / "src" / "satu"
ASSETS = ROOT / "theme" / "assets"
TEMPLATES = {path: path.read_text(encoding="utf-8") for path in ROOT.rglob("jinja2/**/*.html")}
#: allauth looks for these by their names.
ALLAUTHS = ("account/", "mfa/", "usersessions/")
#: Made from a state or a level where they stand, or given by htmx and by the drawer of processes.
COMPOSED = re.compile(r"(bar--|level-|djs-|htmx-|govuk-)")


@pytest.fixture(scope="module")
def everything() -> str:
    """All that names a template or a class: templates, code and scripts."""
    beside = [
        path.read_text(encoding="utf-8")
        for pattern in ("**/*.py", "theme/assets/*.js")
        for path in ROOT.glob(pattern)
        if not {"migrations", "tests"} & set(path.parts)
    ]
    return "\n".join([*TEMPLATES.values(), *beside])


def test_every_template_is_shown_by_somebody(everything: str) -> None:
    names = {str(path).rpartition("/jinja2/")[2] for path in TEMPLATES}
    assert [name for name in sorted(names) if name not in everything and not name.startswith(ALLAUTHS)] == []


def test_every_macro_is_called_and_every_import_used(everything: str) -> None:
    words = Counter(re.findall(r"\w+", everything))
    left = [f"{path.name}: {macro}" for path, macro in _macros() if words[macro] < 2]
    for path, text in TEMPLATES.items():
        name = str(path).rpartition("/jinja2/")[2]
        sees = text + "".join(other for other in TEMPLATES.values() if f'{{% extends "{name}" %}}' in other)
        for names in re.findall(r'{% from "[^"]+" import ([^%]+?)(?: with context)? %}', text):
            imported = re.findall(r"(\w+)(?:,|$)", names.strip())
            left += [f"{name} imports {one}" for one in imported if len(re.findall(rf"\b{one}\b", sees)) < 2]
    assert left == []


def _macros() -> Iterator[tuple[Path, str]]:
    for path, text in TEMPLATES.items():
        for macro in re.findall(r"{% macro (\w+)\(", text):
            yield path, macro


def test_every_class_in_the_styles_is_worn_by_something(everything: str) -> None:
    worn = set(re.findall(r"[a-z][a-z0-9_-]*", everything))
    styles = "\n".join(path.read_text(encoding="utf-8") for path in ASSETS.glob("*.*css"))
    styles = re.sub(r"//.*", "", styles)
    classes = set(re.findall(r"\.([a-z][a-z0-9_-]+)", styles))
    assert sorted(name for name in classes - worn if not COMPOSED.match(name)) == []
