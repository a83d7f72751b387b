"""Values that are data: tables, classifications, plots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, cast

from pydantic import Field, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from .._models.base import Model
from ..description.json_values import is_object
from ._fields import Known, ReadAs
from ._tables import TableSource, library, rows_of

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]  # pyright: ignore[reportMissingTypeStubs]
    import polars as pl

    from .._models.html import Page

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


class LabelData(Known):
    """A classification: the best label, then every class with its confidence.

    `{"cat": 0.9, "dog": 0.1}`, as the app's own code writes it, is taken too.
    """

    label: str | int | float | None = None
    confidences: list[LabelConfidence] | None = None

    @model_validator(mode="before")
    @classmethod
    def _of_confidences(cls, value: Any) -> Any:
        if not is_object(value) or not value or {"label", "confidences"} & value.keys():
            return value
        if not all(isinstance(part, int | float) for part in value.values()):
            return value
        ranked = sorted(value.items(), key=lambda item: item[1], reverse=True)
        return {
            "label": ranked[0][0],
            "confidences": [{"label": k, "confidence": v} for k, v in ranked],
        }

    def __gradio_html__(self, page: Page) -> str:
        bars = [(item.label, item.confidence) for item in self.confidences or ()]
        return f"<b>{page.text(self.label)}</b>{page.meters(bars)}"


class DataframeData(Known):
    """A table: column names, then rows.

    Attributes:
        headers: The columns' names.
        data: The rows.
        metadata: How the app's page shows the cells, if the app says so.
    """

    headers: list[str | int | float] = Field(default_factory=list[str | int | float])
    data: list[list[Any]] = Field(default_factory=list[list[Any]])
    metadata: dict[str, Any] | None = None

    @classmethod
    def of(cls, table: DataframeData | TableSource) -> DataframeData:
        """Make one of a table of pandas or polars, or of one dict per row.

        Missing values and numbers that are not finite become None, moments ISO 8601
        text, and numpy's numbers Python's.

        Raises:
            TypeError: `table` is something else.
        """
        if isinstance(table, DataframeData):
            return table
        if isinstance(table, Mapping):
            return cls.model_validate(table)
        headers, data = rows_of(table)
        return cls(headers=headers, data=data)

    def records(self) -> list[dict[str | int | float, Any]]:
        """Return one dict per row."""
        return [dict(zip(self.headers, row, strict=False)) for row in self.data]

    def to_pandas(self) -> pd.DataFrame:
        """Return the table as a `pandas.DataFrame`.

        Raises:
            GradioError: pandas is not installed.
        """
        return library("pandas").DataFrame(self.data, columns=self.headers or None)

    def to_polars(self) -> pl.DataFrame:
        """Return the table as a `polars.DataFrame`.

        Raises:
            GradioError: polars is not installed.
        """
        frame = library("polars").DataFrame(
            self.data,
            schema=[str(name) for name in self.headers] or None,
            orient="row",
            infer_schema_length=None,
            strict=False,
        )
        return cast("pl.DataFrame", frame)

    def __gradio_html__(self, page: Page) -> str:
        return page.table(self.headers, self.data)


def _table(value: Any, _info: ValidationInfo) -> Any:
    if isinstance(value, DataframeData | Mapping):
        return cast("Any", value)
    try:
        return DataframeData.of(value)
    except TypeError as error:
        raise PydanticCustomError("table", "{text}", {"text": str(error)}) from None


#: What a table parameter takes: a `DataframeData`, a table of pandas or polars, one
#: dict or one list per row, or `{"headers": …, "data": …}`. Lists are under the headers
#: that the app's own table has.
DataframeInput: TypeAlias = Annotated[
    DataframeData | TableSource,
    ReadAs(DataframeData, _table, [{"type": "array", "items": {"type": "object"}}]),
]


class PlotData(Model):
    """A plot that a plotting library has drawn.

    Attributes:
        type: `"matplotlib"`, `"plotly"`, `"bokeh"` or `"altair"`.
        plot: The figure as that library's JSON; for matplotlib, the image as a
            `data:` URL.
    """

    type: str
    plot: str

    def __gradio_html__(self, page: Page) -> str:
        return page.picture(self.plot, f"a plot of {self.type}")


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
