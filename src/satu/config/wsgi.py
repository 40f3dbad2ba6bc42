"""The application that Granian serves."""

import gc
import os

import structlog
from django.core.wsgi import get_wsgi_application
from django.db import Error

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "satu.config.settings")
application = get_wsgi_application()


def _read_ahead() -> None:
    """What the first visitor would wait for. Broken city data stops the start; a database that is away does not."""
    from satu.hub.catalogue import the_catalogue
    from satu.registry.search.queries import warm
    from satu.services.packages import the_packages

    the_catalogue()
    the_packages()
    try:
        warm()
    except Error as error:
        structlog.get_logger(__name__).warning("web.name_index_not_read", error=type(error).__name__)


_read_ahead()
# What is here stays until the end: collecting garbage need not look through it with every page.
gc.collect()
gc.freeze()
