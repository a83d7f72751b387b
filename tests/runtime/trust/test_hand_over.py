"""A hostile server, on every protocol, and a client that hands on what it was given.

What is asserted is what the server has got, and what the process has opened.
"""

from __future__ import annotations

import contextlib
import json
import pickle
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gradio_runtime import Client, File, GradioError
from gradio_runtime._components.registry import KINDS

from tests.support.misbehaving import (
    ASKS,
    CLOSE,
    CONFIG,
    DONE,
    ESTIMATION,
    STARTS,
    Handler,
    forget_all,
    serving,
)

from .shapes import VERSIONS, leaves

SECRET = b"a secret of the caller's"
#: Opened since the test began, of the folder that holds the secret.
_opened: list[str] = []
_watched: list[str] = []


def _hear(event: str, args: tuple[Any, ...]) -> None:
    if event == "open" and _watched and str(args[0]).startswith(_watched[0]):
        _opened.append(str(args[0]))


sys.addaudithook(_hear)


@pytest.fixture
def secret(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "secret" / "id_rsa"
    path.parent.mkdir()
    path.write_bytes(SECRET)
    _watched.append(str(path.parent))
    yield path
    _watched.clear()
    _opened.clear()


def speak(version: str, output: dict[str, Any]) -> None:
    """Have the server answer each call of its one endpoint with an output."""
    done = {**DONE, "output": output}

    def converse(handler: Handler) -> None:
        handler.open_socket()
        handler.say({"msg": "send_hash"})
        handler.hear()
        handler.say(ESTIMATION)
        handler.say(ASKS)
        Handler.bodies.append(("socket", handler.hear()))
        handler.say(STARTS)
        handler.say(done)
        handler.shut(1000)

    prefix = "/gradio_api" if version >= "5" else ""
    answers = {
        f"{prefix}/queue/join": lambda h: h.json({"event_id": "e"}),
        f"{prefix}/queue/data": lambda h: h.events(done, CLOSE),
        f"{prefix}/upload": lambda h: h.json(["/srv/uploaded"]),
    }
    if VERSIONS[version] == "ws":
        answers[f"{prefix}/queue/join"] = converse
    if VERSIONS[version] == "sse":
        answers[f"{prefix}/queue/join"] = lambda h: h.events(ASKS, STARTS, done)
        answers[f"{prefix}/queue/data"] = lambda h: h.json(None)
    Handler.answers.update(answers)


def describe(
    version: str, component: str, *, said_by: str | None = None, default: Any = None
) -> None:
    """Have the server say what it is.

    Args:
        version: Of its Gradio.
        component: What its one endpoint takes.
        said_by: What that puts out; None for the same.
        default: Of its parameter, if it has one.
    """
    components = (component, said_by or component)
    config = {
        **CONFIG,
        "version": version,
        "protocol": VERSIONS[version],
        "api_prefix": "/gradio_api" if version >= "5" else "",
        "enable_queue": True,
        "components": [
            {"id": number, "type": name, "props": {}, "skip_api": False}
            for number, name in enumerate(components)
        ],
        "dependencies": [
            {"id": 0, "api_name": "f", "inputs": [0], "outputs": [1], "types": {}}
        ],
    }
    slot, said = (
        {"label": "x", "component": name.capitalize(), "type": {}}
        for name in components
    )
    parameter = {
        **slot,
        "parameter_name": "x",
        "parameter_has_default": default is not None,
        "parameter_default": default,
    }
    info = {"named_endpoints": {"/f": {"parameters": [parameter], "returns": [said]}}}
    prefix = config["api_prefix"]
    Handler.answers["/config"] = lambda h: h.json(config)
    Handler.answers[f"{prefix}/info"] = lambda h: h.json(info)


def handed_on(result: Any) -> Iterator[Any]:
    """The result of one call as the value of another."""
    parts = [result]
    if isinstance(result, dict):
        parts += result.values()
    if isinstance(result, list | tuple):
        parts += result
    for part in parts:
        yield pickle.loads(pickle.dumps(part))
        yield {"file": [part]}
        with contextlib.suppress(
            TypeError
        ):  # a text in a file's place is none for JSON
            yield json.loads(json.dumps(part))


#: Every component, and every version, with a third of the others' in turn.
PAIRS = [
    (version, place, component)
    for turn, version in enumerate(VERSIONS)
    for place, component in enumerate(
        sorted(name for name, kind in KINDS.items() if kind.files)
    )
    if (turn + place) % 3 == 0
]


@pytest.mark.slow
@pytest.mark.parametrize(("version", "place", "component"), PAIRS)
def test_nothing_is_read_that_the_caller_did_not_name(
    version: str, place: int, component: str, secret: Path, tmp_path: Path
) -> None:
    download = place % 2 == 0
    forget_all()
    describe(version, component)
    with (
        serving() as server,
        Client(server.url, download_files=download, download_dir=tmp_path) as client,
    ):
        for leaf in leaves(secret)[place // 3 % 3 :: 3]:
            for value in (leaf, [{"image": leaf}], [[leaf, "x"]]):
                speak(version, {"data": [value]})
                try:
                    result = client.predict("http://127.0.0.1:9/x.png", api_name="/f")
                except GradioError:
                    continue  # it does not serve the file that it names
                for again in handed_on(result):
                    with contextlib.suppress(GradioError):
                        client.predict(again, api_name="/f")
    assert not _opened
    assert not any(SECRET in body for _, body in Handler.bodies)


def test_the_watch_is_awake(secret: Path, tmp_path: Path) -> None:
    """What the caller names himself is read, heard of, and sent."""
    forget_all()
    describe("6.31.0", "image")
    speak("6.31.0", {"data": ["ok"]})
    with serving() as server, Client(server.url, download_dir=tmp_path) as client:
        client.predict(str(secret), api_name="/f")
        client.predict(File.of(secret), api_name="/f")
    assert len(_opened) == 2
    assert sum(SECRET in body for _, body in Handler.bodies) == 2


def test_an_address_is_fetched_for_who_named_it_himself(tmp_path: Path) -> None:
    """A URL of this machine: the caller's own is read, an app's or some JSON's is not."""
    forget_all()
    describe("6.31.0", "image")
    speak("6.31.0", {"data": ["ok"]})
    Handler.answers["/inside"] = lambda h: h.raw(SECRET, "image/png")
    with (
        serving() as app,
        serving() as other,
        Client(app.url, download_dir=tmp_path) as client,
    ):
        url = f"{other.url}/inside"
        stranger = File.model_validate({"url": url})
        speak("6.31.0", {"data": [{"path": url, "meta": {"_type": "gradio.FileData"}}]})
        with pytest.raises(GradioError, match="download_hosts"):
            client.predict(url, api_name="/f")
        assert sum(SECRET in body for _, body in Handler.bodies) == 1
        for again in (stranger, pickle.loads(pickle.dumps(stranger))):
            with pytest.raises(GradioError, match="download_hosts"):
                client.predict(again, api_name="/f")
    assert sum(SECRET in body for _, body in Handler.bodies) == 1
