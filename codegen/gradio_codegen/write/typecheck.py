"""mypy over what was generated, strict and with no settings of anybody's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from ..errors import CodegenError


def type_check(
    file: str, *, scratch: Path, cwd: Path | None = None, imports: Path | None = None
) -> list[str]:
    """Run mypy over a file, and return the lines of what it finds.

    Args:
        file: Its path, from `cwd` on; findings show it as it is given.
        scratch: Where mypy's cache goes, unless MYPY_CACHE_DIR names another folder.
        cwd: Where it runs; None for here.
        imports: A folder that the file imports from.

    Raises:
        CodegenError: It could not run.
    """
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file="]
    command += ["--no-error-summary", "--no-pretty", "--no-color-output"]
    if not os.environ.get("MYPY_CACHE_DIR"):
        command.append(f"--cache-dir={scratch / 'mypy'}")
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [*command, "--", file],
        cwd=cwd,
        env=os.environ | ({"MYPYPATH": str(imports.absolute())} if imports else {}),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    if done.returncode not in (0, 1) or (done.returncode and not lines):
        error = " ".join(done.stderr.split()) or f"it exited with {done.returncode}"
        raise CodegenError(f"mypy could not run: {error}")
    return lines if done.returncode else []
