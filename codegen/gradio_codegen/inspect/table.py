"""An app's API as a table, for people and for pipes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from gradio_runtime._models.texts import escaped
from gradio_runtime.description.triggers import is_filler

from ..decide.ir import Module, Param
from ..decide.types import AliasOf, Literals, TypeExpr, mapped, write
from ..limits import cut
from ..literals import shown

if TYPE_CHECKING:
    from rich.table import Table

_TITLES = ("Endpoint", "Parameter", "Type", "Default", "Output", "Returns")
_WIDEST = 60


def _rows(module: Module) -> Iterator[tuple[bool, tuple[str, ...]]]:
    """Yield the rows, and for each whether it begins an endpoint."""
    for endpoint in module.ranked:
        name = endpoint.api_name + (" (stream)" if endpoint.generator else "")
        if is_filler(endpoint.api_name.removeprefix("/")):
            name = f"{endpoint.function}: {name}"
        params = [
            (p.name, spelled(p.type), default_in_words(p)) for p in endpoint.params
        ]
        outputs = [(o.name, write(o.type)) for o in endpoint.outputs] or [("", "None")]
        for index, (param, output) in enumerate(zip_longest(params, outputs)):
            cells = (*(param or ("", "", "")), *(output or ("", "")))
            yield index == 0, tuple(map(_cell, ("" if index else name, *cells)))


def _cell(text: str) -> str:
    return cut(escaped(" ".join(text.split())), _WIDEST)


def default_in_words(param: Param) -> str:
    """Say what is sent for a parameter that is left out."""
    if param.default is None:
        return "required"
    if param.default.kind == "live":
        return "the app's own"
    return shown(param.default.value)


def spelled(type_: TypeExpr) -> str:
    """Return the type as text, choices written out."""
    match type_:
        case AliasOf(_, Literals(values)):
            return " | ".join(map(shown, values))
        case _:
            return write(
                mapped(type_, lambda t: t.target if isinstance(t, AliasOf) else t)
            )


def as_text(module: Module) -> str:
    """Return aligned columns, without colour or lines."""
    rows = [_TITLES, *(cells for _, cells in _rows(module))]
    return "".join(f"{line}\n" for line in aligned(rows))


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows as lines, with columns of one width."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]


def as_table(module: Module) -> Table:
    """Return a table for a terminal."""
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
