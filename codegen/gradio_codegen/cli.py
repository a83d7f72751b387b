"""The command line.

Only what parses arguments is imported here; the generator itself comes with the
command that needs it, so that `--help`, `--version` and completion answer at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from ._version import __version__
from .commands.arguments import (
    AllEndpoints,
    Force,
    Json,
    Output,
    Source,
    Strict,
    grouped,
)
from .errors import CodegenError
from .options import BuildOptions

if TYPE_CHECKING:
    from .commands.console import Talk
    from .descriptions.fetch import Connect

_DEFAULT_COMMAND = "generate"
_NAME = "gradio-codegen"
_EXIT_CODES = (
    "Exit codes: 0 fine · 1 a breaking change, or type errors · 2 wrong usage · "
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
        """What follows the program's name in the usage line."""
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


# --- Commands


def _command(**how: Any) -> Callable[[Callable[..., int | None]], None]:
    def add(command: Callable[..., int | None]) -> None:
        app.command(epilog=_EXIT_CODES, **how)(grouped(command))

    return add


@_command(name=_DEFAULT_COMMAND, hidden=True)
def _generate(
    source: Source,
    *,
    output: Output = None,
    connect: Connect,
    options: BuildOptions,
    typecheck: Annotated[
        bool,
        typer.Option(
            "--typecheck", help="Run mypy --strict on the module; 1 if it fails."
        ),
    ] = False,
    force: Force = False,
    talk: Talk,
) -> int:
    """Generate a typed module for an app."""
    from .commands.generate import generate_module

    return generate_module(
        source,
        _target(output),
        connect=connect,
        options=options,
        force=force,
        typecheck=typecheck,
        talk=talk,
    )


@_command()
def inspect(
    source: Source,
    endpoint: Annotated[
        str | None,
        typer.Argument(
            metavar="[ENDPOINT]",
            help="Show this one in detail, with a call to paste.",
            show_default=False,
        ),
    ] = None,
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Write JSON, as docs/inspect.md has it.")
    ] = False,
    connect: Connect,
    selection: BuildOptions,
    talk: Talk,
) -> None:
    """Show an app's API: endpoints, parameters, types, defaults, outputs."""
    from .commands.inspect import inspect_app

    inspect_app(
        source, endpoint, connect=connect, options=selection, as_data=as_json, talk=talk
    )


@_command()
def save(
    source: Source,
    *,
    output: Output = None,
    connect: Connect,
    force: Force = False,
    talk: Talk,
) -> None:
    """Keep an app's description, to generate offline and to review in git."""
    from .commands.save import save_description

    save_description(source, _target(output), connect=connect, force=force, talk=talk)


@_command()
def check(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...", help="Generated modules.", show_default=False
        ),
    ],
    *,
    against: Annotated[
        str | None,
        typer.Option(
            metavar="SAVED", help="Compare with a saved description, offline."
        ),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            metavar="SOURCE",
            help="Compare with the app at this address, the only one that --token, "
            "--auth and --header go to.",
        ),
    ] = None,
    json: Json = False,
    strict: Strict = False,
    connect: Connect,
    talk: Talk,
) -> int:
    """Has the app changed since its module was generated? What callers can see of it."""
    from .commands.check import check_modules
    from .errors import UsageError

    if against is not None and source is not None:
        raise UsageError("--against and --source exclude each other. Give one")
    named = against if source is None else source
    if named is None and connect.given:
        # What a file names is no word of the caller's.
        raise UsageError(
            "--token, --auth and --header go only to an app that you name yourself. "
            "Add --source with the app's URL or Space, or use sync --check"
        )
    return check_modules(
        files, source=named, connect=connect, as_json_=json, strict=strict, talk=talk
    )


@_command()
def diff(
    old: Annotated[
        str,
        typer.Argument(
            metavar="OLD",
            help="A generated module, a saved description, or an app.",
            show_default=False,
        ),
    ],
    new: Annotated[
        str, typer.Argument(metavar="NEW", help="Likewise.", show_default=False)
    ],
    *,
    all_endpoints: AllEndpoints = False,
    json: Json = False,
    strict: Strict = False,
    connect: Connect,
    talk: Talk,
) -> int:
    """What has changed between two states of an app, for callers of its module."""
    from .commands.diff import show_diff

    return show_diff(
        old,
        new,
        connect=connect,
        all_endpoints=all_endpoints,
        as_json_=json,
        strict=strict,
        talk=talk,
    )


@_command()
def sync(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME]...", help="Only these apps.", show_default=False
        ),
    ] = None,
    *,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Write nothing; 1 if a module is out of date. For CI."
        ),
    ] = False,
    config: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="The config; otherwise the nearest pyproject.toml."
        ),
    ] = None,
    schema: Annotated[
        bool,
        typer.Option("--print-schema", help="Print the config's JSON Schema."),
    ] = False,
    force: Force = False,
    talk: Talk,
) -> int:
    """Keep the modules of every app in pyproject.toml up to date."""
    from .commands.sync import print_schema, sync_apps

    if schema:
        print_schema()
        return 0
    return sync_apps(names or (), config=config, check=check, force=force, talk=talk)


@_command()
def demo(
    output_dir: Annotated[
        Path,
        typer.Option(metavar="DIR", help="Where demo_api.py goes.", file_okay=False),
    ] = Path(),
    force: Force = False,
) -> None:
    """Start a Gradio app, generate its module, check it, and use it in every way."""
    from .demo import run

    run(output_dir, force=force)


def _target(output: str | None) -> Path | None:
    """The file to write; None for stdout."""
    if not output:
        from .errors import UsageError

        raise UsageError("no output given. Add -o FILE, or -o - for stdout")
    return None if output == "-" else Path(output)


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
    from .commands.console import error

    error(message)
    return code
