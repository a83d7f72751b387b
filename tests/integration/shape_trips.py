"""Round trips whose names, types, defaults or number of outputs are the point."""

from __future__ import annotations

from datetime import datetime

from gradio_runtime import UNCHANGED, AppError, Update

from tests.integration.trips import (
    MP4,
    OBJ,
    Trip,
    annotated,
    each,
    editor,
    file,
    file_part,
    image,
    items,
    message,
    nothing,
    output,
    picture,
    table,
    text_part,
    trip,
)
from tests.integration.value_trips import DIALOGUE, PLOT, TOKENS

# --- Names and shapes

NAMES = (
    "with_hyphen v1_predict with_space ns_sub café_名前 class_ None_ dunder private "
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

TRIPS: list[Trip] = [
    *each(NAMES, "text"),
    trip("twice_1", 2, since=4),
    trip("twice_1", 2, gives=2.0, until=3),
    trip("i18n_label", "text", since=6),
    trip("labels", *VALUES, gives=output(**dict(zip(LABELS, VALUES, strict=True)))),
    trip("reserved", "a", "b", "c", "d", gives=["a", "b", "c", "d"]),
    trip("update_value", "x", gives="updated x"),
    trip("update_props", "x", gives=Update({"label": "x"})),
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

# --- Values that an input has of its own

LONG = {f"key {number}": list(range(number)) for number in range(30)}
LOOK = items(message("user", text_part("look")), message("assistant", file_part("alt")))

TRIPS += [
    trip("json_preset_echo", gives=LONG),
    trip(
        "dataframe_preset_echo",
        gives=table("abc", [[row, row * 2, f"row {row}"] for row in range(40)]),
    ),
    trip("code_preset_echo", gives="print('hi')\n" * 30 + "print('ho')"),
    trip("textbox_preset_echo", gives=lambda value: value.startswith("visit ")),
    *(
        trip(name, gives=lambda value: value.startswith("visit "), since=4)
        for name in ("visit", "visit_1")
    ),
    trip("dropdown_preset_echo", gives="green"),
    *(trip(name, gives="green", since=4) for name in ("colour", "colour_1")),
    trip("highlightedtext_preset_echo", gives=[TOKENS[0], TOKENS[-1]]),
    trip("files_preset_echo", gives=items(file(b"a note\n"), image)),
    trip("video_preset_echo", gives=file(MP4)),
    trip("model3d_preset_echo", gives=file(OBJ)),
    trip("plot_preset_echo", gives=PLOT, since=4),
    trip("gallery_preset_echo", gives=items(picture("a pixel"), picture())),
    trip("annotatedimage_preset_echo", gives=annotated("box"), since=4),
    trip("imageeditor_preset_echo", gives=editor(layers=0), since=4),
    trip("imageslider_preset_echo", gives=items(image, image), since=5),
    trip(
        "multimodaltextbox_preset_echo",
        gives=lambda value: value.text == "t" and image(value.files[0]),
        since=4,
    ),
    trip("downloadbutton_preset_echo", gives=file(b"a note\n"), since=4),
    trip("dialogue_preset_echo", gives=DIALOGUE, since=5),
    trip(
        "datetime_preset_echo",
        gives=lambda value: bool(datetime.strptime(value, "%Y-%m-%d %H:%M:%S")),
        since=4,
    ),
    trip("browserstate_preset_echo", {"b": 2}, since=5),
    trip("browserstate_preset_echo", None, gives={"a": 1}, since=5),
    trip("chatbot_preset_echo", gives=LOOK, since=4),
    trip("update_image", gives=image),
    trip("update_table", gives=lambda value: value.data == [[1, "a"]]),
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
    trip(
        "typed_unions",
        *(5, "only", "red", ["a"]),
        gives=5,
        since=5,
    ),
    trip(
        "typed_unions",
        *("five", "only", "green", 2),
        gives="only green 2",
        since=5,
    ),
    trip(
        "typed_containers",
        *([1, 2], {"a": 1}, (3, 4), ["tag"]),
        gives=lambda value: value.astuple() == ([1, 2, 3, 4], {"a": 1}, ["tag"]),
        since=5,
    ),
    trip(
        "typed_book",
        {"title": "Emma", "pages": 400},
        [{"title": "Persuasion", "pages": 250}],
        gives=lambda value: (value.title, value.pages) == ("Emma", 401),
        since=5,
    ),
    trip("typed_point", {"x": 1, "y": 2}, since=5),
    trip("typed_stream", 3, gives=2, since=5),
]
