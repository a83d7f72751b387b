"""Apps that cannot be reached: refused, unknown, silent, or not to be trusted."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme
from gradio_runtime import (
    Client,
    ConnectError,
    ConnectionLost,
    InputError,
    connect,
)
from gradio_runtime._engine.fetch import fetch_description

from tests.runtime.wire_api import WireClient
from tests.support.misbehaving import Handler, Server, count, serving


def test_a_port_where_nobody_listens() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    with WireClient(url) as client, pytest.raises(ConnectError) as refused:
        client.echo("x")
    assert refused.value.not_sent
    assert refused.value.endpoint == "/echo"
    assert url in str(refused.value)
    assert "Check the address" in str(refused.value)


def test_a_host_that_no_name_server_knows() -> None:
    with pytest.raises(ConnectError, match=r"cannot reach http://nowhere\.invalid"):
        connect("http://nowhere.invalid")


@pytest.mark.parametrize(
    "src", ["http://", "http://[", "ftp://host", "http://host:port", "nonsense", ""]
)
def test_what_is_no_address(src: str) -> None:
    with pytest.raises(ConnectError):
        connect(src)


@pytest.mark.slow
def test_a_host_that_does_not_answer_a_connection() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(address)
        with pytest.raises(ConnectError, match=r"does not answer within 0\.1 s"):
            connect(f"http://127.0.0.1:{address[1]}", httpx_kwargs={"timeout": 0.1})
        for one in waiting:
            one.close()


@pytest.mark.parametrize("old", [True, False])
def test_an_app_is_too_old_by_its_status_and_by_no_word(
    server: Server, old: bool
) -> None:
    """Its address has a 404 in it as well."""
    config = {"version": "3.20.0", "protocol": "ws", "components": []}
    Handler.answers["/404/config"] = lambda h: h.json({**config, "dependencies": []})
    if not old:
        Handler.answers["/404/info"] = Handler.page
    says = "3.20.0 does not describe its API" if old else "answers with an HTML page"
    with pytest.raises(ConnectError, match=says) as caught:
        fetch_description(f"{server.url}/404")
    assert caught.value.status is None
    if old:
        assert isinstance(caught.value.__cause__, ConnectError)
        assert caught.value.__cause__.status == 404


@pytest.mark.slow
def test_an_answer_that_does_not_come(server: Server) -> None:
    over = threading.Event()
    Handler.answers["/config"] = lambda h: over.wait(10)
    with pytest.raises(ConnectError, match=r"did not answer within 0\.1 s"):
        connect(server.url, httpx_kwargs={"timeout": 0.1})
    over.set()
    assert count("/config") == 3  # a description can be asked for again


def test_a_join_whose_answer_does_not_come(server: Server) -> None:
    over = threading.Event()
    Handler.answers["/gradio_api/queue/join"] = lambda h: over.wait(10)
    with (
        WireClient(server.url, httpx_kwargs={"timeout": 0.2}) as client,
        pytest.raises(ConnectionLost, match=r"did not answer within 0\.2 s") as lost,
    ):
        client.echo("x")
    over.set()
    assert lost.value.may_have_run
    assert count("/join") == 1


# ---- TLS


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@contextmanager
def secured(authority: trustme.CA, name: str) -> Iterator[Server]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    with serving(tls=context) as server:
        yield server


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


def test_a_certificate_that_nobody_vouches_for(authority: trustme.CA) -> None:
    Handler.answers = {}
    with secured(authority, "127.0.0.1") as server:
        with pytest.raises(ConnectError, match=r"CERTIFICATE_VERIFY_FAILED") as caught:
            connect(server.url)
        assert caught.value.not_sent
        assert "ssl_verify=" in str(caught.value)
        with WireClient(server.url, ssl_verify=False) as client:
            assert client.echo("x") == "ok"


def test_a_certificate_of_another_host(authority: trustme.CA, ca_file: Path) -> None:
    with (
        secured(authority, "elsewhere.example") as server,
        pytest.raises(ConnectError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        connect(server.url, ssl_verify=str(ca_file))


def test_an_authority_of_ones_own(authority: trustme.CA, ca_file: Path) -> None:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    Handler.answers = {}
    with secured(authority, "127.0.0.1") as server:
        for trusted in (str(ca_file), context):
            with WireClient(server.url, ssl_verify=trusted) as client:
                assert client.echo("x") == "ok"
        # So it is beside settings that need connections of their own.
        more = {"trust_env": False}
        with WireClient(
            server.url, ssl_verify=str(ca_file), httpx_kwargs=more
        ) as client:
            assert client.echo("x") == "ok"


def test_an_authority_that_is_not_there(server: Server, tmp_path: Path) -> None:
    tls = server.url.replace("http", "https")
    for kwargs in ({}, {"trust_env": False}):
        with pytest.raises(InputError, match="no certificates to read") as caught:
            connect(tls, ssl_verify=str(tmp_path / "none.pem"), httpx_kwargs=kwargs)
        assert "PEM" in (caught.value.hint or "")


def test_a_server_without_tls(server: Server) -> None:
    with pytest.raises(ConnectError, match="cannot reach"):
        connect(server.url.replace("http", "https"))


def test_settings_that_no_client_can_have(server: Server) -> None:
    for kwargs in (
        {"nonsense": 1},
        {"proxy": "ftp://user:hunter2@host"},
    ):
        with pytest.raises(InputError, match="settings are not valid") as caught:
            connect(server.url, httpx_kwargs=kwargs)
        assert "hunter2" not in str(caught.value)
    for wrong in ({"idle_timeout": 0}, {"max_message_size": -1}):
        with pytest.raises(InputError, match="must be more than 0"):
            Client(server.url, **wrong)  # type: ignore[arg-type]
