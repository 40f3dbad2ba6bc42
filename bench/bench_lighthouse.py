"""Lighthouse's three figures of the citizen's pages, as it measures a cheap telephone on a slow net.

Against a running demonstration in a state folder of its own. Lighthouse is no dependency of Satu: what is found is
used (``SATU_LIGHTHOUSE``, ``lighthouse`` on the path, or in ``node_modules``), and otherwise this says how to get it.
"""

import json
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright
from tests.browser.running import CHROMIUM, FLAGS, ROOT, program, running_city
from tests.browser.walk import NOBODY, Walk

from bench import Figure

#: What each has to reach, of 100.
LIMITS = {"performance": 95, "accessibility": 100, "best-practices": 100}
SAID = {"largest-contentful-paint": "LCP", "total-blocking-time": "TBT", "cumulative-layout-shift": "CLS"}
_HOW = "npm install --prefix build lighthouse; SATU_LIGHTHOUSE=build/node_modules/.bin/lighthouse make bench"
#: The page, its route, whether it is looked at signed in, and what stands in its HTML and in no other of the route.
PAGES = (
    ("front page", "portal:home", False, ""),
    ("sign-in", "sign-in", False, ""),
    ("services", "portal:services", False, ""),
    ("service", "portal:service", False, ""),
    ("verification of a code", "portal:verify-code", False, ""),
    ("verification of a file", "portal:verify", False, ""),
    ("home", "portal:home", True, ""),
    ("preview and questions", "portal:case", True, 'id="answers"'),
    ("receipt", "portal:case", True, 'id="ready"'),
    ("case under way", "portal:case", True, "data-process="),
    ("my requests", "portal:cases", True, ""),
    ("documents", "portal:documents", True, ""),
    ("sharing a document", "portal:share", True, ""),
    ("bill", "portal:bill", True, ""),
    ("bills", "portal:bills", True, ""),
    ("notices", "portal:notices", True, ""),
    ("notice settings", "portal:notice-settings", True, ""),
    ("data saya", "portal:my-data", True, ""),
    ("who looked", "portal:accesses", True, ""),
    ("account and security", "mfa_index", True, ""),
)
#: Where the whole reports are left, for whoever wants to read why.
REPORTS = ROOT / "build" / "lighthouse"


def run(*, full: bool) -> Iterator[Figure]:
    """The middle one of three visits a page, five in full size, since the machine's load shows in performance."""
    lighthouse = _lighthouse()
    if lighthouse is None or not CHROMIUM.exists():
        missing = "Debian's chromium" if lighthouse else "Lighthouse"
        yield Figure(
            "Lighthouse on the citizen's pages",
            "not measured",
            note=f"{missing} is not here. {_HOW}",
        )
        return
    state = ROOT / ".satu" / "browser" / "lighthouse"
    REPORTS.mkdir(parents=True, exist_ok=True)
    with running_city(state) as url:
        things = json.loads(program(state, "tests.browser.furniture"))
        for name, address, session in _addresses(url, things):
            visits = [_measured(lighthouse, url + address, session) for _ in range(5 if full else 3)]
            yield _figure(name, visits)


def _figure(name: str, visits: list[dict[str, Any]]) -> Figure:
    """One page: its three scores, what performance was made of, and what was found."""
    visits.sort(key=lambda visit: _score(visit, "performance"))
    middle = visits[len(visits) // 2]
    kept = REPORTS / f"{name.replace(' ', '-')}.json"
    kept.write_text(json.dumps(middle), encoding="utf-8")
    scores = {category: min(_score(visit, category) for visit in visits) for category in LIMITS}
    scores["performance"] = _score(middle, "performance")
    said = [f"{name} {middle['audits'][audit]['displayValue']}" for audit, name in SAID.items()]
    return Figure(
        name,
        " / ".join(f"{scores[category]:.0f}" for category in LIMITS),
        beside="limit " + " / ".join(str(limit) for limit in LIMITS.values()),
        holds=all(scores[category] >= limit for category, limit in LIMITS.items()),
        note="; ".join([*said, *_findings(middle)]),
    )


def _score(visit: Mapping[str, Any], category: str) -> float:
    return float(visit["categories"][category]["score"] or 0) * 100


def _findings(visit: Mapping[str, Any]) -> Iterator[str]:
    """What costs points: audits that count and are not passed, but for performance's own metrics."""
    for category in ("accessibility", "best-practices"):
        for audit in visit["categories"][category]["auditRefs"]:
            if audit["weight"] and visit["audits"][audit["id"]]["score"] not in {1, None}:
                yield f"not passed: {audit['id']}"


def _lighthouse() -> str | None:
    here = ROOT / "node_modules" / ".bin" / "lighthouse"
    named = os.environ.get("SATU_LIGHTHOUSE") or shutil.which("lighthouse") or (str(here) if here.exists() else None)
    return named if named and shutil.which(named) else None


def _addresses(url: str, things: Mapping[str, list[str]]) -> Iterator[tuple[str, str, str]]:
    """Each page's address, and the session of somebody who may open it."""
    found = Walk(url, things).go()
    for name, route, signed_in, has in PAGES:
        visits = (visit for visit in found.visits[route] if (visit.who != NOBODY) == signed_in and has in visit.html)
        shown = next(visits)
        yield name, shown.address, found.sessions[shown.who]


def _measured(lighthouse: str, address: str, session: str) -> dict[str, Any]:
    """One visit by a browser that holds the session's cookie, again where Lighthouse lost that browser."""
    for attempt in (1, 2, 3):
        with tempfile.TemporaryDirectory() as folder, _browser(folder, address, session) as port:
            report = Path(folder) / "report.json"
            done = subprocess.run(
                [
                    *(lighthouse, address, "--quiet", "--output=json", f"--output-path={report}"),
                    *(f"--only-categories={','.join(LIMITS)}", f"--port={port}"),
                ],
                check=False,
                capture_output=True,
                text=True,
                timeout=180,
            )
            if done.returncode == 0:
                read: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
                break
        if attempt == 3:
            raise RuntimeError(f"{address}: {done.stderr[-2000:]}")
    if read["finalDisplayedUrl"] != address:
        raise RuntimeError(f"{address} led to {read['finalDisplayedUrl']}: that is another page")
    return read


@contextmanager
def _browser(folder: str, address: str, session: str) -> Iterator[int]:
    """The port of a Chromium of its own. A header instead of the cookie would not go with a page's polls."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            f"{folder}/profile",
            executable_path=CHROMIUM,
            args=[*FLAGS, f"--remote-debugging-port={port}"],
            no_viewport=True,
        )
        if session:
            context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
        yield port
        context.close()
