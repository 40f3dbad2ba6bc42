"""The Nu HTML checker, the standard's own, on every page that somebody can be shown (``make html``).

It needs Java and ``npm install --prefix build vnu-jar`` (build/ is not committed), so it is no part of ``make test``,
where ``validity`` judges. The pages are those of the walk, in both languages, together with the ones that are shown
when something is wrong. They stay in ``build/html``; what is found is told by message, with the pages that have it.
"""

import json
import os
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import httpx
from tests.browser.running import ROOT, program, running_city, satu
from tests.browser.test_every_page import MORE
from tests.browser.walk import NOBODY, Found, Walk

from bench import Figure

PAGES = ROOT / "build" / "html"
JAR = Path(os.environ.get("SATU_VNU", ROOT / "build" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"))
_HOW = "apt-get install default-jre-headless; npm install --prefix build vnu-jar; make html"
LANGUAGES = ("id", "en")
#: A part of a page, as it stands in one.
_AROUND = '<!DOCTYPE html><html lang="{}"><head><title>A part</title></head><body><h1>A part</h1>{}</body></html>'
_TOKEN = re.compile(r'name="csrfmiddlewaretoken"\s+value="([^"]+)"')
#: A form that is sent as nobody should: the page comes back and says so.
WRONG_FORMS = {
    "/masuk/": {"login": "3671", "password": "x"},
    "/akun/buka/": {},
    "/akun/pulih/": {"nik": "1", "login": "1"},
    "/v/": {},
}
#: Not mended. GOV.UK Frontend says the role of a date's fieldset, for readers that do not work it out.
IGNORED = ("Trailing slash on void elements", "The “group” role is unnecessary for element “fieldset”")


def run(*, full: bool) -> Iterator[Figure]:  # noqa: ARG001 - it is whole, or it is nothing
    """One figure: how many pages, and every kind of message with the pages that have it."""
    java = shutil.which("java")
    if java is None or not JAR.exists():
        yield Figure("pages checked by Nu", "not checked", note=f"Java or the checker is not here. {_HOW}")
        return
    shutil.rmtree(PAGES, ignore_errors=True)
    PAGES.mkdir(parents=True)
    state = ROOT / ".satu" / "browser" / "html"
    with running_city(state) as url:
        things = json.loads(program(state, "tests.browser.furniture"))
        walk = Walk(url, things, MORE)
        count = sum(_keep(name, html) for name, html in _pages(url, walk.go()))
        walk.close()
        count += sum(_keep(name, html) for name, html in _under_maintenance(state, url))
    found = _checked(java)
    for (kind, message), where in sorted(found.items()):
        yield Figure(kind, message, note=f"{len(where)}: {', '.join(where[:4])}", holds=False)
    yield Figure("pages checked by Nu", str(count), beside=f"{len(found)} kinds of message, limit 0", holds=not found)


def _pages(url: str, found: Found) -> Iterator[tuple[str, str]]:
    for route, visits in found.visits.items():
        for number, visit in enumerate(visits):
            for language in LANGUAGES:
                answer = _get(url, visit.address, found.sessions[visit.who], language)
                html = answer.text
                if answer.status_code != 200:
                    html = visit.html  # what can be seen once only: a message, a share's last opening
                yield f"{route}-{number}.{language}", html if visit.is_page else _AROUND.format(language, html)
    yield from _wrong(url, found)


def _wrong(url: str, found: Found) -> Iterator[tuple[str, str]]:
    """What is shown when an address, a form or a visitor is not the right one."""
    residents = next(session for who, session in found.sessions.items() if who != NOBODY and session)
    for language in LANGUAGES:
        for name, address, session in (
            ("404-nobody", "/tidak-ada/", ""),
            ("404-resident", "/tidak-ada/", residents),
            ("403-resident", "/desk/tugas/", residents),
            ("wrong-code", "/v/AAAA-BBBB", ""),
            ("no-share", "/b/tidak-ada", ""),
        ):
            yield f"{name}.{language}", _get(url, address, session, language).text
        with httpx.Client(
            base_url=url, timeout=20, headers={"Referer": url}, cookies={"language": language}
        ) as sender:
            yield f"stale-form.{language}", sender.post("/masuk/", data={"login": "x"}).text
            for address, fields in WRONG_FORMS.items():
                token = _TOKEN.findall(sender.get(address).text)[0]
                answer = sender.post(address, data={**fields, "csrfmiddlewaretoken": token})
                yield f"wrong{address.replace('/', '-')}{answer.status_code}.{language}", answer.text


def _under_maintenance(state: Path, url: str) -> Iterator[tuple[str, str]]:
    satu(state, "maintenance", "on")
    try:
        for language in LANGUAGES:
            yield f"maintenance.{language}", _get(url, "/", "", language).text
    finally:
        satu(state, "maintenance", "off")


def _get(url: str, address: str, session: str, language: str) -> httpx.Response:
    cookies = {"language": language} | ({"sessionid": session} if session else {})
    return httpx.get(url + address, cookies=cookies, timeout=20)


def _keep(name: str, html: str) -> bool:
    if "<html" in html:
        (PAGES / f"{name.replace(':', '.')}.html").write_text(html, encoding="utf-8")
    return "<html" in html


def _checked(java: str) -> dict[tuple[str, str], list[str]]:
    """What Nu says, and of which pages."""
    done = subprocess.run(
        [java, "-jar", str(JAR), "--format", "json", "--skip-non-html", str(PAGES)],
        capture_output=True,
        text=True,
        check=False,
    )
    if not done.stderr.strip().endswith("}"):
        raise RuntimeError(f"the checker failed:\n{done.stderr[-4000:]}")
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for message in json.loads(done.stderr)["messages"]:
        if not message["message"].startswith(IGNORED):
            kind = message.get("subType", message["type"])
            page = f"{Path(message['url']).stem}:{message.get('lastLine', '?')}"
            found[kind, message["message"]].append(page)
    return found
