"""Endpoints of the components whose values are text, numbers, choices and objects."""

from __future__ import annotations

import importlib
import random
from collections.abc import Sequence
from typing import Any

from tests.apps.components.kit import MAJOR, Part, Row, echo, given, gr, part

LONG_TEXT = "A long default text. " * 15
PAIRS = [("Small one", "s"), ("Großer 🐘", "l")]


# --- Functions of components that do not echo


def roll() -> int:
    return random.randint(1, 6)


def make_chart() -> Any:
    """A chart as an Altair one looks to Gradio, which needs no more than its JSON."""
    chart = type("Chart", (), {"to_json": lambda self: '{"mark": "bar"}'})
    chart.__module__ = "altair.handmade"
    return chart()


def frame() -> Any:
    """Data of a native plot."""
    pd = importlib.import_module("pandas")

    return pd.DataFrame({"x": [1, 2, 3], "y": [4.5, 5, 6], "who": ["a", "b", "a"]})


def conversation() -> Any:
    """Lines, as a diarization has them, from a component whose own type is text."""
    return [{"speaker": "Ann", "text": "hi"}]


def first_sample(value: Any) -> Any:
    return 1 if value == ["b", 2] else 0


def label_again(value: Any) -> Any:
    """Gradio 3 hands a label's raw value to the function, and takes no such value."""
    if MAJOR > 3 or value is None:
        return value
    return {item["label"]: item["confidence"] for item in value["confidences"]}


def tokens_again(value: Any) -> Any:
    """Since Gradio 4 the function is given objects, and must give pairs."""
    if MAJOR == 3 or value is None:
        return value
    return [(item["token"], item["class_or_confidence"]) for item in value]


def as_date(value: Any) -> Any:
    """What the function sees is a number or a datetime; it must come back the same."""
    assert not isinstance(value, str)
    return value


# --- Rows

JSON = part("JSON")

TEXTS = (
    echo("textbox", "Textbox"),
    echo("textbox_max_length", "Textbox", max_length=8, value="short"),
    echo("textbox_password", "Textbox", type="password"),
    echo("textbox_email", "Textbox", type="email", info="Where we write to"),
    echo("textbox_lines", "Textbox", lines=3, max_lines=9, placeholder="Type here"),
    echo("textbox_long_default", "Textbox", value=LONG_TEXT),
    echo("textbox_empty_default", "Textbox", value=""),
    echo("textarea", "TextArea"),
    echo("code", "Code", language="python"),
    echo("html", "HTML", value="<b>bold</b>"),
    echo("markdown", "Markdown"),
    echo("colorpicker", "ColorPicker", value="#ff0000"),
    echo("dialogue", "Dialogue", speakers=["Ann", "Bob"]),
    Row("dialogue_make", None, part("Dialogue"), conversation),
    Row(
        "dialogue_list_echo",
        part("Dialogue", type="list", speakers=["Ann", "Bob"]),
        since=5,
    ),
)

NUMBERS = (
    echo("number", "Number"),
    echo("number_int", "Number", precision=0, value=3),
    echo("number_places", "Number", precision=2),
    echo("number_bounds", "Number", minimum=-1, maximum=1, value=0.5),
    echo("number_half_bounds", "Number", precision=0, minimum=0.5, value=1),
    echo("number_random", "Number", value=roll),
    echo("slider", "Slider", minimum=0, maximum=10, step=1, value=3),
    echo("slider_float", "Slider", minimum=0, maximum=1, step=0.05),
    echo("slider_random", "Slider", minimum=1, maximum=6, step=1, randomize=True),
    echo("checkbox", "Checkbox"),
    echo("checkbox_on", "Checkbox", value=True),
    echo("timer", "Timer", value=5),
)

