"""Addresses go where httpx2 and urllib say, or nowhere, and never show a password."""

from __future__ import annotations

import contextlib
from urllib.parse import urlsplit

import httpx2
import pytest
from gradio_codegen import CodegenError, read
from gradio_runtime import Client, ConnectError, GradioError, connect
from gradio_runtime.description.addresses import parse, shown_src, split
from hypothesis import example, given
from hypothesis import strategies as st

from tests.runtime.trust.elsewhere import Elsewhere, elsewhere
from tests.support.misbehaving import Server, sent

SECRET = "pazzw0rd"
#: What parsers disagree on, and what a careless one cuts at.
PIECES = st.sampled_from(
    [
        *"abAB09.-_~:/?#[]@!$&'()*+,;=%\\ \t\r\n\x00\x7f\x85\u200b\u202e\u3002\uff0e\uff20",
        "//",
        "..",
        "%40",
        "%2f",
        "::1",
        "[::1]",
        "127.0.0.1",
        "0x7f.1",
        "256.1.1.1",
        ":80",
        ":65536",
        ":0",
        ":-1",
        "xn--",
        "bücher",
        "\u0661",
        "host",
        "b.test",
    ]
)
TEXTS = st.lists(PIECES, max_size=6).map("".join)
SCHEMES = st.sampled_from(["http://", "https://", "HTTP://", "hTTps://"])


def refused_quietly(src: str, secret: str = SECRET) -> str:
    with pytest.raises(ConnectError) as caught:
        parse(src)
    assert secret not in str(caught.value)
    return str(caught.value)


@given(SCHEMES, TEXTS, TEXTS)
@example("http://", f"me:{SECRET}", "A?mail=joe@B")
@example("http://", "", "A#@B")
@example("http://", "", "A?x=@B")
@example("http://", f"me:{SECRET}", "A\\@B")
@example("https://", f"me:{SECRET}", "[::1")
def test_an_address_goes_where_others_say_or_nowhere(
    scheme: str, userinfo: str, rest: str
) -> None:
    src = f"{scheme}{userinfo}@{rest}" if userinfo else f"{scheme}{rest}"
    address = split(src)
    if address is None:
        refused_quietly(src)
        return
    asked = httpx2.URL(address.base)
    assert asked.raw_host.decode() == address.host
    assert not asked.userinfo
    assert asked.scheme == address.scheme
    usual = {"http": 80, "https": 443}[asked.scheme]
    assert (asked.port or usual) == address.origin[2]
    other = httpx2.URL(src)
    assert other.raw_host.lower() == asked.raw_host
    # It leaves out the usual port of `http://` only, not of `HTTP://`.
    assert (other.port or usual) == (asked.port or usual)
    with contextlib.suppress(ValueError):  # it takes no bracket in a password
        parts = urlsplit(src)
        if (parts.hostname or "").isascii():
            assert parts.hostname == address.host
        assert parts.port == address.port
        assert parts.netloc.rpartition("@")[0] == address.userinfo
        assert parts.query == address.query


@given(SCHEMES, TEXTS, TEXTS, TEXTS)
def test_no_password_is_ever_shown(
    scheme: str, before: str, after: str, rest: str
) -> None:
    """Be it an address or none. Of some the text is the host's or the path's."""
    src = f"{scheme}me:{before}{SECRET}{after}@{rest}"
    address = split(src)
    if address is not None and SECRET in address.base:
        return
    assert SECRET not in shown_src(src)
    assert SECRET not in repr(Client(src))
    if address is None:
        refused_quietly(src)


@given(st.text(max_size=30))
def test_any_text_can_be_shown(text: str) -> None:
    shown = shown_src(text)
    assert "@" not in shown.partition("://")[2].partition("/")[0]
    assert shown_src(f"x:{SECRET}@{text}") == "…"


@pytest.mark.parametrize(
    ("src", "base", "userinfo"),
    [
        (f"http://me:{SECRET}@A?mail=joe@B", "http://a", f"me:{SECRET}"),
        ("http://A#@B", "http://a", ""),
        ("http://A?x=@B", "http://a", ""),
        ("http://A/@B", "http://a/@B", ""),
        (f"http://me:x@{SECRET}@A:81/p/?q#f", "http://a:81/p", f"me:x@{SECRET}"),
        ("http://[::1]:7860/", "http://[::1]:7860", ""),
        ("HTTPS://Bücher.test", "https://xn--bcher-kva.test", ""),
        ("http://host:", "http://host", ""),
    ],
)
def test_the_parts(src: str, base: str, userinfo: str) -> None:
    assert parse(src).base == base
    assert parse(src).userinfo == userinfo


MALFORMED = [
    "http://{}host:port",
    "http://{}host:99999",
    "http://{}host:0",
    "http://{}host:\u0661",
    "http://{}host:" + "9" * 5000,
    "http://{}[::1",
    "http://{}::1]",
    "http://{}[::1]x",
    "http://{}256.1.1.1",
    "http://{}01.1.1.1",
    "http://{}",
    "http://{}/x",
    "http:///{}x",
    "http:/{}host",
    "http:{}host",
    "//{}host",
    "{}host:80/x",
    "ftp://{}host",
    "file://{}host",
    "http://{}ho st",
    "http://{}host\\x",
    "http://{}host\n",
    "http://{}host\x00",
    "http://{}ex%61mple.com",
    "http://{}-\u0300.test",
    "http://{}" + "ü" * 300,
    "http://{}h/" + "x" * 9000,
]


@pytest.mark.parametrize("form", MALFORMED, ids=lambda form: repr(form[:24]))
@pytest.mark.parametrize("user", ["", f"me:{SECRET}@", f"me:x#{SECRET}@"])
def test_what_is_no_address_is_refused_by_name(form: str, user: str) -> None:
    src = form.format(user)
    client = Client(src)
    with client, pytest.raises(ConnectError) as caught:
        client.connect()
    assert SECRET not in str(caught.value) + repr(client) + client.src
    assert caught.value.hint
    with contextlib.suppress(CodegenError):
        read(src)
        raise AssertionError("it is no app")


@pytest.mark.parametrize(
    "form", ["{a}?mail=joe@{b}", "{a}#@{b}", "{a}?x=@{b}", "{a}/?@{b}"]
)
def test_it_is_the_first_host_that_is_asked(server: Server, form: str) -> None:
    with elsewhere() as other:
        a, b = f"127.0.0.1:{server.server_port}", f"127.0.0.1:{other.server_port}"
        src = f"http://me:{SECRET}@{form.format(a=a, b=b)}"
        with connect(src, token="hf_secret") as client:
            assert client.src.rstrip("/") == server.url
    assert sent("/config")["authorization"].startswith("Basic ")
    assert sent("/config")["x-hf-authorization"] == "Bearer hf_secret"
    assert not Elsewhere.asked


def test_a_refused_address_keeps_its_password_from_every_error() -> None:
    for src in (f"http://me:{SECRET}@127.0.0.1:9", f"http://me:{SECRET}@[::1"):
        with Client(src) as client, pytest.raises(GradioError) as caught:
            client.predict(api_name="/x")
        assert SECRET not in str(caught.value)
