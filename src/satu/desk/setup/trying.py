"""What may be tried before it is published, as whom, and trying it; for the page and for programs."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.utils.translation import gettext as _

from satu.hub.catalogue import the_catalogue
from satu.identity.queries import DemonstrationAccount, demonstration_accounts
from satu.identity.types import Actor
from satu.kernel.audit import audit
from satu.kernel.city import the_city
from satu.kernel.errors import InvalidInput, NotAllowed
from satu.kernel.identifiers import Nik
from satu.services.packages import Loader, package_at, the_packages
from satu.services.queries.versions import versions_of
from satu.services.sandbox import Trial, load_files, try_out
from satu.services.types import ServicePackage


@dataclass(frozen=True, slots=True)
class Choice:
    """A package that may be tried: ``folder:domisili`` as it stands there now, ``version:domisili:3f…`` as kept."""

    value: str
    name: str


def require_demonstration() -> None:
    """Raises ``NotAllowed`` where residents are real."""
    if not settings.DEVELOPMENT:
        raise NotAllowed(_("Services are tried where every resident is invented: in a demonstration."))


def residents() -> list[DemonstrationAccount]:
    return [account for account in demonstration_accounts() if account.kind == "resident"]


def resident(number: str) -> Nik:
    """One of them, by the number of the account. Raises ``InvalidInput``."""
    found = next((one for one in residents() if str(one.id) == number), None)
    if found is None:
        raise InvalidInput(_("Choose as whom the service is tried."), field="warga")
    return Nik(found.login)


def choices() -> list[Choice]:
    loader = Loader(the_city(), the_catalogue())
    found = []
    for folder in loader.folders():
        package = the_packages().get(folder.name)
        name = package.name if package else folder.name
        found.append(Choice(f"folder:{folder.name}", _("%(service)s: the folder now") % {"service": name}))
        found += [
            Choice(
                f"version:{folder.name}:{one.version}",
                _("%(service)s: version %(version)s") % {"service": name, "version": one.version[:10]},
            )
            for one in versions_of(folder.name)
        ]
    return found


@contextmanager
def package(chosen: str, files: Mapping[str, str]) -> Iterator[ServicePackage]:
    """What is to be tried, as long as the block lasts. Raises ``InvalidInput`` and ``CityDataError``."""
    if files:
        with TemporaryDirectory(prefix="satu-sandbox-") as place:
            yield load_files(files, Path(place))
        return
    kind, _colon, rest = chosen.partition(":")
    if chosen not in {one.value for one in choices()}:
        raise InvalidInput(_("Choose what is tried."), field="paket")
    if kind == "version":
        slug, _colon, version = rest.partition(":")
        yield package_at(slug, version)
    else:
        loader = Loader(the_city(), the_catalogue())
        yield loader.load(loader.folder / rest)


def go_through(tried: ServicePackage, *, nik: Nik, answers: Mapping[str, str] | None, by: Actor) -> Trial:
    """Try it, and write down who did. Raises what ``try_out`` raises."""
    audit(
        actor=by.reference,
        action="services.package_tried",
        thing=f"package:{tried.slug}",
        detail={"version": tried.version},
    )
    return try_out(tried, nik=nik, answers=answers)
