"""Which kelurahan the city has. The register says so, which stands above: it registers here when it starts."""

from collections.abc import Callable, Collection

Source = Callable[[], Collection[str]]
_sources: list[Source] = []


def kelurahan_from(source: Source) -> None:
    """Register who knows the codes of the city's kelurahan."""
    _sources[:] = [source]


def every_kelurahan() -> Collection[str]:
    """Their codes, as they are now."""
    (source,) = _sources
    return source()
