"""Who calls: logins, tokens, cookies, and where they do not go."""

from __future__ import annotations

import json
import logging
import threading
import traceback
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
from gradio_runtime import (
    AuthenticationError,
    Client,
    ConnectError,
    ConnectionLost,
    GradioError,
    InputError,
)
from gradio_runtime._engine.connection import Connection
from gradio_runtime._http.settings import Settings

from tests.conftest import StartServer
from tests.runtime.wire_api import WireClient
from tests.support.misbehaving import (
    CLOSE,
    CONFIG,
    DONE,
    Handler,
    Server,
    count,
    forget_all,
    sent,
    serving,
    until,
)

AUTH = ("user", "hunter2")
COOKIE = "access-token-1=kjhgfd; Path=/; HttpOnly"


def want_login(logins: list[bytes]) -> None:
    """Answer nothing without the cookie of the last login."""

    def login(handler: Handler) -> None:
        logins.append(handler.body)
        fields = parse_qs(handler.body.decode())
        if fields["password"] != ["hunter2"]:
            handler.json({"detail": "Incorrect credentials."}, 400)
        else:
            cookie = f"access-token=n{len(logins)}; Path=/"
            handler.json({"success": True}, 200, {"Set-Cookie": cookie})

    usual = Handler.dispatch

    def guarded(handler: Handler) -> None:
        path = handler.path.partition("?")[0]
        cookie = handler.headers.get("cookie", "")
        if path != "/login" and f"access-token=n{len(logins)}" not in cookie:
            Handler.seen.append((path, {"refused": cookie}))
            handler.json({"detail": "Not authenticated"}, 401)
        else:
            usual(handler)

    Handler.answers["/login"] = login
    Guarded.dispatch = guarded  # type: ignore[assignment,method-assign]


class Guarded(Handler):
    """Asks for a login, once told so by `want_login`."""


@pytest.fixture
def guarded() -> Iterator[tuple[Server, list[bytes]]]:
    forget_all()
    logins: list[bytes] = []
    want_login(logins)
    with serving(Guarded) as running:
        yield running, logins
    forget_all()


def test_a_login_by_form(guarded: tuple[Server, list[bytes]]) -> None:
    server, logins = guarded
    with WireClient(server.url) as client, pytest.raises(AuthenticationError):
        client.echo("x")
    with WireClient(server.url, auth=AUTH) as client:
        assert [client.echo("x"), client.echo("x")] == ["ok", "ok"]
    assert len(logins) == 1


def test_a_wrong_password(guarded: tuple[Server, list[bytes]]) -> None:
    server, logins = guarded
    with (
        WireClient(server.url, auth=("user", "wrong-one")) as client,
        pytest.raises(AuthenticationError, match="refuses the login of 'user'") as no,
    ):
        client.echo("x")
    assert len(logins) == 1  # some apps lock who tries again
    assert "wrong-one" not in str(no.value)


def test_a_login_that_runs_out_is_made_again(
    guarded: tuple[Server, list[bytes]],
) -> None:
    """Within the call, for a join that is refused has not happened."""
    server, logins = guarded
    with WireClient(server.url, auth=AUTH) as client:
        assert client.echo("x") == "ok"
        logins.append(b"the app has restarted")  # no cookie of before is good
        before = count("/join")
        assert client.echo("x") == "ok"
        assert count("/join") == before + 2
        logins.append(b"and once more")
        names = iter(range(99))
        ends = [{**DONE, "event_id": f"e{n}"} for n in range(20)]
        Handler.answers["/gradio_api/queue/join"] = lambda h: h.json(
            {"event_id": f"e{next(names)}"}
        )
        Handler.answers["/gradio_api/queue/data"] = lambda h: h.events(*ends, CLOSE)
        jobs = [client.echo.submit("x") for _ in range(8)]
        for job in jobs:
            assert job.exception(timeout=10) is None
    assert len(logins) <= 2 + 2 + 2  # one login serves all who were refused


def test_a_login_that_is_refused_for_good(server: Server) -> None:
    Handler.answers["/login"] = lambda h: h.json({"success": True})
    Handler.answers["/gradio_api/queue/join"] = lambda h: h.json({"detail": "no"}, 401)
    with (
        WireClient(server.url, auth=AUTH) as client,
        pytest.raises(AuthenticationError),
    ):
        client.echo("x")
    assert count("/login") == 2
    assert count("/join") == 2


