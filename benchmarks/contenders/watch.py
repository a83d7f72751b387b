"""What a process needs while something runs: its threads and its memory."""

from __future__ import annotations

import re
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

_SELF = Path("/proc/self")


class Memory:
    """The resident memory of this process when this was made."""

    def __init__(self) -> None:
        # 5 sets the peak back (proc(5)). Where that is not allowed, an earlier peak
        # counts as growth: too much rather than too little.
        with suppress(OSError):
            (_SELF / "clear_refs").write_text("5")
        self._before = resident()

    def grown(self) -> int:
        """Return the bytes that the peak since then is above it; 0 without /proc."""
        return max(resident("VmHWM") - self._before, 0)


class Watch:
    """The most threads and memory that this process had while in the `with` block.

    Attributes:
        threads: The most threads; the one that counts them is left out.
        memory: Bytes by which resident memory has grown, at its peak.
    """

    def __init__(self) -> None:
        self.threads = 0
        self.memory = 0
        self._done = threading.Event()
        self._watcher = threading.Thread(target=self._watch)

    def _watch(self) -> None:
        while not self._done.wait(0.005):
            self.threads = max(self.threads, _threads() - 1)

    def __enter__(self) -> Self:
        self._watcher.start()
        self._resident = Memory()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.memory = self._resident.grown()
        self._done.set()
        self._watcher.join()


def resident(entry: str = "VmRSS") -> int:
    """Bytes of memory that this process has, or another entry of its status."""
    status = _SELF / "status"
    if not status.exists():
        return 0
    found = re.search(rf"^{entry}:\s*(\d+) kB", status.read_text(), re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def _threads() -> int:
    tasks = _SELF / "task"
    if tasks.is_dir():
        return sum(1 for _ in tasks.iterdir())
    return threading.active_count()
