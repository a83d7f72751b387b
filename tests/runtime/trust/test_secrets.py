"""Secrets stay out of every text that leaves, also where the app says them itself.

The app of these tests echoes all that it was sent, wherever a text of an app's can come
to stand in an error, a warning or a log.
"""

from __future__ import annotations

import ast
import inspect
import itertools
import json
import logging
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, cast, get_args
from urllib.parse import quote, unquote

import pytest
from gradio_runtime import Client, GradioError, ProtocolError
from gradio_runtime._engine.fetch import fetch_description
from gradio_runtime._http.redaction import cleaned, hide_secrets, strike_description
from gradio_runtime._models import status, texts
from gradio_runtime._models.bounds import MAX_TEXT
from gradio_runtime._models.secrets import Secrets, keep_session
from gradio_runtime._models.status import LogMessage
from gradio_runtime._queue import messages
from gradio_runtime.description.dialect import Dialect
from pydantic import TypeAdapter, ValidationError

from tests.runtime.wire_api import WireClient
from tests.support.misbehaving import (
    CLOSE,
    CONFIG,
    DIRECT,
    DONE,
    EARLY,
    FIRST,
    SOCKETS,
    Handler,
    Server,
    forget_all,
    serving,
)

from .shapes import META

SECRETS = {
    "token": "hf9Xw8Vu7Ts6Rq5Po4",
    "password": "pa55 w/rd&é",
    "userinfo": "us3rinf0OfTheUrl",
    "header": "h3aderOfTheCaller",
    "call": "c4llHeaderOfOne",
    "cookie": "c00kieOfTheCaller",
    "session": "5e55ionOfTheCaller",
    "oauth": "hf_0authOfTheCaller",
    "jar": "j4rOfTheLogin",
}


