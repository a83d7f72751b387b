"""Values that are data: tables, classifications, plots."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from ..values import Model

__all__ = [
    "DataframeData",
    "DataframeInput",
    "LabelConfidence",
    "LabelData",
    "NativePlotData",
    "PlotData",
]


class LabelConfidence(Model):
    """One class of a classification, and how sure the app is of it."""

    label: str | int | float | None = None
    confidence: float | None = None


class LabelData(Model):
    """A classification: the best label, then every class with its confidence."""

    label: str | int | float | None = None
    confidences: list[LabelConfidence] | None = None


class DataframeData(Model):
    """A table: column names, then rows."""

    headers: list[str | int | float] = Field(default_factory=list[str | int | float])
    data: list[list[Any]] = Field(default_factory=list[list[Any]])
    metadata: dict[str, Any] | None = None


DataframeInput = DataframeData


class PlotData(Model):
    """A plot that a plotting library has drawn.

    Attributes:
        type: `"matplotlib"`, `"plotly"`, `"bokeh"` or `"altair"`.
        plot: The figure as that library's JSON; for matplotlib, the image as a
            `data:` URL.
    """

    type: str
    plot: str


class NativePlotData(Model):
    """The data of a plot that Gradio draws itself.

    Attributes:
        columns: Their names.
        data: Rows; moments are milliseconds since 1970.
        datatypes: `"quantitative"`, `"nominal"` or `"temporal"`, by column.
        mark: What is drawn: `"line"`, `"bar"`, `"point"`.
    """

    columns: list[str]
    data: list[list[Any]]
    datatypes: dict[str, str] = Field(default_factory=dict[str, str])
    mark: str | None = None
