"""The tour's module: generated, type-checked and imported."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Protocol, cast

from gradio_runtime import Client, Endpoint, File, FileInput, StreamEndpoint

__all__ = ["DemoClient", "TranscribeOutput", "load", "type_check"]


class TranscribeOutput(Protocol):
    """The outputs of `/transcribe`."""

    text: str
    seconds: float


class DemoClient(Client):
    """What the tour uses of the generated module's client.

    Other code imports such a client and has its types. The tour cannot: it is older
    than the module.
    """

    calculate: Endpoint[[float, str, float], float]
    count: StreamEndpoint[[int, float], int]
    transcribe: Endpoint[[FileInput], TranscribeOutput]
    gradient: Endpoint[[str, str], File]
    bake: Endpoint[[str, float], str]
    train: Endpoint[[int], str]


def type_check(path: Path, *, imports: Path, cache: Path) -> list[str]:
    """Run mypy, strict and with no settings but these, over a file.

    Args:
        path: The file.
        imports: A folder that it imports from.
        cache: Where mypy keeps what it learns.

    Returns:
        Its complaints.
    """
    options = ["--strict", "--config-file=", "--no-error-summary"]
    options += ["--no-pretty", "--no-color-output"]
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "mypy", *options, f"--cache-dir={cache}", path.name],
        cwd=path.parent,
        env=os.environ | {"MYPYPATH": str(imports)},
        capture_output=True,
        text=True,
        check=False,
    )
    return (done.stdout + done.stderr).strip().splitlines()


def load(path: Path) -> type[DemoClient]:
    """Import the module from its file, and return its client class.

    The one place where the tour takes it on trust that the module is what it expects.
    """
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # annotations are looked up there
    spec.loader.exec_module(module)
    return cast("type[DemoClient]", module.DemoClient)
