"""The one error whose base class is dear to import; see `errors.__getattr__`."""

from __future__ import annotations

from concurrent.futures import CancelledError

from .errors import GradioError

__all__ = ["JobCancelled"]


class JobCancelled(GradioError, CancelledError):
    """The job was cancelled, so it has no result."""

    usual_hint = "Call again if the result is wanted after all"
