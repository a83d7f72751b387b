"""The tour's module: generated and imported."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Protocol, cast

from gradio_runtime import Client, Endpoint, File, FileInput, StreamEndpoint


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
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # annotations are looked up there
    spec.loader.exec_module(module)
    return cast("type[DemoClient]", module.DemoClient)
