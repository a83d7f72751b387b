"""What the components app is made with: one way to write a component for 3.50 to 6.31."""

from __future__ import annotations

import inspect
import os
import tempfile
import wave
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio

#: Untyped: what the four versions offer differs, and stubs are right for one of them.
gr: Any = gradio
MAJOR = int(gr.__version__.split(".")[0])
MINOR = int(gr.__version__.split(".")[1])

#: A PNG of one pixel.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408"
    "d763f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)
#: Enough of an MP4 to be handed through: no server has ffmpeg to look inside.
MP4 = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2\0\0\0\x08mdat"
SRT = "1\n00:00:00,000 --> 00:00:01,000\nHello\n"


def _write_assets() -> Path:
    """Files that components have as values, in a folder that Gradio may serve."""
    base = Path(os.environ.get("GRADIO_TEMP_DIR", tempfile.gettempdir()))
    base.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="assets-", dir=base))
    (folder / "pixel.png").write_bytes(PNG)
    (folder / "clip.mp4").write_bytes(MP4)
    (folder / "clip.srt").write_text(SRT)
    (folder / "cube.obj").write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
    (folder / "note.txt").write_text("a note\n")
    (folder / "inner").mkdir()
    (folder / "inner" / "deep.txt").write_text("deep\n")
    with wave.open(str(folder / "tone.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(1600))
    return folder


ASSETS = _write_assets()


def asset(name: str) -> str:
    return str(ASSETS / name)


@dataclass(frozen=True)
class Part:
    """A component that is made once the page is being built.

    Attributes:
        kind: Its class.
        options: For the constructor. Those that this version does not know are left out.
    """

    kind: str
    options: Mapping[str, Any]

    @property
    def component(self) -> Any:
        """Its class; None where this version has none."""
        return getattr(gr, self.kind, None) or getattr(gr.components, self.kind, None)

    def make(self, label: str) -> Any:
        component = self.component
        known = inspect.signature(component.__init__).parameters
        options = {"label": label, **self.options}
        return component(**{n: v for n, v in options.items() if n in known})


def part(kind: str, **options: Any) -> Part:
    return Part(kind, options)


def same(value: Any) -> Any:
    """Give back what came in."""
    return value


def given(value: Any) -> bool:
    """Whether there is a value: for inputs that have no output like them."""
    return value is not None


@dataclass(frozen=True)
class Row:
    """An endpoint with one component in and one out.

    Attributes:
        name: Its api_name.
        source: The input; None for an endpoint without one.
        target: The output; of the same make as the input when None.
        function: What it does.
        since: The first Gradio, by major version, that has it.
        until: The last one.
    """

    name: str
    source: Part | None
    target: Part | None = None
    function: Callable[..., Any] = same
    since: int = 3
    until: int = 6

    @property
    def here(self) -> bool:
        """Whether this version has the components, and does this with them."""
        parts = [part for part in (self.source, self.target) if part is not None]
        known = all(part.component is not None for part in parts)
        return known and self.since <= MAJOR <= self.until


def echo(name: str, kind: str, **options: Any) -> Row:
    """The endpoint `<name>_echo`: what comes in goes out, through the same component."""
    return Row(f"{name}_echo", Part(kind, options))


def expose(
    function: Callable[..., Any], inputs: Any, outputs: Any, **event: Any
) -> Any:
    """An endpoint on a button of its own; `api_name` is the function's, if not given."""
    event.setdefault("api_name", getattr(function, "__name__", None))
    return gr.Button(str(event["api_name"])).click(function, inputs, outputs, **event)


def add(row: Row) -> None:
    """Put a row's components and its button on the page."""
    if not row.here:
        return
    target = row.target or row.source
    assert target is not None
    inputs = [] if row.source is None else [row.source.make("In")]
    expose(row.function, inputs, [target.make("Out")], api_name=row.name)
