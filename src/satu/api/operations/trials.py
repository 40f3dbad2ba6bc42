"""Trying a service before it is published, as somebody invented; for those who look after Satu."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.http import HttpRequest
from django.utils.translation import gettext_noop as _

from satu.api.callers import actor
from satu.api.chapters import Chapter
from satu.api.operations.cases import as_text
from satu.api.schemas import setup as shapes
from satu.desk.setup import trying
from satu.desk.setup.policies import require_administrator
from satu.kernel.citydata import CityDataError
from satu.kernel.errors import InvalidInput
from satu.services.sandbox import read_files

chapter = Chapter(_("Set-up of the city"), "officer")
#: What the page calls its fields, and the schema its own.
_FIELDS: Mapping[str, str] = {"warga": "resident", "paket": "package", "archive": "files"}


@chapter.look("/setup/trials", _("What may be tried before it is published, and as whom"), shapes.ToTry)
def list_trials(request: HttpRequest) -> dict[str, object]:
    require_administrator(actor(request))
    trying.require_demonstration()
    return {"packages": trying.choices(), "residents": trying.residents()}


@chapter.act(
    "/setup/trials",
    _("Try a service"),
    shapes.Trial,
    how="the-action-itself",
    about=_(
        "Goes through a package as a resident of the demonstration: to its questions, or with answers beyond them."
        " Nothing of it stays but the look in her access ledger."
    ),
)
def try_service(request: HttpRequest, given: shapes.TryOut) -> object:
    by = actor(request)
    require_administrator(by)
    trying.require_demonstration()
    answers = None if given.answers is None else as_text(given.answers)
    with _as_its_fields():
        nik = trying.resident(str(given.resident))
        with trying.package(given.package, read_files(given.files) if given.files else {}) as package:
            return trying.go_through(package, nik=nik, answers=answers, by=by)


@contextmanager
def _as_its_fields() -> Iterator[None]:
    """A package that does not load is an answer, too: the file, the line, what is wrong and how to mend it."""
    try:
        yield
    except CityDataError as error:
        said = f"{error.path.name}:{error.line}: {error.what} {error.mend}".strip()
        raise InvalidInput(said, field="package") from error
    except InvalidInput as error:
        error.field = _FIELDS.get(error.field or "", error.field)
        raise
