"""An app's API as a table, for people and for pipes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from gradio_runtime._models.texts import escaped

from ..decide.ir import Endpoint, Module, Param
from ..decide.types import AliasOf, Literals, TypeExpr, mapped, write
from ..literals import shown

if TYPE_CHECKING:
    from rich.table import Table

_TITLES = ("Endpoint", "Parameter", "Type", "Default", "Output", "Returns")
_WIDEST = 60


def _rows(module: Module) -> Iterator[tuple[bool, tuple[str, ...]]]:
    """The rows, and whether each begins an endpoint."""
    for endpoint in module.endpoints:
        name = endpoint.api_name + (" (stream)" if endpoint.generator else "")
        outputs = list(_outputs(endpoint))
        for index in range(max(len(endpoint.params), len(outputs), 1)):
            param = (
                _param(endpoint.params[index])
                if index < len(endpoint.params)
                else ("", "", "")
            )
            output = outputs[index] if index < len(outputs) else ("", "")
            cells = (name if index == 0 else "", *param, *output)
            yield index == 0, tuple(_cell(text) for text in cells)


def _cell(text: str) -> str:
    text = escaped(" ".join(text.split()))
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def _param(param: Param) -> tuple[str, str, str]:
    return param.name, spelled(param.type), default_in_words(param)


def default_in_words(param: Param) -> str:
    """What is sent for a parameter that is left out."""
    if param.default is None:
        return "required"
    if param.default.kind == "live":
        return "the app's own"
    return shown(param.default.value)


def spelled(type_: TypeExpr) -> str:
    """The type, choices written out."""
    match type_:
        case AliasOf(_, Literals(values)):
            return " | ".join(map(shown, values))
        case _:
            return write(
                mapped(type_, lambda t: t.target if isinstance(t, AliasOf) else t)
            )


def _outputs(endpoint: Endpoint) -> Iterator[tuple[str, str]]:
    if not endpoint.outputs:
        yield "", "None"
    for slot in endpoint.outputs:
        yield slot.name, write(slot.type)


def as_text(module: Module) -> str:
    """Aligned columns, without colour or lines."""
    rows = [_TITLES, *(cells for _, cells in _rows(module))]
    return "".join(f"{line}\n" for line in aligned(rows))


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows as lines, with columns of one width."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]


def as_table(module: Module) -> Table:
    """A table for a terminal."""
    from rich.markup import escape
    from rich.table import Table

    title = escaped(f"{module.source} (Gradio {module.version})")
    table = Table(title=escape(title), title_justify="left")
    for name in _TITLES:
        table.add_column(name, overflow="fold")
    for first, cells in _rows(module):
        if first and table.row_count:
            table.add_section()
        table.add_row(*map(escape, cells))
    return table
