"""`gradio-codegen call SOURCE|MODULE ENDPOINT`: call an app from the shell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from ..errors import UsageError
from ..suggest import did_you_mean
from .arguments import AllEndpoints

if TYPE_CHECKING:
    from ..descriptions.fetch import Connect
    from ..shell.modules import Opened
    from ..shell.parameters import Parameter
    from .console import Talk

_KEY = "gradio_codegen.call"


@dataclass
class _Chosen:
    """What a command line calls.

    Attributes:
        module: The module.
        name: The endpoint's function; None if there are several, and none is named.
        parameters: The parameters of the endpoint.
        given: The texts that its options were given, by name.
    """

    module: Opened
    name: str | None
    parameters: Sequence[Parameter] = ()
    given: dict[str, Any] = field(default_factory=dict[str, Any])


class CallCommand(TyperCommand):
    """The command, whose options are also those of the endpoint that it is for."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Find the endpoint, then read the options."""
        if ctx.resilient_parsing:  # to complete a word
            with suppress(Exception):
                self._choose(ctx, args)
        else:
            self._choose(ctx, args)
        return super().parse_args(ctx, args)

    def _choose(self, ctx: Any, args: list[str]) -> None:
        scan = typer.Context(
            self,
            parent=ctx.parent,
            resilient_parsing=True,
            ignore_unknown_options=True,
            allow_extra_args=True,
            **self.context_settings,
        )
        super().parse_args(scan, list(args))  # what is there besides its options
        source, named = scan.params["source"], scan.params["endpoint"]
        named = None if named is None or named.startswith("-") else named
        if source is None:
            return
        module = _open(scan.params, completing=ctx.resilient_parsing)
        chosen = ctx.meta[_KEY] = _Chosen(module, module.find(named))
        if chosen.name is None:
            if scan.params["endpoint"]:
                several = did_you_mean("", module.endpoints)
                raise UsageError(f"name the endpoint after SOURCE. {several}")
            return
        from ..shell.parameters import parameters_of
        from .endpoint_options import help_of, options_of

        endpoint = module.endpoints[chosen.name]
        chosen.parameters = parameters_of(endpoint)
        if ctx.resilient_parsing:  # the shell evaluates what is said of an option
            chosen.parameters = [replace(p, about="") for p in chosen.parameters]
        for own in self.params:  # a help page has them below the endpoint's
            if own.param_type_name == "option":
                vars(own)["rich_help_panel"] = "Options of every call"
        self.params = [*self.params, *options_of(chosen.parameters, chosen.given)]
        self.help = help_of(endpoint)


def dashed(option: str) -> str:
    """Return the option that is meant, also if it is written as the parameter is."""
    return option.replace("_", "-")


def _open(given: Mapping[str, Any], *, completing: bool) -> Opened:
    """Return the module that a command line is about; to complete a word, offline."""
    from ..shell.modules import open_module
    from .connect import connect_by, read_app
    from .console import Talk

    connect = connect_by(given["token"], given["auth"], given["header"])
    talk = Talk(quiet=given["quiet"], verbose=given["verbose"])
    read = None if completing else partial(read_app, connect=connect, talk=talk)
    return open_module(given["source"], read, all_endpoints=given["all_endpoints"])


def _complete_endpoint(ctx: typer.Context) -> list[str]:
    chosen: _Chosen | None = ctx.meta.get(_KEY)
    return list(chosen.module.endpoints) if chosen else []


_App = Annotated[
    str,
    typer.Argument(
        metavar="SOURCE",
        help="The app: a Space (owner/name) or a URL. Or a generated module: its file, "
        "its package's folder, or its import name.",
        show_default=False,
    ),
]
_Endpoint = Annotated[
    str | None,
    typer.Argument(
        metavar="ENDPOINT",
        help="What to call; without it, the only one, or a list of all.",
        show_default=False,
        autocompletion=_complete_endpoint,
    ),
]
_Values = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="VALUE",
        help="Its inputs in their order; or each by its option. SOURCE ENDPOINT --help "
        "shows them.",
        show_default=False,
    ),
]
_Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="DIR",
        help="Keep files of the result in this folder; otherwise their URLs are printed.",
        file_okay=False,
    ),
]
_Json = Annotated[
    bool, typer.Option("--json", help="Print JSON: a line for each result.")
]
_Timeout = Annotated[
    float | None,
    typer.Option(metavar="SECONDS", min=0.001, help="For the whole call."),
]


def call(
    ctx: typer.Context,
    source: _App,
    endpoint: _Endpoint = None,
    values: _Values = None,
    *,
    out_dir: _Out = None,
    as_json: _Json = False,
    timeout: _Timeout = None,
    all_endpoints: AllEndpoints = False,
    connect: Connect,
    talk: Talk,
) -> int:
    """Call an app, or an endpoint of a generated module, from the shell."""
    from gradio_runtime import GradioError, StreamEndpoint

    from ..shell.failures import failure_of
    from ..shell.usage import inputs_of, listed
    from .console import out
    from .follow import Writer, follow

    chosen: _Chosen = ctx.meta[_KEY]
    if chosen.name is None:
        out(listed(source, chosen.module.endpoints))
        return 0
    inputs = inputs_of(chosen.parameters, values or (), chosen.given)
    called = chosen.module.endpoints[chosen.name]
    streams = isinstance(called, StreamEndpoint)
    writer = Writer(out_dir, as_json=as_json, streams=streams)
    try:
        with chosen.module.client(
            chosen.module.src,
            **connect.access,
            download_files=out_dir is not None,
            strict_outputs=False,
        ) as client:
            there = called.__get__(client).with_options(timeout=timeout)
            follow(there.submit(**inputs), writer, talk)
    except GradioError as error:
        raise failure_of(error, chosen.parameters) from None
    return 0
