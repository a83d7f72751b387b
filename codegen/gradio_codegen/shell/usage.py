"""How an endpoint is called from the shell, and what it is called with."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from gradio_runtime._models.texts import escaped, printable

from ..errors import UsageError
from ..suggest import did_you_mean
from .modules import AnyEndpoint
from .parameters import Parameter, parameters_of

#: What stands for the standard input.
_STDIN = "-"
_SUMMARY = 200


def listed(source: str, endpoints: Mapping[str, AnyEndpoint]) -> str:
    """Return what can be called, each with its line for the shell."""
    lines: list[str] = []
    for name, endpoint in endpoints.items():
        start = shlex.join(["gradio-codegen", "call", source, name])
        words = [item.usage for item in parameters_of(endpoint)]
        lines.append(printable((endpoint.__doc__ or "").partition("\n")[0], _SUMMARY))
        lines.append(f"    {escaped(' '.join([start, *words]))}")
    return "".join(f"{line}\n" for line in lines)


def inputs_of(
    parameters: Sequence[Parameter],
    values: Sequence[str],
    options: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the inputs of a call.

    Args:
        parameters: Of the endpoint.
        values: Those that are given by their place.
        options: Those that are given by name: a text, several, or a switch.

    Raises:
        UsageError: A value is missing, too many, or certainly none of the choices.
    """
    if len(values) > len(parameters):
        raise UsageError(
            f"there are {len(values)} values, and the endpoint takes "
            f"{len(parameters)}: {values[len(parameters)]!r} is too many"
        )
    given = {item.name: text for item, text in zip(parameters, values, strict=False)}
    if twice := given.keys() & options.keys():
        flags = (item.flag for item in parameters if item.name in twice)
        raise UsageError(f"{next(flags)} is given twice: by its place and its name")
    given.update(options)
    missing = [
        item.usage for item in parameters if item.required and item.name not in given
    ]
    if missing:
        raise UsageError(f"{' and '.join(missing)} must be given. See ENDPOINT --help")
    stdin = _Stdin()
    return {
        item.name: _value(item, given[item.name], stdin)
        for item in parameters
        if item.name in given
    }


def _value(parameter: Parameter, given: Any, stdin: _Stdin) -> Any:
    if isinstance(given, bool):
        return given
    texts: list[str] = [given] if isinstance(given, str) else list(given)
    for text in texts if parameter.choices else ():
        if text not in parameter.choices and not text.startswith("["):
            hint = did_you_mean(text, parameter.choices)
            raise UsageError(f"{parameter.flag} cannot be {text!r}. {hint}")
    return parameter.read(
        [stdin.read(parameter) if text == _STDIN else text for text in texts]
    )


class _Stdin:
    """The standard input, which one value may take."""

    def __init__(self) -> None:
        self._reader = ""

    def read(self, parameter: Parameter) -> str | bytes:
        """Return all of it: a file's content, or a text without its last line end."""
        if self._reader:
            raise UsageError(
                f"{self._reader} and {parameter.flag} cannot both be standard input (-)"
            )
        self._reader = parameter.flag
        content = sys.stdin.buffer.read()
        if "FILE" in parameter.kinds:
            return content
        try:
            return content.decode().removesuffix("\n")
        except UnicodeDecodeError:
            raise UsageError(f"{parameter.flag}: standard input is not text") from None
