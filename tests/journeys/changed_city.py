"""A copy of the city in which a test gives a service other steps, or adds one."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from satu.hub.catalogue import the_catalogue
from satu.kernel.city import the_city
from satu.services import packages
from satu.services.tests.conftest import forget_the_city

Change = Callable[..., None]


@pytest.fixture
def change(as_the_city: Path) -> Change:
    """``change(steps=…, more=…)``: SKTM with these steps and with more at its end, in force from now on."""
    path = as_the_city / "services" / "sktm" / "service.yaml"
    # What may be stated needs an officer who looks; these tests give it other steps.
    original = path.read_text(encoding="utf-8").replace(", may_declare: true", "")

    def to(*, steps: str, more: str = "", old: str = "", new: str = "") -> None:
        before, rest = original.split("steps:\n", 1)
        after = rest[rest.index("deadline: {") :]
        text = f"{before}steps:\n{steps.rstrip()}\n{after}{more}"
        assert text.count(old) == 1 or not old
        path.write_text(text.replace(old, new) if old else text, encoding="utf-8")
        _in_force(path.parent)

    return to


def another_service(city: Path, service: str, prefix: str, *changes: tuple[str, str]) -> None:
    """The letter of residence once more under another name, with changes; for oneself, and never offered."""
    template, folder = city / "services" / "domisili", city / "services" / service
    text = (template / "service.yaml").read_text(encoding="utf-8")
    text = re.sub(r"\ntriggers:\n(?: .*\n)+", "\n", text)
    own = (
        ("service: domisili", f"service: {service}"),
        ("prefix: DOM", f"prefix: {prefix}"),
        ("\nfor: [self, child, spouse, parent]\n", "\n"),
    )
    for old, new in (*own, *changes):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    folder.mkdir()
    (folder / "service.yaml").write_text(text, encoding="utf-8")
    for file in template.iterdir():
        if file.name in text:
            (folder / file.name).write_bytes(file.read_bytes())
    _in_force(folder)


def _in_force(folder: Path) -> None:
    forget_the_city()
    packages.Loader(the_city(), the_catalogue()).load(folder)


def task(key: str, *, agency: str = "kelurahan", duty: str = "front-office", more: str = "", indent: int = 2) -> str:
    """A task of the applicant's kelurahan that may approve, refuse and send back, as a step of the list."""
    lines = [
        "- task:",
        f"    id: {key}",
        f"    label: {{id: Periksa {key}, en: Check {key}}}",
        f"    agency: {agency}",
        f"    duty: {duty}",
        "    area: kelurahan-of-applicant",
        "    deadline: 3",
        *(f"    {line}" for line in (more or "decisions: [approve, refuse, correction]").splitlines()),
    ]
    return "".join(f"{' ' * indent}{line}\n" for line in lines)
