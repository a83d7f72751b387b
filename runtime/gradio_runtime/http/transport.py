"""HTTP to one app.

Every client shares one connection pool. Headers and cookies belong to one app: they go
to its own origin and nowhere else, and never follow a redirect that leaves it. What
httpx2 raises comes out as this package's own errors.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    Callable,
    Collection,
    Mapping,
)
from typing import Any
from urllib.parse import urlsplit

import httpx2

from ..errors import (
    ConnectError,
    ConnectionLost,
    InputError,
    ProtocolError,
)
from ..jsontext import load_json
from ..record import current_endpoint
from .backoff import LONGEST_PAUSE, RETRIES, may_pass, pause
from .failures import Waiting, translated
from .pools import HttpOptions, make_client
from .sockets import Moved, Socket, SocketOptions, open_socket
from .statuses import not_json, retry_after, status_error

_log = logging.getLogger("gradio_runtime.http")

#: Seconds to wait for a connection and for the answer to a plain request, unless the
#: caller's `httpx_kwargs` have a timeout.
_CONNECT_TIMEOUT = 10.0
_REQUEST_TIMEOUT = 60.0
_MAX_REDIRECTS = 5
#: Bytes of the largest `/config` or `/info` that is read. They come from any server
#: that a URL leads to; apps of hundreds of endpoints have some megabytes.
_LARGEST_JSON = 32 << 20
#: Headers of ours that say nothing of who asks: all that another origin gets.
_IMPERSONAL = frozenset(
    {
        "accept",
        "accept-encoding",
        "connection",
        "host",
        "if-range",
        "range",
        "user-agent",
    }
)
#: Answers to a login: refused, or not to be had.
_NO_LOGIN = frozenset({400, 401, 403, 404, 405})
#: Statuses that are worth another try of an idempotent request.
_PASSING = frozenset({429, 502, 503, 504})


def origin_of(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port: what tokens must not leave."""
    parts = urlsplit(url)
    default = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or default


