"""The options of the command line: those of several commands, each described once.

A command that has a parameter `connect`, `options`, `selection` or `talk` gets the
options that it is made of in its place.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Annotated, Any, NamedTuple, get_type_hints

import typer

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


# --- Options that go together


class _Group(NamedTuple):
    """The options that a value is made of, each with its type and default."""

    options: Mapping[str, tuple[Any, Any]]
    make: Callable[..., Any]


def _typed(name: str, option: Option) -> tuple[Any, Any]:
    """An option that shapes modules, as the command line takes it."""
    flag = flag_of(name)
    match option.kind:
        case "flag":
            return Annotated[bool, typer.Option(flag, help=option.help)], False
        case "text":
            given = typer.Option(flag, metavar=option.metavar, help=option.help)
            return Annotated[str | None, given], None
        case _:
            help_ = f"{option.help.rstrip('.')}; can be repeated."
            given = typer.Option(flag, metavar=option.metavar, help=help_)
            return Annotated[list[str] | None, given], None


_SHAPING = {name: _typed(name, option) for name, option in OPTIONS.items()}
AllEndpoints = Annotated[
    bool,
    typer.Option("--all-endpoints", help=OPTIONS["all_endpoints"].help),
]


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
_VERBOSE = typer.Option("--verbose", "-v", help="Say how long each stage takes.")
_GROUPS = {
    "connect": _Group(
        {
            "token": (Annotated[str | None, _TOKEN], None),
            "auth": (Annotated[str | None, _AUTH], None),
            "header": (Annotated[list[str] | None, _HEADER], None),
        },
        _connect,
    ),
    "options": _Group(_SHAPING, BuildOptions),
    "selection": _Group(
        {name: _SHAPING[name] for name, item in OPTIONS.items() if item.selects},
        BuildOptions,
    ),
    "talk": _Group(
        {
            "quiet": (Annotated[bool, _QUIET], False),
            "verbose": (Annotated[bool, _VERBOSE], False),
        },
        _talk,
    ),
}


def grouped(command: Callable[..., int | None]) -> Callable[..., None]:
    """A command as typer takes it: with the options of its groups, and an exit code."""
    types = get_type_hints(
        command, localns={"Connect": Any, "Talk": Any}, include_extras=True
    )
    given = inspect.signature(command).parameters
    groups = {name: _GROUPS[name] for name in given if name in _GROUPS}
    taken: list[inspect.Parameter] = []
    for name, item in given.items():
        own = {name: (types[name], item.default)}
        for option, (type_, default) in (
            groups[name].options if name in groups else own
        ).items():
            taken.append(
                inspect.Parameter(
                    option, item.KEYWORD_ONLY, default=default, annotation=type_
                )
            )

    def run(**values: Any) -> None:
        for name, group in groups.items():
            values[name] = group.make(**{key: values.pop(key) for key in group.options})
        raise typer.Exit(command(**values) or 0)

    run.__name__, run.__doc__ = command.__name__, command.__doc__
    run.__dict__["__signature__"] = inspect.Signature(taken)
    run.__annotations__ = {item.name: item.annotation for item in taken}
    return run
