"""A server of ours that speaks Gradio 6.31's protocol, and is fast: a process of its own.

`python -m tests.support.fast_server PACE PORT` prints its URL and serves until it is ended. It has
`/echo`, and `/grow`, which yields `n` texts of about the same size: they grow by edits
that append, and shrink again by one that replaces. `/seen` tells what it has seen.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from asyncio import FIRST_COMPLETED
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

PREFIX = "/gradio_api"
CONFIG: dict[str, Any] = {
    "version": "6.31.0",
    "protocol": "sse_v3",
    "api_prefix": PREFIX,
    "connect_heartbeat": False,
    "components": [
        {"id": 1, "type": "textbox", "props": {}},
        {"id": 2, "type": "number", "props": {}},
    ],
    "dependencies": [
        {"id": 0, "api_name": "echo", "inputs": [1], "outputs": [1], "types": {}},
        {
            "id": 1,
            "api_name": "grow",
            "inputs": [2],
            "outputs": [1],
            "types": {"generator": True},
        },
    ],
}
_TEXTBOX = {"label": "Text", "component": "Textbox", "type": {"type": "string"}}
_NUMBER = {"label": "Number", "component": "Number", "type": {"type": "number"}}
#: What the official client asks for besides.
INFO: dict[str, Any] = {
    "named_endpoints": {
        f"/{name}": {
            "parameters": [{**takes, "parameter_name": "value", "python_type": {}}],
            "returns": [{**_TEXTBOX, "python_type": {}}],
        }
        for name, takes in (("echo", _TEXTBOX), ("grow", _NUMBER))
    },
    "unnamed_endpoints": {},
}
TEXT = "x" * 500
#: Appended pieces between two replacements.
PIECES = 100
#: Multiples of it are spread evenly, however many there are.
_GOLDEN = 0.618034


class FastServer:
    """What the connections share.

    Attributes:
        sessions: The jobs of each session that have no end yet.
        opened: How many event streams there have been.
        open: How many there are.
        most_open: How many there have been at once.
    """

    def __init__(self, pace: float = 0.0) -> None:
        self._pace = pace
        self.sessions: defaultdict[str, asyncio.Queue[tuple[str, dict[str, Any]]]]
        self.sessions = defaultdict(asyncio.Queue)
        self.opened = self.open = self.most_open = 0
        self._ids = count()
        self._phases = (i * _GOLDEN % 1 for i in count())

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Answer the requests of one connection."""
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                url = urlsplit(head.split()[1])
                fields = dict(
                    line.lower().split(": ", 1) for line in head.split("\r\n")[1:-2]
                )
                body = await reader.readexactly(int(fields.get("content-length", 0)))
                if url.path == f"{PREFIX}/queue/data":
                    (session,) = parse_qs(url.query)["session_hash"]
                    await self._stream(session, writer)
                else:
                    answer = json.dumps(self._answer(url.path, body)).encode()
                    writer.write(
                        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
                        b"content-length: %d\r\n\r\n%b" % (len(answer), answer)
                    )
                    await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _answer(self, path: str, body: bytes) -> object:
        if path == "/config":
            return CONFIG
        if path == f"{PREFIX}/info":
            return INFO
        if path == "/seen":
            return {
                "sessions": len(self.sessions),
                "opened": self.opened,
                "most_open": self.most_open,
            }
        assert path == f"{PREFIX}/queue/join", path
        job = json.loads(body)
        event_id = f"job{next(self._ids)}"
        self.sessions[job["session_hash"]].put_nowait((event_id, job))
        return {"event_id": event_id}

    async def _stream(self, session: str, writer: asyncio.StreamWriter) -> None:
        self.opened += 1
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            writer.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
                b"transfer-encoding: chunked\r\n\r\n"
            )
            await self._work(self.sessions[session], writer)
            await _send(writer, {"msg": "close_stream", "event_id": None})
        finally:
            self.open -= 1
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    async def _work(
        self, jobs: asyncio.Queue[tuple[str, Any]], writer: asyncio.StreamWriter
    ) -> None:
        """Run the jobs of a session, all at once, until none is left."""
        coming = asyncio.create_task(jobs.get())
        running: set[asyncio.Task[None]] = set()
        try:
            while True:
                await asyncio.wait({coming, *running}, return_when=FIRST_COMPLETED)
                if coming.done():
                    job = self._run(*coming.result(), writer)
                    running.add(asyncio.create_task(job))
                    coming = asyncio.create_task(jobs.get())
                for ended in [task for task in running if task.done()]:
                    running.remove(ended)
                    ended.result()
                if not running and jobs.empty():
                    return
        finally:
            for task in (coming, *running):
                task.cancel()

    async def _run(
        self, event_id: str, job: dict[str, Any], writer: asyncio.StreamWriter
    ) -> None:
        async for message in self._messages(job):
            await _send(writer, {"event_id": event_id, **message})

    async def _messages(self, job: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        """What the stream says of a job."""
        yield {"msg": "process_starts"}
        data = job["data"]
        if job["fn_index"] == 1:
            # Apps do not answer in step: outputs that arrive together are cheaper.
            phase = next(self._phases) * self._pace
            begun = asyncio.get_running_loop().time() + phase
            for i, (text, sent) in enumerate(grown(int(*data)), 1):
                data = [text]
                if self._pace:
                    await _until(begun + i * self._pace)
                yield {
                    "msg": "process_generating",
                    "output": {"data": [sent]},
                    "success": True,
                }
        else:
            await asyncio.sleep(self._pace)
        yield {"msg": "process_completed", "output": {"data": data}, "success": True}


async def _send(writer: asyncio.StreamWriter, message: dict[str, Any]) -> None:
    event = b"data: " + json.dumps(message).encode() + b"\n\n"
    writer.write(b"%x\r\n%b\r\n" % (len(event), event))
    await writer.drain()


async def _until(moment: float) -> None:
    """Wait for a moment of the loop; a late output makes no other late."""
    await asyncio.sleep(max(0.0, moment - asyncio.get_running_loop().time()))


def grown(n: int) -> Iterator[tuple[str, object]]:
    """`n` texts, each with what is sent for it: the first one itself, then edits."""
    text = TEXT
    yield text, text
    for i in range(1, n):
        if i % PIECES:
            piece = f"piece {i:06} "
            text += piece
            yield text, [["append", [], piece]]
        else:
            text = TEXT
            yield text, [["replace", [], text]]


@contextmanager
def fast_server(pace: float = 0.0, port: int = 0) -> Iterator[str]:
    """The URL of such a server, which runs; `pace` is the seconds between outputs."""
    arguments = [str(pace), str(port)]
    command = [sys.executable, "-m", "tests.support.fast_server", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.kill()


async def main(pace: float, port: int) -> None:
    server = await asyncio.start_server(FastServer(pace).serve, "127.0.0.1", port)
    host, port = server.sockets[0].getsockname()
    print(f"http://{host}:{port}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]), int(sys.argv[2])))
