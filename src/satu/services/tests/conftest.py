"""A copy of the city that a test may spoil."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings

from satu.hub.catalogue import load_catalogue, the_catalogue
from satu.kernel.city import load_city, the_city
from satu.services import packages
from satu.services.packages import Loader


@pytest.fixture
def city_copy(tmp_path: Path) -> Path:
    copy = tmp_path / "city"
    shutil.copytree(settings.SATU_CITY, copy)
    return copy


@pytest.fixture
def as_the_city(city_copy: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The copy is the city that this installation serves."""
    monkeypatch.setattr(settings, "SATU_CITY", str(city_copy))
    forget_the_city()
    yield city_copy
    monkeypatch.undo()
    forget_the_city()


def forget_the_city() -> None:
    for cached in (the_city, the_catalogue, packages.the_packages, packages.the_knowledge):
        cached.cache_clear()


@pytest.fixture
def domisili(city_copy: Path) -> Path:
    """The folder of the domisili package in the copy."""
    return city_copy / "services" / "domisili"


@pytest.fixture
def loader(city_copy: Path) -> Loader:
    city = load_city(city_copy)
    return Loader(city, load_catalogue(city))


@pytest.fixture
def spoil(domisili: Path) -> Callable[..., None]:
    """Replace a piece of one of the package's files; the piece must stand there exactly once."""

    def replace(name: str, old: str, new: str) -> None:
        text = (domisili / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        (domisili / name).write_text(text.replace(old, new), encoding="utf-8")

    return replace
