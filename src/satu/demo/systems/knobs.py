"""The knobs of a simulated system: how slow, how faulty, whether it is down. One mechanism for all of them.

``GET /_simulated/`` tells them as JSON, ``POST /_simulated/knobs`` turns them (JSON or a form; what is not named
stays), ``POST /_simulated/mend`` puts them back. These addresses answer while the system is "down", and nothing but
the loopback address protects them.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, ClassVar

from aiohttp import web

MAX_LATENCY_MS = 60_000
_THOUSAND = 1000
LOOPBACK_NAMES = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True, slots=True)
class Knobs:
    """``latency_ms`` is added to a call; of 1,000 calls ``errors_permille`` fail, evenly spaced; ``down`` is dead."""

    latency_ms: int = 0
    latency_spread_ms: int = 0
    errors_permille: int = 0
    down: bool = False

    def turned(self, wanted: Mapping[str, Any]) -> "Knobs":
        """These knobs with what is ``wanted``: latency (ms), errors (share from 0 to 1), down. Raises ValueError."""
        turned = self
        if (latency := wanted.get("latency")) not in (None, ""):
            milliseconds = int(latency)
            if not 0 <= milliseconds <= MAX_LATENCY_MS:
                raise ValueError(f"latency is {milliseconds}; it is a number of milliseconds up to {MAX_LATENCY_MS}")
            if milliseconds != self.latency_ms:
                turned = replace(turned, latency_ms=milliseconds, latency_spread_ms=0)
        if (errors := wanted.get("errors")) not in (None, ""):
            permille = round(float(errors) * 1000)
            if not 0 <= permille <= _THOUSAND:
                raise ValueError(f"errors is {errors}; it is a share from 0 to 1")
            turned = replace(turned, errors_permille=permille)
        if (down := wanted.get("down")) is not None:
            turned = replace(turned, down=str(down).lower() in {"true", "1", "on", "yes"})
        return turned


@dataclass(slots=True)
class Control:
    """The state of one simulated system: its knobs, and what it has counted since it started."""

    usual: Knobs
    knobs: Knobs
    counts_calls: bool = True
    calls: int = 0
    refused: int = 0
    failed: int = 0
    turned: "list[Callable[[Knobs], Awaitable[None]]]" = field(default_factory=list)

    KEY: ClassVar["web.AppKey[Control]"]

    def as_json(self) -> dict[str, Any]:
        counts = {"calls": self.calls if self.counts_calls else None, "refused": self.refused, "failed": self.failed}
        return {"simulated": True, **asdict(self.knobs), **counts, "as_usual": self.knobs == self.usual}

    async def turn(self, knobs: Knobs) -> None:
        self.knobs = knobs
        for follow in self.turned:
            await follow(knobs)

    def fails_now(self) -> bool:
        """Whether this call is one of those that fail: of n calls exactly n times the share do, in a fixed order."""
        share = self.knobs.errors_permille
        return self.calls * share // 1000 > (self.calls - 1) * share // 1000

    def latency_seconds(self) -> float:
        """Between the least and the most, walking through the spread by the golden ratio: even, and repeatable."""
        spread = self.knobs.latency_spread_ms
        return (self.knobs.latency_ms + (spread * (self.calls * 618 % 1000)) // 1000) / 1000


Control.KEY = web.AppKey("control", Control)


def _is_call(request: web.Request) -> bool:
    """Whether this is one of the system's own addresses: not its face, its knobs, nor a browser's guess."""
    return request.match_info.http_exception is None and request.path != "/" and "/_simulated/" not in request.path


@web.middleware
async def trouble(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Make every call but those to the face and the knobs as slow, faulty or dead as the knobs say."""
    if not _is_call(request):
        return await handler(request)
    control = request.app[Control.KEY]
    if control.knobs.down:
        control.failed += 1
        if request.transport is not None:
            request.transport.abort()
        raise ConnectionResetError("the simulated system is down")
    control.calls += 1
    fails = control.fails_now()
    await request.read()  # what has arrived is worked on, even if the caller does not wait for the answer
    await asyncio.sleep(control.latency_seconds())
    if fails:
        control.failed += 1
        return web.Response(status=500, text="ORA-00060 / java.lang.NullPointerException (simulated)")
    return await handler(request)


def same_machine(request: web.Request) -> None:
    """A page elsewhere must not turn knobs through somebody's browser: the host and the origin are this machine."""
    origin = request.headers.get("Origin")
    if request.url.host not in LOOPBACK_NAMES or (origin and origin != str(request.url.origin())):
        raise web.HTTPForbidden(text="the knobs are turned from this machine only")


async def show(request: web.Request) -> web.Response:
    return web.json_response(request.app[Control.KEY].as_json())


async def turn(request: web.Request) -> web.StreamResponse:
    same_machine(request)
    control = request.app[Control.KEY]
    from_form = request.content_type != "application/json"
    wanted: Mapping[str, Any] = await request.post() if from_form else await request.json()
    if from_form and "down" not in wanted:
        wanted = {**wanted, "down": False}  # a box that is not ticked is not sent
    try:
        knobs = control.knobs.turned(wanted)
    except (TypeError, ValueError) as error:
        raise web.HTTPUnprocessableEntity(text=str(error)) from error
    await control.turn(knobs)
    if from_form:
        raise web.HTTPSeeOther("/")
    return web.json_response(control.as_json())


async def mend(request: web.Request) -> web.StreamResponse:
    same_machine(request)
    control = request.app[Control.KEY]
    await control.turn(control.usual)
    if request.content_type == "application/x-www-form-urlencoded":
        raise web.HTTPSeeOther("/")
    return web.json_response(control.as_json())
