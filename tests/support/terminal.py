"""Programs on a terminal of their own. Tests that want one are skipped on Windows."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

__all__ = ["on_terminal", "open_terminal", "read_terminal"]


def open_terminal() -> tuple[int, int]:
    """Open a terminal: the end that a test reads, and the one that a program writes."""
    pty = pytest.importorskip("pty", reason="the system has no pseudo-terminals")
    ours, theirs = pty.openpty()
    return ours, theirs


def on_terminal(
    command: Sequence[str | Path], env: Mapping[str, str], cwd: Path | None = None
) -> str:
    """Run a command on a terminal; return what it shows.

    Raises:
        AssertionError: The command fails.
    """
    ours, theirs = open_terminal()
    with subprocess.Popen(
        command, env=env, cwd=cwd, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        shown = read_terminal(ours)
    assert process.returncode == 0, shown
    return shown


def read_terminal(ours: int) -> str:
    """Read everything that is written to a terminal, until its other end is closed."""
    parts: list[bytes] = []
    try:
        while part := os.read(ours, 65536):
            parts.append(part)
    except OSError:  # so ends a terminal on Linux
        pass
    finally:
        os.close(ours)
    return b"".join(parts).decode()
