"""This city's packages: those in force, and those that open cases began with."""

import time
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile

import structlog
from django.conf import settings
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from satu.hub.catalogue import the_catalogue
from satu.kernel.city import the_city
from satu.kernel.errors import Missing
from satu.services.knowledge import Knowledge
from satu.services.models import PackageVersion, Publication
from satu.services.packages.files import files_of
from satu.services.packages.loader import Loader
from satu.services.types import (
    ServicePackage,
)
from satu.services.workflow import Process

_log = structlog.get_logger(__name__)


@cache
def the_packages() -> Mapping[str, ServicePackage]:
    """Every service of this city by slug, read once a process. One that does not load is logged and left out.

    In development they are the folders as they are now. In production they are what was published last, and this
    mapping follows what is published while the process runs.
    """
    return _Published() if settings.SATU_ONLY_PUBLISHED else _from_folders()


def _from_folders() -> Mapping[str, ServicePackage]:
    loaded, refused = Loader(the_city(), the_catalogue()).load_all()
    for error in refused:
        _log.error("services.package_refused", file=str(error.path), line=error.line, what=error.what)
    return loaded


class _Published(Mapping[str, ServicePackage]):
    """The newest publication of each service. Whether there is a newer one is asked every few seconds."""

    _ASK_AGAIN = 3.0

    def __init__(self) -> None:
        self._packages: Mapping[str, ServicePackage] = {}
        self._newest, self._asked = -1, -self._ASK_AGAIN

    def _now(self) -> Mapping[str, ServicePackage]:
        if time.monotonic() - self._asked >= self._ASK_AGAIN:
            newest = Publication.objects.aggregate(newest=Max("id"))["newest"] or 0
            if newest != self._newest:
                last = (
                    Publication.objects.order_by("service", "-number").distinct("service").select_related("version")
                )
                self._packages = {one.service: _kept(one.version) for one in last}
                self._newest = newest
            self._asked = time.monotonic()
        return self._packages

    def __getitem__(self, slug: str) -> ServicePackage:
        return self._now()[slug]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now())

    def __len__(self) -> int:
        return len(self._now())


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
    return _kept(PackageVersion.objects.get(service=slug, version=version))


def keep_version(package: ServicePackage) -> PackageVersion:
    """The package's files as they are now, kept for good; once for each version."""
    kept = PackageVersion.objects.filter(service=package.slug, version=package.version).only("id", "version").first()
    if kept is None:
        kept, _created = PackageVersion.objects.get_or_create(
            service=package.slug, version=package.version, defaults={"files": files_of(package.folder, package.bpmn)}
        )
    return kept


def _kept(kept: PackageVersion) -> ServicePackage:
    """A package from the files that were kept of it."""
    folder = Path(settings.STATE_DIR) / "packages" / kept.version / kept.service
    for name, content in kept.files.items():
        _write_whole(folder / name, content)
    return Loader(the_city(), the_catalogue()).load(folder)


def _write_whole(path: Path, content: str) -> None:
    """Other processes may be writing and reading the same file: they see all of it or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as part:
        part.write(content)
    Path(part.name).replace(path)
