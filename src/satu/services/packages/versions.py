"""This city's packages: those in force, and those that open cases began with."""

from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile

import structlog
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from satu.hub.catalogue import the_catalogue
from satu.kernel.city import the_city
from satu.kernel.errors import Missing
from satu.services.knowledge import Knowledge
from satu.services.models import PackageVersion
from satu.services.packages.loader import Loader
from satu.services.types import (
    ServicePackage,
)
from satu.services.workflow import Process

_log = structlog.get_logger(__name__)


@cache
def the_packages() -> Mapping[str, ServicePackage]:
    """Every service of this city by slug, read once a process. One that does not load is logged and left out."""
    loaded, refused = Loader(the_city(), the_catalogue()).load_all()
    for error in refused:
        _log.error("services.package_refused", file=str(error.path), line=error.line, what=error.what)
    return loaded


@cache
def the_knowledge() -> Knowledge:
    """What this city knows, in the words in which forms ask for it."""
    return Knowledge.of(the_catalogue(), the_city().folder)


def the_package(slug: str) -> ServicePackage:
    """Raises ``Missing``."""
    try:
        return the_packages()[slug]
    except KeyError:
        raise Missing(_("There is no such service.")) from None


def process_of(package: ServicePackage) -> Process:
    """A package's process, read once for each version."""
    return _read_process(package.process, package.bpmn)


@lru_cache(maxsize=128)
def _read_process(path: Path, bpmn: str) -> Process:
    return Process(path, bpmn)


@lru_cache(maxsize=64)
def package_at(slug: str, version: str) -> ServicePackage:
    """A package as it was when a case was submitted: from its folder, or from the version kept in the database."""
    current = the_packages().get(slug)
    if current is not None and current.version == version:
        return current
    kept = PackageVersion.objects.get(service=slug, version=version)
    folder = Path(settings.STATE_DIR) / "packages" / version / slug
    for name, content in kept.files.items():
        _write_whole(folder / name, content)
    return Loader(the_city(), the_catalogue()).load(folder)


def _write_whole(path: Path, content: str) -> None:
    """Other processes may be writing and reading the same file: they see all of it or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as part:
        part.write(content)
    Path(part.name).replace(path)
