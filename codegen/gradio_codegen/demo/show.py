"""How the tour looks: plain lines in a pipe, colours and spinners on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar, cast

from gradio_runtime import Endpoint, ProgressUnit
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.syntax import Syntax
from rich.text import Text

P = ParamSpec("P")
R = TypeVar("R")

_PROMPT = ">>> "


class Screen:
    """Plain lines, each flushed: nothing is coloured and nothing overwritten."""

    def section(self, title: str) -> None:
        """Begin a part of the tour."""
        self.say(f"\n== {title}")

    def say(self, text: str) -> None:
        """Print a line of prose."""
        print(text, flush=True)

    def module(self, code: str) -> None:
        """Print a whole module."""
        self.say(code.rstrip())

    def run(self, code: str) -> None:
        """Print a line of Python that is run now."""
        self.say(f"{_PROMPT}{code}")

    def value(self, value: object, note: str = "") -> None:
        """Print what a line gave, and its Python type."""
        self._answer(repr(value), f"  # {_type(value)}{note and f', {note}'}")

    def error(self, error: Exception, note: str) -> None:
        """Print an error that was expected."""
        self._answer(f"{type(error).__name__}: {error}", f"\n# {note}", bad=True)

    def call(self, endpoint: Endpoint[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call an endpoint, and print the call and its result."""
        self.run(_expression(endpoint, *args, **kwargs))
        result = endpoint(*args, **kwargs)
        self.value(result)
        return result

    @contextmanager
    def waiting(self, text: str) -> Generator[None]:
        """Show that something is going on while the block runs."""
        self.say(f"{text} ...")
        yield

    @contextmanager
    def bar(self) -> Generator[Callable[[ProgressUnit], None]]:
        """Show progress: call what this yields with each unit."""
        shown = ""

        def move(unit: ProgressUnit) -> None:
            nonlocal shown
            line = f"{unit.desc} {unit.index:g}/{unit.length:g} {unit.unit}"
            if line != shown:
                self.say(line)
            shown = line

        yield move

    def _answer(self, text: str, comment: str, *, bad: bool = False) -> None:
        self.say(f"{text}{comment}")


class TerminalScreen(Screen):
    """The same in colour, with a spinner and a moving bar."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def section(self, title: str) -> None:
        """Begin a part of the tour with a line across the screen."""
        self._console.print()
        self._console.rule(Text(title, "bold"), align="left", style="cyan")

    def say(self, text: str) -> None:
        """Print a line of prose."""
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def module(self, code: str) -> None:
        """Print a whole module, highlighted."""
        self._console.print(_python(code))

    def run(self, code: str) -> None:
        """Print a line of Python that is run now, highlighted."""
        line = Text().append(_PROMPT, "dim").append_text(_python("").highlight(code))
        line.rstrip()
        self._console.print(line, soft_wrap=True)

    @contextmanager
    def waiting(self, text: str) -> Generator[None]:
        """Show a spinner while the block runs."""
        with self._console.status(Text(text, "dim")):
            yield

    @contextmanager
    def bar(self) -> Generator[Callable[[ProgressUnit], None]]:
        """Show a bar that moves, and is full at the end."""
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:g}/{task.total:g} {task.fields[unit]}"),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self._console) as progress:
            task = progress.add_task("", total=1, visible=False, unit="")

            def move(unit: ProgressUnit) -> None:
                progress.update(
                    task,
                    description=unit.desc,
                    completed=unit.index,
                    total=unit.length,
                    unit=unit.unit,
                    visible=True,
                )

            yield move
            progress.update(task, completed=progress.tasks[0].total)

    def _answer(self, text: str, comment: str, *, bad: bool = False) -> None:
        answer = Text().append(text, "red" if bad else "bold green")
        self._console.print(answer.append(comment, "cyan"), soft_wrap=True)


def open_screen() -> Screen:
    """Return the screen that suits standard output."""
    console = Console()
    if sys.stdout.isatty() and not console.is_dumb_terminal:
        return TerminalScreen(console)
    return Screen()


def _python(code: str) -> Syntax:
    # The terminal's own colours: nobody knows its background.
    return Syntax(code, "python", theme="ansi_dark", background_color="default")


def _expression(endpoint: Endpoint[P, R], *args: P.args, **kwargs: P.kwargs) -> str:
    words = [repr(value) for value in args]
    words += [f"{name}={value!r}" for name, value in kwargs.items()]
    return f"client.{str(endpoint.api_name).lstrip('/')}({', '.join(words)})"


def _type(value: object) -> str:
    if isinstance(value, list):
        items = {_type(item) for item in cast("list[object]", value)}
        return f"list[{' | '.join(sorted(items))}]"
    return type(value).__name__