def check_headers(headers: Mapping[str, str]) -> None:
    """Refuse what cannot be sent; httpx2 would quote the value, a token say, in full.

    Raises:
        InputError: A name or a value is no text of printable ASCII.
    """
    for name, value in headers.items():
        if not all(text.isascii() and text.isprintable() for text in (name, value)):
            raise InputError(
                f"the header {name!r} has characters that HTTP does not take",
                hint="Use printable ASCII; a token may have a line break at its end",
            )


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
        self._headers: dict[str, str] = {}
        self.add_headers(headers)
        self._options = options or HttpOptions()
        self._connect_timeout, self._timeout = _timeouts(self._options)
        self._client, self._own_pool = make_client(self._options)

    def add_headers(self, headers: Mapping[str, str]) -> None:
        """Send these with every further request to the app's origin."""
        lower = {name.lower(): value for name, value in headers.items()}
        check_headers(lower)
        self._headers |= lower

    def has_header(self, name: str) -> bool:
        """Whether a header, by its name in lower case, is sent with every request."""
        return name in self._headers

    def url(self, path: str) -> str:
        """The absolute URL of a path below the app's base."""
        return path if path.startswith(("http://", "https://")) else self.base + path

    @property
    def personal(self) -> bool:
        """Whether the app may serve us what it would not serve to everybody."""
        telling = self._headers.keys() - _IMPERSONAL - {"x-gradio-user"}
        return bool(telling or self._client.cookies)

    def is_own(self, url: str) -> bool:
        """Whether a URL is on the app's own origin, where its token may go.

        The same host over TLS is: http:// is often redirected to it.
        """
        try:
            origin = origin_of(url)
        except ValueError:
            return False
        scheme, host, port = self._origin
        return origin in {
            self._origin,
            ("https", host, 443 if (scheme, port) == ("http", 80) else port),
        }

    async def get_json(self, path: str) -> Any:
        """GET JSON. Idempotent, so it is tried again after a passing failure."""
        response, content = await self._retried("GET", path, limit=_LARGEST_JSON)
        try:
            return load_json(content)
        except ValueError:
            raise not_json(response) from None

    async def post_json(
        self, path: str, body: bytes, headers: Mapping[str, str] | None = None
    ) -> bytes:
        """POST a JSON body, once; returns the answer's body, which is JSON too."""
        kind = {"content-type": "application/json", **(headers or {})}
        response, content = await self._send("POST", path, content=body, headers=kind)
        if content.lstrip()[:1] == b"<":
            raise not_json(response)
        return content

    async def post_call(
        self, path: str, body: bytes, headers: Mapping[str, str]
    ) -> bytes:
        """POST a call that is answered when it is over, whenever that is.

        Returns:
            The answer's body, also that of a 500: the app's own error, as JSON.
        """
        response, content = await self._request(
            "POST",
            path,
            content=body,
            headers={"content-type": "application/json", **headers},
            timeout=None,
        )
        told = response.status_code == 500 and content.lstrip()[:1] == b"{"
        if response.is_error and not told:
            raise status_error(response, content)
        if content.lstrip()[:1] == b"<":
            raise not_json(response)
        return content

    async def log_in(self, path: str, fields: Mapping[str, str]) -> int:
        """POST a form that is answered with a cookie; returns the status.

        An app without a login answers with a redirect, which is not followed.

        Raises:
            GradioError: The answer is neither a yes nor a no.
        """
        response, content = await self._request("POST", path, data=dict(fields))
        status = response.status_code
        if response.is_error and status not in _NO_LOGIN:
            raise status_error(response, content)
        return status

    async def post_content(
        self,
        path: str,
        content: AsyncIterable[bytes],
        headers: Mapping[str, str],
        *,
        again: Callable[[], bool],
    ) -> bytes:
        """POST a body that is made while it is sent; returns the answer's body.

        It is tried again after a passing failure, as long as `again` says that the body
        can be made once more: for requests that are idempotent.
        """
        response, answer = await self._retried(
            "POST", path, again=again, content=content, headers=headers
        )
        if response.next_request is not None:
            raise _elsewhere(response.next_request.url)
        if answer.lstrip()[:1] == b"<":
            raise not_json(response)
        return answer

    async def messages(
        self, path: str, headers: Mapping[str, str] | None = None
    ) -> AsyncGenerator[str, None]:
        """The data of each server-sent event, until the server ends the stream.

        Raises:
            ConnectionLost: It broke, or was silent for too long.
            ProtocolError: It is no event stream, or an event is too large.
        """
        idle = self._options.idle_timeout
        async with self.stream(
            "GET", path, headers, idle=idle, lasting=True
        ) as response:
            with self._translated(idle, lasting=True):
                limit = self._options.max_message_size
                source = httpx2.EventSource(response, max_event_size=limit)
                async for event in source:
                    yield event.data

    @contextlib.asynccontextmanager
    async def socket(
        self, path: str, headers: Mapping[str, str]
    ) -> AsyncGenerator[Socket]:
        """A WebSocket, which is closed in the end."""
        options = SocketOptions(
            timeout=httpx2.Timeout(self._timeout, connect=self._connect_timeout),
            max_message=self._options.max_message_size,
            idle=self._options.idle_timeout,
            refused=status_error,
        )
        url = self.url(path)
        async with contextlib.AsyncExitStack() as stack:
            for _ in range(_MAX_REDIRECTS):
                own = self._personal(headers)
                with self._translated(self._timeout):
                    opening = open_socket(self._client, url, own, options)
                    try:
                        socket = await stack.enter_async_context(opening)
                    except Moved as moved:
                        url = self._moved(moved.response)
                        continue
                break
            else:
                raise _circle(url)
            with self._translated(self._timeout):
                yield socket

    async def _retried(
        self,
        method: str,
        path: str,
        *,
        again: Callable[[], bool] = lambda: True,
        **content: Any,
    ) -> tuple[httpx2.Response, bytes]:
        attempt = 0
        while True:
            wait = pause(attempt)
            try:
                response, answer = await self._request(method, path, **content)
            except (ConnectError, ConnectionLost) as error:
                if attempt == RETRIES or not (may_pass(error) and again()):
                    raise
            else:
                if not response.is_error:
                    return response, answer
                last = attempt == RETRIES or not again()
                if last or response.status_code not in _PASSING:
                    raise status_error(response, answer)
                told = retry_after(response)
                wait = wait if told is None else min(told, LONGEST_PAUSE)
            await asyncio.sleep(wait)
            attempt += 1

    async def _send(
        self, method: str, path: str, **content: Any
    ) -> tuple[httpx2.Response, bytes]:
        response, answer = await self._request(method, path, **content)
        if response.is_error:
            raise status_error(response, answer)
        if response.next_request is not None:
            raise _elsewhere(response.next_request.url)
        return response, answer

    async def _request(
        self, method: str, path: str, *, limit: int | None = None, **content: Any
    ) -> tuple[httpx2.Response, bytes]:
        """Send a request, following redirects; returns the answer and its body.

        No more of the body is read than is sensible.
        """
        read = content.pop("timeout", self._timeout)
        with self._translated(read):
            request = self._build(method, self.url(path), read, content)
            response = await self._follow(request)
            try:
                return response, await self._content(response, limit)
            finally:
                await response.aclose()

    async def _content(
        self, response: httpx2.Response, limit: int | None = None
    ) -> bytes:
        limit = limit or self._options.max_message_size
        content = bytearray()
        async for chunk in response.aiter_bytes():
            content += chunk
            if len(content) > limit:
                raise ProtocolError(
                    f"{response.url.path} sends more than {limit >> 20} MiB"
                )
        return bytes(content)

    @contextlib.asynccontextmanager
    async def stream(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        *,
        idle: float | None = None,
        lasting: bool = False,
        expected: Collection[int] = (),
    ) -> AsyncGenerator[httpx2.Response]:
        """A response to be read as it comes.

        Args:
            method: Of the request.
            path: Below the app's base, or an absolute URL.
            headers: Of the request.
            idle: Seconds of silence to bear; None for those of a plain request.
            lasting: Whether it ends when a job does.
            expected: Failures, as statuses, that the caller deals with.
        """
        idle = self._timeout if idle is None else idle
        with self._translated(idle, lasting=lasting, opening=True):
            content = {"headers": dict(headers or {})}
            request = self._build(method, self.url(path), idle, content)
            response = await self._follow(request)
        try:
            if response.is_error and response.status_code not in expected:
                with self._translated(idle):
                    content_ = await self._content(response, _LARGEST_JSON)
                raise status_error(response, content_)
            with self._translated(idle, lasting=True):
                yield response
        finally:
            await response.aclose()

    def _build(
        self, method: str, url: str, read: float | None, content: dict[str, Any]
    ) -> httpx2.Request:
        headers: dict[str, str] = content.pop("headers", {})
        check_headers(headers)
        own = self.is_own(url)
        request = self._client.build_request(
            method,
            url,
            headers=self._personal(headers) if own else headers,
            timeout=httpx2.Timeout(read, connect=self._connect_timeout),
            **content,
        )
        if not own:
            # A cookie jar knows hosts, not ports.
            request.headers.pop("cookie", None)
        return request

    def _personal(self, headers: Mapping[str, str]) -> dict[str, str]:
        """The headers for a request to the app: the caller's and the request's own."""
        check_headers(headers)
        merged = {**self._headers, **{k.lower(): v for k, v in headers.items()}}
        if "cookie" in merged and (jar := self._client.cookies):
            # httpx2 sends the jar's, such as that of a login, or those given.
            given = merged["cookie"].rstrip("; ")
            kept = "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar.jar)
            merged["cookie"] = f"{given}; {kept}"
        return merged

    async def _follow(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request and go where it is redirected to, with the token or without.

        Raises:
            ConnectError: It is redirected in a circle, or elsewhere with a body.
        """
        for _ in range(_MAX_REDIRECTS):
            response = await _sent(self._client, request)
            moved = response.next_request
            if moved is None:
                return response
            if request.method != moved.method:  # a form's answer, not another address
                return response
            await response.aclose()
            if self.is_own(str(moved.url)):
                _keep_cookies(request, moved)
            else:
                if moved.method not in {"GET", "HEAD"}:
                    raise _elsewhere(moved.url)
                for name in set(moved.headers) - _IMPERSONAL:
                    del moved.headers[name]
            request = moved
        raise _circle(str(request.url))

    def _moved(self, response: httpx2.Response) -> str:
        """Where a WebSocket's handshake is redirected to, on the app's own origin."""
        url = response.url.join(response.headers["location"])
        secure = {"ws": "http", "wss": "https"}.get(url.scheme, url.scheme)
        url = url.copy_with(scheme=secure)
        if not self.is_own(str(url)):
            raise _elsewhere(url)
        return str(url)

    def _translated(
        self, timeout: float | None, *, lasting: bool = False, opening: bool = False
    ) -> contextlib.AbstractContextManager[None]:
        """Turn what httpx2 raises into this package's errors; see `Waiting`."""
        connect, limit = self._connect_timeout, self._options.max_message_size
        return translated(Waiting(self.base, connect, timeout, limit, lasting, opening))

    async def aclose(self) -> None:
        """Forget the app's cookies. The shared pool goes on serving other apps."""
        self._client.cookies.clear()
        if self._own_pool:
            await self._client.aclose()


def _timeouts(options: HttpOptions) -> tuple[float, float]:
    """Seconds for a connection and for an answer."""
    given = options.httpx_kwargs.get("timeout")
    if given is None:
        return _CONNECT_TIMEOUT, _REQUEST_TIMEOUT
    timeout = httpx2.Timeout(given)
    never = 24 * 3600.0
    return timeout.connect or never, timeout.read or never


async def _sent(client: httpx2.AsyncClient, request: httpx2.Request) -> httpx2.Response:
    """Send one request, and log that it was sent: no query, no header, no body."""
    if not _log.isEnabledFor(logging.DEBUG):
        return await client.send(request, stream=True, follow_redirects=False)
    begun, outcome = time.perf_counter(), "failed"
    try:
        response = await client.send(request, stream=True, follow_redirects=False)
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


def _keep_cookies(request: httpx2.Request, moved: httpx2.Request) -> None:
    """Give a redirected request the cookies of the first one; httpx2 has its jar's."""
    cookies: dict[str, None] = {}
    for each in (request, moved):
        for cookie in each.headers.get("cookie", "").split(";"):
            cookies[cookie.strip()] = None
    if text := "; ".join(filter(None, cookies)):
        moved.headers["cookie"] = text


def _circle(url: str) -> ConnectError:
    return ConnectError(f"{urlsplit(url).hostname} redirects in a circle")


def _elsewhere(url: httpx2.URL) -> ConnectError:
    where = f"{url.scheme}://{url.netloc.decode('ascii', 'replace')}"
    return ConnectError(
        f"the app redirects calls to {where}, which is not where they were meant for",
        hint="If that is right, use that address",
    )
