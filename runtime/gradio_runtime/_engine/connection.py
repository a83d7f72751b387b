"""A connection to one app: its address, our access to it, and its description.

All of it runs on the runtime's loop. Connecting is lazy and reads `/config` once.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Coroutine
from functools import partial
from typing import Any, TypeVar
from urllib.parse import unquote

from .._http.gate import USER_AGENT
from .._http.redaction import cleaned
from .._http.settings import Settings
from .._http.transport import Transport
from .._hub.lines import Report, line_on_terminal
from .._hub.spaces import Space, saved_token
from .._hub.stages import doing, no_gradio, not_serving, serves
from .._hub.waiting import Wanted
from .._loop.loop import beside, in_thread, run_sync
from .._models.secrets import Secrets
from .._queue.session import new_hash
from ..description import Config
from ..description.addresses import Address, is_url, parse, shown_src, split
from ..description.dialect import is_before_5
from ..description.space_names import space_of
from ..errors import (
    AuthenticationError,
    ConnectError,
    ConnectionLost,
    GradioError,
    SpaceError,
    client_closed,
)
from .app import Live
from .discovery import parse_config
from .heartbeat import Heartbeat

#: Seconds to wait for a word from a Space that may sleep.
_KNOCK = 10.0

T = TypeVar("T")


class Connection:
    """One client's view of one app, which is at a URL or a Space (`owner/space`).

    `report` shows what a Space does while the client waits for it.
    """

    def __init__(
        self,
        src: str,
        settings: Settings | None = None,
        report: Report | None = None,
    ) -> None:
        self.src = shown_src(src)
        self._address = src
        self._space_id = space_of(src)
        self._wanted: Wanted | None = None
        self.settings = settings or Settings()
        self.session_hash = self.settings.session_hash or new_hash()
        #: Secrets, which no text that leaves the runtime may contain.
        self.secrets = _secrets_of(src, self.settings)
        self._report = report or line_on_terminal()
        self._lock = asyncio.Lock()
        self._transport: Transport | None = None
        #: The app as it is known since `ready`.
        self.live: Live | None = None
        self._previous: Live | None = None
        self._heartbeat: Heartbeat | None = None
        self._closed = False
        self._logged_in = False
        self._token: str | None = None
        #: The warnings so far, each of which is given once.
        self.warned: set[str] = set()
        #: End the jobs that are under way, when the client is closed.
        self.abandons: set[Callable[[], None]] = set()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run something of this connection, blocking; its errors name the app."""
        try:
            return run_sync(coroutine)
        except GradioError as error:
            if isinstance(error, ConnectionLost):
                error.told(may_have_run=False)  # it is not a job
            self.leaving(error)
            raise

    def leaving(
        self,
        error: GradioError,
        endpoint: str | None = None,
        more: Secrets | None = None,
    ) -> None:
        """Make an error name the app and hold no secret, also none of the call (`more`).

        Every error goes through here on its way to the user.
        """
        error.within(endpoint=endpoint, src=self.src)
        for secrets in filter(None, (self.secrets, more)):
            cleaned(error, secrets.strike)

    async def ready(self) -> Live:
        """Connect, unless that has been done.

        Raises:
            GradioError: The app cannot be reached or is not a Gradio app.
        """
        if self.live is not None:
            return self.live
        self._check_open()
        async with self._lock:
            if self.live is None:
                transport, _, config = await self.described()
                self._check_open()
                self._authorize(transport, config)
                self.live = Live(
                    self.settings, self.session_hash, transport, config, self._previous
                )
                self._beat(self.live)
        return self.live

    def _beat(self, live: Live) -> None:
        """Keep the session in use at an app that asks for that."""
        if live.config.connect_heartbeat and not self._closed:
            if self._heartbeat is None:
                self._heartbeat = Heartbeat(self)
            self._heartbeat.start(
                live.transport, live.dialect.prefix, self.session_hash
            )

    def _check_open(self) -> None:
        if self._closed:
            raise client_closed(self.src)

    def forget(self, live: Live | None, *, login: bool) -> None:
        """Read the app's description again at the next call: it may have restarted.

        `live` turned out to be stale; `login` says whether to log in again, too.
        """
        if live is not self.live:
            return  # another job has replaced it already
        if self.live is not None:
            self._previous = self.live
        self.live = None
        if login:
            self._logged_in = False

    def can_renew(self, live: Live | None) -> bool:
        """Return whether a login that `live` refused can be, or was, made again."""
        renewed = live is not self.live
        return self.settings.auth is not None and (self._logged_in or renewed)

    @property
    def is_space(self) -> bool:
        """Return whether the app is a Space of the Hub, by the address given."""
        if self._space_id is not None:
            return True
        address = split(self._address)
        return (
            address is not None
            and address.scheme == "https"
            and address.host.endswith(".hf.space")
        )

    async def located(self) -> Transport:
        """Return HTTP to the app, once its address is known and a Space serves."""
        if self._transport is None:
            base, self._token = await self._locate()
            self.secrets.add(self._token)
            self._transport = self._transport_to(base, self._token)
        return self._transport

    def _authorize(self, transport: Transport, config: Config) -> None:
        """Send the token also as the clients of the app's time did.

        The proxy before a private Space checks it, and takes both headers
        (docs/protocol.md#headers-and-login). An app of the older time that reads its
        callers' token expects the older one, which else is left to the app's own use.
        """
        gate = transport.gate
        if is_before_5(config.version) and not gate.has_header("authorization"):
            gate.add_headers(_token_header("authorization", self._token))

    def _transport_to(self, base: str, token: str | None) -> Transport:
        address = split(self._address)
        login = address.authorization if address is not None else None
        headers = {
            "user-agent": USER_AGENT,
            "x-gradio-user": "api",
            **({} if login is None else {"authorization": login}),
            **_token_header("x-hf-authorization", token),
            **{name.lower(): v for name, v in (self.settings.headers or {}).items()},
        }
        query = "" if address is None else address.query
        return Transport(base, headers, self.settings, self.secrets, query)

    def check_address(self) -> None:
        """Raise `ConnectError` for an address that is neither a URL nor a Space id."""
        if self._space_id is None:
            _parsed(self._address)

    async def _locate(self) -> tuple[str, str | None]:
        """Return the app's URL and the token to send to it; wait for a Space."""
        given = self.settings.token
        token = (given.strip() or None) if isinstance(given, str) else None
        if self._space_id is None:
            return _parsed(self._address).base, token
        # A token that the caller did not name is for Spaces only.
        if given is None or given is True:
            token = await in_thread(saved_token)
            self.secrets.add(token)
        self._wanted = Wanted(
            self._space_id,
            token,
            self.settings.wake_timeout,
            lambda host: self._knock(host, token),
            self._report,
        )
        space = await self._wanted.serving()
        return str(space.host), token

    async def _knock(self, host: str, token: str | None) -> bool:
        """Ask a Space's app for anything, which wakes it; return whether it answered."""
        transport = self._transport_to(host, token)
        try:
            async with asyncio.timeout(_KNOCK):
                await transport.get_json("/config")
        except (ConnectError, ConnectionLost, TimeoutError):
            return False
        except GradioError:
            pass  # it answers, if only with an error
        finally:
            await transport.aclose()
        return True

    async def described(self) -> tuple[Transport, Any, Config]:
        """Read the app's `/config`; return it as it came, and checked.

        If a Space does not answer as it should, the Hub is asked once more: it may have
        gone to sleep, in which case it is woken, or not be a Gradio app at all.
        """
        for again in (False, True):
            transport = await self.located()
            try:
                return await self._described(transport)
            except ConnectError as error:
                if again or self._wanted is None:
                    raise
                await self._look_again(self._wanted, transport, error)
        raise AssertionError("the second time ends")

    async def _described(self, transport: Transport) -> tuple[Transport, Any, Config]:
        seconds = self.settings.connect_timeout
        scope = asyncio.timeout(seconds)
        try:
            async with scope:
                if self.settings.auth is not None and not self._logged_in:
                    await _log_in(transport, self.settings.auth)
                    self._logged_in = True
                raw = await transport.get_json("/config")
                reading = partial(parse_config, raw, transport)
                return transport, raw, await beside(reading)
        except TimeoutError:
            if not scope.expired():
                raise
            raise ConnectError(
                f"{transport.base} does not say within {seconds:g} s what it is",
                hint="Allow it more time: Client(connect_timeout=…)",
            ) from None

    async def _look_again(
        self, wanted: Wanted, transport: Transport, error: ConnectError
    ) -> None:
        """Return if another try is worth it, perhaps at another host; else raise."""
        space = await wanted.found()
        if not serves(space):
            space = await wanted.awaited(space)
        elif space.host == transport.base:
            raise error if space.sdk in {"gradio", None} else no_gradio(space)
        if space.host != transport.base:
            await transport.aclose()
            self._transport, self._logged_in = None, False

    @contextlib.asynccontextmanager
    async def truthful(self) -> AsyncGenerator[None]:
        """Let the error of a Space that does not answer say why, such as that it sleeps."""
        try:
            yield
        except ConnectError as error:
            told = await self._not_serving()
            if told is None:
                raise
            self.forget(self.live, login=False)
            raise told from error

    async def _not_serving(self) -> SpaceError | None:
        """Return the error of a Space that no longer serves, by what the Hub says."""
        if self._wanted is None:
            return None
        try:
            async with asyncio.timeout(_KNOCK):
                space: Space = await self._wanted.found()
        except SpaceError as error:
            return error
        except (GradioError, TimeoutError):
            return None
        if serves(space):
            return None
        message = f"the Space is {doing(space)} ({space.stage})"
        return not_serving(space, message, "Call again: the next call waits for it")

    def reset_session(self) -> None:
        """Begin a new session, without the State of the old one."""
        self.session_hash = new_hash()
        if live := self.live or self._previous:
            live.sessions.reset(self.session_hash)
            if self._heartbeat is not None:
                self._heartbeat.stop()
                self._beat(live)

    async def aclose(self) -> None:
        """Drop every stream; jobs that still wait are lost."""
        self._closed = True
        for abandon in list(self.abandons):
            abandon()
        if self._heartbeat is not None:
            self._heartbeat.stop()
        if live := self.live or self._previous:
            live.sessions.close()
        if self._transport is not None:
            await self._transport.aclose()
        self.live = None


