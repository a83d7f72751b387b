"""What callers pass to each component and get from it, by the names of the types.

The generator types parameters and outputs by this table, and `drift` judges by it
whether one component takes the calls of another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["KINDS", "Kind", "fits"]


@dataclass(frozen=True, slots=True)
class Kind:
    """The types of a component.

    Attributes:
        takes: What a parameter takes. `choice` is one of the values that are offered.
        gives: What an output gives.
    """

    takes: str
    gives: str

    @property
    def plain(self) -> bool:
        """Whether it has no type of the runtime's own, so that its schema is wanted."""
        return self.takes in {"Any", "bool", "choice", "float", "str"}


def _both(type_: str) -> Kind:
    return Kind(type_, type_)


_CHOICE = Kind("choice", "str")  # most choices are texts
_FILE = Kind("FileInput", "File")
_TABLE = Kind("DataframeInput", "DataframeData")
_PLOT = _both("PlotData")

#: By component type. One that is not here has a type that is like no other.
KINDS: Mapping[str, Kind] = {
    "annotatedimage": _both("AnnotatedImageData"),
    "audio": _FILE,
    # Before the native plots of Gradio 4 these were charts of Altair.
    "barplot": _PLOT,
    "browserstate": _both("Any"),
    "checkbox": _both("bool"),
    "checkboxgroup": _CHOICE,  # several
    "code": _both("str"),
    "colorpicker": _both("str"),
    "dataframe": _TABLE,
    "datetime": Kind("DateTimeInput", "str"),
    "dialogue": _both("list[DialogueLine] | str"),
    "downloadbutton": _FILE,
    "dropdown": _CHOICE,
    "file": _FILE,
    "fileexplorer": _both("list[list[str]]"),
    "gallery": Kind("Several[GalleryInput]", "list[GalleryItem]"),
    "highlightedtext": Kind("Several[HighlightedInput]", "list[HighlightedToken]"),
    "html": _both("str"),
    "image": _FILE,
    "imageeditor": Kind("EditorInput", "EditorData"),
    "imageslider": Kind("ImagePairInput", "ImagePair"),
    "json": _both("Any"),
    "label": _both("LabelData"),
    "lineplot": _PLOT,
    "markdown": _both("str"),
    "model3d": _FILE,
    "multimodaltextbox": Kind("MultimodalInput", "MultimodalData"),
    "nativeplot": _both("NativePlotData"),
    "number": _both("float"),
    "paramviewer": _both("Any"),
    "plot": _PLOT,
    "radio": _CHOICE,
    "scatterplot": _PLOT,
    "slider": _both("float"),
    "textbox": _both("str"),
    "timer": _both("float"),
    "timeseries": _TABLE,
    "uploadbutton": _FILE,
    "video": _FILE,
}

#: Types whose values are right where another is wanted.
_NARROWER = frozenset({("VideoFile", "File"), ("choice", "str")})


def fits(given: str, wanted: str) -> bool:
    """Whether all values of one type are right where another is wanted."""
    return wanted == "Any" or all(
        any(one == other or (one, other) in _NARROWER for other in wanted.split(" | "))
        for one in given.split(" | ")
    )
