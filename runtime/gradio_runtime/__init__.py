"""The runtime behind modules that gradio-codegen generates.

A generated module imports `App`, `Call`, `Client` and the model bases from here. On
its own the package calls any Gradio app, untyped, through `Client`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._version import __version__ as __version__
from .app import App, Endpoint, StreamEndpoint
from .call import Call
from .client import Client, connect, duplicate
from .errors import (
    AppError,
    AuthenticationError,
    ConnectError,
    ConnectionLost,
    FileTooLarge,
    GradioError,
    InputError,
    JobTimeout,
    OutputMismatch,
    ProtocolError,
    QueueFull,
    RateLimited,
    SchemaDrift,
    SchemaDriftWarning,
    ServerValidationError,
    SpaceError,
)
from .file_inputs import FileInput
from .files import File, UploadProgress
from .values import UNCHANGED, Input, Model, Output

if TYPE_CHECKING:
    from .errors import JobCancelled
    from .job import Job
    from .status import LogMessage, ProgressUnit, Status, StatusUpdate
    from .stream import Stream
    from .untyped import handle_file


__all__ = [
    "UNCHANGED",
    "App",
    "AppError",
    "AuthenticationError",
    "Call",
    "Client",
    "ConnectError",
    "ConnectionLost",
    "Endpoint",
    "File",
    "FileInput",
    "FileTooLarge",
    "GradioError",
    "Input",
    "InputError",
    "Job",
    "JobCancelled",
    "JobTimeout",
    "LogMessage",
    "Model",
    "Output",
    "OutputMismatch",
    "ProgressUnit",
    "ProtocolError",
    "QueueFull",
    "RateLimited",
    "SchemaDrift",
    "SchemaDriftWarning",
    "ServerValidationError",
    "SpaceError",
    "Status",
    "StatusUpdate",
    "Stream",
    "StreamEndpoint",
    "UploadProgress",
    "connect",
    "duplicate",
    "handle_file",
]

_LATE = {
    "Job": "gradio_runtime.job",
    "JobCancelled": "gradio_runtime.errors",
    "LogMessage": "gradio_runtime.status",
    "ProgressUnit": "gradio_runtime.status",
    "Status": "gradio_runtime.status",
    "StatusUpdate": "gradio_runtime.status",
    "Stream": "gradio_runtime.stream",
    "handle_file": "gradio_runtime.untyped",
}


def __getattr__(name: str) -> Any:
    """Import what a generated module does not need at the first use of its name."""
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_LATE[name]), name)
