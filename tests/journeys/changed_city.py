"""A copy of the city in which a test gives a service other steps."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings

from satu.hub.catalogue import the_catalogue
from satu.kernel.city import the_city
from satu.services import packages

Change = Callable[..., None]


@pytest.fixture
def change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Change]:
    """``change(steps=…, more=…)``: SKTM with these steps and with more at its end, in force from now on."""
    copy = tmp_path / "city"
    shutil.copytree(settings.SATU_CITY, copy)
    monkeypatch.setattr(settings, "SATU_CITY", str(copy))
    path = copy / "services" / "sktm" / "service.yaml"
    # What may be stated needs an officer who looks; these tests give it other steps.
    original = path.read_text(encoding="utf-8").replace(", may_declare: true", "")

    def to(*, steps: str, more: str = "", old: str = "", new: str = "") -> None:
        before, rest = original.split("steps:\n", 1)
        after = rest[rest.index("deadline: {") :]
        text = f"{before}steps:\n{steps.rstrip()}\n{after}{more}"
        assert text.count(old) == 1 or not old
        path.write_text(text.replace(old, new) if old else text, encoding="utf-8")
        _forget()
        packages.Loader(the_city(), the_catalogue()).load(path.parent)

    yield to
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    for cached in (the_city, the_catalogue, packages.the_packages, packages.the_knowledge):
        cached.cache_clear()


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
