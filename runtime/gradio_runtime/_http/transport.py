"""HTTP to one app.

All clients share one connection pool. `gate` decides where a request may go and with
which headers. Errors of httpx2 are translated into those of this package.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Callable,
    Collection,
    Generator,
    Mapping,
)
from functools import partial
from typing import Any, cast

import httpx2

from .._loop.loop import beside, overdue
from .._loop.trace import current_endpoint
from .._models.bounds import (
    MAX_ANSWER_SIZE,
    MAX_CONFIG_SIZE,
    MAX_ERROR_SIZE,
    max_values,
)
from .._models.secrets import Secrets
from ..description.json_values import ExcessiveJson, load_json
from ..errors import (
    ConnectError,
    ConnectionLost,
    GradioError,
    ProtocolError,
    RateLimited,
)
from .backoff import LONGEST_PAUSE, RETRIES, may_pass, pause
from .events import EventReader, EventTooLarge
from .failures import Waiting, translated
from .gate import Gate, circle, elsewhere
from .redaction import cleaned
from .settings import Settings
from .sockets import Moved, Socket, open_socket, too_large
from .statuses import CHECK_URL, not_json, retry_after, status_error

_log = logging.getLogger("gradio_runtime").getChild("http")

#: Seconds to wait for a connection and for the answer to a plain request, unless
#: `httpx_kwargs` has a timeout.
_CONNECT_TIMEOUT = 10.0
_REQUEST_TIMEOUT = 60.0
_MAX_REDIRECTS = 5
#: Bytes of a stream between which others may have their turn: as many as are read.
_PART = 1 << 16
#: Statuses of a login that mean: refused, or no login.
_NO_LOGIN = frozenset({400, 401, 403, 404, 405})


class Transport:
    """HTTP to one app, whose URL is `base`, without a trailing slash.

    The headers and the query go to the app's origin only. Its cookies become secrets as
    they come.
    """

    def __init__(
        self,
        base: str,
        headers: Mapping[str, str],
        options: Settings | None = None,
        secrets: Secrets | None = None,
        query: str = "",
    ) -> None:
        self.base = base
        self.secrets = secrets or Secrets()
        self._options = options or Settings()
        #: The most bytes, and the most JSON values, that a message may have.
        self.max_message_size = self._options.max_message_size
        self.max_values = max_values(self.max_message_size)
        self._connect_timeout, self._timeout = _timeouts(self._options)
        self.gate = Gate(base, self._options, self.secrets, query)
        self.gate.add_headers(headers)

    async def get_json(self, path: str) -> Any:
        """GET JSON. This is idempotent, so it is repeated after a temporary failure."""
        response, content = await self._retried("GET", path, limit=MAX_CONFIG_SIZE)
        try:
            return await beside(partial(load_json, content))
        except ExcessiveJson as error:
            raise ProtocolError(
                f"{response.url.path} does not describe an app: {error}"
            ) from None
        except ValueError:
            raise not_json(response) from None

    async def post_json(
        self,
        path: str,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        *,
        call: bool = False,
    ) -> bytes:
        """POST a JSON body, once; return the answer's body, which is JSON too.

        A `call` is answered at its end, without a time limit, and a 500 may be the
        app's own error, as JSON.
        """
        bounds: dict[str, Any] = {}
        if call:
            bounds = {"timeout": None, "limit": self.max_message_size}
        headers = {"content-type": "application/json", **(headers or {})}
        response, content = await self._request(
            "POST", path, content=body, headers=headers, **bounds
        )
        told = call and response.status_code == 500 and content.lstrip()[:1] == b"{"
        if response.is_error and not told:
            raise status_error(response, content)
        return _answer(response, content)

    async def post_call(
        self, path: str, body: bytes, headers: Mapping[str, str]
    ) -> bytes:
        """POST a call that is answered at its end; see `post_json`."""
        return await self.post_json(path, body, headers, call=True)

    async def log_in(self, path: str, fields: Mapping[str, str]) -> int:
        """POST a form that is answered with a cookie; return the status.

        An app without a login answers with a redirect, which is not followed.
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
        """POST a body that is read while it is sent; return the answer's body.

        The request must be idempotent: it is repeated after a temporary failure, as
        long as `again` says that the body can be read again.
        """
        response, answer = await self._retried(
            "POST", path, again=again, content=content, headers=headers
        )
        return _answer(response, answer)

    async def messages(
        self, path: str, headers: Mapping[str, str] | None = None
    ) -> AsyncGenerator[bytes, None]:
        """Iterate over the data of server-sent events until the server ends the stream.

        Raises:
            ConnectionLost: It was cut, or silent for too long.
            ProtocolError: It is not an event stream, or an event is too large.
        """
        idle = self._options.idle_timeout
        async with self.stream(
            "GET", path, headers, idle=idle, lasting=True
        ) as response:
            with self._translated(idle, lasting=True):
                _check_event_stream(response)
                reader = EventReader(self.max_message_size)
                try:
                    async for chunk in _chunks(response):
                        for nth, event in enumerate(reader.feed(chunk)):
                            if nth and overdue():
                                await asyncio.sleep(0)
                            yield event
                            del event
                except EventTooLarge:
                    raise too_large(self.max_message_size) from None

    @contextlib.asynccontextmanager
    async def socket(
        self, path: str, headers: Mapping[str, str]
    ) -> AsyncGenerator[Socket]:
        """Open a WebSocket, which is closed at the end of the block."""
        timeout = httpx2.Timeout(self._timeout, connect=self._connect_timeout)
        bound, idle = self.max_message_size, self._options.idle_timeout
        url = self.gate.url(path)
        for _ in range(_MAX_REDIRECTS):
            passage = self.gate.passage("WebSocket", url, headers)
            opening = open_socket(passage, timeout, max_message=bound, idle=idle)
            try:
                with self._translated(self._timeout):
                    async with opening as socket:
                        yield socket
                        return
            except Moved as moved:
                url = moved.url
        raise circle(url)

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
                if not response.is_error:
                    return response, answer
                if (asked := retry_after(response)) is not None:
                    wait = min(asked, LONGEST_PAUSE)
                raise status_error(response, answer)
            except (ConnectError, ConnectionLost, RateLimited) as error:
                if attempt == RETRIES or not (may_pass(error) and again()):
                    raise
            await asyncio.sleep(wait)
            attempt += 1

    async def _request(
        self,
        method: str,
        path: str,
        *,
        limit: int = MAX_ANSWER_SIZE,
        **content: Any,
    ) -> tuple[httpx2.Response, bytes]:
        """Send a request and follow redirects; return the answer and its whole body."""
        read = content.pop("timeout", self._timeout)
        with self._translated(read):
            response = await self._follow(method, path, read, **content)
            try:
                return response, await self._content(response, limit)
            finally:
                await response.aclose()

    async def _content(
        self, response: httpx2.Response, limit: int = MAX_ANSWER_SIZE
    ) -> bytes:
        """Return the body of an answer; of a failure, only its beginning."""
        if response.is_error:
            limit = MAX_ERROR_SIZE
        content = bytearray()
        async for chunk in response.aiter_bytes():
            content += chunk
            if len(content) > limit:
                if response.is_error:
                    # Its last line is quoted: one that is cut may end within a secret.
                    cut = bytes(content[:limit])
                    return cut.rpartition(b"\n")[0] or cut
                raise ProtocolError(
                    f"{response.url.path} sends more than {limit >> 20} MiB"
                )
            if overdue():
                await asyncio.sleep(0)
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
        trusted: bool = False,
    ) -> AsyncGenerator[httpx2.Response]:
        """Open a response whose body is read as it comes.

        The path may be an absolute URL; a `trusted` one, which the user named, may lead
        anywhere. After `idle` seconds of silence, or those of a plain request, it is
        lost. A `lasting` stream lasts as long as a job. The caller handles failures of
        the `expected` statuses.
        """
        idle = self._timeout if idle is None else idle
        with self._translated(idle, lasting=lasting, opening=True):
            response = await self._follow(method, path, idle, headers, trusted=trusted)
        try:
            if response.is_error and response.status_code not in expected:
                with self._translated(idle):
                    content = await self._content(response)
                raise status_error(response, content)
            with self._translated(idle, lasting=True):
                yield response
        finally:
            await response.aclose()

    async def _follow(
        self,
        method: str,
        path: str,
        read: float | None,
        headers: Mapping[str, str] | None = None,
        *,
        trusted: bool = False,
        **content: Any,
    ) -> httpx2.Response:
        """Send a request and follow its redirects, as far as they are allowed."""
        timeout = httpx2.Timeout(read, connect=self._connect_timeout)
        url = self.gate.url(path)
        for _ in range(_MAX_REDIRECTS):
            passage = self.gate.passage(method, url, headers or {}, trusted=trusted)
            client, url, along, extensions = passage
            content |= {"headers": along, "extensions": extensions}
            request = client.build_request(method, url, timeout=timeout, **content)
            response = await _sent(client, request)
            moved = response.next_request
            if moved is None and not response.has_redirect_location:
                return response
            if moved is not None and moved.method != method:
                return response  # the answer to a form, not another address
            await response.aclose()
            if moved is None:
                raise ProtocolError(
                    f"{url.path} redirects to an address that is not valid"
                )
            url = moved.url.copy_with(userinfo=b"")
        raise circle(url)

    @contextlib.contextmanager
    def struck(self) -> Generator[None]:
        """Remove the app's secrets from errors that leave the block."""
        try:
            yield
        except GradioError as error:
            cleaned(error, self.secrets.strike)
            raise

    def _translated(
        self, timeout: float | None, *, lasting: bool = False, opening: bool = False
    ) -> contextlib.AbstractContextManager[None]:
        """Translate the errors of httpx2 in a block; see `Waiting`."""
        connect = self._connect_timeout
        return translated(Waiting(self.base, connect, timeout, lasting, opening))

    async def aclose(self) -> None:
        """Forget the app's cookies. The shared pool stays open for other apps."""
        await self.gate.aclose()


