"""Decide for every request where it may go, and with which headers.

Every method, WebSockets and each step of a redirect pass it. The app's own origin gets
all headers: those of the client, those of the call, and the cookies that it set.
Another host gets only plain GET requests, without anything of the caller's.
"""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Mapping
from http.cookiejar import Cookie, CookieJar, DefaultCookiePolicy
from typing import Any, NamedTuple
from urllib.parse import unquote
from urllib.request import Request

import httpx2

from .._models.secrets import Secrets
from .._version import __version__
from ..description.addresses import host_and_port
from ..errors import ConnectError, InputError
from .abroad import ANYWHERE, client_abroad, host_of, port_of
from .pools import make_client
from .settings import Settings

USER_AGENT = f"gradio-runtime/{__version__}"
_SCHEMES = frozenset({"http", "https"})
#: Headers that do not identify the caller: all that another origin gets.
_IMPERSONAL = frozenset({"accept-encoding", "if-range", "range"})
#: Headers that do not change what a server answers.
_USUAL = _IMPERSONAL | {"accept", "connection", "host", "user-agent", "x-gradio-user"}


class Passage(NamedTuple):
    """A request that is allowed: all its headers, and the client that sends it."""

    client: httpx2.AsyncClient
    url: httpx2.URL
    headers: dict[str, str]
    extensions: dict[str, Any]


class Gate:
    """Check the requests of one client; `secrets` gets its cookies and headers."""

    def __init__(
        self, base: str, options: Settings, secrets: Secrets, query: str = ""
    ) -> None:
        self._base, self._query = base, query
        self._origin = _origin(httpx2.URL(base))
        self._options = options
        self._secrets = secrets
        self._hosts = set(map(host_and_port, options.download_hosts))
        self._headers: dict[str, str] = {}
        own = CookieJar(_OwnCookies(self, secrets))
        host = httpx2.URL(base).netloc.decode("ascii")
        self.client = make_client(options, own, host=host)
        self._abroad: httpx2.AsyncClient | None = None

    def add_headers(self, headers: Mapping[str, str]) -> None:
        """Add headers to all further requests to the app's origin."""
        lower = {name.lower(): value for name, value in headers.items()}
        check_headers(lower)
        self._secrets.add_headers(lower)
        self._headers |= lower

    def has_header(self, name: str) -> bool:
        """Return whether every request has a header; its name is in lower case."""
        return name in self._headers

    @property
    def personal(self) -> bool:
        """Return whether the app may give this client more than the public."""
        return bool(self._headers.keys() - _USUAL or self.client.cookies)

    def url(self, where: str) -> httpx2.URL:
        """Return the URL of a path below the app's base, or an absolute one.

        The first has the query of the app's address, as from a browser, before its own.
        """
        if where.startswith("/"):
            path, _, query = where.partition("?")
            query = "&".join(filter(None, (self._query, query)))
            where = f"{self._base}{path}{query and '?'}{query}"
        with contextlib.suppress(httpx2.InvalidURL):
            url = httpx2.URL(where)
            if url.scheme in _SCHEMES and url.host:
                return url
        raise ConnectError(
            "the app names an address that is not fetched",
            lasting=True,
            hint="Only http and https are",
        )

    def is_own(self, url: httpx2.URL) -> bool:
        """Return whether a URL is on the app's own origin, which may get secrets.

        The same host over TLS counts: http:// is often redirected to it.
        """
        scheme, host, port = self._origin
        secure = "https", host, 443 if (scheme, port) == ("http", 80) else port
        return _origin(url) in {self._origin, secure}

    def passage(
        self,
        method: str,
        url: httpx2.URL,
        headers: Mapping[str, str],
        *,
        trusted: bool = False,
    ) -> Passage:
        """Return an allowed request. This is the only place that decides.

        The app's headers are added to those given. A request is `trusted` if the caller
        named the URL that led here. No WebSocket goes to another host.

        Raises:
            ConnectError: It may not go there. Nothing is sent.
            InputError: A header cannot be sent.
        """
        check_headers(headers)
        lower = {name.lower(): value for name, value in headers.items()}
        bare = url.copy_with(userinfo=b"") if url.userinfo else url
        if self.is_own(url):
            return Passage(self.client, bare, self._personal(bare, lower), {})
        if method != "GET" or url.scheme not in _SCHEMES:
            raise elsewhere(url)
        plain = {k: v for k, v in lower.items() if k in _IMPERSONAL}
        plain["user-agent"] = USER_AGENT
        if trusted and url.userinfo:
            plain["authorization"] = _basic(url)
        if self._abroad is None:
            self._abroad = client_abroad(self._options)
        host = host_of(url)
        named = not self._hosts.isdisjoint({(host, None), (host, port_of(url))})
        extensions = {ANYWHERE: True} if trusted or named else {}
        return Passage(self._abroad, bare, plain, extensions)

    def _personal(self, url: httpx2.URL, headers: dict[str, str]) -> dict[str, str]:
        merged = {**self._headers, **headers}
        if self.client.cookies:
            # Otherwise httpx2 would send the cookies of its jar, such as a login's.
            request = httpx2.Request("GET", url)
            self.client.cookies.set_cookie_header(request)
            both = merged.get("cookie", "").rstrip("; "), request.headers.get("cookie")
            merged["cookie"] = "; ".join(filter(None, both))
        return merged

    async def aclose(self) -> None:
        """Forget the app's cookies. The shared pool stays open for other apps."""
        self.client.cookies.clear()
        for client in filter(None, (self._abroad, self.client)):
            await client.aclose()


class _OwnCookies(DefaultCookiePolicy):
    """Accept cookies of the app's own origin only: a jar ignores ports."""

    def __init__(self, gate: Gate, secrets: Secrets) -> None:
        super().__init__()
        self._gate, self._secrets = gate, secrets

    def set_ok(self, cookie: Cookie, request: Request) -> bool:
        if not self._gate.is_own(httpx2.URL(request.full_url)):
            return False
        self._secrets.add_cookie(cookie.value)
        return super().set_ok(cookie, request)


def check_headers(headers: Mapping[str, str]) -> None:
    """Raise `InputError` for what httpx2 would refuse and quote, even a token."""
    for name, value in headers.items():
        if not all(text.isascii() and text.isprintable() for text in (name, value)):
            raise InputError(
                f"the header {name!r} has characters that HTTP does not take",
                hint="Use printable ASCII; a token may have a line break at its end",
            )


def circle(url: httpx2.URL) -> ConnectError:
    """Return the error for redirects in a circle."""
    return ConnectError(f"{host_of(url)} redirects in a circle", lasting=True)


def elsewhere(url: httpx2.URL) -> ConnectError:
    """Return the error for a call that is redirected to another host."""
    where = f"{url.scheme}://{url.netloc.decode('ascii', 'replace')}"
    return ConnectError(
        f"the app redirects calls to {where}, which is not where they were meant for",
        lasting=True,
        hint="If that is right, use that address",
    )


def _origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, host_of(url), port_of(url)


def _basic(url: httpx2.URL) -> str:
    userinfo = unquote(url.userinfo.decode("ascii"))
    return f"Basic {base64.b64encode(userinfo.encode()).decode()}"
