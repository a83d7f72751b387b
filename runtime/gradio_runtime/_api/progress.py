"""A progress bar for a job, on a terminal or in a notebook.

The bar is tqdm's, which huggingface_hub installs and which supports notebooks. It is
imported when the first bar is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from .._models.status import ProgressUnit, Status, StatusUpdate
from .._models.texts import printable
from ..errors import GradioError

_BAR = "{desc}: {percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt} [{elapsed}<{remaining}]"
_SHARE = "{desc}: {percentage:3.0f}%|{bar}| [{elapsed}<{remaining}]"
_COUNT = "{desc} [{elapsed}]"
#: Longest text next to a bar, in characters.
_LONGEST = 100
#: From this number of steps on, a bar shows the share that is done.
_MOST_STEPS = 10**12


class CountBar:
    """Counts rows, and how many of them failed; see `Endpoint.map`.

    `shown` is None for a bar on a terminal or in a notebook, if tqdm is there.
    """

    def __init__(self, desc: str, *, total: int | None, shown: bool | None) -> None:
        self._bar: Any = None
        self._failed = 0
        if shown is False:
            return
        try:
            bar, notebook = _tqdm()
        except GradioError:
            if shown:
                raise
            return
        disable = False if shown or notebook else None
        self._bar = bar(
            desc=printable(desc, _LONGEST), total=total, disable=disable, unit="row"
        )

    def count(self, *, failed: bool) -> None:
        """Count a row."""
        if self._bar is None:
            return
        if failed:
            self._failed += 1
            self._bar.set_postfix(failed=self._failed, refresh=False)
        self._bar.update()

    def __enter__(self) -> CountBar:
        return self

    def __exit__(self, *_: object) -> None:
        """Finish the bar and keep its last line."""
        if self._bar is not None:
            self._bar.close()


class ProgressBar:
    """Show a job's updates in one line; see `Job.progress_bar`.

    While the job waits: its place in the queue and the server's estimate. While it
    runs: the app's own progress, or the number of outputs.
    """

    def __init__(self, desc: str, *, disable: bool | None = None) -> None:
        self._desc = printable(desc, _LONGEST)
        self._outputs = 0
        bar, notebook = _tqdm()
        if disable is None and notebook:
            disable = False  # a notebook's output is not a terminal
        # With None, tqdm checks whether stderr is a terminal.
        self._bar: Any = bar(
            desc=self._desc, total=1, disable=disable, bar_format=_COUNT, miniters=0
        )

    def show(self, update: StatusUpdate[Any]) -> None:
        """Show where the job is."""
        match update.code:
            case Status.IN_QUEUE:
                self._say(_queued(update))
            case Status.PROCESSING:
                self._say("running")
            case Status.ITERATING:
                self._outputs += 1
                what = "output" if self._outputs == 1 else "outputs"
                self._say(f"{self._outputs} {what}")
            case Status.PROGRESS:
                self._fill(update.progress_data or ())
            case Status.FINISHED:
                self._say("done" if update.success else "failed")
                self.close()
            case Status.CANCELLED:
                self._say("cancelled")
                self.close()
            case _:
                pass

    def _say(self, what: str) -> None:
        """Show a text without a bar."""
        self._bar.bar_format = _COUNT
        self._bar.set_description_str(f"{self._desc}: {printable(what, _LONGEST)}")

    def _fill(self, units: Sequence[ProgressUnit]) -> None:
        """Draw the innermost of the app's bars whose share is known."""
        known = [unit for unit in units if unit.fraction is not None]
        if not known:
            self._say(next((unit.desc for unit in units if unit.desc), "running"))
            return
        unit = known[-1]
        counted = unit.progress is None and _counts(unit.index) and _counts(unit.length)
        self._bar.bar_format = _BAR if counted else _SHARE
        self._bar.total = unit.length if counted else 1
        # Rounded: tqdm divides by it, and its estimate would overflow.
        self._bar.n = unit.index if counted else round(unit.fraction or 0.0, 4)
        what = f": {printable(unit.desc, _LONGEST)}" if unit.desc else ""
        self._bar.set_description_str(f"{self._desc}{what}")

    def close(self) -> None:
        """Finish the bar and keep its last line. May be called again."""
        self._bar.close()

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _counts(number: float | None) -> bool:
    """Return whether a bar can count this number of steps."""
    return isinstance(number, int) and 0 <= number < _MOST_STEPS


def _queued(update: StatusUpdate[Any]) -> str:
    if update.rank is None:
        return "queued"
    text = f"{update.rank + 1} of {max(update.queue_size or 0, update.rank + 1)} queued"
    return text if update.eta is None else f"{text}, about {update.eta:.0f} s"


def _tqdm() -> tuple[Any, bool]:
    """Return the class of bar for this environment, and whether it is a notebook's."""
    try:
        auto: Any = import_module("tqdm.auto")
    except ImportError:
        raise GradioError(
            "a progress bar needs tqdm", hint="pip install 'gradio-runtime[progress]'"
        ) from None
    return auto.tqdm, auto.tqdm.__mro__[1].__module__ == "tqdm.notebook"
