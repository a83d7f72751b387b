"""Round trips of text, numbers, choices and objects."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from gradio_runtime import AppError
from gradio_runtime.types import (
    DataframeData,
    DialogueLine,
    HighlightedToken,
    LabelConfidence,
    LabelData,
    NativePlotData,
    PlotData,
)

from tests.integration.trips import (
    Check,
    Trip,
    each,
    one_of,
    table,
    trip,
)

# --- Text and numbers

STRINGS = (
    "textbox_echo textbox_password_echo textbox_lines_echo textarea_echo code_echo "
    "html_echo markdown_echo textbox_empty_default_echo"
)
TRIPS: list[Trip] = [
    *each(STRINGS, "hé\n🦊", ""),
    trip("textbox_max_length_echo", "eight ch"),
    trip("textbox_max_length_echo", gives="short"),
    trip("textbox_email_echo", "a@b.c"),
    trip("textbox_long_default_echo", "mine"),
    trip("textbox_long_default_echo", gives="A long default text. " * 15),
    trip("textbox_empty_default_echo", gives=""),
    trip("html_echo", gives="<b>bold</b>"),
    *each("colorpicker_echo", "#00ff00", "rgb(1, 2, 3)"),
    trip("colorpicker_echo", gives="#ff0000"),
    *each("number_echo number_places_echo number_random_echo", 3, 2.5, since=4),
    *each("number_echo number_random_echo", 3, gives=3.0, until=3),
    trip("number_places_echo", 3, until=3),
    trip("number_random_echo", gives=lambda value: value in range(1, 7)),
    trip("number_places_echo", 1.2345, gives=1.23),
    *each("number_int_echo number_half_bounds_echo", 1, 7),
    trip("number_int_echo", gives=3),
    trip("number_half_bounds_echo", gives=1),
    trip("number_bounds_echo", -0.5),
    trip("number_bounds_echo", gives=0.5),
    *each("slider_echo", 4, 2.0),
    trip("slider_echo", gives=3),
    trip("slider_float_echo", 0.05),
    trip("slider_random_echo", 2),
    trip("slider_random_echo", gives=lambda value: 1 <= value <= 6),
    *each("checkbox_echo checkbox_on_echo", True, False),
    trip("checkbox_echo", gives=False),
    trip("checkbox_on_echo", gives=True),
    *each("timer_echo", 2, 2.5, since=4),
    trip("timer_echo", gives=one_of(5), since=4),
    trip("datetime_echo", "2024-01-02 03:04:05", since=4),
    *each(
        "datetime_echo datetime_stamp_echo datetime_object_echo datetime_default_echo",
        datetime(2024, 1, 2, 3, 4, 5),
        gives="2024-01-02 03:04:05",
        since=4,
    ),
    trip("datetime_default_echo", gives="2024-05-06 07:08:09", since=4),
    *each(
        "datetime_date_echo",
        "2024-01-02",
        datetime(2024, 1, 2).date(),
        gives="2024-01-02",
        since=4,
    ),
]

# --- Choices

TRIPS += [
    *each("dropdown_echo dropdown_default_echo dropdown_none_default_echo", "red"),
    trip("dropdown_default_echo", gives="green"),
    trip("dropdown_echo", gives="red", since=5),
    *each("dropdown_pairs_echo radio_pairs_echo", "s"),
    trip("radio_pairs_echo", gives="l"),
    *each("dropdown_ints_echo radio_ints_echo dropdown_int_pairs_echo", 1),
    trip("dropdown_ints_echo", gives=2),
    trip("radio_ints_echo", gives=1),
    *each("dropdown_floats_echo", 0.1, 1.0),
    trip("dropdown_floats_echo", gives=0.5),
    *each("dropdown_bools_echo", True, False),
    *each("dropdown_mixed_echo", "auto", 1, 2.5),
    trip("dropdown_duplicates_echo", "a"),
    *each("dropdown_odd_echo", "🦊", "", "it's", 'a "b"', "\n", "a\\b"),
    *each("dropdown_empty_echo dropdown_unset_echo", "a", until=4),
    *each("dropdown_empty_echo dropdown_unset_echo", "a", gives=AppError, since=5),
    *each("dropdown_custom_echo", "a", "something else"),
    *each("dropdown_int_custom_echo", 2, "something else"),
    trip("dropdown_index_in", "b", gives=1),
    *each("dropdown_many_echo", ["a", "c"], []),
    *each("dropdown_many_default_echo", [2], []),
    trip("dropdown_many_default_echo", gives=[1, 3]),
    trip("dropdown_many_custom_echo", ["a", "something else"]),
    trip("radio_echo", "yes"),
    *each("checkboxgroup_echo", ["a", "c"], []),
    trip("checkboxgroup_echo", gives=["b"]),
    *each("checkboxgroup_ints_echo", [1, 2], []),
    trip("checkboxgroup_pairs_echo", ["l"]),
]

# --- Objects

TABLE = DataframeData(
    headers=["name", "score", "ok"], data=[["ann", 1, True], ["bob", 2.5, False]]
)
CLASSES = LabelData(
    label="a",
    confidences=[
        LabelConfidence(label="a", confidence=0.75),
        LabelConfidence(label="b", confidence=0.25),
    ],
)
TOKENS = [
    HighlightedToken(token="Ann", class_or_confidence="NOUN"),
    HighlightedToken(token="goes", class_or_confidence=0.5),
    HighlightedToken(token="!", class_or_confidence=None),
]
PLOT = PlotData(type="altair", plot='{"mark": "bar"}')
PARAMETERS = {"n": {"type": "int", "description": "How many", "default": None}}
DIALOGUE = [DialogueLine(speaker="Ann", text="hi")]


def native_plot(mark: str) -> Check:
    def check(value: Any) -> bool:
        assert isinstance(value, NativePlotData)
        assert value.columns == ["x", "y", "who"]
        assert value.data[0] == [1, 4.5, "a"]
        return value.mark == mark

    return check


def altair(value: Any) -> bool:
    return isinstance(value, PlotData) and value.type == "altair"


TRIPS += [
    *each(
        "json_echo json_default_echo",
        *({"a": [1, None, 2.5]}, [1, "b"], 5, 2.5, True, None),
        *("text", '{"a": 1}', ""),
    ),
    trip("json_default_echo", gives={"a": [1, None, True], "b": {"c": "d"}}),
    *each(
        "dataframe_echo dataframe_array_echo dataframe_default_echo",
        TABLE,
        gives=table(TABLE.headers, TABLE.data),
    ),
    trip(
        "dataframe_numpy_echo",
        DataframeData(headers=["a", "b"], data=[[1, 2], [3, 4]]),
        gives=table(["1", "2"], [[1, 2], [3, 4]]),
        since=4,
    ),
    trip(
        "dataframe_numpy_echo",
        DataframeData(headers=["a", "b"], data=[[1, 2], [3, 4]]),
        gives=table([1, 2], [[1, 2], [3, 4]]),
        until=3,
    ),
    trip("dataframe_default_echo", gives=table(["a", "b"], [[1, 2], [3, 4]])),
    trip("label_echo", CLASSES),
    trip("highlightedtext_echo", TOKENS),
    trip("highlightedtext_echo", [("Ann", "NOUN")], gives=TOKENS[:1]),
    trip("plot_make", gives=PLOT),
    trip("plot_echo", PLOT, since=4),
    *(
        trip(f"{name}plot_make", gives=native_plot(mark), since=4)
        for name, mark in (("line", "line"), ("bar", "bar"), ("scatter", "point"))
    ),
    *(
        trip(f"{name}plot_make", gives=altair, until=3)
        for name in ("line", "bar", "scatter")
    ),
    trip(
        "lineplot_in",
        NativePlotData(columns=["x", "y"], data=[[1, 2]], mark="line"),
        gives=True,
        since=4,
    ),
    trip("paramviewer_echo", PARAMETERS, since=4),
    *each("fallback_echo", {"a": 1}, "text", 5, None, since=4),
    *each("browserstate_echo", {"a": 1}, "text", 5, since=5),
    trip("dataset_echo", 1, since=4),
    trip("dataset_in", gives=AppError, until=3),
    trip("dialogue_echo", DIALOGUE, gives="[Ann] hi", since=5),
    trip("dialogue_echo", "plain text", since=5),
    *each("dialogue_list_echo", DIALOGUE, "plain text", since=5),
    trip("dialogue_make", gives=DIALOGUE, since=5),
    trip(
        "timeseries_echo",
        {"headers": ["x", "y"], "data": [[1, 2]]},
        gives=table(["x", "y"], [[1, 2]]),
        until=3,
    ),
]
