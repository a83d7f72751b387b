"""Connections: one pool for every client, or one of its own where settings ask for it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import ssl
from collections.abc import Mapping
from typing import Any, NamedTuple

import httpx2

from ..loop import in_background

__all__ = ["HttpOptions", "close_all", "make_client"]

#: uvicorn closes an idle connection after 5 s; give it up before it does, so that no
#: request lands on a connection that is just being closed.
_LIMITS = httpx2.Limits(
    max_connections=None, max_keepalive_connections=64, keepalive_expiry=4.0
)
_pools: dict[tuple[int, object], httpx2.AsyncHTTPTransport] = {}


class HttpOptions(NamedTuple):
    """How to reach an app: TLS verification and anything else httpx2 should know."""

    verify: ssl.SSLContext | str | bool = True
    httpx_kwargs: Mapping[str, Any] = {}


def make_client(options: HttpOptions) -> tuple[httpx2.AsyncClient, bool]:
    """A client with cookies of its own, and whether its connections are its own too.

    They are those of the shared pool, if possible. A proxy, be it from the environment
    or from the caller, needs a pool of its own.
    """
    proxied = any(
        os.environ.get(name)
        for scheme in ("http", "https", "all")
        for name in (f"{scheme}_proxy", f"{scheme.upper()}_PROXY")
    )
    if options.httpx_kwargs or proxied:
        settings: dict[str, Any] = {
            "verify": options.verify,
            "limits": _LIMITS,
            **options.httpx_kwargs,
        }
        return httpx2.AsyncClient(**settings), True
    return httpx2.AsyncClient(transport=_Pooled(options.verify)), False


class _Pooled(httpx2.AsyncBaseTransport):
    """A view of the shared pools, which outlive the clients that use them."""

    def __init__(self, verify: ssl.SSLContext | str | bool) -> None:
        self._verify = verify

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        # Reading the certificate authorities takes 20 ms, which http:// can spare.
        tls = request.url.scheme == "https"
        pool = _pool(self._verify if tls else None)
        # A request also keeps house: it closes what others left in the pool too long.
        # A task that is cancelled meanwhile would leave the rest of them open and
        # forgotten, so the request goes on and is closed when it is through.
        sending = asyncio.ensure_future(pool.handle_async_request(request))
        try:
            return await asyncio.shield(sending)
        except asyncio.CancelledError:
            sending.add_done_callback(_close_late)
            raise


def _close_late(sending: asyncio.Future[httpx2.Response]) -> None:
    """Close the response to a request whose caller is gone."""
    if not sending.cancelled() and sending.exception() is None:
        in_background(sending.result().aclose())


def _pool(verify: ssl.SSLContext | str | bool | None) -> httpx2.AsyncHTTPTransport:
    """The pool for a way to verify; None is for connections without TLS."""
    key = (id(asyncio.get_running_loop()), verify)
    if key not in _pools:
        if isinstance(verify, str):
            verify = ssl.create_default_context(cafile=verify)
        _pools[key] = httpx2.AsyncHTTPTransport(verify=verify or False, limits=_LIMITS)
    return _pools[key]


async def close_all() -> None:
    """Close every pooled connection, at interpreter exit."""
    pools = list(_pools.values())
    _pools.clear()
    for pool in pools:
        with contextlib.suppress(Exception):
            await pool.aclose()
