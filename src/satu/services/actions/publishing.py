"""Publishing a service: from then on new requests take this version; those that are open keep theirs."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from satu.hub.catalogue import the_catalogue
from satu.identity.types import Actor
from satu.kernel.city import the_city
from satu.kernel.errors import InvalidInput, Missing, NotAllowed
from satu.services.models import Publication
from satu.services.packages import Loader, keep_version
from satu.services.samples import render_sample

_LONGEST = 1000


def publish(*, service: str, why: str, name: str, by: Actor) -> int:
    """Record the folder's package as the version for new requests. Returns its number; the same version is the same.

    ``name`` is who publishes, ``why`` a sentence for whoever asks later. Raises ``NotAllowed``, ``Missing``,
    ``InvalidInput``, and ``CityDataError`` for a package that does not pass the check: nothing is recorded then.
    """
    if by.kind == "resident":
        raise NotAllowed(_("Only the city publishes a service."))
    why, name = " ".join(why.split()), " ".join(name.split())
    if not why or not name or len(why) > _LONGEST:
        raise InvalidInput(_("Say who publishes it, and in a sentence why."), field="why")
    loader = Loader(the_city(), the_catalogue())
    folder = loader.folder / service
    if folder not in loader.folders():
        raise Missing(_("There is no such service."))
    package = loader.load(folder)
    render_sample(package, loader.city, loader.catalogue)
    with transaction.atomic():
        version = keep_version(package)
        last = Publication.objects.select_for_update().filter(service=service).order_by("number").last()
        if last is not None and last.version_id == version.pk:
            return last.number
        number = last.number + 1 if last else 1
        Publication.objects.create(service=service, number=number, version=version, by=name, why=why)
        return number
