"""Cookies: those of the app's own origin, and the caller's, reach the app and only it."""

from __future__ import annotations

from contextlib import suppress

import pytest
from gradio_runtime import GradioError
from gradio_runtime._http.settings import Settings
from gradio_runtime._http.transport import Transport
from gradio_runtime._loop.loop import run_sync

from tests.runtime.trust.elsewhere import Elsewhere, elsewhere
from tests.support.misbehaving import Handler, Server, sent

LOGIN = "access-token=0wn; Path=/; HttpOnly"
#: What another host may answer to replace a login, or to plant one.
FOREIGN = [
    "access-token=foreign; Path=/",
    "access-token=foreign; Path=/way",
    "access-token=foreign; Domain=127.0.0.1; Path=/",
    "access-token=foreign; Domain=localhost; Path=/",
    "access-token=foreign; Max-Age=0; Path=/",
    "other=foreign; Path=/",
]


async def visit(server: Server, path: str, headers: dict[str, str]) -> None:
    """Log in, go elsewhere, and come back."""
    names = ("127.0.0.1", "localhost")
    transport = Transport(server.url, headers, Settings(download_hosts=names))
    try:
        await transport.log_in("/login", {})
        async with transport.stream("GET", path):
            pass
        await transport.get_json("/back")
        with suppress(GradioError):
            async with transport.socket("/socket", {"cookie": "call=1"}):
                pass
    finally:
        await transport.aclose()


@pytest.mark.parametrize("cookie", FOREIGN)
@pytest.mark.parametrize("way", ["named", "redirected", "and back"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("mine", [{}, {"cookie": "mine=1; second=2"}])
def test_another_host_sets_and_gets_nothing(
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    cookie: str,
    way: str,
    host: str,
    mine: dict[str, str],
) -> None:
    monkeypatch.setattr(Elsewhere, "cookie", cookie)
    Handler.answers = {
        "/login": lambda h: h.json({}, 200, {"Set-Cookie": LOGIN}),
        "/back": lambda h: h.json({}),
        "/socket": lambda h: h.json({}, 400),
    }
    with elsewhere() as other:
        away = f"http://{host}:{other.server_port}/away"
        Handler.answers["/way"] = lambda h: h.redirect(away)
        if way == "and back":
            monkeypatch.setattr(
                Elsewhere,
                "dispatch",
                lambda h: h.raw(
                    b"",
                    "text/plain",
                    302,
                    {"Location": f"{server.url}/back", "Set-Cookie": cookie},
                ),
            )
        run_sync(visit(server, away if way == "named" else "/way", mine))
    assert all("cookie" not in headers for _, _, headers in Elsewhere.asked)
    own = "; ".join([*mine.values(), "access-token=0wn"])
    assert sent("/back")["cookie"] == own
    assert sent("/socket")["cookie"] == "call=1; access-token=0wn"


def test_a_cookie_is_sent_where_its_path_says(server: Server) -> None:
    Handler.answers = {
        "/login": lambda h: h.json({}, 200, {"Set-Cookie": "a=1; Path=/elsewhere"}),
        "/back": lambda h: h.json({}),
        "/elsewhere/x": lambda h: h.json({}),
        "/socket": lambda h: h.json({}, 400),
    }
    run_sync(visit(server, "/elsewhere/x", {"cookie": "mine=1"}))
    assert sent("/elsewhere/x")["cookie"] == "mine=1; a=1"
    assert sent("/back")["cookie"] == "mine=1"


def test_clients_that_share_connections_share_no_cookies(server: Server) -> None:
    Handler.answers = {
        "/login": lambda h: h.json({}, 200, {"Set-Cookie": LOGIN}),
        "/back": lambda h: h.json({}),
    }

    async def both() -> None:
        one, two = Transport(server.url, {}), Transport(server.url, {})
        await one.log_in("/login", {})
        await two.get_json("/back")
        assert "cookie" not in sent("/back")
        await one.get_json("/back")
        assert sent("/back")["cookie"] == "access-token=0wn"

    run_sync(both())
