"""What stands in a menu: each package says what it has, and who is shown it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

Menu = Literal["desk", "settings"]


def _everybody(_actor: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of a menu. ``shown`` is asked with the ``Actor``; what she may do there is not decided here."""

    menu: Menu
    order: int
    label: str | Promise
    icon: str
    route: str
    shown: Callable[[Any], bool] = _everybody
    under: tuple[str, ...] = ()
    """How the addresses of its pages begin, where that is not with its own address."""


@dataclass(frozen=True, slots=True)
class Link:
    label: str | Promise
    icon: str
    href: str
    here: bool


_offered: dict[tuple[str, str], Entry] = {}


def offer_entry(entry: Entry) -> None:
    """Let a menu have this entry. Called while Satu starts."""
    _offered[entry.menu, entry.route] = entry


def links(menu: Menu, request: HttpRequest) -> list[Link]:
    """The entries of a menu that whoever is signed in is shown, in order; the one whose page this is, marked."""
    actor = request.user.actor  # type: ignore[union-attr]  # the pages that have menus are for people who signed in
    mine = sorted((one for one in _offered.values() if one.menu == menu), key=lambda one: one.order)
    found = [(one, reverse(one.route)) for one in mine if one.shown(actor)]
    nearest = max((_fits(one, href, request.path) for one, href in found), default=0)
    return [
        Link(one.label, one.icon, href, here=0 < nearest == _fits(one, href, request.path)) for one, href in found
    ]


def _fits(entry: Entry, href: str, path: str) -> int:
    """How much of a page's address is the entry's."""
    if path == href:
        return len(href)
    return max((len(begins) for begins in entry.under or (href,) if path.startswith(begins)), default=0)


def has_entries(menu: Menu, actor: Any) -> bool:
    """Whether anything in a menu is shown to her."""
    return any(one.menu == menu and one.shown(actor) for one in _offered.values())
