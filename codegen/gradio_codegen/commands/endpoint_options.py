"""The parameters of an endpoint as options, and its docstring as a help page."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from typing import Annotated, Any

import typer
import typer.main
from gradio_runtime._models.texts import escaped
from rich.markup import escape

from ..shell.modules import AnyEndpoint
from ..shell.parameters import Parameter

#: What a shell takes as one word, and as nothing but that, wherever it is inserted. The
#: scripts that complete words do not quote, and zsh evaluates what it is given.
_PLAIN = re.compile(r"\w[\w.+/-]*")


def options_of(parameters: Sequence[Parameter], given: dict[str, Any]) -> Sequence[Any]:
    """Return the parameters of an endpoint as options.

    Args:
        parameters: Of the endpoint.
        given: Where values go, by the names of parameters.
    """

    def function() -> None: ...

    function.__dict__["__signature__"] = inspect.Signature(
        [
            inspect.Parameter(
                f"input_{index}",
                inspect.Parameter.KEYWORD_ONLY,
                default=None,
                annotation=_option(item, given),
            )
            for index, item in enumerate(parameters)
        ]
    )
    app = typer.Typer(add_completion=False)
    app.command()(function)
    return typer.main.get_command(app).params


def _option(parameter: Parameter, given: dict[str, Any]) -> Any:
    def keep(value: Any) -> None:
        if value is not None and value != []:
            given[parameter.name] = value

    flag = parameter.flag
    made = typer.Option(
        f"{flag}/--no-{flag[2:]}" if parameter.switch else flag,
        metavar=None if parameter.switch else parameter.metavar,
        help=_described(parameter),
        callback=keep,
        expose_value=False,
        autocompletion=lambda: list(filter(_PLAIN.fullmatch, parameter.choices)),
    )
    if parameter.switch:
        return Annotated[bool | None, made]
    return Annotated[list[str] | None if parameter.several else str | None, made]


def _described(parameter: Parameter) -> str:
    notes = ["required"] if parameter.required else []
    notes += ["can be repeated"] if parameter.several else []
    text = f"{parameter.about} ({', '.join(notes)})" if notes else parameter.about
    return _data(text)


def help_of(endpoint: AnyEndpoint) -> str:
    """Return what the endpoint does and gives; its parameters are options."""
    doc = inspect.getdoc(endpoint) or ""
    return _data(re.sub(r"\n\nArgs:\n.*?(?=\n\n\w+:\n|\Z)", "", doc, flags=re.DOTALL))


def _data(text: str) -> str:
    """Return an app's text for a help page, which reads markup."""
    return escape(escaped(text, keep="\n"))
