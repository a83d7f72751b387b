"""A TCP proxy on loopback that misbehaves while it is told to."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import AsyncIterator

_CHUNK = 1 << 16
#: Seconds between two faults, the fewest and the most.
_PAUSE = (0.2, 1.5)


class Proxy:
    """One listening port before one server, whose own port may change.

    Attributes:
        port: Where it listens, once `start` has run.
        upstream: The server's port; 0 while there is none.
        faults: How often each fault happened.
    """

    def __init__(self, seed: int) -> None:
        self.port = 0
        self.upstream = 0
        self.faults: Counter[str] = Counter()
        self._random = random.Random(seed)
        self._listener: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._cut_next = False
        self._trouble: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listen; the first time on any port, later on the same one."""
        self._listener = await asyncio.start_server(
            self._serve, "127.0.0.1", self.port, limit=_CHUNK
        )
        self.port = self._listener.sockets[0].getsockname()[1]

    def misbehave(self) -> None:
        """Begin with faults."""
        self._trouble = asyncio.create_task(self._make_trouble())

    async def behave(self) -> None:
        """End all faults."""
        if self._trouble is not None:
            self._trouble.cancel()
            await asyncio.wait([self._trouble])
            self._trouble = None
        self._cut_next = False

    async def stop(self) -> None:
        """End everything."""
        await self.behave()
        if self._listener is not None:
            self._listener.close()
        self.cut()
        if self._serving:
            await asyncio.wait(self._serving)

    def cut(self, share: float = 1.0) -> None:
        """Cut this share of the connections, with a reset."""
        for writer in list(self._writers):
            if self._random.random() < share:
                writer.transport.abort()

    async def _make_trouble(self) -> None:
        faults = (self._cut_some, self._cut_midway, self._stall, self._refuse)
        while True:
            await asyncio.sleep(self._random.uniform(*_PAUSE))
            fault = self._random.choice(faults)
            self.faults[fault.__name__.strip("_").replace("_", " ")] += 1
            await fault()

    async def _cut_some(self) -> None:
        self.cut(self._random.choice((0.3, 1.0)))

    async def _cut_midway(self) -> None:
        """The next piece of data arrives by half, and then nothing."""
        self._cut_next = True

    async def _stall(self) -> None:
        self._flowing.clear()
        try:
            await asyncio.sleep(self._random.uniform(0.1, 2.0))
        finally:
            self._flowing.set()

    async def _refuse(self) -> None:
        if self._listener is None:
            return
        self._listener.close()
        self._listener = None
        try:
            await asyncio.sleep(self._random.uniform(0.1, 1.0))
        finally:
            await self.start()

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if task := asyncio.current_task():
            self._serving.add(task)
            task.add_done_callback(self._serving.discard)
        async with self._open(writer):
            try:
                server = await asyncio.open_connection("127.0.0.1", self.upstream)
            except OSError:
                writer.transport.abort()
                return
            async with self._open(server[1]):
                # The end of either direction ends both, as a broken path does.
                pumps = [
                    asyncio.create_task(self._pump(reader, server[1])),
                    asyncio.create_task(self._pump(server[0], writer)),
                ]
                try:
                    await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for pump in pumps:
                        pump.cancel()
                    await asyncio.gather(*pumps, return_exceptions=True)

    @contextlib.asynccontextmanager
    async def _open(self, writer: asyncio.StreamWriter) -> AsyncIterator[None]:
        self._writers.add(writer)
        try:
            yield
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(_CHUNK):
                await self._flowing.wait()
                if self._cut_next:
                    self._cut_next = False
                    writer.write(data[: len(data) // 2])
                    return
                writer.write(data)
                await writer.drain()
