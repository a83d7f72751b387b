"""A line on the terminal that shows what a caller waits for."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress

from .._models.texts import printable

#: Shows a text in place of the previous one; None removes it.
Report = Callable[[str | None], None]


def line_on_terminal() -> Report:
    """Return a `Report` that writes one line to stderr if it is a terminal."""

    def show(text: str | None) -> None:
        with suppress(OSError, ValueError, AttributeError):  # closed, or there is none
            if sys.stderr.isatty():
                # Some terminals report a width of 0.
                width = os.get_terminal_size(sys.stderr.fileno()).columns or 80
                shown = printable(text or "")[: width - 1]
                sys.stderr.write(f"\r\x1b[K{shown}")
                sys.stderr.flush()

    return show
