"""Who may open what: every route of the running city is asked for, as everybody, until somebody is shown a page.

Nothing is named here. Addresses come from the resolver, filled with the things of ``furniture``, and from the links
of the pages that were found; visitors are all who may sign in to the demonstration.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import httpx
from django.urls import Resolver404, resolve

from tests.architecture.routes import ROUTES, Route
from tests.architecture.test_every_route_is_guarded import SAMPLES

#: Of a route that links lead to, so many addresses are looked at.
EXAMPLES = 2
_NAMES = {route.name: route for route in ROUTES}
_LINK = re.compile(r'<a\b[^>]*?\shref="([^"#]+)"')
_PERSON = re.compile(r'name="account"\s+value="(\d+)"')
_TOKEN = re.compile(r'name="csrfmiddlewaretoken"\s+value="([^"]+)"')
#: The head of a page, with the menu of whoever is signed in: it is the same on all of them.
_HEAD = re.compile(r"<header\b.*?</header>", re.DOTALL)
#: What a page is made of, without what it says.
_KINDS = re.compile(r'<[a-z][a-z0-9]*|class="[^"]*"|type="[^"]*"|role="[^"]*"|icons\.[^"]*')
NOBODY, PASSWORD = "nobody", "satu-demo"


@dataclass(frozen=True)
class Visit:
    """A page that somebody may open, and what is sent for it."""

    who: str
    address: str
    html: str = field(repr=False)

    @property
    def is_page(self) -> bool:
        """Whether it is a whole page, and no part that a page fetches."""
        return "<html" in self.html


@dataclass
class Found:
    """Of each route its pages; and where there are none, how it answered."""

    sessions: Mapping[str, str]
    visits: dict[str, list[Visit]] = field(default_factory=lambda: defaultdict(list))
    answers: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    others: set[str] = field(default_factory=set)

    def is_no_page(self, name: str) -> bool:
        """Whether a route has shown that it answers with something else than a page."""
        return name in self.others


class Walk:
    """``things``: of each place in an address what may stand there; ``more``: further addresses of a route."""

    def __init__(
        self, url: str, things: Mapping[str, Sequence[str]], more: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self._things, self._more = things, more or {}
        self._clients = visitors(url, *things["second_step"])
        self._asked: set[tuple[str, str]] = set()
        self._last: dict[str, str] = {}  # who was let in last, by the beginning of the address
        self._linked: dict[str, list[str]] = defaultdict(list)
        self.found = Found({who: client.cookies.get("sessionid", "") for who, client in self._clients.items()})

    def close(self) -> None:
        for client in self._clients.values():
            client.close()

    def go(self) -> Found:
        for route in ROUTES:
            for address in self._addresses(route):
                self._open(route, address)
                if self.found.is_no_page(route.name):
                    break
        while wanted := [(name, address) for name, linked in self._linked.items() for address in linked]:
            self._linked.clear()
            for name, address in wanted:
                self._open(_NAMES[name], address)
        return self.found

    def _addresses(self, route: Route) -> Iterator[str]:
        """The route with each of the things in it; with made-up ones, which nobody has, if one is not known."""
        places = [name for name, _converter in route.places]
        if all(self._things.get(name) for name in places):
            for number in range(max([len(self._things[name]) for name in places], default=1)):
                chosen = {name: self._things[name][number % len(self._things[name])] for name in places}
                yield route.address.format(**chosen)
        elif route.name not in self._linked:
            yield route.address.format(**{name: _sample(kind) for name, kind in route.places})
        yield from self._more.get(route.name, ())

    def _open(self, route: Route, address: str) -> None:
        """Ask as one after the other. What is open to all is looked at signed out, too."""
        if (route.name, address) in self._asked:
            return
        self._asked.add((route.name, address))
        if route.open_to_all:
            self._ask(route, address, NOBODY)
        for who in self._in_turn(address):
            if self._ask(route, address, who):
                self._last[_beginning(address)] = who
                return

    def _in_turn(self, address: str) -> list[str]:
        first = self._last.get(_beginning(address), "")
        return sorted((who for who in self._clients if who != NOBODY), key=lambda who: who != first)

    def _ask(self, route: Route, address: str, who: str) -> bool:
        """Whether to ask nobody else: a page was shown, or no visitor is shown one here."""
        answer = self._clients[who].get(address)
        status, kind = answer.status_code, answer.headers.get("Content-Type", "").partition(";")[0]
        if status == 200 and kind == "text/html":
            self.found.visits[route.name].append(Visit(who, address, answer.text))
            self._follow(answer.text)
            return True
        self.found.answers[route.name].add(f"{status} {kind}")
        if status in {200, 204, 405} or kind not in {"", "text/html"}:
            self.found.others.add(route.name)
            return True
        return False

    def _follow(self, html: str) -> None:
        """Remember links to routes of which nothing is known yet."""
        for link in _LINK.findall(html):
            path = link.partition("?")[0]
            try:
                name = resolve(path).view_name if path.startswith("/") else ""
            except Resolver404:
                name = ""  # a dead link; a test of its own looks for those
            known = [*self.found.visits.get(name, ()), *self._linked[name]] if name else []
            if name and len(known) < EXAMPLES and path not in self._linked[name]:
                self._linked[name].append(path)


def different(visits: Sequence[Visit]) -> Iterator[Visit]:
    """Those that have something below their heads that none before had: an element of another kind, class or type."""
    had: set[str] = set()
    for visit in visits:
        has = set(_KINDS.findall(_HEAD.sub("", visit.html)))
        if not has <= had:
            yield visit
        had |= has


def _sample(converter: type) -> str:
    return next(sample for sample in SAMPLES.values() if re.fullmatch(converter.regex, sample))


def _beginning(address: str) -> str:
    return address.split("/")[1]


def visitors(url: str, login: str, *accounts: str) -> dict[str, httpx.Client]:
    """Everybody who comes: each person of the demonstration, nobody, and who stands between two pages.

    ``login`` is somebody's with a second step. The people of ``accounts``, and the first one, have just said their
    password, as security's own pages ask for it.
    """
    nobody, waiting, second = (_client(url) for _each in range(3))
    people = _PERSON.findall(nobody.get("/masuk/").text)
    assert people, "the sign-in page offers nobody"
    everybody = {person: _signed_in(url, person) for person in people}
    for person in {people[0], *accounts}:
        _send(everybody[person], "/akun/periksa/", password=PASSWORD)
    _send(waiting, "/akun/pulih/", nik="3671014506910003", login="3671014506910003")
    _send(second, "/masuk/", login=login, password=PASSWORD)
    return {NOBODY: nobody, **everybody, "waits for a code": waiting, "in the second step": second}


def _client(url: str) -> httpx.Client:
    return httpx.Client(base_url=url, timeout=20, headers={"Referer": url})


def _send(client: httpx.Client, address: str, to: str = "", **fields: str) -> None:
    token = _TOKEN.findall(client.get(address).text)[0]
    client.post(to or address, data={**fields, "csrfmiddlewaretoken": token})


def _signed_in(url: str, person: str) -> httpx.Client:
    client = _client(url)
    _send(client, "/masuk/", "/masuk/demonstrasi/", account=person)
    assert "sessionid" in client.cookies
    return client
