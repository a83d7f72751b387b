"""A server that misbehaves, and the check that a fault leaves nothing behind."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any, cast

import pytest
from gradio_runtime._http import pools
from gradio_runtime._loop.loop import run_sync

from tests.runtime.wire_api import WireClient
from tests.support.misbehaving import Server, count, until


def echo(server: Server) -> str:
    with WireClient(server.url) as client:
        return client.echo("x")


def joins() -> int:
    return count("/join")


def open_sockets() -> list[Any]:
    """Every connection that the runtime's pool keeps."""
    shared = [cast("Any", pool)._pool for pool in pools._pools.values()]
    return [connection for pool in shared for connection in pool.connections]


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    """After each test no task of it runs, and no connection of it is in use."""

    async def tasks() -> set[asyncio.Task[Any]]:
        return asyncio.all_tasks() - {asyncio.current_task()}

    before, opened = run_sync(tasks()), open_sockets()
    yield
    until(lambda: run_sync(tasks()) <= before)
    until(
        lambda: all(c in opened or c.is_idle() or c.is_closed() for c in open_sockets())
    )
