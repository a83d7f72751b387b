"""Which hosts an app may have its caller read: itself, public ones, and those allowed."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any, cast

import pytest
import trustme
from gradio_runtime import Client, ConnectError, GradioError, InputError
from gradio_runtime._http import pools
from gradio_runtime._http.abroad import ANYWHERE, client_abroad, is_public
from gradio_runtime._http.settings import Settings
from gradio_runtime._http.transport import Transport
from gradio_runtime._loop.loop import run_sync
from gradio_runtime._transfer.downloads import Wanted, download
from hypothesis import given
from hypothesis import strategies as st

from tests.runtime.file_server import META, FileServer, Handler, Served, file_server
from tests.runtime.trust.elsewhere import Elsewhere, elsewhere
from tests.runtime.wire_api import WireClient
from tests.support.misbehaving import Server, serving
from tests.support.proxies import forwarding

#: This machine by other names; `inside.test` is one of a name server's.
HOSTS = [
    "127.0.0.1",
    "127.0.0.2",
    "localhost",
    "LOCALHOST",
    "inside.test",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0.0.0.0",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
]


@pytest.fixture
def server() -> Iterator[FileServer]:
    with file_server() as running:
        yield running


Resolver = Callable[[str], list[str]]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, Resolver]:
    """A name server of ours: what each name leads to."""
    table: dict[str, Resolver] = {"inside.test": lambda _: ["127.0.0.1"]}
    usual = socket.getaddrinfo

    def resolve(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name not in table:
            return usual(host, port, *args, **kwargs)
        found = table[name](name)
        return [entry for ip in found for entry in usual(ip, port, *args, **kwargs)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return table


def output(way: str, url: str, server: FileServer) -> dict[str, Any]:
    """A file of the app's that leads to a URL."""

    def moved(handler: Handler, _: Served) -> None:
        handler.answer(302, b"", {"location": url})

    if way == "redirect":
        return server.serve("/own", b"x", faults=[moved] * 3)
    where = {"path": {"path": url}, "url": {"path": "", "url": url}}[way]
    return {**where, "orig_name": "x.txt", "meta": META}


