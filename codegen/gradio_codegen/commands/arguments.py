"""The options of the command line: those of several commands, each described once.

A command that has a parameter `connect`, `options`, `selection` or `talk` gets the
options that it is made of in its place.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, NamedTuple, get_type_hints

import typer

from ..errors import UsageError
from ..options import OPTIONS, BuildOptions, Option, flag_of

Source = Annotated[
    str,
    typer.Argument(
        metavar="SOURCE",
        help="The app: a Space (owner/name), a URL, or a saved description (.json).",
        show_default=False,
    ),
]
Output = Annotated[
    str | None,
    typer.Option("--output", "-o", metavar="FILE", help="Where to write; - is stdout."),
]
PackageFolder = Annotated[
    str | None,
    typer.Option(
        "--package",
        metavar="DIR",
        help="Write a package to publish, instead of a file; see docs/publishing.md.",
    ),
]
Force = Annotated[
    bool,
    typer.Option(
        "--force", "-f", help="Overwrite a file that gradio-codegen did not write."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Strict = Annotated[
    bool, typer.Option("--strict", help="Exit 1 for compatible changes too.")
]


AllEndpoints = Annotated[
    bool, typer.Option("--all-endpoints", help=OPTIONS["all_endpoints"].help)
]


def target_of(output: Output) -> Path | None:
    """Return the file to write; None for stdout."""
    if not output:
        raise UsageError("no output given. Add -o FILE, or -o - for stdout")
    return None if output == "-" else Path(output)


# --- Options that go together


class _Group(NamedTuple):
    """The options that a value is made of, each with its type and default."""

    make: Callable[..., Any]
    options: Mapping[str, tuple[Any, Any]]


def _shaping(name: str, option: Option) -> tuple[Any, Any]:
    """Return the type and default of an option that shapes modules."""
    help_ = option.help
    if repeated := option.kind in ("texts", "names"):
        help_ = f"{help_.rstrip('.')}; can be repeated."
    given = typer.Option(flag_of(name), metavar=option.metavar or None, help=help_)
    if option.kind == "flag":
        return Annotated[bool, given], False
    if repeated:
        return Annotated[list[str] | None, given], None
    return Annotated[str | None, given], None


def _connect(**given: Any) -> Any:
    from .connect import connect_by

    return connect_by(**given)


def _talk(**given: Any) -> Any:
    from .console import Talk

    return Talk(**given)


_TOKEN = typer.Option(
    help="Hugging Face token; otherwise HF_TOKEN, then the saved login.",
    show_default=False,
)
_AUTH = typer.Option(metavar="USER:PASSWORD", help="The app's own login.")
_HEADER = typer.Option(metavar="KEY:VALUE", help="An extra header; can be repeated.")
_QUIET = typer.Option("--quiet", "-q", help="Say nothing but errors.")
_VERBOSE = typer.Option(
    "--verbose",
    "-v",
    help="Say how long each stage takes, and all that there is to note.",
)
_SHAPING = {name: _shaping(name, option) for name, option in OPTIONS.items()}
_GROUPS = {
    "connect": _Group(
        _connect,
        {
            "token": (Annotated[str | None, _TOKEN], None),
            "auth": (Annotated[str | None, _AUTH], None),
            "header": (Annotated[list[str] | None, _HEADER], None),
        },
    ),
    "options": _Group(BuildOptions, _SHAPING),
    "selection": _Group(
        BuildOptions,
        {name: _SHAPING[name] for name, item in OPTIONS.items() if item.selects},
    ),
    "talk": _Group(
        _talk,
        {
            "quiet": (Annotated[bool, _QUIET], False),
            "verbose": (Annotated[bool, _VERBOSE], False),
        },
    ),
}


def grouped(command: Callable[..., int | None]) -> Callable[..., None]:
    """Return a command as typer takes it: the options of its groups, an exit code."""
    types = get_type_hints(
        command, localns={"Connect": Any, "Talk": Any}, include_extras=True
    )
    groups: dict[str, _Group] = {}
    taken: dict[str, tuple[Any, Any]] = {}
    for name, item in inspect.signature(command).parameters.items():
        if name in _GROUPS:
            groups[name] = _GROUPS[name]
            taken |= groups[name].options
        else:
            taken[name] = (types[name], item.default)

    def run(**values: Any) -> None:
        for name, group in groups.items():
            values[name] = group.make(**{key: values.pop(key) for key in group.options})
        raise typer.Exit(command(**values) or 0)

    run.__name__, run.__doc__ = command.__name__, command.__doc__
    run.__annotations__ = {name: type_ for name, (type_, _) in taken.items()}
    run.__dict__["__signature__"] = inspect.Signature(
        [
            inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=type_
            )
            for name, (type_, default) in taken.items()
        ]
    )
    return run
