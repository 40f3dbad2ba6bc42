"""Lighthouse's three figures of the citizen's pages, as it measures a cheap telephone on a slow net.

Against a running demonstration in a state folder of its own. Lighthouse is no dependency of Satu: what is found is
used (``SATU_LIGHTHOUSE``, ``lighthouse`` on the path, or in ``node_modules``), and otherwise this says how to get it.
"""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.browser.running import CHROMIUM, FLAGS, ROOT, program, running_city
from tests.browser.walk import NOBODY, Walk

from bench import Figure

#: What each has to reach, of 100.
LIMITS = {"performance": 95, "accessibility": 100, "best-practices": 100}
_HOW = "npm install --prefix build lighthouse; SATU_LIGHTHOUSE=build/node_modules/.bin/lighthouse make bench"
#: The page, the route, and whether it is looked at signed in.
PAGES = (
    ("home, before signing in", "portal:home", False),
    ("home", "portal:home", True),
    ("service", "portal:service", True),
    ("preview", "portal:case", True),
    ("receipt", "portal:case", True),
    ("documents", "portal:documents", True),
    ("data saya", "portal:my-data", True),
    ("verify", "portal:verify-code", False),
    ("sign-in", "sign-in", False),
)


def run(*, full: bool) -> Iterator[Figure]:
    """One visit a page; the middle one of three in full size, since the machine's load shows in performance."""
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
    with running_city(state) as url:
        things = json.loads(program(state, "tests.browser.furniture"))
        for name, address, session in _addresses(url, things):
            visits = [_measured(lighthouse, url + address, session) for _ in range(3 if full else 1)]
            for category, limit in LIMITS.items():
                score = sorted(visit[category] for visit in visits)[len(visits) // 2]
                yield Figure(f"{name}: {category}", f"{score:.0f}", beside=f"at least {limit}", holds=score >= limit)


def _lighthouse() -> str | None:
    here = ROOT / "node_modules" / ".bin" / "lighthouse"
    named = os.environ.get("SATU_LIGHTHOUSE") or shutil.which("lighthouse") or (str(here) if here.exists() else None)
    return named if named and shutil.which(named) else None


def _addresses(url: str, things: Mapping[str, list[str]]) -> Iterator[tuple[str, str, str]]:
    """Each page's address, and the session of somebody who may open it."""
    found = Walk(url, things).go()
    for name, route, signed_in in PAGES:
        visits = [visit for visit in found.visits[route] if (visit.who != NOBODY) == signed_in]
        if name == "preview":
            visits = [visit for visit in visits if 'id="answers"' in visit.html]
        if name == "receipt":
            visits = [visit for visit in visits if 'id="ready"' in visit.html]
        yield name, visits[0].address, found.sessions[visits[0].who]


def _measured(lighthouse: str, address: str, session: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        headers, report = Path(folder) / "headers.json", Path(folder) / "report.json"
        headers.write_text(json.dumps({"Cookie": f"sessionid={session}"} if session else {}), encoding="utf-8")
        subprocess.run(
            [
                *(lighthouse, address, "--quiet", "--output=json", f"--output-path={report}"),
                *(f"--only-categories={','.join(LIMITS)}", f"--extra-headers={headers}"),
                f"--chrome-flags={' '.join(FLAGS)}",
            ],
            check=True,
            timeout=180,
            env={**os.environ, "CHROME_PATH": str(CHROMIUM)},
            stdout=subprocess.DEVNULL,
        )
        read = json.loads(report.read_text(encoding="utf-8"))
    return {category: read["categories"][category]["score"] * 100 for category in LIMITS}
