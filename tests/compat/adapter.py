"""The names of the official client, as scripts import them, for what we have.

With these names in the place of its own, the official client's test-suite runs against
us: see docs/migrating.md for the tests of it that ask for something else.
"""

from __future__ import annotations

from gradio_runtime import (
    AppError,
    AuthenticationError,
    Job,
    ProgressUnit,
    Status,
    StatusUpdate,
    handle_file,
)
from gradio_runtime import QueueFull as QueueError
from gradio_runtime import ServerValidationError as ValidationError

# Theirs connects when it is made; our own class does so at the first call.
from gradio_runtime import connect as Client

__all__ = [
    "AppError",
    "AuthenticationError",
    "Client",
    "Job",
    "ProgressUnit",
    "QueueError",
    "Status",
    "StatusUpdate",
    "ValidationError",
    "handle_file",
]