#: What an app says besides: more than any text may have, so that each place where one
#: is cut is within a secret.
MUCH = SECRETS["token"] * (2 * MAX_TEXT // len(SECRETS["token"]))
more = {"said": ""}


def echo(handler: Handler) -> str:
    """All that has come, and `more`."""
    return f"{more['said']} {heard(handler)} {more['said']}".strip()


def heard(handler: Handler) -> str:
    """All that has come: the URL, the headers, the body, and the cookies of before."""
    body = getattr(handler, "body", b"").decode("utf-8", "replace")
    told = f"{handler.path} {handler.headers.items()} {body} {json.dumps(body)}"
    known = [value for name, value in SECRETS.items() if name not in {"jar", "session"}]
    return f"{told} {unquote(told)} " + " ".join(known)


class Echoing(Handler):
    """Says everything in a header of each answer, too."""

    def end_headers(self) -> None:
        text = heard(self).encode("ascii", "replace").decode()
        self.send_header("x-echo", "".join(filter(str.isprintable, text)))
        super().end_headers()


@pytest.fixture
def server() -> Iterator[Server]:
    forget_all()
    Handler.answers["/login"] = lambda h: h.json(
        {"success": True}, 200, {"Set-Cookie": f"access={SECRETS['jar']}; Path=/"}
    )
    Handler.answers["/gradio_api/info"] = lambda h: h.json({"named_endpoints": {}})
    with serving(Echoing) as running:
        yield running
    forget_all()


def failed(handler: Handler) -> dict[str, Any]:
    output = {"error": echo(handler), "title": echo(handler)}
    event = {"msg": "process_completed", "event_id": "e", "success": False}
    return {**event, "output": output, "title": echo(handler)}


def validation(handler: Handler) -> dict[str, Any]:
    said = echo(handler)
    item = {"loc": ["body", said], "msg": said, "parameter_name": said}
    return {"detail": [{**item, "is_valid": False, "message": said}]}


Answer = Callable[[Handler], object]
STATUSES = [400, 401, 403, 404, 413, 422, 429, 500, 502, 503]
#: Whatever an app may answer to any request.
ANSWERS: dict[str, Answer] = {
    **{
        f"{status} {kind}": lambda h, s=status, b=body: h.json(b(h), s)  # type: ignore[misc]
        for status in STATUSES
        for kind, body in {
            "detail": lambda h: {"detail": echo(h)},
            "error": lambda h: {"error": echo(h)},
            "fields": validation,
        }.items()
    },
    "traceback": lambda h: h.raw(echo(h).encode(), "text/plain", 500),
    "kind": lambda h: h.raw(b"<x>", "".join(filter(str.isalnum, echo(h))), 200),
    "text": lambda h: h.raw(echo(h).encode(), "text/plain"),
    "list": lambda h: h.json([echo(h)]),
    "redirect": lambda h: h.redirect("http://127.0.0.1:9/" + quote(echo(h))),
    "bad redirect": lambda h: h.redirect("http://[" + quote(echo(h))),
    "cut": lambda h: h.cut(),
    "version": lambda h: h.json({**CONFIG, "version": echo(h), "protocol": echo(h)}),
    "prefix": lambda h: h.json({**CONFIG, "api_prefix": "/" + echo(h)}),
    "failed": lambda h: h.events(failed(h), CLOSE),
    "fault": lambda h: h.events({"msg": "unexpected_error", "message": echo(h)}),
    "malformed": lambda h: h.events(tail=f"data: {echo(h)}\n\n".encode()),
    "no object": lambda h: h.events([echo(h)]),
    "output": lambda h: h.events(
        {**failed(h), "success": True, "output": echo(h)}, CLOSE
    ),
    **{
        name: lambda h, s=said: h.events(  # type: ignore[misc]
            {**DONE, "output": {"data": [s(SECRETS["token"])]}}, CLOSE
        )
        for name, said in {
            "misfit": lambda text: [text],
            "misfits": lambda text: {text: text},
            "no file": lambda text: {"path": text, "size": text, "meta": META},
        }.items()
    },
}
#: The requests of a call, by what the app speaks.
REQUESTS = [
    (CONFIG, "/config"),
    (CONFIG, "/login"),
    (CONFIG, "/gradio_api/info"),
    (CONFIG, "/gradio_api/queue/join"),
    (CONFIG, "/gradio_api/queue/data"),
    (FIRST, "/queue/join"),
    (FIRST, "/queue/data"),
    (EARLY, "/queue/join"),
    (SOCKETS, "/queue/join"),
    (DIRECT, "/api/predict"),
]


def shown(error: BaseException) -> str:
    """An error as anybody may print it: its chain, its attributes, its frames' variables."""
    texts: list[str] = []
    link: BaseException | None = error
    while link is not None:
        # An output is a value, also where it does not fit.
        told = {name: value for name, value in vars(link).items() if name != "raw"}
        texts += [str(link), repr(link), repr(link.args), repr(told)]
        trace = traceback.TracebackException(
            type(link), link, _inner(link), capture_locals=True
        )
        texts += trace.format()
        link = link.__cause__ or link.__context__
    return "\n".join(texts)


def _inner(error: BaseException) -> Any:
    """The frames of the package's own; those of this test know the secrets."""
    frame = error.__traceback__
    while frame is not None and frame.tb_frame.f_code.co_filename == __file__:
        frame = frame.tb_next
    return frame


def leaks(text: str, hashes: list[str]) -> list[str]:
    forms: dict[str, set[str]] = {
        name: {value, quote(value, safe=""), unquote(value), json.dumps(value)[1:-1]}
        for name, value in SECRETS.items()
    }
    forms["hash"] = set(hashes)
    found = [name for name, ways in forms.items() if any(way in text for way in ways)]
    return [*found, *parts(text)]


def parts(text: str) -> set[str]:
    """What is left of the token in a text that has lost it where it is whole."""
    token = SECRETS["token"]
    rest = text.replace(token, "")
    return {part for n in range(len(token) - 3) if (part := token[n : n + 4]) in rest}


def hashes_seen() -> list[str]:
    """The sessions' names that the client made up by itself."""
    bodies = [json.loads(b) for _, b in Handler.bodies if b[:1] == b"{"]
    return [body["session_hash"] for body in bodies if "session_hash" in body]


@pytest.mark.slow
@pytest.mark.parametrize("said", ["", MUCH], ids=["echo", "much"])
@pytest.mark.parametrize(
    ("config", "path"), REQUESTS, ids=[f"{c['version']} {p}" for c, p in REQUESTS]
)
def test_no_text_that_leaves_has_a_secret(
    server: Server,
    caplog: pytest.LogCaptureFixture,
    path: str,
    config: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    said: str,
) -> None:
    monkeypatch.setitem(more, "said", said)
    caplog.set_level(logging.DEBUG)
    Handler.answers["/config"] = lambda h: h.json(config)
    errors = 0
    for number, answer in enumerate(ANSWERS.values()):
        Handler.answers[path] = answer
        Handler.bodies.clear()
        caplog.clear()
        error, warned = call(
            server, SECRETS["session"] if number % 2 else None, tmp_path
        )
        logged = "\n".join(map(str, warned))
        for record in caplog.records:
            logged += record.getMessage() + repr(record.args)
        assert not leaks(logged, hashes_seen())
        if error is not None:
            errors += 1
            assert not leaks(shown(error), hashes_seen())
    assert errors > len(ANSWERS) / 2


def call(
    server: Server, session: str | None, folder: Path
) -> tuple[BaseException | None, list[Any]]:
    """Make one call, with everything secret that a call can have."""
    src = server.url.replace("http://", f"http://me:{SECRETS['userinfo']}@")
    client = WireClient(
        src,
        token=SECRETS["token"],
        auth=("user", SECRETS["password"]),
        headers={"x-key": SECRETS["header"], "Cookie": f"mine={SECRETS['cookie']}"},
        session_hash=session,
        oauth_token=SECRETS["oauth"],
        download_dir=folder,
        idle_timeout=2,
    )
    options = {"x-call": SECRETS["call"]}
    with client, warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            client.echo.with_options(headers=options, retries=0)("x")
        except GradioError as error:
            return error, list(warned)
    return None, list(warned)


@pytest.mark.slow
def test_files_and_other_ways_out(server: Server, tmp_path: Path) -> None:
    """Downloads, `view_api`, connecting, and what a name of a file says."""
    components = [{"id": 1, "type": "file", "props": {}}]
    Handler.answers["/config"] = lambda h: h.json({**CONFIG, "components": components})
    src = server.url.replace("http://", f"http://me:{SECRETS['userinfo']}@")
    token = SECRETS["token"]

    def done(handler: Handler) -> None:
        file = {"path": "/x", "orig_name": token, "meta": {"_type": "gradio.FileData"}}
        end = {"msg": "process_completed", "event_id": "e", "success": True}
        handler.events({**end, "output": {"data": [file]}}, CLOSE)

    Handler.answers["/gradio_api/queue/data"] = done
    for code in STATUSES:
        for path in ("/gradio_api/file=/x", "/gradio_api/info"):
            Handler.answers[path] = ANSWERS[f"{code} detail"]
        for files in (True, False):
            with Client(src, token=token, download_files=files) as client:
                ways: list[Callable[[], object]] = [
                    lambda: client.view_api(print_info=False),
                    lambda: client.predict("x", api_name="/echo"),
                    lambda: client.submit("x", fn_index=0).result(5).download(),
                ]
                for way in ways:
                    # A failure to describe the API is a warning.
                    with pytest.raises((GradioError, RuntimeWarning)) as caught:
                        way()
                    assert token not in shown(caught.value)


def test_httpx2_logs_no_session(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """It logs each URL at INFO, and a session's name is all that guards its State."""
    caplog.set_level(logging.INFO)
    with WireClient(server.url) as client:
        assert client.echo("x") == "ok"
    asked = [m for m in caplog.messages if "queue/data" in m]
    assert asked
    assert all("session_hash=[secret]" in message for message in asked)


@pytest.mark.parametrize(
    ("secret", "text", "struck"),
    [
        ("hunter22", "xhunter22y", "x[secret]y"),
        ("pw", "pw, 'pw' and pwd", "[secret], '[secret]' and pwd"),
        ("a b/c?d=e", "a%20b%2Fc%3Fd%3De a+b%2Fc%3Fd%3De", "[secret] [secret]"),
        ('qu"o\\te!', json.dumps('qu"o\\te!'), '"[secret]"'),
        ("", "nothing", "nothing"),
    ],
)
def test_how_a_secret_is_struck(secret: str, text: str, struck: str) -> None:
    secrets = Secrets()
    secrets.add(secret, None)
    assert secrets.strike(text) == struck


@pytest.mark.slow
def test_texts_that_take_long_to_search() -> None:
    # Which ends: each took minutes, or hours, when it was searched place by place.
    hide_secrets()
    secrets, session = Secrets(), keep_session("0123456789abcdef" * 2)
    cookie = "z" * 4000 + "b"
    secrets.add_cookie(cookie)
    long = "z" * (30 << 20)
    assert secrets.strike(f"{long} {cookie}")[-10:] == "z [secret]"
    assert len(strike_description(long, secrets)) == len(long)
    assert session not in secrets.strike(session * (1 << 20))
    record = logging.makeLogRecord({"msg": "(b'" + "cookie" * 100_000})
    assert logging.getLogger("httpx2").filter(record)


def logged(text: str) -> str:
    hide_secrets()
    record = logging.makeLogRecord({"msg": text})
    assert logging.getLogger("httpx2").filter(record)
    return record.getMessage()


#: Whatever makes a text shorter.
CUTS: dict[str, Callable[[str], str]] = {
    **{
        name: cut
        for name, cut in vars(texts).items()
        if inspect.isfunction(cut) and "most" in inspect.signature(cut).parameters
    },
    "list": lambda text: texts.brief([text]),
    "bytes": lambda text: texts.brief(text.encode()),
    "names": lambda text: texts.brief({text: [{"x": text}]}),
    "fields": lambda text: repr(LogMessage(text, text)),
    "error": lambda text: f"{GradioError(text, endpoint=text, src=text, hint=text)}",
    "error's repr": lambda text: repr(GradioError(text)),
    "record": logged,
}


@pytest.mark.parametrize("name", CUTS)
def test_no_cut_leaves_a_part_of_a_secret(name: str) -> None:
    """Wherever it cuts: the secret is everywhere."""
    secrets, cut = Secrets(), CUTS[name]
    secrets.add(token := SECRETS["token"])
    most = {"most": 100} if "most" in inspect.signature(cut).parameters else {}
    for before in range(len(token)):
        text = "x" * before + token * (2 * MAX_TEXT // len(token))
        shorter = cut(text, **most)
        assert len(shorter) <= MAX_TEXT
        assert not parts(shorter)


def said_in(message: object) -> Iterator[str]:
    """Every text in a decoded message."""
    if isinstance(message, str):
        yield message
    elif isinstance(message, list):
        for item in cast("list[object]", message):
            yield from said_in(item)
    elif is_dataclass(message):
        for known in fields(message):
            yield from said_in(getattr(message, known.name))


def names_in(module: ModuleType) -> tuple[list[str], list[str]]:
    """The names of messages that a module decodes, and all that it may ask for in one."""
    nodes = [*ast.walk(ast.parse(inspect.getsource(module)))]
    kinds = [n.value for n in nodes if isinstance(n, ast.MatchValue)]
    known = [n.value for n in nodes if isinstance(n, ast.Constant)]
    return (
        [str(kind.value) for kind in kinds if isinstance(kind, ast.Constant)],
        [text for text in known if isinstance(text, str) and text.isidentifier()],
    )


@pytest.mark.parametrize("quoted", [False, True])
def test_no_message_has_a_part_of_a_secret(
    monkeypatch: pytest.MonkeyPatch, quoted: bool
) -> None:
    """Of every kind, as the decoder's own source names them and their fields."""
    monkeypatch.setattr(messages, "MAX_TEXT", 900)
    monkeypatch.setattr(status, "MAX_LABEL", 500)
    dialect = Dialect(quoted_errors=quoted)
    secrets, (kinds, names) = Secrets(), names_in(messages)
    secrets.add(token := SECRETS["token"])
    seen: set[type] = set()
    for before in (0, 9):
        text = "x" * before + token * 130
        every = dict.fromkeys(names, text)
        outputs = [{"data": []}, every, {"error": [text]}, {"data": text}, text]
        for kind, output in itertools.product([*kinds, ""], outputs):
            event = {**every, "msg": kind, "output": output, "progress_data": [every]}
            other = {**event, "log": [text], "message": [text]}
            contents = [json.dumps(said) for said in (event, [event], other)]
            for content in (*contents, contents[0] + text):
                message = decoded(content.encode(), dialect)
                seen.add(type(message))
                assert not any(map(parts, said_in(message)))
    assert seen == {*get_args(messages.Message), str}


def decoded(content: bytes, dialect: Dialect) -> object:
    """A message, or what is said of one that cannot be read."""
    try:
        return messages.decode(content, dialect)
    except ProtocolError as error:
        with pytest.raises(ProtocolError) as caught:
            messages.decode_answer(b"[%b]" % content, dialect)
        assert not parts(caught.value.message)
        return error.message


def test_which_headers_are_secret() -> None:
    secrets = Secrets()
    secrets.add_headers(
        {
            "authorization": "Basic abc",
            "cookie": "one=first1; two=x",
            "x-mine": "1",
            "x-team": "blue-team",
            "accept-language": "de-DE",
        }
    )
    text = "Basic abc; first1 x 1 blue-team de-DE"
    assert secrets.strike(text) == "[secret]; [secret] x 1 [secret] de-DE"


def test_what_an_app_says_of_itself_has_none(server: Server) -> None:
    """`view_api`, and the description that modules are generated from."""
    said = SECRETS["token"]
    slot = {"label": said, "component": "Textbox", "type": {"description": said}}
    parameter = {**slot, "parameter_name": said, "parameter_default": [said]}
    endpoint = {"parameters": [parameter], "returns": [slot], "description": said}
    info = {"named_endpoints": {"/f": endpoint, f"/{said}": endpoint}}
    Handler.answers["/config"] = lambda h: h.json({**CONFIG, "title": [said]})
    Handler.answers["/gradio_api/info"] = lambda h: h.json(info)
    with Client(server.url, token=said) as client:
        for form in ("str", "dict"):
            told = str(client.view_api(return_format=form))
            assert "[secret]" in told
            assert not leaks(told, [])
    described = str(fetch_description(server.url, token=said))
    assert "[secret]" in described
    assert not leaks(described, [])


def test_a_short_password_leaves_a_description_as_it_is(server: Server) -> None:
    Handler.answers["/login"] = lambda h: h.json({"success": True})
    config, _, _ = fetch_description(server.url, auth=("me", "textbox"))
    assert config == CONFIG


def test_messages_and_progress_have_none(server: Server) -> None:
    """Which a bar shows on the terminal."""
    Handler.answers["/login"] = lambda h: h.json({"success": True})
    said = SECRETS["token"]
    unit = {"index": 1, "length": 2, "unit": said, "desc": f"Step {said}"}
    Handler.answers["/gradio_api/queue/data"] = lambda h: h.events(
        {"msg": "progress", "event_id": "e", "progress_data": [unit]},
        {"msg": "log", "event_id": "e", "log": said, "level": "info", "title": said},
        DONE,
        CLOSE,
    )
    with WireClient(server.url, token=said) as client:
        told = repr([*client.echo.submit("x").updates()])
    assert told.count("[secret]") == 4
    assert not leaks(told, [])


def test_what_an_error_came_of_goes_where_its_text_cannot_be_struck() -> None:
    secrets = Secrets()
    secrets.add(SECRETS["token"])
    error = GradioError("no")
    try:
        TypeAdapter(int).validate_python(SECRETS["token"])
    except ValidationError as cause:
        error.__cause__ = error.__context__ = cause
    cleaned(error, secrets.strike)
    assert not leaks(shown(error), [])
    error.__cause__ = OSError(2, "harmless")
    cleaned(error, secrets.strike)
    assert isinstance(error.__cause__, OSError)
