"""A reverse proxy of ours that serves an app under a path, as many companies do.

It takes the prefix off the path of each request and hands everything else on as it
came, WebSockets included. Each request gets a connection of its own. It may refuse some,
as the proxies before Spaces do.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from gradio_runtime._loop.loop import has_begun

__all__ = ["prefix_proxy"]

_HEAD = b"\r\n\r\n"
_EMPTY = b"HTTP/1.1 %d %b\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


def _nothing(path: str) -> bool:
    return False


@contextmanager
def prefix_proxy(
    app: str, prefix: str, refuses: Callable[[str], bool] = _nothing
) -> Iterator[str]:
    """Serve the app at `app` under `prefix`; gives the address to call it by.

    `refuses` is asked for each path, and what it refuses gets the status 429.
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    # The loop alone would let go of a task whose connection is closed.
    serving: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = loop.create_task(_serve(app, prefix, refuses, reader, writer))
        serving.add(task)
        task.add_done_callback(serving.discard)

    async def start() -> asyncio.Server:
        return await asyncio.start_server(accept, "127.0.0.1", 0)

    async def stop(server: asyncio.Server) -> None:
        server.close()
        own = asyncio.current_task()
        # One that was just accepted begins another, and one that has not begun would
        # never close what it was given.
        while tasks := asyncio.all_tasks() - {own}:
            for task in tasks:
                if has_begun(task):
                    task.cancel()
            await asyncio.sleep(0)
        for _ in range(3):
            await asyncio.sleep(0)  # in which what they closed is closed

    server = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    try:
        port = server.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}{prefix}"
    finally:
        asyncio.run_coroutine_threadsafe(stop(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _serve(
    app: str,
    prefix: str,
    refuses: Callable[[str], bool],
    client: asyncio.StreamReader,
    answer: asyncio.StreamWriter,
) -> None:
    """One connection of a client, for one request."""
    try:
        with suppress(OSError, asyncio.IncompleteReadError):
            head = await client.readuntil(_HEAD)
            first, _, rest = head.partition(b"\r\n")
            method, path, version = first.split(b" ")
            if refuses(path.decode()):
                if size := re.search(rb"(?i)content-length: (\d+)", rest):
                    await client.readexactly(int(size[1]))
                answer.write(_EMPTY % (429, b"Too Many Requests"))
                await answer.drain()
            elif path.startswith(prefix.encode() + b"/"):
                path = path.removeprefix(prefix.encode())
                first = b" ".join([method, path, version])
                await _forward(app, first + b"\r\n" + _once(rest), client, answer)
            else:
                answer.write(_EMPTY % (404, b"Not Found"))
                await answer.drain()
    finally:
        answer.close()


def _once(headers: bytes) -> bytes:
    """Headers that ask for the end of the connection after the answer."""
    if b"upgrade: websocket" in headers.lower():
        return headers
    return b"connection: close\r\n" + re.sub(rb"(?im)^connection:.*\r\n", b"", headers)


async def _forward(
    app: str, head: bytes, client: asyncio.StreamReader, answer: asyncio.StreamWriter
) -> None:
    """Hand a request on, and what comes of it back."""
    parts = urlsplit(app)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(head)
    up = asyncio.create_task(_pipe(client, writer))
    try:
        await _pipe(reader, answer)
    finally:
        up.cancel()
        writer.close()
        await asyncio.wait([up])


async def _pipe(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Hand on what comes until it ends; then say so to the other side."""
    with suppress(OSError):
        while data := await source.read(1 << 16):
            target.write(data)
            await target.drain()
        target.write_eof()
