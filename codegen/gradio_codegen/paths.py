"""Paths that somebody names."""

from __future__ import annotations

import os
from pathlib import Path

from gradio_runtime._models.texts import brief

from .errors import UsageError


def as_path(named: str | os.PathLike[str]) -> Path:
    """Return the path of a file or a folder, which may be missing.

    Raises:
        UsageError: The system refuses the name, or does not let us see what is there.
    """
    try:
        os.stat(named)  # noqa: PTH116  # what pathlib raises differs between versions
    except (FileNotFoundError, NotADirectoryError):
        pass
    except (OSError, ValueError) as error:
        problem = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(
            f"{brief(os.fspath(named), 200)} cannot be a path: {problem}. Check it"
        ) from None
    return Path(named)
