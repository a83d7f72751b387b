"""Tables, classifications and plots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..description.json_values import is_array
from .kind import Kind, Value


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


_DATA = Value(
    "DataframeData",
    'DataframeData(headers=["a", "b"], data=[[1, 2], [3, 4]])',
    plain=_is_table,
)
_INPUT = _DATA._replace(name="DataframeInput", made_as="DataframeData")
_LABEL = Value("LabelData", 'LabelData(label="cat")', plain=_is_label)
_PLOT = Value("PlotData", 'PlotData(type="plotly", plot="{}")', written=False)
_NATIVE = Value(
    "NativePlotData",
    'NativePlotData(columns=["x", "y"], data=[[1, 2], [3, 4]])',
    written=False,
)
_TABLE = Kind(
    "timeseries", "DataframeInput", "DataframeData", (_DATA, _INPUT), home="types.table"
)


KINDS = (
    _TABLE,
    replace(_TABLE, names="dataframe", codec="_codecs.table:TABLE", never_null=True),
    Kind(
        "label",
        "LabelData",
        "LabelData",
        (_LABEL,),
        "LabelConfidence",
        home="types.table",
    ),
    # Before the native plots of Gradio 4 all of these were charts of Altair.
    Kind(
        "barplot lineplot plot scatterplot",
        "PlotData",
        "PlotData",
        (_PLOT,),
        home="types.table",
    ),
    Kind(
        "nativeplot", "NativePlotData", "NativePlotData", (_NATIVE,), home="types.table"
    ),
)
