"""What mypy and pyright, both strict, say about the files of a folder."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

#: The name of a file, and a line of it that is reported, counted from 1.
Place = tuple[str, int]


def mypy_errors(folder: Path) -> set[Place]:
    """Where `mypy --strict` finds an error."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "mypy", "--strict", "-O", "json"),
            *(path.name for path in sorted(folder.glob("*.py"))),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return {(e["file"], e["line"]) for e in found if e["severity"] == "error"}


def pyright_errors(folder: Path) -> set[Place]:
    """Where pyright in strict mode reports anything."""
    config = {"typeCheckingMode": "strict", "pythonVersion": "3.11"}
    (folder / "pyrightconfig.json").write_text(json.dumps(config))
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pyright", "--outputjson"),
            *("--pythonpath", sys.executable),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(done.stdout)["generalDiagnostics"]
    return {(Path(d["file"]).name, d["range"]["start"]["line"] + 1) for d in found}
