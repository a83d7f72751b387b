"""How tables differ between Gradio versions."""

from __future__ import annotations

from typing import Any

from .._components.kind import Codec
from ..description import Component
from ..description.dialect import Dialect
from ..description.json_values import is_array
from ..types.table import DataframeData


def _encode_table(value: Any, slot: Component, dialect: Dialect) -> Any:
    if hasattr(value, "columns"):  # an untyped call's, of pandas or polars
        value = DataframeData.of(value)
    if not isinstance(value, DataframeData):
        return value
    headers = value.headers or _own_headers(value.data, slot)
    if dialect.text_headers:
        headers = [str(name) for name in headers]
    # 3.x refuses keys that it does not know.
    extra = {} if dialect.pairs else value.model_extra or {}
    return {"headers": headers, "data": value.data, "metadata": value.metadata, **extra}


def _own_headers(rows: list[list[Any]], slot: Component) -> list[str | int | float]:
    """Return headers for bare rows: the component's if they fit, else numbers."""
    width = max(map(len, rows), default=0)
    own = slot.props.get("headers")
    if is_array(own) and len(own) == width:
        return own
    return [str(number) for number in range(1, width + 1)]


TABLE = Codec(_encode_table)
