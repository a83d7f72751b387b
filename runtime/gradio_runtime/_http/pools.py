"""Connection pools: one for all clients, or one of its own if a client needs it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from http.cookiejar import CookieJar
from typing import Any
from urllib.request import getproxies_environment, proxy_bypass

import httpx2

from .._loop.loop import at_exit, in_background, shielded
from ..errors import InputError
from .network import DirectTransport
from .redaction import hide_secrets
from .settings import Settings

#: uvicorn closes an idle connection after 5 s. Ours expire earlier, so that no request
#: is sent on a connection that is just being closed.
_LIMITS = httpx2.Limits(
    max_connections=None, max_keepalive_connections=64, keepalive_expiry=4.0
)
_ONCE = httpx2.Limits(max_connections=None, max_keepalive_connections=0)
_pools: dict[tuple[int, object, bool], DirectTransport] = {}
#: Settings with which the caller replaces the connections, and those that these have.
_WAYS = frozenset({"mounts", "proxy", "transport"})
_OF_CONNECTIONS = frozenset({"cert", "http1", "http2", "limits", "trust_env", "verify"})
#: Trace events of `httpcore2` between the request and the head of its answer.
_AT_SERVER = (
    "send_request_headers.started",
    "send_request_headers.complete",
    "send_request_body.started",
    "send_request_body.complete",
    "receive_response_headers.started",
)

hide_secrets()


def sees_addresses(options: Settings) -> bool:
    """Return whether names are resolved here, not by a proxy or the caller's code."""
    return _is_direct(options.of_httpx)


def _is_direct(given: Mapping[str, Any], host: str = "") -> bool:
    """Return whether no proxy and no code of the caller's is between us and a host."""
    proxied = _has_proxy(host) and given.get("trust_env", True)
    return not (proxied or _WAYS & given.keys())


def _has_proxy(host: str = "") -> bool:
    """Return whether the environment names a proxy, for a host if one is given."""
    proxies = getproxies_environment()
    named = not proxies.keys().isdisjoint({"http", "https", "all"})
    return named and not proxy_bypass(host)


def make_client(
    options: Settings,
    cookies: CookieJar,
    *,
    host: str = "",
    before: Callable[[httpx2.Request], Awaitable[None]] | None = None,
) -> PoolClient:
    """Return a client, which calls `before` with each request if it has its own pool.

    It uses the shared pool if possible. A proxy, from the environment or the caller,
    needs an own pool. `host` is where all requests go, `host:port`, if that is known:
    where NO_PROXY has it, no proxy is looked at, so none can be wrong.
    """
    own = {k: v for k, v in options.of_httpx.items() if k != "timeout"}
    if not (own or _has_proxy(host)):
        return SharingClient(transport=Pooled(options.ssl_verify), cookies=cookies)
    verify = _usable(options.ssl_verify)
    settings: dict[str, Any] = {"verify": verify, "limits": _LIMITS, **own}
    if before is not None:
        hooks: dict[str, Any] = own.get("event_hooks") or {}
        requested = [*hooks.get("request", ()), before]
        settings["event_hooks"] = {**hooks, "request": requested}
    try:
        if _is_direct(own, host):
            given = {k: v for k, v in settings.items() if k in _OF_CONNECTIONS}
            settings["transport"] = DirectTransport(**given)
        return PoolClient(**settings, cookies=cookies)
    except (TypeError, ValueError, ImportError, httpx2.InvalidURL) as error:
        # The text may contain a proxy's password.
        raise InputError(
            f"the HTTP settings are not valid: {type(error).__name__}",
            hint=f"Check httpx_kwargs ({', '.join(own) or 'none'}) and the environment's "
            "proxies. A socks proxy is socks5://… or socks5h://…, not socks://…, and needs "
            "pip install 'httpx2[socks]'; NO_PROXY names hosts that need none",
        ) from None


def _usable(verify: ssl.SSLContext | str | bool) -> ssl.SSLContext | bool:
    """Return what httpx2 takes: for a path, a context that trusts what is there."""
    if not isinstance(verify, str):
        return verify
    try:
        if os.path.isdir(verify):  # noqa: PTH112  # a plain text from the caller
            return ssl.create_default_context(capath=verify)
        return ssl.create_default_context(cafile=verify)
    except (OSError, ssl.SSLError) as error:
        raise InputError(
            f"ssl_verify={verify!r} has no certificates to read: {error}",
            hint="Give the path of a PEM file with the authority's certificate",
        ) from None


