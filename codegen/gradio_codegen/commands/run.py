"""`gradio-codegen run MODULE:FUNCTION ROWS -o FILE`: call an endpoint for many rows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import UsageError

if TYPE_CHECKING:
    from ..descriptions.fetch import Connect
    from .console import Talk


def run(
    target: Annotated[
        str,
        typer.Argument(
            metavar="MODULE:FUNCTION",
            help="A generated module or an app, as of call, and its endpoint.",
            show_default=False,
        ),
    ],
    rows: Annotated[
        Path,
        typer.Argument(
            metavar="ROWS",
            help=".csv, .jsonl or .parquet, with a column for each parameter.",
            show_default=False,
        ),
    ],
    *,
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Where results go, a line for each row: .csv, .jsonl or .parquet.",
            show_default=False,
        ),
    ],
    column: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PARAMETER=COLUMN", help="Where a column is called otherwise."
        ),
    ] = None,
    store: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Keep what became of each row, to take a run up that was ended.",
            file_okay=False,
        ),
    ] = None,
    concurrency: Annotated[
        int, typer.Option(min=1, help="Calls under way, for each app.")
    ] = 8,
    on: Annotated[
        list[str] | None,
        typer.Option(metavar="URL", help="A copy of the app; several share the rows."),
    ] = None,
    patience: Annotated[
        float,
        typer.Option(
            metavar="SECONDS",
            min=0,
            help="Stop when no app has taken a row for so long.",
        ),
    ] = 600.0,
    timeout: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", min=0.001, help="For each row."),
    ] = None,
    may_repeat: Annotated[
        bool, typer.Option("--may-repeat", help="Call again what may have run.")
    ] = False,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Call again what failed before.")
    ] = False,
    connect: Connect,
    talk: Talk,
) -> int:
    """Call an endpoint for each row of a file."""
    from contextlib import ExitStack

    from gradio_runtime import GradioError

    from ..shell.failures import failure_of
    from ..shell.modules import open_module
    from ..shell.parameters import parameters_of
    from ..shell.rows import call_of, columns_of, rows_of
    from .connect import read_app

    named, _, function = target.rpartition(":")
    if not function.isidentifier() or not named:
        named, function = target, ""
    module = open_module(named, partial(read_app, connect=connect, talk=talk))
    name = module.find(function or None)
    if name is None:
        raise UsageError(
            f"name one: {named}:FUNCTION, of {', '.join(module.endpoints)}"
        )
    endpoint = module.endpoints[name]
    parameters = parameters_of(endpoint)
    if output.resolve() == rows.resolve():
        raise UsageError(f"{output} has the rows, which results would replace")
    given = rows_of(rows)
    first = next(given, None)
    if first is None:
        raise UsageError(f"{rows} has no rows")
    call = call_of(endpoint, parameters, columns_of(parameters, column or (), first))
    sources: Sequence[str | None] = on or [module.src]  # None is the module's own app
    try:
        with ExitStack() as stack:
            clients = [
                stack.enter_context(
                    # A file outlives the run where there is a place for it.
                    module.client(
                        src, **connect.access, download_files=store is not None
                    )
                )
                for src in sources
            ]
            summary = (
                endpoint.with_options(timeout=timeout)
                .map(
                    chain([first], given),
                    call,
                    clients=clients,
                    concurrency=concurrency,
                    store=store,
                    patience=patience,
                    may_repeat=may_repeat,
                    retry_failed=retry_failed,
                    progress=False if talk.quiet else None,
                )
                .write(output)
            )
    except GradioError as error:
        raise failure_of(error, parameters) from None
    except OSError as error:  # no place on the disk, or no right to it
        raise UsageError(f"cannot write: {error}") from None
    talk.say(f"{output}: {summary}")
    return 1 if summary.failed else 0
