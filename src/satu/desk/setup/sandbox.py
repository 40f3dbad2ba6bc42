"""Trying a service before it is published: its folder, a version or an archive, as somebody invented."""

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from satu.desk.setup import trying
from satu.desk.setup.policies import for_administrators
from satu.hub.catalogue import the_catalogue
from satu.identity.policies import actor_of
from satu.kernel.citydata import CityDataError
from satu.kernel.errors import InvalidInput, SatuError
from satu.services.sandbox import LARGEST_UPLOAD, read_archive, try_out
from satu.services.types import InvalidAnswers
from satu.theme.answers import posted_answers
from satu.theme.wrong import wrong_with

_SALT = "satu.desk.setup.sandbox"
_PREFIX = "q-"
"""Begins the names of the fields of the questions that are tried."""


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def sandbox(request: HttpRequest) -> HttpResponse:
    """Choose, answer, and see how far it goes."""
    trying.require_demonstration()
    page: dict[str, object] = {
        "choices": trying.choices(),
        "chosen": request.POST.get("paket", request.GET.get("paket", "")),
        "residents": trying.residents(),
        "resident": request.POST.get("warga", ""),
        "archive": "",
        "broken": None,
        "trial": None,
    }
    status = 200
    if request.method == "POST":
        try:
            page |= _tried(request)
        except CityDataError as error:
            page |= {"broken": _told(error), "wrong": wrong_with({"broken": _("This package does not load.")})}
            status = 422
        except SatuError as error:
            page["wrong"], status = wrong_with(error), error.status
    return render(request, "desk/setup/sandbox.html", page, status=status)


def _tried(request: HttpRequest) -> dict[str, object]:
    nik, by = trying.resident(request.POST.get("warga", "")), actor_of(request)
    files = _archive(request)
    sent = "kirim" in request.POST
    answers = posted_answers(request.POST, _PREFIX)
    with trying.package(request.POST.get("paket", ""), files) as package:
        page: dict[str, object] = {
            "package": package,
            "answers": answers,
            "archive": signing.dumps(files, salt=_SALT, compress=True) if files else "",
            "facts": the_catalogue().facts,
        }
        try:
            page["trial"] = trying.go_through(package, nik=nik, answers=answers if sent else None, by=by)
        except InvalidAnswers as error:
            trial = try_out(package, nik=nik, answers=None)
            labels = {one.key: one.label for one in trial.questions}
            page |= {"wrong": wrong_with(error, prefix=_PREFIX, labels=labels), "trial": trial}
    return page


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


def _told(error: CityDataError) -> dict[str, object]:
    """File, line, what and the way to mend it; without this machine's folders."""
    return {"file": error.path.name, "line": error.line, "what": error.what, "mend": error.mend}
