"""Proxies on the way to the app: named by the caller or by the environment."""

from __future__ import annotations

import ssl

import pytest
import trustme
from gradio_runtime import ConnectError, InputError

from tests.runtime.wire_api import WireClient
from tests.support.misbehaving import Server, forget_all, sent, serving
from tests.support.proxies import forwarding

NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def test_a_proxy_of_the_callers(server: Server) -> None:
    with forwarding() as proxy:
        options = {"proxy": proxy.url}
        with WireClient(server.url, httpx_kwargs=options, token="hf_x") as client:
            assert client.echo("x") == "ok"
    assert f"GET {server.url}/config HTTP/1.1" in proxy.asked
    assert any("/queue/join" in line for line in proxy.asked)
    assert sent("/join")["x-hf-authorization"] == "Bearer hf_x"


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "ALL_PROXY"])
def test_a_proxy_of_the_environment(
    server: Server, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with forwarding() as proxy:
        monkeypatch.setenv(name, proxy.url)
        with WireClient(server.url) as client:
            assert client.echo("x") == "ok"
        assert len(proxy.asked) == 3
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        with WireClient(server.url) as client:
            assert client.echo("x") == "ok"
        assert len(proxy.asked) == 3


@pytest.mark.parametrize("bypass", ["127.0.0.1", "*", "localhost, 127.0.0.1:{port}"])
def test_no_proxy_counts_before_any_proxy_is_looked_at(
    server: Server, monkeypatch: pytest.MonkeyPatch, bypass: str
) -> None:
    port = server.url.rpartition(":")[2]
    monkeypatch.setenv("ALL_PROXY", "socks://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", bypass.format(port=port))
    with WireClient(server.url) as client:
        assert client.echo("x") == "ok"


def test_a_socks_proxy_of_the_desktop_is_named(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks://127.0.0.1:9")
    with (
        WireClient(server.url) as client,
        pytest.raises(InputError, match=r"socks5://.*not socks://.*NO_PROXY"),
    ):
        client.echo("x")


def test_a_tunnel_to_an_app_with_tls() -> None:
    """The proxy sees where to, and nothing else."""
    forget_all()
    authority = trustme.CA()
    inside = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(inside)
    trusted = ssl.create_default_context()
    authority.configure_trust(trusted)
    with (
        serving(tls=inside) as server,
        forwarding() as proxy,
        WireClient(
            server.url,
            token="hf_secret",
            ssl_verify=trusted,
            httpx_kwargs={"proxy": proxy.url},
        ) as client,
    ):
        assert client.echo("x") == "ok"
    assert {line.split(" ")[0] for line in proxy.asked} == {"CONNECT"}
    assert "hf_secret" not in "".join(proxy.heads)


def test_a_proxy_that_wants_a_login(server: Server) -> None:
    with forwarding(login="user:hunter2") as proxy:
        kwargs = {"proxy": proxy.url}
        with (
            WireClient(server.url, httpx_kwargs=kwargs) as client,
            pytest.raises(ConnectError, match="proxy needs a login") as caught,
        ):
            client.echo("x")
        assert caught.value.not_sent
        kwargs = {"proxy": proxy.url.replace("//", "//user:hunter2@")}
        with WireClient(server.url, httpx_kwargs=kwargs) as client:
            assert client.echo("x") == "ok"
    assert "proxy-authorization" not in sent("/join")


def test_a_tunnel_that_is_refused() -> None:
    with forwarding(login="user:hunter2") as proxy:
        kwargs = {"proxy": proxy.url}
        with (
            WireClient("https://127.0.0.1:9", httpx_kwargs=kwargs) as client,
            pytest.raises(ConnectError, match="407"),
        ):
            client.echo("x")


def test_a_proxy_that_is_not_there(server: Server) -> None:
    kwargs = {"proxy": "http://user:hunter2@127.0.0.1:9"}
    with (
        WireClient(server.url, httpx_kwargs=kwargs) as client,
        pytest.raises(ConnectError, match="cannot reach") as caught,
    ):
        client.echo("x")
    assert "hunter2" not in str(caught.value)
