"""The command line.

Only what parses arguments is imported here; a command imports the generator when it
runs, so that `--help`, `--version` and completion answer at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from ._version import __version__
from .commands.arguments import grouped
from .commands.call import CallCommand, call, dashed
from .commands.check import check
from .commands.demo import demo
from .commands.diff import diff
from .commands.generate import generate
from .commands.inspect import inspect
from .commands.run import run
from .commands.save import save
from .commands.sync import sync
from .errors import CodegenError

_DEFAULT_COMMAND = "generate"
_NAME = "gradio-codegen"
_EXIT_CODES = (
    "Exit codes: 0 fine · 1 a breaking change, type errors, an error of the app's own, "
    "or rows that failed · 2 wrong usage · "
    "3 the app could not be reached or read · 70 a bug · 130 interrupted."
)
_COMPLETION = "_GRADIO_CODEGEN_COMPLETE"  # set by a shell that wants completions
_INTERRUPTED = 130  # what shells give for SIGINT
_BUG = 70  # EX_SOFTWARE of sysexits.h: a fault of the generator's own


class _DefaultCommand(TyperGroup):
    """`gradio-codegen SOURCE …` is short for `gradio-codegen generate SOURCE …`."""

    _helping = False

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the default command in front where none is named."""
        own = {name for param in super().get_params(ctx) for name in param.opts}
        if args and args[0].split("=")[0] not in own and args[0] not in self.commands:
            args = [_DEFAULT_COMMAND, *args]
        return super().parse_args(ctx, args)

    def get_params(self, ctx: Any) -> list[Any]:
        """Show the default command's options as our own."""
        params = super().get_params(ctx)
        if self._helping:
            return [*self.commands[_DEFAULT_COMMAND].params, *params]
        return params

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return what follows the program's name in the usage line."""
        return ["SOURCE -o FILE [OPTIONS]", "|", "COMMAND [ARGS]..."]

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help page, the default command's options included."""
        self._helping = True
        try:
            super().format_help(ctx, formatter)
        finally:
            self._helping = False


app = typer.Typer(
    cls=_DefaultCommand,
    name=_NAME,
    help="Turn any Gradio app into a typed Python module.",
    epilog=_EXIT_CODES,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"{_NAME} {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_show_version,
            is_eager=True,
            help="Show the version and exit.",
        ),
    ] = False,
) -> None:
    """Turn any Gradio app into a typed Python module."""


for _command in (inspect, save, check, diff, sync, run, demo):
    app.command(epilog=_EXIT_CODES)(grouped(_command))
app.command(
    cls=CallCommand,
    epilog=_EXIT_CODES,
    context_settings={"token_normalize_func": dashed},
)(grouped(call))
app.command(name=_DEFAULT_COMMAND, hidden=True, epilog=_EXIT_CODES)(grouped(generate))


# --- Entry point


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line and exit: every failure is one line on stderr."""
    words = list(sys.argv[1:] if args is None else args)
    sys.exit(_run(words))


def _run(words: list[str]) -> int:
    if not words and _COMPLETION not in os.environ:
        return _fail("no app given. Try gradio-codegen --help", 2)
    try:
        code = app(words, prog_name=_NAME, standalone_mode=False)
    except CodegenError as error:
        return _fail(str(error), error.exit_code)
    except typer.TyperException as error:  # what is wrong with the arguments
        return _fail(f"{error.format_message().rstrip('.')}. See --help", 2)
    except (typer.Abort, KeyboardInterrupt):
        return _fail("interrupted", _INTERRUPTED)
    except Exception as error:
        if "--verbose" in words or "-v" in words:
            raise
        problem = f"{type(error).__name__}: {error}"
        return _fail(f"{problem}. Please report it; --verbose shows more", _BUG)
    if code == _INTERRUPTED:  # typer makes a status of Ctrl-C
        return _fail("interrupted", _INTERRUPTED)
    return code if isinstance(code, int) else 0


def _fail(message: str, code: int) -> int:
    from .commands.console import error  # the runtime, which help does without

    error(message)
    return code