class PoolClient(httpx2.AsyncClient):
    """A client that keeps its pool consistent when a caller is cancelled.

    A request first closes connections in the pool that have been idle too long, and
    then connects; closing a response does the same. If a task is cancelled meanwhile,
    connections stay open and are forgotten, since the pool's shields are those of
    anyio, which asyncio ignores. So both run as tasks of their own: a request is
    cancelled only while it waits for the server, and closing never.
    """

    async def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        """Send a request. A caller that is cancelled leaves at once."""
        sending = _Sending()
        request.extensions = {**request.extensions, "trace": sending.trace}
        task, response = shielded(self._send(request, options))
        try:
            return await response
        except asyncio.CancelledError:
            sending.give_up(task)
            raise

    async def _send(
        self, request: httpx2.Request, options: dict[str, Any]
    ) -> httpx2.Response:
        response = await super().send(request, **options)
        if isinstance(response.stream, httpx2.AsyncByteStream):
            response.stream = _Lent(response, response.stream)
        return response


class SharingClient(PoolClient):
    """A client of the shared pools: to close it leaves their connections open."""

    async def aclose(self) -> None:
        """Do nothing: other clients use the connections."""


class _Sending:
    """The state of a request: whether it may be cancelled now."""

    def __init__(self) -> None:
        self._unwanted = False
        self._cancellable = False

    async def trace(self, event: str, _: Mapping[str, Any]) -> None:
        """Follow the request; see the extension `trace` of httpx2."""
        # Before, the pool closes idle connections and connects; after, it cleans up.
        self._cancellable = event.startswith("http") and event.endswith(_AT_SERVER)
        if self._cancellable and self._unwanted:
            raise asyncio.CancelledError

    def give_up(self, task: asyncio.Task[httpx2.Response]) -> None:
        """End the request as soon as that is safe, and close its response."""
        self._unwanted = True
        task.add_done_callback(_close_late)
        if self._cancellable:
            task.cancel()


class _Lent(httpx2.AsyncByteStream):
    """The body of a response. Its connection always goes back to the pool."""

    def __init__(
        self, response: httpx2.Response, stream: httpx2.AsyncByteStream
    ) -> None:
        self._stream = stream
        # After an exception in the app uvicorn sends a 500 and then closes the
        # connection. The next request on it would be lost.
        self._broken = None
        if response.is_server_error and response.http_version != "HTTP/2":
            self._broken = response.extensions.get("network_stream")

    def __aiter__(self) -> AsyncIterator[bytes]:
        return aiter(self._stream)

    async def aclose(self) -> None:
        _, given_back = shielded(self._give_back())
        await given_back

    async def _give_back(self) -> None:
        if self._broken is not None:
            await self._broken.aclose()
        await self._stream.aclose()


class Pooled(httpx2.AsyncBaseTransport):
    """A view of the shared pools, which outlive the clients that use them.

    Unless `lasting`, a connection is used for one request only.
    """

    def __init__(
        self, verify: ssl.SSLContext | str | bool, *, lasting: bool = True
    ) -> None:
        self._verify = verify
        self._lasting = lasting

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request over the pool of the running loop."""
        # Reading the certificate authorities takes 20 ms, and http:// needs none.
        tls = request.url.scheme == "https"
        pool = _pool(self._verify if tls else None, lasting=self._lasting)
        return await pool.handle_async_request(request)


def _close_late(sending: asyncio.Future[httpx2.Response]) -> None:
    """Close the response of a request whose caller has left."""
    if not sending.cancelled() and sending.exception() is None:
        in_background(sending.result().aclose())


def _pool(
    verify: ssl.SSLContext | str | bool | None, *, lasting: bool
) -> DirectTransport:
    """Return the pool for a TLS verification; None is for connections without TLS."""
    key = (id(asyncio.get_running_loop()), verify, lasting)
    if key not in _pools:
        limits = _LIMITS if lasting else _ONCE
        usable = _usable(verify or False)
        _pools[key] = DirectTransport(verify=usable, limits=limits)
    return _pools[key]


async def close_all() -> None:
    """Close every pooled connection of the running loop, at interpreter exit.

    A forked process leaves those of its parent's loop open: both processes share the
    sockets and the epoll object, so the parent would get no more events for them.
    """
    loop = id(asyncio.get_running_loop())
    for key in [key for key in _pools if key[0] == loop]:
        pool = _pools.pop(key)
        with contextlib.suppress(Exception):
            await pool.aclose()


at_exit(close_all)
