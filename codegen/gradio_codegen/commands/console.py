"""What commands say: results and progress on stderr, content on stdout."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager

from gradio_runtime._models.texts import printable

from ..errors import Diagnostic
from ..limits import MESSAGE

#: Diagnostics of one kind that are told one by one.
_FEW = 3


class Talk:
    """Writes to stderr: progress on a terminal, results, times with `verbose`.

    With `quiet`, only errors.
    """

    def __init__(self, *, quiet: bool, verbose: bool) -> None:
        self.quiet = quiet
        self._verbose = verbose

    @contextmanager
    def stage(self, name: str) -> Generator[None]:
        """Measure a stage, and with `verbose` print how long it took."""
        start = time.perf_counter()
        yield
        if self._verbose:
            err(f"{name:<8} {(time.perf_counter() - start) * 1000:7.0f} ms")

    @contextmanager
    def progress(self, text: str) -> Generator[Callable[[str | None], None]]:
        """Show on a terminal that something is going on.

        Yields:
            A function that shows another text in place of `text`, and that again for
            None.
        """
        if self.quiet or self._verbose or not sys.stderr.isatty():
            yield lambda _: None
            return
        from rich.console import Console
        from rich.markup import escape

        def shown(said: str) -> str:
            return escape(printable(said, MESSAGE))

        with Console(stderr=True).status(shown(text)) as status:
            yield lambda other: status.update(shown(other or text))

    @contextmanager
    def bar(self, text: str) -> Generator[Callable[[str, float | None], object]]:
        """Show on a terminal how far something is, until the block ends.

        Yields:
            A function that shows what goes on, and the share that is done if it is known.
        """
        if self.quiet or not sys.stderr.isatty():
            yield lambda _text, _share: None
            return
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        said = TextColumn("{task.description}", markup=False)
        columns = (said, BarColumn(), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(printable(text, MESSAGE), total=None)

            def move(now: str, share: float | None) -> None:
                what = printable(f"{text}: {now}", MESSAGE)
                total = None if share is None else 1.0
                bar.update(task, description=what, total=total, completed=share or 0.0)

            yield move

    @contextmanager
    def count(self, text: str, total: int) -> Generator[Callable[[object], None]]:
        """Show on a terminal how many things are done.

        Yields:
            A function to call with each of them.
        """
        if self.quiet or not sys.stderr.isatty():
            yield lambda _: None
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        columns = (TextColumn(text), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("", total=total)
            yield lambda _: bar.advance(task)

    def say(self, text: str) -> None:
        """Print a result, unless quiet."""
        if not self.quiet:
            err(text)

    def diagnostics(self, items: Iterable[Diagnostic]) -> None:
        """Print one line each; if quiet, only what was left out.

        Without `verbose`, many of one kind are one line.
        """
        shown = [item for item in items if item.level == "error" or not self.quiet]
        counts = Counter(item.of_many for item in shown)
        told: set[str] = set()
        for item in shown:
            many = item.of_many
            if not many or self._verbose or counts[many] <= _FEW:
                err(str(item))
            elif many not in told:
                told.add(many)
                err(f"{item.level}: {counts[many]} {many} (--verbose names them)")


def err(text: str) -> None:
    """Print one line to stderr, whatever an app or a file has put into it."""
    print(printable(text, MESSAGE), file=sys.stderr)  # noqa: T201


def error(message: str) -> None:
    """Print an error to stderr."""
    err(f"gradio-codegen: error: {message}")


def out(text: str) -> bool:
    """Write to stdout as UTF-8, whatever the locale: it is a file's content.

    Return whether somebody still reads it.
    """
    sys.stdout.flush()
    try:
        sys.stdout.buffer.write(text.encode(errors="backslashreplace"))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # The reader of our output has closed it; nothing may fail at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return False
    return True
