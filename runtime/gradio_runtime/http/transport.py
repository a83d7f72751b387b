"""HTTP to one app.

Every client shares one connection pool. Headers and cookies belong to one app: they go
to its own origin and nowhere else, and never follow a redirect that leaves it. What
httpx2 raises comes out as this package's own errors.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import random
import time
from collections.abc import AsyncGenerator, Generator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple
from urllib.parse import urlsplit

import httpx2

from ..errors import (
    ConnectError,
    ConnectionLost,
    GradioError,
    JobTimeout,
    ProtocolError,
)
from ..jsontext import is_array, load_json
from ..record import current_endpoint
from .pools import HttpOptions, make_client
from .sockets import Socket, SocketOptions, open_socket
from .statuses import CHECK_URL, content_kind, retry_after, status_error

#: Seconds to wait for a connection and for the answer to a plain request.
CONNECT_TIMEOUT = 10.0
REQUEST_TIMEOUT = 60.0
#: Gradio sends a heartbeat every 15 s on a stream, so a minute and a half of silence
#: means that nobody is there any more (`protocol.md` §7).
IDLE_TIMEOUT = 90.0
#: Largest single message, in bytes: a bound on what a hostile app can make us hold.
MAX_MESSAGE = 512 * 1024 * 1024

_log = logging.getLogger("gradio_runtime.http")
_MAX_REDIRECTS = 5
#: Bytes of the largest `/config` or `/info` that is read. They come from any server
#: that a URL leads to; apps of hundreds of endpoints have some megabytes.
_LARGEST_JSON = 32 << 20
#: Headers about how an answer was sent, rather than about what it is.
_FRAMING = frozenset({"content-encoding", "content-length", "transfer-encoding"})
#: How often an idempotent request is tried again.
_RETRIES = 2
#: Statuses that are worth another try of an idempotent request.
_PASSING = frozenset({429, 502, 503, 504})


class Upload(NamedTuple):
    """One file of an upload request: the name to show the server, and its bytes."""

    name: str
    content: bytes | BinaryIO


def origin_of(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port: what tokens must not leave."""
    parts = urlsplit(url)
    default = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or default


