"""Where requests go, and what goes along: every verb, every kind of header, every way."""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest
from gradio_runtime import Client, ConnectError, GradioError, ProtocolError
from gradio_runtime._http.settings import Settings
from gradio_runtime._http.transport import Transport
from gradio_runtime._loop.loop import run_sync
from hypothesis import given
from hypothesis import strategies as st

from tests.runtime.trust.elsewhere import Elsewhere, elsewhere
from tests.support.misbehaving import (
    CONFIG,
    DIRECT,
    EARLY,
    FIRST,
    SOCKETS,
    Handler,
    Server,
    count,
    sent,
)

OWN = {
    "authorization": "Bearer s3cret",
    "cookie": "mine=s3cret",
    "x-hf-authorization": "Bearer s3cret",
    "x-gradio-user": "s3cret",
    "x-team": "s3cret",
    "user-agent": "s3cret",
}
CALL = {
    "x-call": "s3cret",
    "accept": "s3cret",
    "traceparent": "s3cret",
    "cookie": "call=s3cret",
}


async def body() -> AsyncGenerator[bytes]:
    yield b"s3cret"


async def stream(transport: Transport, path: str) -> None:
    async with transport.stream("GET", path, CALL) as response:
        await response.aread()


async def socket(transport: Transport, path: str) -> None:
    async with transport.socket(path, CALL) as opened:
        await opened.send("s3cret")


async def messages(transport: Transport, path: str) -> None:
    async for _ in transport.messages(path, CALL):
        pass


#: Each way in which the runtime speaks to an app.
VERBS: dict[str, Callable[[Transport, str], Awaitable[Any]]] = {
    "get_json": lambda t, p: t.get_json(p),
    "post_json": lambda t, p: t.post_json(p, b'"s3cret"', CALL),
    "post_call": lambda t, p: t.post_call(p, b'"s3cret"', CALL),
    "post_content": lambda t, p: t.post_content(p, body(), CALL, again=lambda: False),
    "log_in": lambda t, p: t.log_in(p, {"password": "s3cret"}),
    "messages": messages,
    "socket": socket,
    "stream": stream,
}
WAYS = ["named", 301, 302, 303, 307, 308]


def test_every_verb_is_among_them() -> None:
    verbs = {
        name
        for name, method in vars(Transport).items()
        if callable(method)
        and not name.startswith("_")
        and "path" in inspect.signature(method).parameters
    }
    assert verbs == set(VERBS)


def ask(verb: str, base: str, path: str, **options: Any) -> GradioError | None:
    """Speak to the app once; the error, if it comes to one."""

    async def speak() -> None:
        transport = Transport(base, OWN, Settings(**options), query="q=s3cret")
        await transport.get_json("/config")  # its cookie is in the jar
        try:
            await VERBS[verb](transport, path)
        finally:
            await transport.aclose()

    Handler.answers["/config"] = lambda h: h.json(
        CONFIG, 200, {"Set-Cookie": "jar=s3cret; Path=/"}
    )
    try:
        run_sync(speak())
    except GradioError as error:
        return error
    return None


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("allowed", [True, False])
def test_nothing_personal_goes_elsewhere(
    server: Server, verb: str, way: str | int, allowed: bool
) -> None:
    """Only GETs do, and to a host that is not public only if that is allowed."""
    with elsewhere() as other:
        path = away = f"{other.url}/away"
        if isinstance(way, int):
            path = "/way"
            Handler.answers[path] = lambda h: h.redirect(away, way)
        hosts = ("127.0.0.1",) if allowed else ()
        error = ask(verb, server.url, path, download_hosts=hosts)
    gets = verb in {"get_json", "messages", "stream"}
    assert len(Elsewhere.asked) == (gets and allowed)
    for method, path, headers in Elsewhere.asked:
        assert method == "GET"
        assert "s3cret" not in f"{path} {headers}"
        known = {"accept", "accept-encoding", "cache-control", "connection", "host"}
        assert headers.keys() <= known | {"user-agent"}
    assert not Elsewhere.bodies
    if not (gets and allowed) and not (verb == "log_in" and way in {301, 302, 303}):
        assert isinstance(error, ConnectError)


@pytest.mark.parametrize("way", [307, 308])
@pytest.mark.parametrize("verb", VERBS)
def test_all_of_it_goes_to_the_app(server: Server, verb: str, way: int) -> None:
    Handler.answers["/way"] = lambda h: h.redirect("/there", way)
    Handler.answers["/there"] = lambda h: h.json(["x"])
    ask(verb, server.url, "/way")
    for path in ("/way", "/there"):
        headers = sent(path)
        call = {} if verb in {"get_json", "log_in"} else CALL
        for name, value in {**OWN, **call}.items():
            if name != "cookie":
                assert headers[name] == value
        assert headers["cookie"] == f"{call.get('cookie', OWN['cookie'])}; jar=s3cret"