def _secrets_of(src: str, settings: Settings) -> Secrets:
    """Return the secrets that the caller gave."""
    secrets = Secrets()
    if (address := split(src)) is not None:
        secrets.add(address.password or unquote(address.userinfo))
        secrets.add_query(address.query)
    proxy = settings.of_httpx.get("proxy")
    if isinstance(proxy, str) and (address := split(proxy)) is not None:
        secrets.add(address.password)
    if isinstance(settings.token, str):
        secrets.add(settings.token.strip())
    if settings.auth is not None:
        secrets.add(settings.auth[1])
    secrets.add(settings.oauth_token)
    secrets.add(settings.session_hash)
    return secrets


def _token_header(name: str, token: str | None) -> dict[str, str]:
    return {} if token is None else {name: f"Bearer {token}"}


async def _log_in(transport: Transport, auth: tuple[str, str]) -> None:
    """Log in by form; the answer's cookie stays with the transport."""
    status = await transport.log_in(
        "/login", {"username": auth[0], "password": auth[1]}
    )
    if status in {400, 401, 403}:
        raise AuthenticationError(
            f"the app refuses the login of {auth[0]!r}",
            hint="Check auth=(user, password)",
        )
    # An app without a login answers with a redirect or a 404: nothing to do. What it
    # is otherwise, such as a sleeping Space's page, the description's request shows.


def _parsed(src: str) -> Address:
    if is_url(src):
        return parse(src)
    raise ConnectError(
        f"{shown_src(src)!r} is neither a URL nor a Space id",
        hint="Use http(s)://host[:port][/path], or owner/space",
    )
