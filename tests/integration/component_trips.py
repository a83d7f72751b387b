"""The round trips of `test_components.py`, for every endpoint of the components app.

One list for Gradio 3.50 to 6.31: where versions differ, the trips say which they are
for. File names are of the folder that the tests work in.
"""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from typing import Any

from gradio_runtime import UNCHANGED, AppError, File, InputError, OutputMismatch
from gradio_runtime.types import (
    AnnotatedImageData,
    ChatComponent,
    ChatMessage,
    DataframeData,
    DialogueLine,
    EditorData,
    GalleryImage,
    HighlightedToken,
    LabelConfidence,
    LabelData,
    MultimodalData,
    NativePlotData,
    PlotData,
)

from tests.integration.trips import (
    MP4,
    OBJ,
    PNG,
    TEXT,
    Check,
    Trip,
    annotated,
    clip,
    component_part,
    each,
    editor,
    file,
    file_part,
    image,
    items,
    message,
    nothing,
    one_of,
    output,
    picture,
    sound,
    table,
    text_part,
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
    HighlightedToken(token="home", class_or_confidence=None),
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
        until=3,
    ),
]

# --- Files

PATHS = [["note.txt"], ["inner", "deep.txt"]]

TRIPS += [
    *each(
        "file_echo uploadbutton_echo",
        *("a.txt", Path("a.txt"), TEXT, io.BytesIO(TEXT), File(path=Path("a.txt"))),
        gives=file(TEXT),
    ),
    *each("downloadbutton_echo uploadbutton_out", "a.txt", gives=file(TEXT), since=4),
    trip("file_types_echo", "a.txt", gives=file(TEXT, "a.txt")),
    trip("file_types_echo", "a.png", gives=file(PNG, "a.png")),
    trip("file_default_echo", "a.txt", gives=file(TEXT, "a.txt")),
    trip("file_default_echo", gives=file(b"a note\n", "note.txt")),
    trip("file_default_echo", None, gives=OutputMismatch),
    trip(
        "file_multiple_echo",
        ["a.txt", TEXT],
        gives=items(file(TEXT, "a.txt"), file(TEXT)),
    ),
    trip(
        "uploadbutton_multiple_echo",
        ["a.txt", Path("a.txt")],
        gives=items(file(TEXT, "a.txt"), file(TEXT, "a.txt")),
    ),
    trip("file_bytes_in", "a.txt", gives=len(TEXT)),
    trip("file_directory_in", ["a.txt"], gives=[["a.txt", len(TEXT)]]),
    trip("file_optional_in", "a.txt", gives=[["a.txt", len(TEXT)]]),
    trip("fileexplorer_echo", PATHS),
    trip("fileexplorer_single_echo", PATHS[1:]),
    trip("model3d_echo", "a.obj", gives=file(OBJ)),
    *each("image_echo image_pil_echo", "a.png", PNG, gives=image),
    *each("image_path_echo image_default_echo", "a.png", gives=image),
    trip("image_default_echo", gives=image),
    trip("image_default_echo", None, gives=OutputMismatch),
    trip("image_make", gives=image),
    trip("image_sketch_in", "a.png", gives=InputError, until=3),
    trip(
        "image_sketch_in",
        EditorData.model_validate({"background": "a.png", "layers": ["a.png"]}),
        gives=True,
        until=3,
    ),
    *each(
        "imageeditor_echo imageeditor_path_echo imagemask_echo",
        "a.png",
        gives=editor(layers=0),
        since=4,
    ),
    *each(
        "imageeditor_echo imageeditor_path_echo",
        EditorData.model_validate(
            {"background": "a.png", "layers": ["a.png"], "composite": "a.png"}
        ),
        gives=editor(layers=1),
        since=4,
    ),
    trip("imageslider_echo", ("a.png", PNG), gives=items(image, image), since=5),
    trip("imageslider_echo", ("a.png", None), gives=items(image, nothing), since=5),
    trip("annotatedimage_make", gives=annotated("box", "diagonal")),
    trip(
        "annotatedimage_echo",
        AnnotatedImageData.model_validate(
            {"image": "a.png", "annotations": [{"image": "a.png", "label": "x"}]}
        ),
        gives=annotated("x"),
        since=4,
    ),
    trip(
        "gallery_echo",
        ["a.png", GalleryImage.model_validate({"image": "a.png", "caption": "one"})],
        gives=items(picture(), picture("one")),
    ),
    trip("gallery_path_echo", ["a.png"], gives=items(picture()), since=4),
    trip(
        "gallery_path_echo", ["a.png", "a.mp4"], gives=items(picture(), clip()), since=5
    ),
    trip("gallery_default_echo", ["a.png"], gives=items(picture()), since=4),
    trip("gallery_default_echo", gives=items(picture()), since=4),
    trip("gallery_make", gives=items(picture("a pixel"), picture(), clip()), since=5),
    *each("audio_echo audio_path_echo audio_default_echo", "a.wav", gives=sound),
    trip("audio_default_echo", gives=sound),
    trip("video_echo", "a.mp4", gives=file(MP4, "a.mp4")),
    trip("video_make", gives=file(MP4)),
    trip(
        "video_subtitles_make",
        gives=lambda video: (
            file(MP4)(video) and video.subtitles.read_bytes().startswith(b"WEBVTT")
        ),
        until=5,
    ),
    trip("video_subtitles_make", gives=file(MP4), since=6),
]

