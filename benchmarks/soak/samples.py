"""What the process holds at a moment when nothing is under way (Linux)."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from gradio_runtime._http import pools
from gradio_runtime._loop import loop
from gradio_runtime._models import secrets

_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Sample:
    """One line of the table.

    Attributes:
        minute: Since the start.
        rss: Resident memory, in MiB.
        blocks: What Python has allocated, in blocks; without the names of sessions.
        threads: Of the process.
        tasks: On the runtime's loop.
        background: Tasks that the runtime itself holds.
        files: Open file descriptors.
        sockets: Those of them that are sockets.
        pooled: Connections in the runtime's pools.
        sessions: Of the clients that live on.
        jobs: Of these clients.
        heard: Jobs that their sessions remember by name, ended or not yet known.
        names: Of the process's sessions, which no text shows: a block each.
    """

    minute: float
    rss: float
    blocks: int
    threads: int
    tasks: int
    background: int
    files: int
    sockets: int
    pooled: int
    sessions: int
    jobs: int
    heard: int
    names: int

    @staticmethod
    def heads() -> str:
        """The names of the columns."""
        return " ".join(f"{field.name:>10}" for field in fields(Sample))

    def line(self) -> str:
        """The values under these names."""
        values = (getattr(self, field.name) for field in fields(self))
        return " ".join(
            f"{v:10.2f}" if isinstance(v, float) else f"{v:10}" for v in values
        )


def take(minute: float, clients: Sequence[Any]) -> Sample:
    """Look at this process; its live connections are those of `clients`."""
    for _ in range(3):
        gc.collect()
    counts = loop.run_sync(_count(clients))
    links = _open_files()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return Sample(
        minute=minute,
        rss=pages * _PAGE / 2**20,
        blocks=sys.getallocatedblocks() - len(secrets._sessions),
        names=len(secrets._sessions),
        threads=threading.active_count(),
        files=len(links),
        sockets=sum(link.startswith("socket:") for link in links),
        **counts,
    )


async def _count(clients: Sequence[Any]) -> dict[str, int]:
    """What the runtime holds, seen from its own loop."""
    connections = [client._connection() for client in clients]
    pooled = [session for c in connections for session in _sessions(c.live)]
    return {
        "tasks": await _count_tasks(),
        "background": len(loop._background),
        "pooled": sum(len(_pooled(pool)) for pool in pools._pools.values()),
        "sessions": len(pooled),
        "jobs": sum(len(c.abandons) for c in connections)
        + sum(len(s._inboxes) for s in pooled),
        "heard": sum(len(s._early) + len(s._left) for s in pooled),
    }


def busy() -> bool:
    """Whether anything runs on the runtime's loop."""
    return loop.run_sync(_count_tasks()) > 0


async def _count_tasks() -> int:
    return len(asyncio.all_tasks() - {asyncio.current_task()})


def _sessions(live: Any) -> list[Any]:
    return [live.sessions.own, *live.sessions._others]


def _pooled(pool: Any) -> list[Any]:
    connections: list[Any] = pool._pool.connections
    return connections


def _open_files() -> list[str]:
    links = []
    for path in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # that of the listing itself
            links.append(str(path.readlink()))
    return links
