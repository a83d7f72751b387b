"""Virtual environments of pinned Gradio servers, made once and kept.

They live outside the clone, under `$XDG_CACHE_HOME/gradio-codegen/servers/`, one per
Gradio version, requirement file and Python. A lock file lets one process make an
environment while others wait for it, and a marker written last tells a whole
environment from one whose making was interrupted.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from uv import find_uv_bin

REQUIREMENTS = Path(__file__).parent / "requirements"
# The Gradio version that stands for each major one. To add a server: a line here, and
# its requirements/gradio-<version>.in compiled as the header of the others says.
VERSIONS = {3: "3.50.2", 4: "4.44.1", 5: "5.50.0", 6: "6.31.0"}
# Versions between them that speak a protocol of their own: up to 4.8 each job has its
# own event stream (`sse`).
BETWEEN = {"4.8": "4.8.0"}
# The servers may run on another Python than the tests: Gradio 3 and 4 do not install on
# the newest.
PYTHON = os.environ.get("SERVER_PYTHON")


def cache_dir() -> Path:
    """The folder that holds the environments of every clone on this machine."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "gradio-codegen" / "servers"


def server_python(version: str) -> Path:
    """The interpreter of the environment with this Gradio, which is made if missing."""
    requirements = REQUIREMENTS / f"gradio-{version}.txt"
    digest = hashlib.sha256(requirements.read_bytes())
    digest.update(f"{PYTHON or sys.version} {sysconfig.get_platform()}".encode())
    home = cache_dir() / f"{version}-{digest.hexdigest()[:12]}"
    python = home / "bin" / "python"
    ready = home / ".ready"
    with _locked(home.with_name(f"{home.name}.lock")) as lock:
        if not (ready.exists() and python.exists()):
            shutil.rmtree(home, ignore_errors=True)
            _uv(
                lock, "venv", "--no-project", "--python", PYTHON or sys.executable, home
            )
            sync = ("pip", "sync", "--compile-bytecode", "--python", python)
            _uv(lock, *sync, requirements)
            ready.touch()
    return python


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """Hold an exclusive lock; the system lets go of it when its holders have ended."""
    import fcntl  # not on Windows, where no test starts a server

    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()


def _uv(lock: int, *arguments: str | Path) -> None:
    """Run uv, which holds the lock too: it may outlive us when we are killed."""
    drop = ("VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT")
    environment = {name: v for name, v in os.environ.items() if name not in drop}
    done = subprocess.run(
        [find_uv_bin(), *arguments],
        cwd=cache_dir(),
        env=environment,
        pass_fds=[lock],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"uv {arguments} failed:\n{done.stderr}")