# --- Chats

HI = [ChatMessage(role="user", content="hi")]
RICH = [
    ChatMessage.model_validate(
        {
            "role": "user",
            "content": [{"type": "file", "file": "a.png", "alt_text": "alt"}],
        }
    ),
    ChatMessage(role="assistant", content="hm", metadata={"title": "Thinking"}),
]


def pairs(*expected: tuple[Any, Any]) -> Check:
    """Exchanges of a chat of pairs; a cell may be a check."""

    def fits(actual: Any, cell: Any) -> bool:
        return bool(cell(actual) if callable(cell) else actual == cell)

    return lambda value: (
        len(value) == len(expected)
        and all(
            fits(a, left) and fits(b, right)
            for (a, b), (left, right) in zip(value, expected, strict=True)
        )
    )


def described(value: Any) -> bool:
    return image(value) and value.alt_text == "alt"


TRIPS += [
    *each(
        "chatbot_echo chatbot_default_echo",
        HI,
        gives=items(message("user", text_part("hi"))),
        since=4,
    ),
    trip(
        "chatbot_echo",
        RICH,
        gives=items(
            message("user", file_part("alt")),
            message("assistant", text_part("hm"), metadata={"title": "Thinking"}),
        ),
        since=4,
    ),
    trip("chatbot_echo", [], since=4),
    trip(
        "chatbot_default_echo",
        gives=items(message("user", text_part("hi"))),
        since=4,
    ),
    trip(
        "chatbot_make",
        gives=items(
            message("user", text_part("hi")),
            message("assistant", text_part("hm"), metadata={"title": "Thinking"}),
            message("assistant", file_part("alt")),
            message("assistant", component_part),
            message("assistant", text_part("Shall I?")),
        ),
        since=4,
    ),
    trip(
        "chatbot_pairs_echo",
        [("hi", "ho"), (("a.png", "alt"), None), (None, "bye")],
        gives=pairs(("hi", "ho"), (described, None), (None, "bye")),
        until=5,
    ),
    trip(
        "chatbot_pairs_make",
        gives=pairs(("hi", "ho"), (described, None), (None, "bye")),
        until=3,
    ),
    trip(
        "chatbot_pairs_make",
        gives=pairs(
            ("hi", "ho"),
            (described, lambda cell: isinstance(cell, ChatComponent)),
            (None, "bye"),
        ),
        since=4,
        until=5,
    ),
    trip(
        "multimodaltextbox_echo",
        "only text",
        gives=MultimodalData(text="only text"),
        since=4,
    ),
    trip(
        "multimodaltextbox_in",
        MultimodalData.model_validate({"text": "t", "files": ["a.txt"]}),
        gives={"text": "t", "sizes": [len(TEXT)]},
        since=4,
    ),
]

