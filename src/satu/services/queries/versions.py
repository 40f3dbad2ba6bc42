"""The versions of a service: which were published, which open requests go on in, and what the folder says now."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from satu.hub.catalogue import the_catalogue
from satu.kernel.city import the_city
from satu.kernel.citydata import CityDataError
from satu.services.models import Case, PackageVersion, Publication
from satu.services.packages import Loader


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version of a service. ``number`` is ``None`` for one that was used without being published."""

    version: str
    number: int | None
    at: datetime
    by: str
    why: str
    open_cases: int
    is_current: bool
    """New requests take it, where only what is published is used."""


def versions_of(service: str) -> list[VersionView]:
    """The versions that requests began with or that were published, the newest first."""
    cases = Case.objects.filter(service=service, state__in=Case.OPEN).values("version").annotate(count=Count("pk"))
    open_cases = {row["version"]: row["count"] for row in cases}
    published = {one.version_id: one for one in Publication.objects.filter(service=service).order_by("number")}
    newest = max((one.number for one in published.values()), default=None)
    views = []
    for kept in PackageVersion.objects.filter(service=service).defer("files"):
        one = published.get(kept.pk)
        views.append(
            VersionView(
                version=kept.version,
                number=one.number if one else None,
                at=one.at if one else kept.recorded_at,
                by=one.by if one else "",
                why=one.why if one else "",
                open_cases=open_cases.get(kept.pk, 0),
                is_current=one is not None and one.number == newest,
            )
        )
    return sorted(views, key=lambda view: view.at, reverse=True)


def files_at(service: str, which: str) -> dict[str, str]:
    """The files of a version: by its number, by the beginning of its digest, or ``folder`` for what stands there now.

    Raises ``KeyError`` when there is none, and ``CityDataError`` when the folder's package does not load.
    """
    loader = Loader(the_city(), the_catalogue())
    if which == "folder":
        folder = loader.folder / service
        loader.load(folder)
        return {
            path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix in {".yaml", ".bpmn", ".typ"}
        }
    rows = PackageVersion.objects.filter(service=service)
    if which.isdecimal() and (one := Publication.objects.filter(service=service, number=int(which)).first()):
        rows = rows.filter(pk=one.version_id)
    else:
        rows = rows.filter(version__startswith=which)
    kept = rows.first()
    if kept is None or not which:
        raise KeyError(which)
    return dict(kept.files)


def is_published(service: str) -> bool | None:
    """Whether the folder says what was published last; ``None`` when nothing was, or the folder does not load."""
    last = Publication.objects.filter(service=service).select_related("version").order_by("number").last()
    loader = Loader(the_city(), the_catalogue())
    try:
        version = loader.load(loader.folder / service).version
    except CityDataError:
        return None
    return last.version.version == version if last else None
