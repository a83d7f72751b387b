"""Endpoints whose input has a value of its own that no literal of Python can hold.

Files of the server, values that contain some, long ones, and ones that change.
"""

from __future__ import annotations

import itertools
from typing import Any

from tests.apps.components.kit import MAJOR, Part, Row, asset, part
from tests.apps.components.media import annotated_again, file_again, paths_of_gallery
from tests.apps.components.values import make_chart, tokens_again

PNG = asset("pixel.png")
LONG = {f"key {number}": list(range(number)) for number in range(30)}
ROWS_OF_NUMBERS = [[row, row * 2, f"row {row}"] for row in range(40)]
_visits = itertools.count()


def visit() -> str:
    """Another text each time the page is opened."""
    return f"visit {next(_visits)}"


def colour() -> str:
    return "green"


def preset(name: str, kind: str, value: Any, **options: Any) -> Row:
    """The endpoint `<name>_preset_echo`."""
    return Row(f"{name}_preset_echo", Part(kind, {"value": value, **options}))


def _chat() -> Row:
    options: dict[str, Any] = {"type": "messages"} if MAJOR in (4, 5) else {}
    value = [
        {"role": "user", "content": "look"},
        {"role": "assistant", "content": {"path": PNG, "alt_text": "alt"}},
    ]
    return Row(
        "chatbot_preset_echo", Part("Chatbot", {"value": value, **options}), since=4
    )


ROWS = (
    preset("json", "JSON", LONG),
    preset("dataframe", "Dataframe", ROWS_OF_NUMBERS, headers=["a", "b", "c"]),
    preset("code", "Code", "print('hi')\n" * 30 + "print('ho')", language="python"),
    preset("textbox", "Textbox", visit),
    preset("dropdown", "Dropdown", colour, choices=["red", "green"]),
    Row(
        "highlightedtext_preset_echo",
        part("HighlightedText", value=[("Ann", "NOUN"), ("!", None)]),
        None,
        tokens_again,
    ),
    Row(
        "files_preset_echo",
        part("File", value=[asset("note.txt"), PNG], file_count="multiple"),
        None,
        file_again,
    ),
    preset("video", "Video", asset("clip.mp4")),
    preset("model3d", "Model3D", asset("cube.obj")),
    Row("plot_preset_echo", part("Plot", value=make_chart()), since=4),
    Row(
        "gallery_preset_echo",
        part("Gallery", value=[(PNG, "a pixel"), PNG]),
        None,
        paths_of_gallery if MAJOR == 3 else lambda value: value,
    ),
    Row(
        "annotatedimage_preset_echo",
        part("AnnotatedImage", value=(PNG, [((0, 0, 1, 1), "box")])),
        None,
        annotated_again,
        since=4,
    ),
    preset("imageeditor", "ImageEditor", PNG),
    preset("imageslider", "ImageSlider", (PNG, PNG)),
    preset("multimodaltextbox", "MultimodalTextbox", {"text": "t", "files": [PNG]}),
    preset("downloadbutton", "DownloadButton", asset("note.txt")),
    preset("dialogue", "Dialogue", [{"speaker": "Ann", "text": "hi"}], type="list"),
    preset("datetime", "DateTime", "now", type="string"),
    preset("browserstate", "BrowserState", None, default_value={"a": 1}),
    _chat(),
)