def test_an_app_without_a_login(server: Server) -> None:
    Handler.answers["/login"] = lambda h: h.redirect("/", 302)
    with WireClient(server.url, auth=AUTH) as client:
        assert client.echo("x") == "ok"
    assert "/" not in dict(Handler.seen)


@pytest.mark.parametrize("major", [3, 4, 5, 6])
def test_real_logins(start_server: StartServer, major: int) -> None:
    app = "wire" if major > 4 else "old"
    running = start_server(app, major, env={"AUTH": "user:hunter2"})
    with WireClient(running.url) as client, pytest.raises(AuthenticationError):
        client.calculator(1, "add", 2)
    wrong = WireClient(running.url, auth=("user", "wrong"))
    with wrong as client, pytest.raises(AuthenticationError, match="refuses the login"):
        client.calculator(1, "add", 2)
    with WireClient(running.url, auth=AUTH) as client:
        assert client.calculator(1, "add", 2) == 3
        if major in {3, 6}:
            running.restart()  # with it every cookie is void
        assert client.calculator(2, "add", 2) == 4


# ---- tokens


@pytest.mark.parametrize(
    ("version", "both"), [("4.44.1", True), ("5.0.0", False), ("6.31.0", False)]
)
def test_the_header_of_a_token(server: Server, version: str, both: bool) -> None:
    """`x-hf-authorization` always; `Authorization` too as the clients before 5 did."""
    Handler.answers["/config"] = lambda h: h.json({**CONFIG, "version": version})
    with WireClient(server.url, token="hf_secret\n") as client:
        client.echo("x")
    assert sent("/config")["x-hf-authorization"] == "Bearer hf_secret"
    assert sent("/join")["x-hf-authorization"] == "Bearer hf_secret"
    assert sent("/join").get("authorization") == ("Bearer hf_secret" if both else None)


def test_a_header_of_ones_own_stays(server: Server) -> None:
    Handler.answers["/config"] = lambda h: h.json({**CONFIG, "version": "4.44.1"})
    mine = {"Authorization": "Basic mine", "X-Gradio-User": "me"}
    with WireClient(server.url, token="hf_secret", headers=mine) as client:
        client.echo.with_options(headers={"X-Mine": "1"})("x")
    assert sent("/join")["authorization"] == "Basic mine"
    assert sent("/join")["x-hf-authorization"] == "Bearer hf_secret"
    assert sent("/join")["x-gradio-user"] == "me"
    assert sent("/join")["x-mine"] == "1"