@pytest.mark.parametrize("way", ["path", "url", "redirect"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_app_leads_to_what_is_not_public(
    server: FileServer,
    names: dict[str, Resolver],
    tmp_path: Path,
    way: str,
    scheme: str,
) -> None:
    assert names
    with (
        elsewhere() as other,
        WireClient(server.url, download_dir=tmp_path) as client,
        WireClient(server.url, download_files=False) as later,
    ):
        for host in HOSTS:
            url = f"{scheme}://{host}:{other.server_port}/away"
            server.output = output(way, url, server)
            with pytest.raises(ConnectError, match="not a public address") as caught:
                client.file(b"")
            assert "download_hosts" in str(caught.value)
            assert caught.value.endpoint == "/file"
            server.output = output(way, url, server)
            file = later.file(b"")
            with pytest.raises(ConnectError, match="not a public address"):
                file.download()
    assert not Elsewhere.asked
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("way", ["url", "redirect"])
def test_nothing_else_is_fetched(server: FileServer, tmp_path: Path, way: str) -> None:
    schemes = ("ftp", "file", "gopher", "ws", "unix")
    urls = [f"{scheme}://127.0.0.1:9/etc/passwd" for scheme in schemes]
    urls += ["http://0177.0.0.1/", "http://256.1.1.1/", "http://[::1/", "http:///x"]
    with WireClient(server.url, download_dir=tmp_path) as client:
        for url in urls:
            server.output = output(way, url, server)
            with suppress(GradioError):  # or it is nowhere to be fetched
                client.file(b"")
    assert len(server.joined) == len(urls)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("way", ["path", "url", "redirect"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "inside.test"])
def test_a_host_that_is_allowed(
    server: FileServer, names: dict[str, Resolver], way: str, host: str
) -> None:
    assert names
    with elsewhere() as other:
        port = other.server_port
        url = f"http://{host}:{port}/away"
        for name in (host, f"{host}:{port}", host.upper()):
            server.output = output(way, url, server)
            with WireClient(server.url, download_hosts=["x.test", name]) as client:
                assert client.file(b"").read_bytes() == b'{"event_id": "e"}'
        server.output = output(way, url, server)
        wrong = [f"{host}:1", "other.test", f"x.{host}"]
        with (
            WireClient(server.url, download_hosts=wrong) as client,
            pytest.raises(ConnectError, match="not a public address"),
        ):
            client.file(b"")


@pytest.mark.parametrize(
    "name", ["http://h", "h/x", "u@h", "h:x", "", "*", "h?x", "h#x", "h y", "[::1"]
)
def test_what_is_no_host_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="not a host"):
        Client("http://127.0.0.1:9", download_hosts=[name])
    with pytest.raises(InputError, match="one text"):
        Client("http://127.0.0.1:9", download_hosts="h")


async def fetched(transport: Transport, url: str, folder: Path, **how: Any) -> bytes:
    try:
        path = await download(transport, Wanted(url, "x", **how), folder)
        return path.read_bytes()
    finally:
        await transport.aclose()


def test_a_url_of_the_callers_own_leads_anywhere(tmp_path: Path) -> None:
    """Also behind a password, which another host than its own is not told."""
    with elsewhere() as other:
        url = f"http://me:s3cret@127.0.0.1:{other.server_port}/x"
        transport = Transport("http://127.0.0.1:9", {"x-team": "secret"})
        assert run_sync(fetched(transport, url, tmp_path, trusted=True))
        ((_, _, headers),) = Elsewhere.asked
        assert headers["authorization"].startswith("Basic ")
        assert "x-team" not in headers
        transport = Transport("http://127.0.0.1:9", {})
        with pytest.raises(ConnectError, match="not a public address"):
            run_sync(fetched(transport, url, tmp_path))


# ---- the address that is connected to


@pytest.fixture
def one_is_public(monkeypatch: pytest.MonkeyPatch) -> None:
    """127.0.0.1 passes for public; 127.0.0.2 does not."""
    monkeypatch.setattr(
        "gradio_runtime._http.abroad.is_public", lambda ip: ip == "127.0.0.1"
    )


@pytest.mark.usefixtures("one_is_public")
def test_a_name_that_changes_its_mind(
    server: FileServer, names: dict[str, Resolver], tmp_path: Path
) -> None:
    """Public when it is looked at, not so when it is connected to (DNS rebinding)."""
    with elsewhere() as good:
        bad = Server(("127.0.0.2", good.server_port), Elsewhere)
        answers = iter([["127.0.0.1"], ["127.0.0.2"], ["127.0.0.2"]])
        names["fickle.test"] = lambda _: next(answers)
        url = f"http://fickle.test:{good.server_port}/x"
        transport = Transport(server.url, {})
        assert run_sync(fetched(transport, url, tmp_path))
        assert next(answers) == ["127.0.0.2"]  # it was asked for once
        bad.server_close()
    ((_, _, headers),) = Elsewhere.asked
    assert headers["host"] == f"fickle.test:{good.server_port}"


@pytest.mark.usefixtures("one_is_public")
@pytest.mark.parametrize("first", ["127.0.0.2", "::1", "10.0.0.1"])
def test_only_the_public_ones_of_several_addresses(
    server: FileServer, names: dict[str, Resolver], tmp_path: Path, first: str
) -> None:
    names["both.test"] = lambda _: [first, "127.0.0.1"]
    with elsewhere() as other:
        url = f"http://both.test:{other.server_port}/x"
        assert run_sync(fetched(Transport(server.url, {}), url, tmp_path))
    names["both.test"] = lambda _: [first]
    with pytest.raises(ConnectError, match=r"both\.test, which is not a public"):
        run_sync(fetched(Transport(server.url, {}), url, tmp_path))


@pytest.mark.usefixtures("one_is_public")
def test_a_certificate_is_that_of_the_name(
    server: FileServer, names: dict[str, Resolver], tmp_path: Path
) -> None:
    """Though it is the address that is connected to; also for another name there."""
    authority = trustme.CA()
    inside = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("cdn.test").configure_cert(inside)
    trusted = ssl.create_default_context()
    authority.configure_trust(trusted)
    names["cdn.test"] = names["other.test"] = lambda _: ["127.0.0.1"]
    Elsewhere.asked.clear()
    with serving(Elsewhere, inside) as cdn:
        urls = [
            f"https://{name}:{cdn.server_port}/x" for name in ("cdn.test", "other.test")
        ]
        transport = Transport(server.url, {}, Settings(ssl_verify=trusted))

        async def both() -> None:
            await download(transport, Wanted(urls[0], "x"), tmp_path)
            await download(transport, Wanted(urls[1], "x"), tmp_path)

        with pytest.raises(ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            run_sync(both())
    assert len(Elsewhere.asked) == 1


@pytest.mark.parametrize("ways", [frozenset[str](), pools._WAYS])
def test_a_certificate_of_the_callers_stays_with_the_app(
    ways: frozenset[str],
) -> None:
    """Whoever makes the connections: we, or what the caller has set up."""
    authority = trustme.CA()
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(theirs)
    authority.configure_trust(theirs)
    theirs.verify_mode = ssl.CERT_OPTIONAL
    trusted = ssl.create_default_context()
    authority.configure_trust(trusted)
    authority.issue_cert("me").configure_cert(trusted)
    kwargs = dict.fromkeys(ways)
    shown: list[Any] = []

    class Asks(Elsewhere):
        def dispatch(self) -> None:
            shown.append(cast("ssl.SSLSocket", self.connection).getpeercert())
            self.json({})

    async def ask(url: str) -> None:
        options = Settings(ssl_verify=trusted, httpx_kwargs=kwargs)
        for client in (
            pools.make_client(options, CookieJar()),
            client_abroad(options),
        ):
            await client.get(url, extensions={ANYWHERE: True})
            await client.aclose()

    with serving(Asks, theirs) as app:
        run_sync(ask(app.url))
    assert shown[0]
    assert not shown[1]


@pytest.mark.usefixtures("one_is_public")
def test_a_name_that_is_unknown_or_nobody_answers_at(
    server: FileServer, names: dict[str, Resolver], tmp_path: Path
) -> None:
    def unknown(_: str) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    names["nowhere.test"] = unknown
    names["silent.test"] = lambda _: ["127.0.0.1"]
    for name in ("nowhere.test", "silent.test"):
        url = f"http://{name}:9/x"
        with pytest.raises(ConnectError, match="cannot reach"):
            run_sync(fetched(Transport(server.url, {}), url, tmp_path))


# ---- behind a proxy


@pytest.mark.parametrize("environment", [True, False])
def test_behind_a_proxy_names_are_checked_as_far_as_they_are_known(
    server: FileServer,
    names: dict[str, Resolver],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    environment: bool,
) -> None:
    def unknown(_: str) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    names["proxy-only.test"] = unknown
    names["allowed.test"] = lambda _: ["127.0.0.1"]
    with elsewhere() as other, forwarding() as proxy:
        if environment:
            monkeypatch.setenv("http_proxy", proxy.url)
        kwargs = {} if environment else {"proxy": proxy.url}

        options = Settings(httpx_kwargs=kwargs, download_hosts=("allowed.test",))
        transport = Transport(server.url, {"cookie": "a=b"}, options)

        def get(host: str) -> Path:
            wanted = Wanted(f"http://{host}:{other.server_port}/x", "x")
            return run_sync(download(transport, wanted, tmp_path))

        for host in ("127.0.0.1", "localhost", "inside.test", "[::1]", "2130706433"):
            with pytest.raises(ConnectError, match="not a public address"):
                get(host)
        assert not Elsewhere.asked
        assert not proxy.asked
        with pytest.raises(GradioError) as caught:  # the proxy does not know it either
            get("proxy-only.test")
        assert "public" not in str(caught.value)
        assert get("allowed.test").read_bytes()
        run_sync(transport.aclose())
    asked = " ".join(proxy.asked)
    assert "proxy-only.test" in asked
    assert "allowed.test" in asked
    assert all("cookie" not in headers for _, _, headers in Elsewhere.asked)


# ---- what is public


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254"),
        *("172.16.0.1", "192.168.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1"),
        *("240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:10.0.0.1"),
        *("::127.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::1", "2002:a00:1::", "fe80::1"),
        *("fe80::1%eth0", "fc00::1", "fec0::1", "ff02::1", "2001:db8::1", "100::1"),
        *("2001::1", "::ffff:0:127.0.0.1", "4000::1"),
    ],
)
def test_what_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "2606:4700::1111",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
        "2002:808:808::",
    ],
)
def test_what_is_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_within_another_is_what_counts(
    address: ipaddress.IPv4Address,
) -> None:
    number = int(address)
    public = is_public(str(address))
    for within in (0xFFFF << 32, 0x64FF9B << 96):
        assert is_public(str(ipaddress.IPv6Address(within + number))) is public
    assert (
        is_public(str(ipaddress.IPv6Address((0x2002 << 112) + (number << 80))))
        is public
    )
