"""What ``satu check`` says about seals: production does not start on a development key."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

from satu.kernel.city import the_city


@register
def seals_are_there(app_configs: Sequence[Any] | None, **kwargs: object) -> list[CheckMessage]:  # noqa: ARG001
    """In production every agency's seal must open and lead to an accredited root."""
    if settings.DEVELOPMENT:
        return []
    from satu.documents.signing.seals import signer_for

    agencies = sorted(the_city().agencies) if "{agency}" in settings.SATU_SEAL_FILE else ["city"]
    found: list[CheckMessage] = []
    for agency in agencies:
        try:
            signer_for(agency)
        except ImproperlyConfigured as error:
            found.append(Error(str(error), hint="See docs/guides/operate.md, on seals.", id="satu.E010"))
    return found
