"""What went wrong, for whoever typed a command: a sentence that says what to do, where a trace would say how."""

from pathlib import Path


def in_words(error: Exception) -> str | None:
    """``None`` for what nobody has foreseen: its trace is wanted then."""
    from django.core.exceptions import ImproperlyConfigured
    from django.db import Error

    from satu.kernel import endpoints
    from satu.kernel.citydata import CityDataError
    from satu.kernel.errors import SatuError

    if isinstance(error, Error):
        return _of_the_database(error)
    if isinstance(error, SatuError):
        return str(error.sentence)
    if isinstance(error, CityDataError | endpoints.SettingMissing | ImproperlyConfigured):
        return str(error)
    if isinstance(error, OSError) and error.filename is not None:
        return f"{Path(str(error.filename))}: {error.strerror}"
    return None


def _of_the_database(error: Exception) -> str | None:
    from django.db import InterfaceError, OperationalError
    from psycopg import errors

    if isinstance(error.__cause__, errors.UndefinedTable | errors.UndefinedColumn):
        return (
            "The database is empty, or older than this version of Satu.\n"
            "`satu run` builds the demonstration; an installation of your own needs `satu migrate` first."
        )
    if isinstance(error, OperationalError | InterfaceError):
        said = str(error).strip().splitlines()
        return f"The database cannot be used: {said[0] if said else type(error).__name__}"
    return None
