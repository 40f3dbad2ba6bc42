"""Every address of Satu, from the resolver, so that no test can forget one."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Route:
    """``address`` has places such as ``{case_id}``, one for each of ``places`` (name and converter)."""

    name: str
    address: str
    places: tuple[tuple[str, type], ...]
    pattern: URLPattern

    @property
    def for_programs(self) -> bool:
        """An operation of the interface for programs, which signs in by itself."""
        return self.name.startswith("api:")

    @property
    def open_to_all(self) -> bool:
        return not getattr(self.pattern.callback, "login_required", True)


def routes(resolver: URLResolver | None = None, before: str = "/", namespace: str = "") -> Iterator[Route]:
    for entry in (resolver or get_resolver()).url_patterns:
        address = before + str(entry.pattern).removeprefix("/")
        if isinstance(entry, URLResolver):
            yield from routes(entry, address, f"{entry.namespace}:" if entry.namespace else namespace)
            continue
        converters = {name: type(converter) for name, converter in entry.pattern.converters.items()}
        for part in address.split("<")[1:]:
            inside = part.partition(">")[0]
            address = address.replace(f"<{inside}>", "{" + inside.rpartition(":")[2] + "}")
        yield Route(namespace + (entry.name or ""), address, tuple(converters.items()), entry)


ROUTES = tuple(routes())