class Transport:
    """HTTP to one app.

    Args:
        base: The app's URL, without a trailing slash.
        headers: Sent with every request to the app's origin.
        options: TLS and other httpx2 settings.
    """

    def __init__(
        self,
        base: str,
        headers: Mapping[str, str],
        options: HttpOptions | None = None,
    ) -> None:
        self.base = base
        self._origin = origin_of(base)
        self._headers = dict(headers)
        self._client, self._own_pool = make_client(options or HttpOptions())

    def url(self, path: str) -> str:
        """The absolute URL of a path below the app's base."""
        return path if path.startswith(("http://", "https://")) else self.base + path

    def is_own(self, url: str) -> bool:
        """Whether a URL is on the app's own origin, where its token may go."""
        return origin_of(url) == self._origin

    async def get_json(self, path: str) -> Any:
        """GET JSON. Idempotent, so it is tried again after a passing failure."""
        response = await self._retried("GET", path)
        try:
            return load_json(response.content)
        except ValueError:
            raise ConnectError(
                f"{self.url(path)} answers with {content_kind(response)}, not JSON",
                hint=CHECK_URL,
            ) from None

    async def post_json(
        self, path: str, body: bytes, headers: Mapping[str, str] | None = None
    ) -> bytes:
        """POST a JSON body, once; returns the answer's body."""
        kind = {"content-type": "application/json", **(headers or {})}
        return (await self._send("POST", path, content=body, headers=kind)).content

    async def post_call(
        self, path: str, body: bytes, headers: Mapping[str, str]
    ) -> bytes:
        """POST a call that is answered when it is over, whenever that is.

        Returns:
            The answer's body, also that of a 500: the app's own error, as JSON.
        """
        response = await self._request(
            "POST",
            path,
            content=body,
            headers={"content-type": "application/json", **headers},
            timeout=None,
        )
        told = response.status_code == 500 and "json" in content_kind(response)
        if response.is_error and not told:
            raise status_error(response)
        return response.content

    async def post_form(self, path: str, fields: Mapping[str, str]) -> int:
        """POST a form, once; returns the status, whatever it is."""
        return (await self._request("POST", path, data=dict(fields))).status_code

    async def upload(self, path: str, file: Upload) -> str:
        """POST a file as multipart; returns its path on the server."""
        parts = [("files", (file.name, file.content))]
        response = await self._send("POST", path, files=parts)
        answer = load_json(response.content)
        if not is_array(answer) or len(answer) != 1:
            raise ProtocolError("the app did not take the uploaded file")
        return str(answer[0])

    async def download(
        self, url: str, folder: Path, name: str, size: int | None = None
    ) -> Path:
        """GET a file into `folder/name`, which appears only when it is whole.

        One that breaks off, or is smaller than it should be, is fetched again.
        Gradio 6 keeps a file under the hash of its content, and writes it anew while
        another job's copy is being served (measured on 6.31: of 120 downloads at once
        17 broke off, and about 10 were empty).

        Args:
            url: The file.
            folder: Where to put it.
            name: Its name there.
            size: Bytes that it should have, when known; otherwise more than none.
        """
        folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240  # a local disk
        target, partial = folder / name, folder / f".{os.urandom(4).hex()}.part"
        try:
            for attempt in range(_RETRIES):
                with contextlib.suppress(ConnectError, ConnectionLost):
                    if await self._fetch(url, partial) >= (1 if size is None else size):
                        break
                await asyncio.sleep(_pause(attempt))
            else:
                await self._fetch(url, partial)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
        return target

    async def _fetch(self, url: str, path: Path) -> int:
        """GET a file into `path`; returns how many bytes it has."""
        async with self._stream("GET", url, REQUEST_TIMEOUT) as response:
            with path.open("wb") as file:
                async for chunk in response.aiter_bytes():
                    file.write(chunk)
                return file.tell()

    async def messages(
        self, path: str, idle: float, headers: Mapping[str, str] | None = None
    ) -> AsyncGenerator[str, None]:
        """The data of each server-sent event, until the server ends the stream."""
        async with self._stream("GET", path, idle, headers) as response:
            with _translated(self.base, streaming=True):
                source = httpx2.EventSource(response, max_event_size=MAX_MESSAGE)
                async for event in source:
                    yield event.data

    @contextlib.asynccontextmanager
    async def socket(
        self, path: str, headers: Mapping[str, str]
    ) -> AsyncGenerator[Socket]:
        """A WebSocket, which is closed in the end."""
        options = SocketOptions(
            timeout=httpx2.Timeout(REQUEST_TIMEOUT, connect=CONNECT_TIMEOUT),
            max_message=MAX_MESSAGE,
            idle=IDLE_TIMEOUT,
            refused=_refused_socket,
        )
        own = {**self._headers, **headers}
        with _translated(self.base):
            opening = open_socket(self._client, self.url(path), own, options)
            async with opening as socket:
                yield socket

    async def _retried(self, method: str, path: str) -> httpx2.Response:
        attempt = 0
        while True:
            last = attempt == _RETRIES
            pause = _pause(attempt)
            try:
                response = await self._bounded(method, path)
            except (ConnectError, ConnectionLost):
                if last:
                    raise
            else:
                if not response.is_error:
                    return response
                if last or response.status_code not in _PASSING:
                    raise status_error(response)
                pause = min(retry_after(response) or pause, 30.0)
            await asyncio.sleep(pause)
            attempt += 1

    async def _send(self, method: str, path: str, **content: Any) -> httpx2.Response:
        response = await self._request(method, path, **content)
        if response.is_error:
            raise status_error(response)
        return response

    async def _request(self, method: str, path: str, **content: Any) -> httpx2.Response:
        """Send a request, following redirects; tokens stay on the app's origin."""
        with _translated(self.base):
            read = content.pop("timeout", REQUEST_TIMEOUT)
            request = self._build(method, self.url(path), read, content)
            return await self._follow(request, stream=False)

    async def _bounded(self, method: str, path: str) -> httpx2.Response:
        """Send a request, and read no more of the answer than is sensible."""
        with _translated(self.base):
            request = self._build(method, self.url(path), REQUEST_TIMEOUT, {})
            response = await self._follow(request, stream=True)
            content = bytearray()
            try:
                async for chunk in response.aiter_bytes():
                    content += chunk
                    if len(content) > _LARGEST_JSON:
                        size = f"more than {_LARGEST_JSON >> 20} MiB"
                        raise ProtocolError(f"{self.url(path)} sends {size}")
            finally:
                await response.aclose()
        headers = [
            (name, value)
            for name, value in response.headers.multi_items()
            if name.lower() not in _FRAMING  # of what has been decoded above
        ]
        return httpx2.Response(
            response.status_code,
            headers=headers,
            content=bytes(content),
            request=response.request,
        )

    @contextlib.asynccontextmanager
    async def _stream(
        self,
        method: str,
        path: str,
        idle: float,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncGenerator[httpx2.Response]:
        with _translated(self.base):
            content = {"headers": dict(headers or {})}
            request = self._build(method, self.url(path), idle, content)
            response = await self._follow(request, stream=True)
        try:
            if response.is_error:
                with _translated(self.base):
                    await response.aread()
                raise status_error(response)
            with _translated(self.base, streaming=True):
                yield response
        finally:
            await response.aclose()

    def _build(
        self, method: str, url: str, read: float | None, content: dict[str, Any]
    ) -> httpx2.Request:
        headers = content.pop("headers", {})
        own = self.is_own(url)
        request = self._client.build_request(
            method,
            url,
            headers={**self._headers, **headers} if own else headers,
            timeout=httpx2.Timeout(read, connect=CONNECT_TIMEOUT),
            **content,
        )
        if not own:
            # A cookie jar knows hosts, not ports.
            request.headers.pop("cookie", None)
        return request

    async def _follow(
        self, request: httpx2.Request, *, stream: bool
    ) -> httpx2.Response:
        for _ in range(_MAX_REDIRECTS):
            response = await _sent(self._client, request, stream=stream)
            if response.next_request is None:
                return response
            await response.aclose()
            request = response.next_request
            if not self.is_own(str(request.url)):
                for name in [*self._headers, "authorization", "cookie"]:
                    request.headers.pop(name, None)
        raise ConnectError(f"{request.url.host} redirects in a circle")

    async def aclose(self) -> None:
        """Forget the app's cookies. The shared pool goes on serving other apps."""
        self._client.cookies.clear()
        if self._own_pool:
            await self._client.aclose()


async def _sent(
    client: httpx2.AsyncClient, request: httpx2.Request, *, stream: bool
) -> httpx2.Response:
    """Send one request, and log that it was sent: no query, no header, no body."""
    if not _log.isEnabledFor(logging.DEBUG):
        return await client.send(request, stream=stream)
    begun, outcome = time.perf_counter(), "failed"
    try:
        response = await client.send(request, stream=stream)
        outcome = str(response.status_code)
        return response
    finally:
        _log.debug(
            "%s %s %s in %.1f ms%s",
            request.method,
            request.url.copy_with(query=None, userinfo=b""),
            outcome,
            (time.perf_counter() - begun) * 1000,
            f" [{endpoint}]" if (endpoint := current_endpoint.get()) else "",
        )


@contextlib.contextmanager
def _translated(base: str, *, streaming: bool = False) -> Generator[None]:
    """Turn what httpx2 raises into this package's errors."""
    try:
        yield
    except httpx2.ConnectTimeout as error:
        raise ConnectError(
            f"{base} does not answer within {CONNECT_TIMEOUT:g} s",
            not_sent=True,
            hint=_REACH,
        ) from error
    except (
        httpx2.ConnectError,
        httpx2.UnsupportedProtocol,
        httpx2.InvalidURL,
    ) as error:
        raise ConnectError(
            f"cannot reach {base}: {error}", not_sent=True, hint=_REACH
        ) from error
    except httpx2.TimeoutException as error:
        if streaming:
            raise ConnectionLost("the app's stream went silent") from error
        raise JobTimeout(f"{base} did not answer in time") from error
    except httpx2.SSEError as error:
        raise ProtocolError(f"the app's stream is no event stream: {error}") from error
    except httpx2.HTTPError as error:
        what = str(error) or type(error).__name__
        raise ConnectionLost(f"the connection to the app broke: {what}") from error


_REACH = "Check the address and that the app is running"


def _pause(attempt: int) -> float:
    """Seconds before trying again."""
    return float(0.2 * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311


def _refused_socket(response: httpx2.Response) -> GradioError:
    """The error that the answer to a WebSocket handshake means; its body is not read."""
    return status_error(httpx2.Response(response.status_code, request=response.request))
