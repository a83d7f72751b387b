"""The main job on real servers: an app in, a typed module out, checked and called."""

from __future__ import annotations

import json
import subprocess
import sys
import wave
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from gradio_runtime import AppError, File, InputError
from gradio_runtime.types import (
    ChatMessage,
    DataframeData,
    GalleryImage,
    LabelData,
    MultimodalData,
)

from tests.support.generate import generated
from tests.support.servers import GradioServer

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
#: A PNG of one pixel.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408"
    "d763f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


@pytest.fixture(scope="module")
def api(gradio: GradioServer, tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """The module that the command makes of the app, imported."""
    folder = tmp_path_factory.mktemp("api")
    name = f"wire{gradio.major}_api"
    return generated(gradio.url, name, folder, "--typecheck")


def test_every_public_endpoint_is_there(api: ModuleType, gradio: GradioServer) -> None:
    endpoints = [name for name in api.__all__ if hasattr(getattr(api, name), "submit")]
    assert len(endpoints) >= 50
    assert not hasattr(api, "undocumented")


MISTAKES = {
    "a wrong literal": 'api.calculator(1, "power", 2)',
    "a wrong type": 'api.calculator("1", "add", 2)',
    "a missing argument": "api.echo()",
    "an unknown argument": 'api.echo(txt="a")',
    "a stream of a plain endpoint": 'api.echo.stream("a")',
    "a wrong result": 'x: int = api.echo("a")',
    "a wrong submit": 'api.calculator.submit(1, "power")',
    "a wrong job": 'y: int = api.echo.submit("a").result()',
}
FINE = [
    'a: float = api.calculator(1, "add", 2)',
    'b: str = api.echo.submit("a").result()',
    "for token in api.grow.stream(3): print(token.upper())",
    "c: list[float] = [n for n in api.counting.stream(2)]",
]


def test_both_checkers_catch_each_mistake(api: ModuleType, tmp_path: Path) -> None:
    """Every line with a mistake is reported by both, and no other line is."""
    source = Path(str(api.__file__))
    (tmp_path / source.name).write_text(source.read_text())
    lines = [f"import {source.stem} as api", *FINE, *MISTAKES.values()]
    (tmp_path / "use.py").write_text("\n".join(lines) + "\n")
    wrong = set(range(len(FINE) + 2, len(lines) + 1))
    mypy = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "-O", "json", "use.py", source.name],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    found = [json.loads(line) for line in mypy.stdout.splitlines()]
    reported = {(e["file"], e["line"]) for e in found if e["severity"] == "error"}
    assert reported == {("use.py", line) for line in wrong}
    config = {"typeCheckingMode": "strict", "pythonVersion": "3.11"}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(config))
    pyright = subprocess.run(
        [
            sys.executable,
            "-m",
            "pyright",
            "--outputjson",
            "--pythonpath",
            sys.executable,
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    diagnostics = json.loads(pyright.stdout)["generalDiagnostics"]
    reported = {
        (Path(d["file"]).name, d["range"]["start"]["line"] + 1) for d in diagnostics
    }
    assert reported == {("use.py", line) for line in wrong}


# ---- a live round trip through each kind of endpoint


def test_scalars_choices_and_lists(api: ModuleType) -> None:
    assert api.calculator(3, "multiply", 4) == 12
    assert api.count_to(3) == [0, 1, 2]
    chosen = api.choices(pick="b", level=1, many=[1, 3], colours=["green"], size=2.5)
    assert chosen["pick"] == "b"
    assert chosen["level"] == 1
    assert chosen["many"] == [1, 3]
    assert api.choices()["level"] == 9
    assert api.sparse(b=2) == ["a", 2, "c"]
    assert api.typed(2, weights=[1, 2.5]) is not None
    with pytest.raises(InputError, match="level"):
        api.choices(level=2)
    with pytest.raises(InputError, match="size"):
        api.choices(size=99)


def test_json_tables_labels(api: ModuleType) -> None:
    assert api.json({"a": [1, None]}) == {"a": [1, None]}
    table = api.table(DataframeData(headers=["name", "score"], data=[["ann", 1]]))
    assert isinstance(table, DataframeData)
    assert table.headers == ["name", "score"]
    assert table.data == [["ann", 1]]
    label = api.label("x")
    assert isinstance(label, LabelData)
    assert label.confidences


def test_chat(api: ModuleType) -> None:
    (message,) = api.chat_echo([ChatMessage(role="user", content="hi")])
    assert isinstance(message, ChatMessage)
    assert message.text == "hi"
    *_, last = api.chat.stream("hey")
    assert [m.text for m in last] == ["hey", "Hello world"]


def test_files_of_every_kind(api: ModuleType, tmp_path: Path) -> None:
    png, wav, text = (tmp_path / name for name in ("a.png", "a.wav", "a.txt"))
    png.write_bytes(PNG)
    text.write_text("text")
    with wave.open(str(wav), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(1600))
    assert api.image(png).read_bytes()[:4] == b"\x89PNG"
    assert api.audio(wav).read_bytes()[:4] == b"RIFF"
    assert api.file(text).read_bytes() == b"text"
    assert [f.read_bytes() for f in api.files([text, text])] == [b"text", b"text"]
    pictures = api.gallery([png, GalleryImage(image=File(path=png), caption="one")])
    assert [item.caption for item in pictures] == [None, "one"]
    assert all(item.image.path.exists() for item in pictures)
    seen: Any = api.multimodal(MultimodalData(text="t", files=[File(path=text)]))
    assert seen["text"] == "t"
    assert api.multimodal("only text")["text"] == "only text"
    assert api.two_files("x").first.path.exists()


def test_shapes_of_outputs(api: ModuleType) -> None:
    assert api.no_outputs("k") is None
    assert api.neither() is None
    assert isinstance(api.no_inputs(), str)
    out, length, any_ = api.many_outputs("abc").astuple()
    assert (length, any_) == (3, True)
    assert isinstance(out, str)
    assert api.counter(2) == 2
    assert api.counter(2) == 4
    assert list(api.counting.stream(2)) == [5, 6]
    with pytest.raises(AppError, match="boo"):
        api.fail("boo")


def test_a_client_class_of_its_own(api: ModuleType, gradio: GradioServer) -> None:
    with getattr(api, f"Wire{gradio.major}Client")(gradio.url) as client:
        assert client.counter(1) == 1
        assert list(client.grow.stream(2)) == ["token0 ", "token0 token1 "]
