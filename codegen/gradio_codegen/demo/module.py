"""The tour's module: generated and imported."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, cast

from gradio_runtime import Client, Endpoint, File, FileInput, StreamEndpoint

from ..shell.modules import load as load_module


class TranscribeOutput(Protocol):
    """The outputs of `/transcribe`."""

    text: str
    seconds: float


class DemoClient(Client):
    """What the tour uses of the generated module's client.

    Other code imports such a client and has its types. The tour cannot: it was written
    before the module is generated.
    """

    calculate: Endpoint[[float, str, float], float]
    count: StreamEndpoint[[int, float], int]
    transcribe: Endpoint[[FileInput], TranscribeOutput]
    gradient: Endpoint[[str, str], File]
    bake: Endpoint[[str, float], str]
    train: Endpoint[[int], str]


def load(path: Path) -> type[DemoClient]:
    """Import the module from its file, and return its client class.

    Nothing checks that this class is what the tour expects.
    """
    return cast("type[DemoClient]", load_module(path).DemoClient)
