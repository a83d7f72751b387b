"""An app's API as JSON, and one endpoint of it in detail; docs/inspect.md has both."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from gradio_runtime._models.texts import escaped

from ..decide.ir import Endpoint, Module, OutputSlot, Param
from ..decide.types import AliasOf, Literals, walk, write
from ..shell.names import endpoint_named
from ..write.docs import component_name, endpoint_summary
from ..write.examples import example_call
from ..write.format import format_code
from .shell_line import shell_line
from .table import aligned, default_in_words, spelled

#: Changes when a reader of the JSON would have to.
FORMAT = 1

_BOUNDS = {
    "ge": "minimum",
    "le": "maximum",
    "multiple_of": "multiple_of",
    "max_length": "max_length",
}


def find_endpoint(module: Module, given: str) -> Endpoint:
    """Return the endpoint of that api_name, with its slash or without it, or function.

    Raises:
        UsageError: There is none.
    """
    names = [(endpoint.api_name, endpoint.function) for endpoint in module.endpoints]
    return module.endpoints[endpoint_named(given, names)]


# --- JSON


def as_json(module: Module) -> dict[str, Any]:
    """Return the whole API as JSON."""
    return {
        "format": FORMAT,
        "source": module.source,
        "gradio": module.version,
        "spec": module.spec_hash,
        "client": module.client,
        "endpoints": [endpoint_as_json(module, item) for item in module.ranked],
    }


def endpoint_as_json(module: Module, endpoint: Endpoint) -> dict[str, Any]:
    """Return one endpoint as JSON."""
    return {
        "api_name": endpoint.api_name,
        "function": endpoint.function,
        "description": endpoint.description,
        "generator": endpoint.generator,
        "event_data": endpoint.event_data,
        "parameters": [_param(item) for item in endpoint.params],
        "outputs": [_output(item) for item in endpoint.outputs],
        "example": _example(module, endpoint),
        "shell": shell_line(module, endpoint),
    }


def _param(param: Param) -> dict[str, Any]:
    default = param.default
    live = default is not None and default.kind == "live"
    return {
        "name": param.name,
        "label": param.label,
        "component": param.component,
        "type": write(param.type),
        "required": default is None,
        "default": None if default is None or live else default.value,
        "default_of_app": str(default.value) if default is not None and live else None,
        "choices": _choices(param),
        "bounds": {_BOUNDS[name]: value for name, value in param.constraints},
    }


def _choices(param: Param) -> list[Any] | None:
    for part in walk(param.type):
        if isinstance(part, AliasOf):
            return list(part.target.values)
        if isinstance(part, Literals):
            return list(part.values)
    return None


def _output(slot: OutputSlot) -> dict[str, Any]:
    return {
        "name": slot.name,
        "label": slot.label,
        "component": slot.component,
        "type": write(slot.type),
    }


def _example(module: Module, endpoint: Endpoint) -> str:
    return format_code(example_call(module, endpoint) + "\n")


# --- Text


def as_detail(module: Module, endpoint: Endpoint) -> str:
    """Return one endpoint as text, with a call to paste."""
    kind = " (stream)" if endpoint.generator else ""
    lines = [f"{endpoint.api_name}{kind}", endpoint_summary(endpoint)]
    lines += _section("Parameters", map(_param_cells, endpoint.params))
    lines += _section("Outputs", map(_output_cells, endpoint.outputs))
    text = "\n".join(escaped(line) for line in lines)
    call = textwrap.indent(_example(module, endpoint), "    ")
    line = textwrap.indent(shell_line(module, endpoint), "    ")
    return f"{text}\n\nCall\n{call}\nFrom the shell\n{line}\n"


def _section(title: str, rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield from ("", title)
    cells = [[" ".join(cell.split()) for cell in row] for row in rows]
    yield from (f"    {line}" for line in aligned(cells or [["none"]]))


def _param_cells(param: Param) -> list[str]:
    about = " ".join([*_titles(param), *param.notes])
    return [param.name, spelled(param.type), default_in_words(param), about]


def _output_cells(slot: OutputSlot) -> list[str]:
    return [slot.name, write(slot.type), " ".join(_titles(slot))]


def _titles(item: Param | OutputSlot) -> Iterator[str]:
    if item.label:
        yield f"{item.label}:"
    yield f"{component_name(item.component)}."