def _timeouts(options: Settings) -> tuple[float, float]:
    """Return the seconds for a connection and for an answer."""
    given = options.of_httpx.get("timeout")
    if given is None:
        return _CONNECT_TIMEOUT, _REQUEST_TIMEOUT
    timeout = httpx2.Timeout(given)
    never = 24 * 3600.0
    return timeout.connect or never, timeout.read or never


def _answer(response: httpx2.Response, content: bytes) -> bytes:
    """Return the body of an answer to a POST; refuse a page, and a way to elsewhere."""
    if response.next_request is not None:
        raise elsewhere(response.next_request.url)
    if content.lstrip()[:1] == b"<":
        raise not_json(response)
    return content


async def _sent(client: httpx2.AsyncClient, request: httpx2.Request) -> httpx2.Response:
    """Send one request and log it, without its query, headers and body."""
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


def _chunks(response: httpx2.Response) -> AsyncIterable[bytes]:
    """Return the parts of a body; of one that is not compressed, as they came."""
    if "content-encoding" in response.headers:
        return _unpacked(response)
    # To count and regroup them is 5 % of what an output of a stream costs.
    return cast("AsyncIterable[bytes]", response.stream)


async def _unpacked(response: httpx2.Response) -> AsyncIterator[bytes]:
    """Iterate over a compressed body, which would else come in parts of 1 MiB."""
    async for content in response.aiter_bytes():
        for start in range(0, len(content), _PART):
            if start and overdue():
                await asyncio.sleep(0)
            yield content[start : start + _PART]


def _check_event_stream(response: httpx2.Response) -> None:
    kind = response.headers.get("content-type", "").partition(";")[0].strip()
    if kind.lower() != "text/event-stream":
        raise ProtocolError(
            f"the app answers with {kind or 'no content type'}, not with an event stream",
            hint=CHECK_URL,
        )
