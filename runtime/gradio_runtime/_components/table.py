"""Tables, classifications and plots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..jsontext import is_array
from .kind import Kind, Value

_EXAMPLE = 'DataframeData(headers=["a", "b"], data=[[1, 2], [3, 4]])'


def _is_table(value: Mapping[str, Any]) -> bool:
    headers, rows = value.get("headers", []), value.get("data", [])
    return (
        value.keys() <= {"headers", "data"}
        and is_array(headers)
        and is_array(rows)
        and all(isinstance(name, str | int | float) for name in headers)
        and all(isinstance(row, list) for row in rows)
    )


def _is_label(value: Mapping[str, Any]) -> bool:
    return value.keys() <= {"label"} and all(
        isinstance(part, str | int | float) for part in value.values()
    )


_TABLE = Kind(
    names=("timeseries",),
    takes="DataframeInput",
    gives="DataframeData",
    values=(
        Value(
            "DataframeData",
            fields=("headers", "data", "metadata"),
            example=_EXAMPLE,
            plain=_is_table,
        ),
        Value(
            "DataframeInput",
            example=_EXAMPLE,
            plain=_is_table,
            made_as="DataframeData",
        ),
    ),
    home="types.table",
)

KINDS = (
    _TABLE,
    replace(_TABLE, names=("dataframe",), codec="_codecs.table:TABLE"),
    Kind(
        names=("label",),
        takes="LabelData",
        gives="LabelData",
        values=(
            Value("LabelConfidence", fields=("label", "confidence")),
            Value(
                "LabelData",
                fields=("label", "confidences"),
                example='LabelData(label="cat")',
                plain=_is_label,
            ),
        ),
        home="types.table",
    ),
    Kind(
        # Before the native plots of Gradio 4 all of them were charts of Altair.
        names=("barplot", "lineplot", "plot", "scatterplot"),
        takes="PlotData",
        gives="PlotData",
        values=(
            Value(
                "PlotData",
                fields=("type", "plot"),
                example='PlotData(type="plotly", plot="{}")',
                written=False,
            ),
        ),
        home="types.table",
    ),
    Kind(
        names=("nativeplot",),
        takes="NativePlotData",
        gives="NativePlotData",
        values=(
            Value(
                "NativePlotData",
                example='NativePlotData(columns=["x", "y"], data=[[1, 2], [3, 4]])',
                written=False,
            ),
        ),
        home="types.table",
    ),
)