CHOICES = (
    echo("dropdown", "Dropdown", choices=["red", "green"]),
    echo("dropdown_default", "Dropdown", choices=["red", "green"], value="green"),
    echo("dropdown_none_default", "Dropdown", choices=["red", "green"], value=None),
    echo("dropdown_pairs", "Dropdown", choices=PAIRS),
    echo("dropdown_ints", "Dropdown", choices=[1, 2, 3], value=2),
    echo("dropdown_int_pairs", "Dropdown", choices=[("One", 1), ("Two", 2)]),
    echo("dropdown_floats", "Dropdown", choices=[0.1, 0.5, 1.0], value=0.5),
    echo("dropdown_bools", "Dropdown", choices=[("Yes", True), ("No", False)]),
    echo("dropdown_mixed", "Dropdown", choices=["auto", 1, 2.5], value="auto"),
    echo("dropdown_duplicates", "Dropdown", choices=["a", "b", "a"]),
    echo("dropdown_odd", "Dropdown", choices=["🦊", "", "it's", 'a "b"', "\n", "a\\b"]),
    echo("dropdown_empty", "Dropdown", choices=[]),
    echo("dropdown_unset", "Dropdown"),
    echo("dropdown_custom", "Dropdown", choices=["a", "b"], allow_custom_value=True),
    echo("dropdown_int_custom", "Dropdown", choices=[1, 2], allow_custom_value=True),
    Row("dropdown_index_in", part("Dropdown", choices=["a", "b"], type="index"), JSON),
    echo("dropdown_many", "Dropdown", choices=["a", "b", "c"], multiselect=True),
    Row(
        "dropdown_many_default_echo",
        part(
            "Dropdown",
            choices=[1, 2, 3],
            multiselect=True,
            value=[1, 3],
            max_choices=2,
        ),
    ),
    Row(
        "dropdown_many_custom_echo",
        part("Dropdown", choices=["a"], multiselect=True, allow_custom_value=True),
    ),
    echo("radio", "Radio", choices=["yes", "no"]),
    echo("radio_ints", "Radio", choices=[1, 2, 3], value=1),
    echo("radio_pairs", "Radio", choices=PAIRS, value="l"),
    echo("checkboxgroup", "CheckboxGroup", choices=["a", "b", "c"], value=["b"]),
    echo("checkboxgroup_ints", "CheckboxGroup", choices=[1, 2]),
    echo("checkboxgroup_pairs", "CheckboxGroup", choices=PAIRS),
)

TABLE = {"headers": ["name", "score", "ok"], "datatype": ["str", "number", "bool"]}
NUMBERED = [[1, 2], [3, 4]]

OBJECTS = (
    echo("json", "JSON"),
    echo("json_default", "JSON", value={"a": [1, None, True], "b": {"c": "d"}}),
    echo("dataframe", "Dataframe", **TABLE),
    echo("dataframe_array", "Dataframe", **TABLE, type="array"),
    echo("dataframe_numpy", "Dataframe", type="numpy", datatype="number"),
    echo("dataframe_default", "Dataframe", value=NUMBERED, headers=["a", "b"]),
    Row("label_echo", part("Label", num_top_classes=2), None, label_again),
    Row("highlightedtext_echo", part("HighlightedText"), None, tokens_again),
    echo("timeseries", "Timeseries", x="x", y=["y"]),
    Row("plot_make", None, part("Plot"), make_chart),
    Row("lineplot_make", None, part("LinePlot", x="x", y="y"), frame),
    Row("barplot_make", None, part("BarPlot", x="x", y="y"), frame),
    Row("scatterplot_make", None, part("ScatterPlot", x="x", y="y"), frame),
    Row("plot_echo", part("Plot"), since=4),
    Row("lineplot_in", part("LinePlot", x="x", y="y"), JSON, given, since=4),
    Row("paramviewer_echo", part("ParamViewer"), since=4),
    Row("fallback_echo", part("Fallback"), since=4),
    Row("browserstate_echo", part("BrowserState", default_value=[1]), since=5),
    Row("datetime_echo", part("DateTime", type="string"), since=4),
    Row(
        "datetime_default_echo",
        part("DateTime", type="string", value="2024-05-06 07:08:09"),
        since=4,
    ),
    Row("datetime_stamp_echo", part("DateTime"), function=as_date, since=4),
    Row(
        "datetime_object_echo",
        part("DateTime", type="datetime"),
        function=as_date,
        since=4,
    ),
    Row(
        "datetime_date_echo",
        part("DateTime", include_time=False, type="string"),
        since=4,
    ),
)


def dataset_options() -> dict[str, Any]:
    """Samples of a text and a number; made late, as its components are."""
    hidden = [gr.Textbox(visible=False), gr.Number(visible=False)]
    return {"components": hidden, "samples": [["a", 1], ["b", 2]]}


def late_rows() -> Sequence[Row]:
    if MAJOR == 3:  # its output replaces the samples, and what is chosen is lost
        return [Row("dataset_in", Part("Dataset", dataset_options()), JSON)]
    return [
        Row(
            "dataset_echo",
            Part("Dataset", dataset_options()),
            Part("Dataset", dataset_options()),
            first_sample,
        ),
    ]


ROWS = (*TEXTS, *NUMBERS, *CHOICES, *OBJECTS)
