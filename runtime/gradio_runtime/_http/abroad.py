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
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx2

from ..errors import ConnectError
from .pools import PoolClient, Pooled, SharingClient, make_client, sees_addresses
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


def client_abroad(options: Settings) -> PoolClient:
    """Return a client for public addresses, without what names the caller."""
    kwargs = {k: v for k, v in options.of_httpx.items() if k != "cert"}
    verify = anonymous(options.ssl_verify)
    no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    if not sees_addresses(options):
        impersonal = Settings(ssl_verify=verify, httpx_kwargs=kwargs)
        return make_client(impersonal, no_cookies, before=_check_name)
    hooks = kwargs.get("event_hooks")
    return SharingClient(
        transport=_Checked(verify), cookies=no_cookies, event_hooks=hooks
    )


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

    def __init__(self, verify: ssl.SSLContext | str | bool) -> None:
        # A connection is used once: connections to one address may be for several
        # names, whose certificates were not checked.
        self._checked = Pooled(verify, lasting=False)
        self._any = Pooled(verify)

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
        addresses = await _resolved(request.url, timeout)
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
        addresses = await _resolved(request.url, _LOOK_UP)
    except (OSError, UnicodeError):  # also a TimeoutError: the proxy knows it, if any
        return
    if not all(map(is_public, addresses)):
        raise _refused(request.url)


async def _resolved(url: httpx2.URL, timeout: float | None) -> list[str]:  # noqa: ASYNC109
    host, port, kind = host_of(url), port_of(url), socket.SOCK_STREAM
    async with asyncio.timeout(timeout):
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=kind)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _refused(url: httpx2.URL) -> ConnectError:
    host = host_of(url)
    return ConnectError(
        f"the app leads to {host}, which is not a public address",
        not_sent=True,
        lasting=True,
        hint=_ALLOW.format(f"{host}:{url.port}" if url.port else host),
    )
