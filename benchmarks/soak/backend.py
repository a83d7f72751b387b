"""The servers and the proxies before them, in a process of their own.

So the soak measures the client alone. Reads one command a line from standard input
and answers with one line of JSON: `faults`, `restart N`, `quiet`, `end`.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from pathlib import Path

import gradio_codegen

from benchmarks.soak.proxy import Proxy
from tests.support.servers import GradioServer

APP = Path(__file__).with_name("app.py")
MAJORS = (6, 4)


class Backend:
    """One server of each version, reached through a proxy each."""

    def __init__(self, seed: int) -> None:
        self._servers = [GradioServer(APP, major) for major in MAJORS]
        self._proxies = [Proxy(seed + major) for major in MAJORS]
        self._restarts: set[asyncio.Task[None]] = set()

    async def start(self, folder: Path) -> dict[str, object]:
        """Start everything, and generate a module for each app into `folder`."""
        await asyncio.gather(*(self._launch(i) for i in range(len(MAJORS))))
        urls = []
        for major, proxy in zip(MAJORS, self._proxies, strict=True):
            await proxy.start()
            url = f"http://127.0.0.1:{proxy.port}"
            module = await asyncio.to_thread(gradio_codegen.generate, url)
            module.write(folder / f"soak{major}_api.py")
            urls.append(url)
        return {"urls": urls, "versions": [server.version for server in self._servers]}

    async def _launch(self, index: int) -> None:
        server = await asyncio.to_thread(self._servers[index].start)
        self._proxies[index].upstream = int(server.url.rpartition(":")[2])

    def faults(self) -> None:
        """Let the proxies misbehave."""
        for proxy in self._proxies:
            proxy.misbehave()

    def restart(self, index: int) -> None:
        """Kill one server, and start it again behind the same proxy."""
        self._restarts.add(asyncio.create_task(self._restart(index)))

    async def _restart(self, index: int) -> None:
        server = self._servers[index]
        self._proxies[index].faults["restart"] += 1
        await asyncio.to_thread(server.kill)
        self._proxies[index].cut()
        await asyncio.to_thread(server.stop)  # deletes its files
        await self._launch(index)

    async def quiet(self) -> dict[str, int]:
        """End all faults; returns once every server is up, with the faults so far."""
        await asyncio.gather(*self._restarts)
        self._restarts.clear()
        total: Counter[str] = Counter()
        for proxy in self._proxies:
            await proxy.behave()
            total.update(proxy.faults)
        return dict(total)

    async def stop(self) -> None:
        """End the proxies and the servers."""
        await asyncio.gather(*self._restarts, return_exceptions=True)
        for proxy in self._proxies:
            await proxy.stop()
        for server in self._servers:
            server.stop()


async def main(seed: int, folder: Path) -> None:
    backend = Backend(seed)
    try:
        _answer(await backend.start(folder))
        # The end of the input is the end of the soak, however it came.
        while line := await asyncio.to_thread(sys.stdin.readline):
            match line.split():
                case ["faults"]:
                    backend.faults()
                    _answer({})
                case ["restart", index]:
                    backend.restart(int(index))
                    _answer({})
                case ["quiet"]:
                    _answer(await backend.quiet())
                case _:
                    break
    finally:
        await backend.stop()


def _answer(value: object) -> None:
    print(json.dumps(value), flush=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
