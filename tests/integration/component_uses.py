"""Lines of a program that uses the components app, right and wrong ones.

For the type checkers: nothing is called. `since` and `until` are major versions.
"""

from __future__ import annotations

from dataclasses import dataclass

TYPES = [
    "ChatMessage",
    "ChatPair",
    "DataframeData",
    "DialogueLine",
    "EditorData",
    "GalleryItem",
    "HighlightedToken",
    "ImagePair",
    "MultimodalData",
    "NativePlotData",
    "PlotData",
]
IMPORTS = [
    "from datetime import date, datetime",
    "from pathlib import Path",
    "from gradio_runtime import File, Job",
    f"from gradio_runtime.types import {', '.join(TYPES)}",
    # Not every version's lines use all of them.
    f"__all__ = {['date', 'datetime', 'Path', *TYPES]}",
]


@dataclass(frozen=True)
class Use:
    """A line, and whether the checkers are to find nothing in it."""

    line: str
    fine: bool
    since: int = 3
    until: int = 6


def fine(*lines: str, since: int = 3, until: int = 6) -> list[Use]:
    return [Use(line, True, since, until) for line in lines]


def wrong(*lines: str, since: int = 3, until: int = 6) -> list[Use]:
    return [Use(line, False, since, until) for line in lines]


USES = [
    *fine(
        'v01: str = api.textbox_echo("text")',
        "v02: float = api.number_echo(3)",
        "v03: int = api.number_int_echo()",
        "v04: float = api.slider_echo(2.5)",
        "v05: bool = api.checkbox_echo(True)",
        'v06: str = api.dropdown_echo("red")',
        "v07: int = api.dropdown_ints_echo(1)",
        "v08: float = api.dropdown_floats_echo(0.5)",
        'v09: str | float = api.dropdown_mixed_echo("auto")',
        'v10: str = api.dropdown_custom_echo("anything")',
        'v11: list[str] = api.dropdown_many_echo(["a", "c"])',
        "v12: list[int] = api.checkboxgroup_ints_echo([1, 2])",
        'v13: DataframeData = api.dataframe_echo(DataframeData(headers=["a"]))',
        'v14: list[HighlightedToken] = api.highlightedtext_echo([("Ann", "NOUN")])',
        'v15: File = api.file_echo("a.txt")',
        'v16: File = api.image_echo(Path("a.png"))',
        'v17: File = api.audio_echo(b"RIFF")',
        'v18: File = api.video_echo(open("a.mp4", "rb"))',
        "v19: File = api.file_echo(api.image_make())",
        'v20: list[File] = api.file_multiple_echo(["a.txt", b"x", Path("b.txt")])',
        'v21: list[GalleryItem] = api.gallery_echo(["a.png", b"x"])',
        'v22: Job[File] = api.image_echo.submit("a.png")',
        "v23: list[int | float] = [step.index for step in api.frames.stream(2)]",
        'v24: str = api.labels(*(["x"] * 16)).same_2',
        "v25: None = api.nothing()",
        "v26: str = api.textbox_long_default_echo()",
    ),
    *fine(
        'v30: list[ChatMessage] = api.chatbot_echo([ChatMessage(role="user", content="")])',
        "v31: str = api.datetime_echo(datetime(2024, 1, 2))",
        "v32: str = api.datetime_date_echo(date(2024, 1, 2))",
        'v33: MultimodalData = api.multimodaltextbox_echo("text")',
        'v34: EditorData = api.imageeditor_echo("a.png")',
        "v35: PlotData = api.plot_make()",
        "v36: NativePlotData = api.lineplot_make()",
        since=4,
    ),
    *fine(
        'v40: ImagePair = api.imageslider_echo(("a.png", None))',
        "v41: list[DialogueLine] | str = api.dialogue_make()",
        'v42: str = api.typed_literal("fast", 2)',
        'v43: dict[str, int] = {"n": api.typed_several(3).astuple()[0]}',
        "v44: None = api.typed_none(1)",
        since=5,
    ),
    *fine(
        'v50: list[ChatPair] = api.chatbot_pairs_echo([("hi", None)])',
        until=5,
    ),
    *wrong(
        "api.textbox_echo(3)",
        'api.number_echo("3")',
        "api.number_int_echo(2.5)",
        'api.checkbox_echo("yes")',
        'api.dropdown_echo("blue")',
        'api.dropdown_ints_echo("1")',
        "api.dropdown_ints_echo(4)",
        'api.dropdown_many_echo("a")',
        'api.dropdown_many_echo(["z"])',
        'api.dropdown_pairs_echo("Small one")',
        "api.file_echo(3)",
        'api.file_multiple_echo("a.txt")',
        'w01: int = api.textbox_echo("text")',
        'w02: str = api.image_echo("a.png")',
        'w03: str = api.dropdown_many_echo(["a"])',
        'w04: Job[str] = api.image_echo.submit("a.png")',
        'api.textbox_echo.stream("text")',
        "api.nothing(1)",
    ),
    *wrong(
        'api.chatbot_echo("hi")',
        "api.datetime_echo(3)",
        "api.no_more()",
        since=4,
    ),
    *wrong('api.typed_literal("slowly")', 'api.typed_point("x")', since=5),
]
