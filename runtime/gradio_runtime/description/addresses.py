"""An app's address, split once, and as it may be shown.

It is imported with every generated module, so what most addresses do not need is
imported where it is used.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote

from ..errors import ConnectError, InputError

_LONGEST = 8192
_PORTS = {"http": 80, "https": 443}
_URL = re.compile(r"(https?)://([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.IGNORECASE)
_PLACE = re.compile(r"(\[[^\[\]]*\]|[^:\[\]]*)(?::([0-9]{0,5}))?")
_NAME = re.compile(r"[a-z0-9._-]+")
_IPV4 = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+")
_IPV6 = re.compile(r"[0-9a-f:.]+(%[a-z0-9._-]+)?")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


class Address(NamedTuple):
    """The parts of an app's URL.

    Attributes:
        scheme: `http` or `https`.
        host: A name in ASCII and lower case, or an IP address without brackets.
        port: None for that of the scheme.
        path: Without a slash at the end.
        userinfo: The part before the last `@` of the authority, as it was written.
        query: The part after the first `?`, for the app and its own origin only.
    """

    scheme: str
    host: str
    port: int | None
    path: str
    userinfo: str
    query: str

    @property
    def base(self) -> str:
        """Return the URL below which the app is, without anything secret."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port is None else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"

    @property
    def origin(self) -> tuple[str, str, int]:
        """Return scheme, host and port: secrets go nowhere else."""
        return self.scheme, self.host, self.port or _PORTS[self.scheme]

    @property
    def password(self) -> str:
        """Return the password in the userinfo."""
        return unquote(self.userinfo.partition(":")[2])

    @property
    def authorization(self) -> str | None:
        """Return the header for the userinfo, which is for a proxy before the app."""
        if not self.userinfo:
            return None
        import base64

        return f"Basic {base64.b64encode(unquote(self.userinfo).encode()).decode()}"


def is_url(src: str) -> bool:
    """Return whether a text begins as an app's URL does; a Space id does not."""
    return src[:8].lower().startswith(("http://", "https://"))


def parse(src: str) -> Address:
    """Split an app's URL as httpx2 and browsers do.

    What they read in different ways, such as a backslash, is refused.

    Raises:
        ConnectError: It is not valid. The error shows no part that may be a password.
    """
    match = _URL.fullmatch(src) if len(src) <= _LONGEST else None
    if match is None or "\\" in src or not src.isprintable() or " " in src:
        raise _no_address(src, "it has characters that no URL has, or is too long")
    scheme, authority, path, query = match.groups()
    userinfo, _, place = authority.rpartition("@")
    found = _PLACE.fullmatch(place)
    port = int(found[2]) if found and found[2] else None
    if found is None or (port is not None and not 0 < port < 65536):
        raise _no_address(src, "its port is not a number from 1 to 65535")
    host = _host(found[1].lower())
    if host is None:
        raise _no_address(
            src, "its host is missing, or is neither a name nor an IP address"
        )
    path = path.rstrip("/")
    return Address(scheme.lower(), host, port, path, userinfo, query or "")


def split(src: str) -> Address | None:
    """Split a URL; return None if the text is not one."""
    try:
        return parse(src)
    except ConnectError:
        return None


def host_and_port(name: str) -> tuple[str, int | None]:
    """Split `host` or `host:port` of a setting, or raise `InputError`."""
    bare = name.count(":") > 1 and not name.startswith("[")
    address = split(f"http://[{name}]" if bare else f"http://{name}")
    if address is None or address.path or not {"@", "?", "#"}.isdisjoint(name):
        raise InputError(
            f"download_hosts has {shown_src(name)!r}, which is not a host",
            hint="Give names as 'cdn.example.com' or 'files.local:9000'",
        )
    return address.host, address.port


def shown_src(src: str) -> str:
    """Return an address as it may be shown: no user, password, query or fragment.

    Of a text that is not an address, no part is shown that could be one of these.
    """
    if is_url(src) and (address := split(src)) is not None:
        # A name in another script is shown as it was written.
        written = src.partition("://")[2][len(address.userinfo) :].removeprefix("@")
        return f"{address.scheme}://{re.split('[?#]', written, maxsplit=1)[0]}"
    return _shown_of_none(src)


def _shown_of_none(src: str) -> str:
    """Return what may be shown of a text that is not an address."""
    scheme = found[0] if (found := _SCHEME.match(src)) else ""
    if "@" in src:
        return f"{scheme}…"
    rest = src[len(scheme) :]
    plain = re.split(r"[:?#\\]", rest, maxsplit=1)[0]
    return f"{scheme}{plain}" if plain == rest else f"{scheme}{plain}…"


def _host(text: str) -> str | None:
    """Return a host as it is sent in requests; None if it is not valid."""
    if text.startswith("["):
        return _ipv6(text[1:-1])
    if not text.isascii():
        import idna

        try:
            text = idna.encode(text).decode("ascii")
        except idna.IDNAError:
            return None
    if _IPV4.fullmatch(text):
        parts = text.split(".")
        plain = all(len(part) < 4 and part == str(int(part)) for part in parts)
        return text if plain and all(int(part) < 256 for part in parts) else None
    return text if _NAME.fullmatch(text) else None


def _ipv6(text: str) -> str | None:
    import ipaddress

    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return None
    return text if _IPV6.fullmatch(text) else None


def _no_address(src: str, why: str) -> ConnectError:
    return ConnectError(
        f"{_shown_of_none(src)!r} is not a valid URL: {why}",
        hint="Use http(s)://[user:password@]host[:port][/path], with %40 for an @, %2F for "
        "a /, %23 for a # and %3F for a ? of a password",
        lasting=True,
    )
