"""GET requests to hosts other than the app's own, whose addresses come from the app.

They carry nothing of the caller's: no headers, no cookies, no certificate. An app must
not make its caller's machine read what only that machine can reach, such as a router or
a cloud's metadata. So connections go to public addresses only, unless the caller named
the host (`download_hosts`) or the URL. The name is resolved here, and the connection is
made to an address that was checked.

A proxy resolves names itself. Then the addresses that a name has here are checked, if
it has any; to check the others is up to the proxy.
"""

from __future__ import annotations

import asyncio
import functools
import ipaddress
import socket
import ssl
from collections.abc import Sequence
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx2

from ..description.addresses import host_and_port
from ..errors import ConnectError
from .pools import PoolClient, Pooled, make_client, sees_addresses
from .settings import Settings

#: The request extension that allows any address.
ANYWHERE = "gradio_runtime.anywhere"
#: Seconds to wait for a name to be resolved here if a proxy resolves it too.
_LOOK_UP = 2.0
_GLOBAL = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_ALLOW = (
    "If that is the app's, use that address; if it may lead there, allow it: "
    "Client(download_hosts=[{!r}])"
)


class Hosts:
    """Hosts that the caller allows an app to lead to.

    Args:
        names: `host` or `host:port` each.

    Raises:
        InputError: One is neither.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._named = {host_and_port(name) for name in names}

    def __contains__(self, url: httpx2.URL) -> bool:
        """Return whether a URL is on one of them."""
        host = host_of(url)
        return not self._named.isdisjoint({(host, None), (host, port_of(url))})


def host_of(url: httpx2.URL) -> str:
    """Return the host that httpx2 connects to."""
    return url.raw_host.decode("ascii").lower()


def port_of(url: httpx2.URL) -> int | None:
    """Return the port that httpx2 connects to."""
    return url.port or {"http": 80, "https": 443}.get(url.scheme)


def is_public(text: str) -> bool:
    """Return whether an IP address is a public one."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        within = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            within = ipaddress.IPv4Address(address.packed[-4:])
        if within is None:
            return address in _GLOBAL and address.is_global
        address = within
    return address.is_global and not (address.is_multicast or address.is_reserved)


class Abroad:
    """The client for other hosts, made at first use.

    Args:
        options: How to reach them.
    """

    def __init__(self, options: Settings) -> None:
        self._options = options
        self._client: httpx2.AsyncClient | None = None
        self._own_pool = False

    @property
    def client(self) -> httpx2.AsyncClient:
        """Return the client, without cookies, for public addresses only."""
        if self._client is None:
            no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
            options = _anonymous_options(self._options)
            if sees_addresses(options):
                self._client = PoolClient(
                    transport=_Checked(options),
                    cookies=no_cookies,
                    event_hooks=options.of_httpx.get("event_hooks"),
                )
            else:
                self._client, self._own_pool = make_client(
                    options, no_cookies, before=_check_name
                )
        return self._client

    async def aclose(self) -> None:
        """Close the connections that are not shared."""
        if self._client is not None and self._own_pool:
            await self._client.aclose()


def _anonymous_options(options: Settings) -> Settings:
    """Return what foreign hosts are reached with, without what names the caller."""
    kwargs = {k: v for k, v in options.of_httpx.items() if k != "cert"}
    return Settings(ssl_verify=anonymous(options.ssl_verify), httpx_kwargs=kwargs)


# Cached, since clients of one context share their pools by it.
@functools.cache
def anonymous(verify: ssl.SSLContext | str | bool) -> ssl.SSLContext | str | bool:
    """Return the same way to verify, without a certificate that names the caller.

    A context does not tell whether it has one, nor all that it trusts: authorities in a
    folder show when they are needed. So a plain one is copied as far as it tells, and
    trusts the system's too; one of another class stays as it is.
    """
    if type(verify) is not ssl.SSLContext:
        return verify
    copy = ssl.create_default_context()
    if authorities := verify.get_ca_certs(binary_form=True):
        copy.load_verify_locations(cadata=b"".join(authorities))
    copy.check_hostname = verify.check_hostname
    copy.verify_mode = verify.verify_mode
    copy.verify_flags = verify.verify_flags
    copy.minimum_version = verify.minimum_version
    return copy


class _Checked(httpx2.AsyncBaseTransport):
    """Connect only to addresses that were checked."""

    def __init__(self, options: Settings) -> None:
        # A connection is used once: connections to one address may be for several
        # names, whose certificates were not checked.
        self._checked = Pooled(options.ssl_verify, lasting=False)
        self._any = Pooled(options.ssl_verify)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if ANYWHERE in request.extensions:
            return await self._any.handle_async_request(request)
        host = host_of(request.url)
        failure: httpx2.TransportError | None = None
        for address in await _public_addresses(request):
            there = httpx2.Request(
                request.method,
                request.url.copy_with(host=address),
                headers=request.headers,
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": host},
            )
            try:
                return await self._checked.handle_async_request(there)
            except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
                failure = error
        raise failure or _refused(request.url)


async def _public_addresses(request: httpx2.Request) -> list[str]:
    """Return the public addresses of a request's host: at least one."""
    timeout: float | None = request.extensions.get("timeout", {}).get("connect")
    try:
        async with asyncio.timeout(timeout):
            addresses = await _resolved(request.url)
    except TimeoutError:
        raise httpx2.ConnectTimeout("its name is not resolved in time") from None
    except (OSError, UnicodeError) as error:
        raise httpx2.ConnectError(str(error)) from None
    public = [address for address in addresses if is_public(address)]
    if not public:
        raise _refused(request.url)
    return public


async def _check_name(request: httpx2.Request) -> None:
    """Raise an error for a host that is not public, as far as can be seen here."""
    if ANYWHERE in request.extensions:
        return
    try:
        async with asyncio.timeout(_LOOK_UP):
            addresses = await _resolved(request.url)
    except (OSError, UnicodeError):  # also a TimeoutError: the proxy knows it, if any
        return
    if not all(map(is_public, addresses)):
        raise _refused(request.url)


async def _resolved(url: httpx2.URL) -> list[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host_of(url), port_of(url), type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _refused(url: httpx2.URL) -> ConnectError:
    host = host_of(url)
    return ConnectError(
        f"the app leads to {host}, which is not a public address",
        not_sent=True,
        lasting=True,
        hint=_ALLOW.format(f"{host}:{url.port}" if url.port else host),
    )