# --- Names and shapes

NAMES = (
    "with_hyphen v1_predict with_space ns_sub café_名前 class_ None_ _dunder _private "
    "model_config copy json schema print_ str_ Client_ App_ app_ submit close_ "
    "endpoint_1st CamelCase UPPER endpoint twice no_label with_props"
)
LABELS = [
    "textbox",
    "textbox_42",
    "class_",
    "model_config_",
    "copy_",
    "json_",
    "schema_",
    "astuple_",
    "leading",
    "with_spaces_and_punctuation",
    "same",
    "same_2",
    "名前",
    "textbox_2",
    "quo_te_n_s",
    "line_break",
]
VALUES = [str(number) for number in range(len(LABELS))]

TRIPS += [
    *each(NAMES, "text"),
    trip("twice_1", 2, since=4),
    trip("twice_1", 2, gives=2.0, until=3),
    trip("i18n_label", "text", since=6),
    trip("labels", *VALUES, gives=output(**dict(zip(LABELS, VALUES, strict=True)))),
    trip("reserved", "a", "b", "c", "d", gives=["a", "b", "c", "d"]),
    trip("update_value", "x", gives="updated x"),
    trip("update_props", "x", gives=UNCHANGED),
    trip("new_component", "x", gives="new x"),
    trip("update_choices", "x", gives="x"),
    trip("selected", "x", gives=AppError),
    trip("with_request", "x", gives="x True"),
    trip("skip_one", "x", gives=output(kept=UNCHANGED, changed="x")),
    trip("by_component", "abc", gives=output(out="abc", length=3), since=4),
    trip("by_component", "abc", gives=output(out="abc", length=3.0), until=3),
    trip("no_more", "a", "b", "c", gives="a b c"),
    trip("optional_files", "a.png", "a.txt", gives=[False, False]),
    trip("optional_files", None, None, gives=[True, True]),
    trip("three", "x", 4, True, gives=output(a="x", b=4, c=True), since=4),
    trip("three", "x", gives=output(a="x", b=2, c=False), since=4),
    trip("three", "x", gives=output(a="x", b=2.0, c=False), until=3),
    trip("frames", 2, gives=output(image=image, index=1, kept=UNCHANGED), since=4),
    trip("frames", 2, gives=output(image=image, index=1.0, kept=UNCHANGED), until=3),
    trip("nothing", gives=nothing),
    *(
        trip(name, gives=lambda value: 1 <= value <= 6, since=4)
        for name in ["roll", "roll_1", "get_random_value", "get_random_value_1"]
    ),
]

# --- gr.api

TRIPS += [
    trip("typed_scalars", 1, 2, "c", True, gives=[1, 2, "c", True], since=5),
    trip("typed_optional", None, gives=[None, None], since=5),
    trip("typed_optional", 1, "b", gives=[1, "b"], since=5),
    trip("typed_literal", "slow", gives="slow 1", since=5),
    trip("typed_literal", "fast", 2, gives="fast 2", since=5),
    trip(
        "typed_collections",
        *([[1, 2], [3]], {"a": 1.5}, (1, "x")),
        gives={"rows": [[1, 2], [3]], "table": {"a": 1.5}, "pair": [1, "x"]},
        since=5,
    ),
    *each("typed_any", {"a": [1]}, None, 5, since=5),
    trip(
        "typed_several",
        3,
        gives=lambda value: value.astuple() == (3, "3", [3]),
        since=5,
    ),
    trip("typed_none", 3, gives=nothing, since=5),
    trip("typed_point", {"x": 1, "y": 2}, since=5),
    trip("typed_stream", 3, gives=2, since=5),
]
