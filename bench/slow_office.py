"""A system for bench_pull: answers everything after a set time. ``python -m bench.slow_office MILLISECONDS``."""

import asyncio
import sys

from aiohttp import web


async def serve(seconds: float) -> None:
    async def answer(request: web.Request) -> web.Response:
        await request.read()
        await asyncio.sleep(seconds)
        return web.json_response({"id": "1", "value": "x"})

    app = web.Application()
    app.router.add_post("/ask", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)  # until the parent lets go
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1]) / 1000))
