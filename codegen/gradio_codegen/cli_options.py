"""The options of the command line, each described once."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = [
    "AllEndpoints",
    "Auth",
    "ClassName",
    "Exclude",
    "Force",
    "Header",
    "Include",
    "Json",
    "Nullable",
    "NullableInputs",
    "NullableOutputs",
    "Output",
    "Quiet",
    "Rename",
    "Source",
    "Strict",
    "Templates",
    "Token",
    "Verbose",
]

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
Token = Annotated[
    str | None,
    typer.Option(
        help="Hugging Face token; otherwise HF_TOKEN, then the saved login.",
        show_default=False,
    ),
]
Auth = Annotated[
    str | None,
    typer.Option(metavar="USER:PASSWORD", help="The app's own login."),
]
Header = Annotated[
    list[str] | None,
    typer.Option(metavar="KEY:VALUE", help="An extra header; can be repeated."),
]
AllEndpoints = Annotated[
    bool,
    typer.Option("--all-endpoints", help="Take in the undocumented endpoints too."),
]
Include = Annotated[
    list[str] | None,
    typer.Option(metavar="GLOB", help="Only these endpoints; can be repeated."),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option(metavar="GLOB", help="Not these endpoints; can be repeated."),
]
NullableOutputs = Annotated[
    bool,
    typer.Option("--nullable-outputs", help="Any output may be None."),
]
Nullable = Annotated[
    list[str] | None,
    typer.Option(
        metavar="GLOB", help="Outputs of these endpoints may be None; can be repeated."
    ),
]
NullableInputs = Annotated[
    bool,
    typer.Option("--nullable-inputs", help="Any parameter takes None: nothing given."),
]
ClassName = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Name of the client class."),
]
Rename = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ENDPOINT=NAME",
        help="What to call an endpoint, or with ENDPOINT.PARAMETER=NAME a parameter; "
        "can be repeated.",
    ),
]
Templates = Annotated[
    str | None,
    typer.Option(
        metavar="DIR", help="Templates that replace ours; see docs/templates.md."
    ),
]
Force = Annotated[
    bool,
    typer.Option("--force", "-f", help="Overwrite a file that is not ours."),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Say how long each stage takes.")
]

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Strict = Annotated[
    bool, typer.Option("--strict", help="Exit 1 for compatible changes too.")
]
