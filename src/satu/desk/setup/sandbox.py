"""Trying a service before it is published: its folder, a version or an archive, as somebody invented."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from satu.desk.setup.policies import for_administrators
from satu.hub.catalogue import the_catalogue
from satu.identity.policies import actor_of
from satu.identity.queries import DemonstrationAccount, demonstration_accounts
from satu.kernel.audit import audit
from satu.kernel.city import the_city
from satu.kernel.citydata import CityDataError
from satu.kernel.errors import InvalidInput, NotAllowed, SatuError
from satu.kernel.identifiers import Nik
from satu.services.packages import Loader, package_at
from satu.services.queries.versions import versions_of
from satu.services.sandbox import LARGEST_UPLOAD, load_files, read_archive, try_out
from satu.services.types import InvalidAnswers, ServicePackage

_SALT = "satu.desk.setup.sandbox"
_ADDRESS = ("line", "rt", "rw", "kelurahan")


@dataclass(frozen=True, slots=True)
class Choice:
    """A package that may be tried: ``folder:domisili`` as it stands there now, ``version:domisili:3f…`` as kept."""

    value: str
    name: str


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def sandbox(request: HttpRequest) -> HttpResponse:
    """Choose, answer, and see how far it goes."""
    if not settings.DEVELOPMENT:
        raise NotAllowed(_("Services are tried where every resident is invented: in a demonstration."))
    residents = [account for account in demonstration_accounts() if account.kind == "resident"]
    page: dict[str, object] = {
        "choices": _choices(),
        "chosen": request.POST.get("paket", request.GET.get("paket", "")),
        "residents": residents,
        "resident": request.POST.get("warga", ""),
        "archive": "",
        "wrong": {},
        "error": None,
        "broken": None,
        "trial": None,
    }
    status = 200
    if request.method == "POST":
        try:
            page |= _tried(request, residents)
        except CityDataError as error:
            page["broken"], status = _told(error), 422
        except SatuError as error:
            page["error"], status = error, error.status
    return render(request, "desk/setup/sandbox.html", page, status=status)


def _tried(request: HttpRequest, residents: list[DemonstrationAccount]) -> dict[str, object]:
    nik = _resident(request, residents)
    files = _archive(request)
    sent = "kirim" in request.POST
    answers = _answers(request)
    with _package(request.POST.get("paket", ""), files) as package:
        page: dict[str, object] = {
            "package": package,
            "answers": answers,
            "archive": signing.dumps(files, salt=_SALT, compress=True) if files else "",
            "facts": the_catalogue().facts,
        }
        try:
            page["trial"] = try_out(package, nik=nik, answers=answers if sent else None)
        except InvalidAnswers as error:
            page |= {"wrong": error.errors, "trial": try_out(package, nik=nik, answers=None), "error": error}
        audit(
            actor=actor_of(request).reference,
            action="services.package_tried",
            thing=f"package:{package.slug}",
            detail={"version": package.version},
        )
    return page


def _resident(request: HttpRequest, residents: list[DemonstrationAccount]) -> Nik:
    found = next((one for one in residents if str(one.id) == request.POST.get("warga", "")), None)
    if found is None:
        raise InvalidInput(_("Choose as whom the service is tried."), field="warga")
    return Nik(found.login)


def _choices() -> list[Choice]:
    loader = Loader(the_city(), the_catalogue())
    choices = []
    for folder in loader.folders():
        choices.append(Choice(f"folder:{folder.name}", _("%(service)s: the folder now") % {"service": folder.name}))
        choices += [
            Choice(
                f"version:{folder.name}:{one.version}",
                _("%(service)s: version %(version)s") % {"service": folder.name, "version": one.version[:10]},
            )
            for one in versions_of(folder.name)
        ]
    return choices


def _archive(request: HttpRequest) -> dict[str, str]:
    """The files of the archive that came, now or the time before; empty for none."""
    if upload := request.FILES.get("archive"):
        if upload.size is None or upload.size > LARGEST_UPLOAD:
            raise InvalidInput(_("The archive is larger than 1 MB."), field="archive")
        return read_archive(upload.read())
    if kept := request.POST.get("archive-kept", ""):
        try:
            files: dict[str, str] = signing.loads(kept, salt=_SALT, max_age=86_400)
        except signing.BadSignature as error:
            raise InvalidInput(_("Choose the archive again."), field="archive") from error
        return files
    return {}


@contextmanager
def _package(chosen: str, files: Mapping[str, str]) -> Iterator[ServicePackage]:
    """What is to be tried, as long as the block lasts. Raises ``InvalidInput`` and ``CityDataError``."""
    if files:
        with TemporaryDirectory(prefix="satu-sandbox-") as place:
            yield load_files(files, Path(place))
        return
    kind, _colon, rest = chosen.partition(":")
    if chosen not in {one.value for one in _choices()}:
        raise InvalidInput(_("Choose what is tried."), field="paket")
    if kind == "version":
        slug, _colon, version = rest.partition(":")
        yield package_at(slug, version)
    else:
        loader = Loader(the_city(), the_catalogue())
        yield loader.load(loader.folder / rest)


def _answers(request: HttpRequest) -> dict[str, str]:
    """By question, as ``services`` reads them; several parts are JSON text."""
    answers = {key.removeprefix("q-"): value for key, value in request.POST.items() if key.startswith("q-")}
    read = {key: str(value) for key, value in answers.items()}
    for asked in request.POST.getlist("asked"):
        key, _colon, kind = asked.partition(":")
        if kind == "members":
            read[key] = json.dumps(request.POST.getlist(f"q-{key}"))
        elif kind == "address":
            parts = {part: request.POST.get(f"q-{key}-{part}", "") for part in _ADDRESS}
            read[key] = json.dumps(parts) if any(parts.values()) else ""
    return read


def _told(error: CityDataError) -> dict[str, object]:
    """File, line, what and the way to mend it; without this machine's folders."""
    return {"file": error.path.name, "line": error.line, "what": error.what, "mend": error.mend}
