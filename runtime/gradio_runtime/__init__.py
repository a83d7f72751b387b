"""The runtime behind modules that gradio-codegen generates.

A generated module imports `App`, `Call`, `Client` and the model bases from here. On
its own the package calls any Gradio app, untyped, through `Client`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._api.app import App, Endpoint, StreamEndpoint
from ._api.call import Call
from ._api.client import Client, connect, duplicate
from ._models.base import UNCHANGED, Input, Model
from ._version import __version__ as __version__
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

if TYPE_CHECKING:
    from ._api.job import Job
    from ._api.results import Results
    from ._api.stream import Stream
    from ._api.untyped import handle_file
    from ._batch.results import Done, Failed, Summary
    from ._engine.output import Output
    from ._models.file_inputs import FileInput
    from ._models.files import File, UploadProgress
    from ._models.status import LogMessage, ProgressUnit, Status, StatusUpdate
    from ._models.updates import Update
    from .errors import JobCancelled


__all__ = [
    "UNCHANGED",
    "App",
    "AppError",
    "AuthenticationError",
    "Call",
    "Client",
    "ConnectError",
    "ConnectionLost",
    "Done",
    "Endpoint",
    "Failed",
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
    "Results",
    "SchemaDrift",
    "SchemaDriftWarning",
    "ServerValidationError",
    "SpaceError",
    "Status",
    "StatusUpdate",
    "Stream",
    "StreamEndpoint",
    "Summary",
    "Update",
    "UploadProgress",
    "connect",
    "duplicate",
    "handle_file",
]

_LATE = {
    "Done": "gradio_runtime._batch.results",
    "Failed": "gradio_runtime._batch.results",
    "File": "gradio_runtime._models.files",
    "FileInput": "gradio_runtime._models.file_inputs",
    "Results": "gradio_runtime._api.results",
    "Summary": "gradio_runtime._batch.results",
    "Job": "gradio_runtime._api.job",
    "JobCancelled": "gradio_runtime.errors",
    "LogMessage": "gradio_runtime._models.status",
    "Output": "gradio_runtime._engine.output",
    "ProgressUnit": "gradio_runtime._models.status",
    "Status": "gradio_runtime._models.status",
    "StatusUpdate": "gradio_runtime._models.status",
    "Stream": "gradio_runtime._api.stream",
    "Update": "gradio_runtime._models.updates",
    "UploadProgress": "gradio_runtime._models.files",
    "handle_file": "gradio_runtime._api.untyped",
}


def __getattr__(name: str) -> Any:
    """Import what not every generated module needs at the first use of its name."""
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_LATE[name]), name)
