"""The visitor's ZeroGPU quota is passed on from one app to a Space, and no further."""

from __future__ import annotations

import sys
import threading
from contextvars import ContextVar, copy_context
from functools import partial
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import gradio_runtime
import pytest
from gradio_runtime import Client
from gradio_runtime._engine.connection import Connection
from gradio_runtime._hub import waiting
from gradio_runtime._hub.spaces import Space as Found

from tests.conftest import StartServer
from tests.runtime.wire_api import WireClient
from tests.support.hub import Hub, Space
from tests.support.misbehaving import Server, sent
from tests.support.servers import GradioServer


@pytest.fixture
def visitor(monkeypatch: pytest.MonkeyPatch) -> ContextVar[Any]:
    """A stand-in for `gradio.context`, with the request that is served."""
    request: ContextVar[Any] = ContextVar("request")
    module = ModuleType("gradio.context")
    module.LocalContext = SimpleNamespace(request=request)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "gradio.context", module)
    return request


def running_at(host: str, space_id: str, token: str | None) -> Found:
    """What the Hub would say of a Space."""
    return Found(space_id, host, "RUNNING", "gradio")


def called(client: WireClient, request: ContextVar[Any], token: str | None) -> None:
    """Call as an app's function does that serves a request with this header."""
    headers = {} if token is None else {"x-ip-token": token}
    context = copy_context()
    context.run(request.set, SimpleNamespace(headers=headers))
    assert context.run(client.echo, "x") == "ok"


def test_a_space_is_told_the_visitor(
    server: Server, visitor: ContextVar[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "look_up", partial(running_at, server.url))
    with WireClient("owner/space", token=False) as client:
        called(client, visitor, "signed")
        assert sent("/join")["x-ip-token"] == "signed"
        assert "x-ip-token" not in sent("/config")  # it belongs to the call
        called(client, visitor, None)
        assert "x-ip-token" not in sent("/join")
        assert client.echo("x") == "ok"  # where no request is served at all
        assert "x-ip-token" not in sent("/join")
        mine = client.echo.with_options(headers={"x-ip-token": "mine"})
        assert mine("x") == "ok"
        assert sent("/join")["x-ip-token"] == "mine"
        # Another thread serves another request, or none.
        thread = threading.Thread(target=client.echo, args=("x",))
        thread.start()
        thread.join()
        assert "x-ip-token" not in sent("/join")


def test_who_is_no_space_is_not(server: Server, visitor: ContextVar[Any]) -> None:
    with WireClient(server.url) as client:
        called(client, visitor, "signed")
    assert "x-ip-token" not in sent("/join")


@pytest.mark.parametrize(
    ("src", "space"),
    [
        ("owner/space", True),
        ("https://owner-space.hf.space", True),
        ("https://owner-space.hf.space/sub/", True),
        ("http://owner-space.hf.space", False),  # anybody on the way could read it
        ("https://hf.space.example.com", False),
        ("https://evil-hf.space", False),
        ("https://user:pw@example.com/a.hf.space", False),
        ("http://127.0.0.1:7860", False),
    ],
)
def test_what_is_a_space(src: str, space: bool) -> None:
    assert Connection(src).is_space is space


def test_a_gradio_of_another_shape_is_no_harm(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "look_up", partial(running_at, server.url))
    monkeypatch.setitem(sys.modules, "gradio.context", ModuleType("gradio.context"))
    with WireClient("owner/space", token=False) as client:
        assert client.echo("x") == "ok"


CALLER = """
import os, sys
import gradio as gr
sys.path.insert(0, os.environ["RUNTIME"])
from gradio_runtime import Client

space = Client("gradio/wire", token=False)
plain = Client(os.environ["PLAIN"])

def ask(text):
    return [
        client.predict(text, api_name="/request_info")["headers"].get("x-ip-token")
        for client in (space, plain)
    ]

async def ask_async(text):
    job = space.submit(text, api_name="/request_info")
    return [(await job)["headers"].get("x-ip-token")]

with gr.Blocks() as demo:
    text, out = gr.Textbox(), gr.JSON()
    for function in (ask, ask_async):
        text.submit(function, text, out, api_name=function.__name__)
demo.launch(server_name="127.0.0.1", server_port=int(os.environ["PORT"]), quiet=True,
            ssr_mode=False)
"""


@pytest.mark.slow
def test_an_app_that_calls_a_space(
    start_server: StartServer, gradio6: GradioServer, tmp_path: Path
) -> None:
    """The whole way: visitor, app with this runtime in it, Space."""
    app = tmp_path / "caller.py"
    app.write_text(CALLER)
    with Hub({"gradio/wire": Space(gradio6.url)}) as hub:
        env = {
            "RUNTIME": str(Path(gradio_runtime.__file__).parents[1]),
            "PLAIN": gradio6.url,
            "HF_ENDPOINT": hub.url,
            "HF_HUB_OFFLINE": "0",
        }
        caller = start_server(app, 6, env)
        with Client(caller.url, headers={"x-ip-token": "signed"}) as client:
            assert client.predict("x", api_name="/ask") == ["signed", None]
            assert client.predict("x", api_name="/ask_async") == ["signed"]
        with Client(caller.url) as client:
            assert client.predict("x", api_name="/ask") == [None, None]
