"""The command line.

Only what parses arguments is imported here; the generator itself comes with the
command that needs it, so that `--help`, `--version` and completion answer at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from ._version import __version__
from .cli_options import (
    AllEndpoints,
    Auth,
    ClassName,
    Exclude,
    Force,
    Header,
    Include,
    Json,
    Nullable,
    NullableInputs,
    NullableOutputs,
    Output,
    Quiet,
    Rename,
    Source,
    Strict,
    Templates,
    Token,
    Verbose,
)
from .errors import CodegenError

__all__ = ["app", "main"]

_DEFAULT_COMMAND = "generate"
_NAME = "gradio-codegen"
_EXIT_CODES = (
    "Exit codes: 0 fine · 1 a breaking change, or type errors · 2 wrong usage · "
    "3 the app could not be reached or read · 70 a fault of ours · 130 interrupted."
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


@app.command(name=_DEFAULT_COMMAND, hidden=True, epilog=_EXIT_CODES)
def generate_command(
    source: Source,
    output: Output = None,
    token: Token = None,
    auth: Auth = None,
    header: Header = None,
    include: Include = None,
    exclude: Exclude = None,
    all_endpoints: AllEndpoints = False,
    nullable_outputs: NullableOutputs = False,
    nullable: Nullable = None,
    nullable_inputs: NullableInputs = False,
    class_name: ClassName = None,
    rename: Rename = None,
    templates: Templates = None,
    typecheck: Annotated[
        bool,
        typer.Option(
            "--typecheck", help="Run mypy --strict on the module; 1 if it fails."
        ),
    ] = False,
    force: Force = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Generate a typed module for an app."""
    from .build import BuildOptions
    from .commands.connect import Connect
    from .commands.generate import generate_module
    from .commands.talk import Talk
    from .renames import parse_rename

    code = generate_module(
        source,
        _target(output),
        connect=Connect.of(token, auth, header),
        options=BuildOptions(
            include=tuple(include or ()),
            exclude=tuple(exclude or ()),
            nullable_outputs=nullable_outputs,
            nullable=tuple(nullable or ()),
            nullable_inputs=nullable_inputs,
            class_name=class_name,
            all_endpoints=all_endpoints,
            rename=tuple(map(parse_rename, rename or ())),
            templates=templates,
        ),
        force=force,
        typecheck=typecheck,
        talk=Talk(quiet=quiet, verbose=verbose),
    )
    raise typer.Exit(code)


@app.command(epilog=_EXIT_CODES)
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
    as_json: Annotated[
        bool, typer.Option("--json", help="Write JSON, as docs/inspect.md has it.")
    ] = False,
    token: Token = None,
    auth: Auth = None,
    header: Header = None,
    include: Include = None,
    exclude: Exclude = None,
    all_endpoints: AllEndpoints = False,
    rename: Rename = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Show an app's API: endpoints, parameters, types, defaults, outputs."""
    from .build import BuildOptions
    from .commands.connect import Connect
    from .commands.inspect import inspect_app
    from .commands.talk import Talk
    from .renames import parse_rename

    inspect_app(
        source,
        endpoint,
        connect=Connect.of(token, auth, header),
        options=BuildOptions(
            include=tuple(include or ()),
            exclude=tuple(exclude or ()),
            all_endpoints=all_endpoints,
            rename=tuple(map(parse_rename, rename or ())),
        ),
        as_data=as_json,
        talk=Talk(quiet=quiet, verbose=verbose),
    )


@app.command(epilog=_EXIT_CODES)
def save(
    source: Source,
    output: Output = None,
    token: Token = None,
    auth: Auth = None,
    header: Header = None,
    force: Force = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Keep an app's description, to generate offline and to review in git."""
    from .commands.connect import Connect
    from .commands.save import save_description
    from .commands.talk import Talk

    save_description(
        source,
        _target(output),
        connect=Connect.of(token, auth, header),
        force=force,
        talk=Talk(quiet=quiet, verbose=verbose),
    )


@app.command(epilog=_EXIT_CODES)
def check(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...", help="Generated modules.", show_default=False
        ),
    ],
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
    token: Token = None,
    auth: Auth = None,
    header: Header = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Has the app changed since its module was generated? What callers can see of it."""
    from .commands.check import check_modules
    from .commands.connect import Connect
    from .commands.talk import Talk
    from .errors import UsageError

    if against is not None and source is not None:
        raise UsageError("--against and --source exclude each other. Give one")
    named = against if source is None else source
    if named is None and (token is not None or auth is not None or header):
        # What a file names is no word of the caller's.
        raise UsageError(
            "--token, --auth and --header go only to an app that you name yourself. "
            "Add --source with the app's URL or Space, or use sync --check"
        )
    code = check_modules(
        files,
        source=named,
        connect=Connect.of(token, auth, header),
        as_json_=json,
        strict=strict,
        talk=Talk(quiet=quiet, verbose=verbose),
    )
    raise typer.Exit(code)


@app.command(epilog=_EXIT_CODES)
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
    all_endpoints: AllEndpoints = False,
    json: Json = False,
    strict: Strict = False,
    token: Token = None,
    auth: Auth = None,
    header: Header = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """What has changed between two states of an app, for callers of its module."""
    from .commands.connect import Connect
    from .commands.diff import show_diff
    from .commands.talk import Talk

    code = show_diff(
        old,
        new,
        connect=Connect.of(token, auth, header),
        all_endpoints=all_endpoints,
        as_json_=json,
        strict=strict,
        talk=Talk(quiet=quiet, verbose=verbose),
    )
    raise typer.Exit(code)


@app.command(epilog=_EXIT_CODES)
def sync(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME]...", help="Only these apps.", show_default=False
        ),
    ] = None,
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
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Keep the modules of every app in pyproject.toml up to date."""
    from .commands.sync import print_schema, sync_apps
    from .commands.talk import Talk

    if schema:
        print_schema()
        return
    code = sync_apps(
        names or (),
        config=config,
        check=check,
        force=force,
        talk=Talk(quiet=quiet, verbose=verbose),
    )
    raise typer.Exit(code)


@app.command(epilog=_EXIT_CODES)
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
    from .commands.talk import error

    error(message)
    return code
