"""Turn any Gradio app into a typed Python module.

`gradio-codegen SOURCE -o FILE` on the command line, `generate(SOURCE)` from Python.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._version import __version__
from .errors import (
    CheckError,
    CodegenError,
    Diagnostic,
    OutputError,
    SourceError,
    SpecError,
    UsageError,
)

if TYPE_CHECKING:
    from .api import GeneratedModule, generate, read
    from .descriptions.spec import AppSpec
    from .drift import Change, Diff, diff

__all__ = [
    "AppSpec",
    "Change",
    "CheckError",
    "CodegenError",
    "Diagnostic",
    "Diff",
    "GeneratedModule",
    "OutputError",
    "SourceError",
    "SpecError",
    "UsageError",
    "__version__",
    "diff",
    "generate",
    "read",
]

_LATE = {
    "AppSpec": "descriptions.spec",
    "Change": "drift",
    "Diff": "drift",
    "GeneratedModule": "api",
    "diff": "drift",
    "generate": "api",
    "read": "api",
}


def __getattr__(name: str) -> Any:
    """Import the generator itself at the first use: `--version` needs none of it."""
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_LATE[name]}", __name__), name)