@pytest.mark.parametrize("verb", VERBS)
def test_redirects_end(server: Server, verb: str) -> None:
    Handler.answers["/way"] = lambda h: h.redirect("/way", 308)
    assert "circle" in str(ask(verb, server.url, "/way"))
    assert count("/way") == 5


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    "path",
    ["@127.0.0.2:9/x", ".evil.test/x", "x", "", "ftp://127.0.0.1/x", "file:///x"],
)
def test_what_is_no_path_is_not_asked(server: Server, verb: str, path: str) -> None:
    assert isinstance(ask(verb, server.url, path), ConnectError)
    assert len(Handler.seen) == 1


@pytest.mark.parametrize(
    ("base", "url", "own"),
    [
        ("http://h", "http://h:80/x", True),
        ("http://h", "http://H/x", True),
        ("http://h", "https://h/x", True),
        ("http://h:81", "https://h:81/x", True),
        ("https://h", "http://h/x", False),
        ("http://h", "http://h:81/x", False),
        ("http://h", "https://h:81/x", False),
        ("http://h", "http://h.evil/x", False),
        ("http://h", "http://h@evil/x", False),
        ("http://h", "http://evil/h", False),
        ("http://h", "ws://h/x", False),
        ("http://[::1]:81", "http://[::1]:81/x", True),
    ],
)
def test_what_is_the_apps_own(base: str, url: str, own: bool) -> None:
    async def decided() -> bool:
        gate = Transport(base, {}).gate
        return gate.is_own(gate.url(url)) if "ws:" not in url else False

    assert run_sync(decided()) is own


# ---- what the description says


PREFIXES = [
    "http://127.0.0.1:{port}",
    "//127.0.0.1:{port}",
    "@127.0.0.1:{port}",
    "@127.0.0.1:{port}/",
    ":{port}",
    ".evil.test",
    "/\\127.0.0.1:{port}",
    "\\\\127.0.0.1:{port}",
    "gradio_api",
    "/..",
    "/a/../../b",
    "/./a",
    "/%2e%2e/a",
    "/a//b",
    "/a?x=",
    "/a#x",
    "/a@b",
    "/a b",
    "/a\n",
    "/a\r\nX: y",
    "/\u202ea",
    "/ü",
    "/" + "a" * 200,
    " ",
]


@pytest.mark.parametrize("config", [CONFIG, FIRST, EARLY, SOCKETS, DIRECT])
@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_prefix_leads_nowhere_else(
    server: Server, config: dict[str, Any], prefix: str
) -> None:
    with elsewhere() as other:
        prefix = prefix.format(port=other.server_port)
        told = {**config, "api_prefix": prefix}
        Handler.answers["/config"] = lambda h: h.json(told)
        with (
            Client(server.url, token="hf_s3cret") as client,
            pytest.raises(ProtocolError, match="not a plain path"),
        ):
            client.submit("x", api_name="/echo").result(10)
    assert not Elsewhere.asked
    assert [path for path, _ in Handler.seen] == ["/config"]


@given(st.text(alphabet="/.@:?#%\\ab1-_~ \n", max_size=8))
def test_a_prefix_that_is_taken_is_a_plain_path(prefix: str) -> None:
    from gradio_runtime._engine.discovery import parse_config

    transport: Any = type("Transport", (), {"base": "http://h"})
    with suppress(ProtocolError):
        config = parse_config({**CONFIG, "api_prefix": prefix}, transport)
        parts = config.api_prefix.rstrip("/").split("/")
        assert parts[0] == ""
        assert all(part not in {"", ".", ".."} for part in parts[1:])
        assert not set(prefix) & set("@:?#%\\ \n")


@pytest.mark.parametrize("prefix", ["", "/", "/gradio_api", "/a/b.c/~d-e_1", None])
def test_a_plain_prefix_is_used(server: Server, prefix: str | None) -> None:
    at = (prefix or "").rstrip("/")
    Handler.answers["/config"] = lambda h: h.json({**CONFIG, "api_prefix": prefix})
    Handler.answers[f"{at}/queue/join"] = lambda h: h.json({"detail": "full"}, 429)
    with Client(server.url) as client, pytest.raises(GradioError):
        client.submit("x", fn_index=0).result(10)
    assert count(f"{at}/queue/join")
