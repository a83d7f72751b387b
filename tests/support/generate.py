"""The module that the command makes of an app, imported."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from types import ModuleType

__all__ = ["generated"]


def generated(url: str, name: str, folder: Path, *options: str) -> ModuleType:
    """Generate a module from a running app, and import it.

    Args:
        url: The app.
        name: The module.
        folder: Where its file goes.
        options: More of the command line.
    """
    command = [sys.executable, "-m", "gradio_codegen", url, "-o", f"{name}.py"]
    made = subprocess.run(
        [*command, *options],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    importlib.invalidate_caches()
    sys.path.insert(0, str(folder))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(folder))