def test_no_saved_token_goes_to_a_url(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_saved")
    with WireClient(server.url) as client:
        client.echo("x")
    assert "hf_saved" not in str(Handler.seen)
    assert sent("/join")["x-gradio-user"] == "api"


def test_a_password_in_the_address(server: Server) -> None:
    """It is for the proxy before the app; it is sent, and not shown."""
    src = server.url.replace("http://", "http://user:hunter2%21@")
    with WireClient(src) as client:
        assert client.echo("x") == "ok"
        assert "hunter2" not in repr(client)
        Handler.answers["/gradio_api/queue/join"] = lambda h: h.json({}, 500)
        with pytest.raises(GradioError) as caught:
            client.echo("x")
    assert "hunter2" not in str(caught.value)
    assert sent("/join")["authorization"] == "Basic dXNlcjpodW50ZXIyIQ=="


# ---- oauth_token


def test_the_callers_token_goes_to_who_asks_for_it(server: Server) -> None:
    two = [
        {"id": i, "api_name": name, "inputs": [1], "outputs": [1], "types": {}}
        for i, name in enumerate(("echo", "asks"))
    ]
    empty: dict[str, Any] = {"parameters": [], "returns": []}
    info = {
        "named_endpoints": {
            "/echo": empty,
            "/asks": {**empty, "oauth_token": "required"},
        },
        "unnamed_endpoints": {},
    }
    Handler.answers["/config"] = lambda h: h.json({**CONFIG, "dependencies": two})
    Handler.answers["/gradio_api/info"] = lambda h: h.json(info)

    def bodies() -> list[dict[str, Any]]:
        return [json.loads(b) for path, b in Handler.bodies if path.endswith("/join")]

    with WireClient(server.url, oauth_token="hf_mine") as client:
        asks = client.echo.with_options()
        asks.api_name = "/asks"
        assert [client.echo("x"), asks("x"), asks("x")] == ["ok"] * 3
        other = asks.with_options(oauth_token="hf_other")
        other.api_name = "/asks"
        other("x")
    tokens = [body.get("oauth_token") for body in bodies()]
    assert tokens == [None, "hf_mine", "hf_mine", "hf_other"]
    assert count("/info") == 1
    assert "hf_mine" not in str(Handler.seen)  # in no header, in no URL
    with WireClient(server.url) as client:
        client.echo("x")
    assert count("/info") == 1  # not read without a token
    Handler.answers["/config"] = lambda h: h.json(
        {**CONFIG, "version": "6.21.0", "dependencies": two}
    )
    with WireClient(server.url, oauth_token="hf_mine") as client:
        client.echo("x")
    assert "oauth_token" not in bodies()[-1]


# ---- cookies


def test_a_cookie_comes_back_with_every_further_request(server: Server) -> None:
    """As a load balancer wants it that keeps a session on one replica."""
    Handler.answers["/config"] = lambda h: h.json(
        CONFIG, 200, {"Set-Cookie": "replica=7; Path=/"}
    )
    with WireClient(server.url, headers={"Cookie": "mine=1"}) as client:
        client.echo("x")
    assert sent("/join")["cookie"] == "mine=1; replica=7"
    assert sent("/data")["cookie"] == "mine=1; replica=7"
    with WireClient(server.url) as client:
        client.echo("x")
    assert sent("/join")["cookie"] == "replica=7"
    forget_all()
    with WireClient(server.url) as client:  # another client, another session
        client.echo("x")
    assert "cookie" not in sent("/join")


# ---- other origins


PERSONAL = {"cookie": "a=secret", "x-mine": "secret", "authorization": "secret"}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("follow", [False, True])
def test_nothing_personal_follows_a_redirect(
    server: Server, status: int, follow: bool
) -> None:
    with serving() as other:
        Handler.answers["/config"] = lambda h: h.redirect(f"{other.url}/away", status)
        Handler.answers["/away"] = lambda h: h.json(CONFIG)
        kwargs = {"follow_redirects": True} if follow else {}
        with Client(
            server.url,
            token="hf_secret",
            headers=PERSONAL,
            httpx_kwargs=kwargs,
            download_hosts=[f"127.0.0.1:{other.server_port}"],
        ) as client:
            client.connect()
    assert "secret" in str(sent("/config"))
    assert "secret" not in str(sent("/away"))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_call_and_no_password_follow_a_redirect(server: Server, status: int) -> None:
    with serving() as other:
        away = f"{other.url}/away"
        Handler.answers["/away"] = lambda h: h.json({"event_id": "e"})
        Handler.answers["/gradio_api/queue/join"] = lambda h: h.redirect(away, status)
        with WireClient(server.url) as client:
            with pytest.raises(ConnectError, match="redirects calls to") as caught:
                client.echo("hunter2")
            assert other.url in str(caught.value)
        Handler.answers["/login"] = lambda h: h.redirect(away, status)
        with (
            WireClient(server.url, auth=AUTH) as client,
            pytest.raises(ConnectError, match="redirects calls to"),
        ):
            client.echo("x")
    assert not any(
        b"hunter2" in body for path, body in Handler.bodies if "away" in path
    )
    assert count("/away") == 0


def test_a_redirect_on_the_own_origin_keeps_them(server: Server) -> None:
    Handler.answers["/gradio_api/queue/join"] = lambda h: h.redirect("/moved", 308)
    Handler.answers["/moved"] = lambda h: h.json({"event_id": "e"})
    with WireClient(server.url, token="hf_secret", headers=PERSONAL) as client:
        assert client.echo("x") == "ok"
    assert sent("/moved")["x-hf-authorization"] == "Bearer hf_secret"
    assert sent("/moved")["cookie"] == "a=secret"


# ---- what is shown

SECRETS = ("hf_secret", "hunter2", "kjhgfd", "s3cret", "hf_mine", "an_account")


def shown(error: BaseException) -> str:
    """An error as anybody may print it, with all that led to it."""
    texts = [*traceback.format_exception(error)]
    link: BaseException | None = error
    while link is not None:
        texts += [str(link), repr(link)]
        link = link.__cause__ or link.__context__
    return "\n".join(texts)


FAULTS = {
    "join": ("/gradio_api/queue/join", lambda h: h.cut()),
    "stream": ("/gradio_api/queue/data", lambda h: h.events(cut=True)),
    "silence": ("/gradio_api/queue/data", lambda h: threading.Event().wait(0.5)),
    "login": ("/login", lambda h: h.json({}, 400)),
    "page": ("/config", lambda h: h.page()),
}


@pytest.mark.parametrize("fault", [None, *FAULTS])
def test_no_secret_is_logged_or_shown(
    server: Server, caplog: pytest.LogCaptureFixture, fault: str | None
) -> None:
    caplog.set_level(logging.DEBUG)
    Handler.answers["/login"] = lambda h: h.json(
        {"success": True}, 200, {"Set-Cookie": COOKIE}
    )
    if fault is not None:
        path, answer = FAULTS[fault]
        Handler.answers[path] = answer
    Handler.answers["/gradio_api/info"] = lambda h: h.json({"named_endpoints": {}})
    text = ""
    with WireClient(
        f"{server.url}?key=s3cret&user=an_account",
        token="hf_secret",
        auth=AUTH,
        headers={"x-key": "s3cret"},
        oauth_token="hf_mine",
        idle_timeout=0.2,
        httpx_kwargs={"timeout": 5},
    ) as client:
        if fault is None:
            assert client.echo("x") == "ok"
        else:
            with pytest.raises(GradioError) as caught:
                client.echo.with_options(retries=0)("x")
            text = shown(caught.value)
        connection = client._connection()
        text += repr(client) + repr(connection) + repr(connection.settings)
        text += repr(client.echo.with_options(headers={"a": "s3cret"})._options)
        if connection._transport is not None:
            text += repr(connection._transport) + repr(connection.live)
    assert any(record.name.startswith("httpcore2") for record in caplog.records)
    logged = "\n".join(record.getMessage() for record in caplog.records)
    for secret in SECRETS:
        assert secret not in logged
        assert secret not in text


def test_settings_are_shown_without_what_they_hold() -> None:
    settings = Settings(
        token="hf_secret",
        auth=AUTH,
        headers={"x-key": "s3cret"},
        httpx_kwargs={"proxy": "http://user:hunter2@host"},
        oauth_token="hf_mine",
    )
    text = repr(settings) + repr(Connection("http://u:hunter2@h", settings).src)
    assert not any(secret in text for secret in SECRETS)


@pytest.mark.parametrize(
    "value", ["hf_secret\nx", "hf_secret\r\nx: y", "hf_secr\u00e9t", "hf_secret\x00"]
)
def test_a_header_that_cannot_be_sent_is_not_quoted(server: Server, value: str) -> None:
    for kwargs in ({"token": value}, {"headers": {"x-key": value}}):
        with (
            WireClient(server.url, **kwargs) as client,
            pytest.raises(InputError, match="characters that HTTP") as caught,
        ):
            client.echo("x")
        assert "hf_sec" not in shown(caught.value)
    with (
        WireClient(server.url) as client,
        pytest.raises(InputError, match="x-mine"),
    ):
        client.echo.with_options(headers={"x-mine": value})("x")
    assert count("/join") == 0


def test_a_closed_client_forgets_its_cookies(server: Server) -> None:
    Handler.answers["/config"] = lambda h: h.json(CONFIG, 200, {"Set-Cookie": COOKIE})
    client = WireClient(server.url)
    client.echo("x")
    transport = client._connection()._transport
    assert transport is not None
    client.close()
    assert not transport.gate.client.cookies
    with pytest.raises(GradioError, match="closed"):
        client.echo("x")


def test_what_is_lost_by_closing(server: Server) -> None:
    """A job under way is lost, and may have run; one that was not yet sent has not."""
    begun = threading.Event()

    def stream(handler: Handler) -> None:
        begun.set()
        handler.begin_events()
        threading.Event().wait(0.5)

    Handler.answers["/gradio_api/queue/data"] = stream
    client = WireClient(server.url)
    job = client.echo.submit("x")
    assert begun.wait(10)
    client.close()
    error = job.exception(timeout=5)
    assert isinstance(error, ConnectionLost)
    assert error.may_have_run
    over = threading.Event()
    Handler.answers["/config"] = lambda h: over.wait(10)
    early = WireClient(server.url)
    job = early.echo.submit("x")
    until(lambda: count("/config"))
    early.close()
    over.set()
    error = job.exception(timeout=5)
    assert isinstance(error, ConnectionLost)
    assert not error.may_have_run
