"""What commands say: results and progress on stderr, content on stdout."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager

from gradio_runtime._models.texts import printable

from ..errors import Diagnostic
from ..limits import MESSAGE


class Talk:
    """What is said on stderr: progress on a terminal, results, times if wanted.

    Attributes:
        quiet: Whether nothing is to be said but errors.
    """

    def __init__(self, *, quiet: bool, verbose: bool) -> None:
        self.quiet = quiet
        self._verbose = verbose

    @contextmanager
    def stage(self, name: str) -> Generator[None]:
        """Measure a stage, and tell how long it took if that is wanted."""
        start = time.perf_counter()
        yield
        if self._verbose:
            err(f"{name:<8} {(time.perf_counter() - start) * 1000:7.0f} ms")

    @contextmanager
    def progress(self, text: str) -> Generator[Callable[[str | None], None]]:
        """Show that something is going on, on a terminal.

        Yields:
            What shows another text in place of `text`, and that again for None.
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

    def say(self, text: str) -> None:
        """A result, unless nothing is to be said."""
        if not self.quiet:
            err(text)

    def diagnostics(self, items: Iterable[Diagnostic]) -> None:
        """One line each; what was left out is told even if nothing else is."""
        for item in items:
            if item.level == "error" or not self.quiet:
                err(str(item))


def err(text: str) -> None:
    """One line to stderr, whatever an app or a file has put into it."""
    print(printable(text, MESSAGE), file=sys.stderr)  # noqa: T201


def error(message: str) -> None:
    """To stderr, as what went wrong."""
    err(f"gradio-codegen: error: {message}")


def out(text: str) -> None:
    """To stdout as UTF-8, whatever the locale: it is a file's content."""
    sys.stdout.flush()
    try:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # Whoever read our output has had enough; nothing may fail at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
