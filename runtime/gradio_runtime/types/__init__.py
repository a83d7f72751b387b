"""Values of Gradio's own components, the same for every app and every version.

A `ChatMessage` that one app returns can be handed to another, even when one server
runs Gradio 5 and the other Gradio 6: `gradio_runtime.wire` translates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..values import Unchanged

if TYPE_CHECKING:
    from .chat import (
        ChatCell,
        ChatCellInput,
        ChatComponent,
        ChatContent,
        ChatFile,
        ChatMessage,
        ChatPair,
        ChatPairInput,
        ChatText,
        DescribedFile,
        chat_messages,
        chat_pairs,
    )
    from .media import (
        AnnotatedImageData,
        Annotation,
        EditorData,
        EditorInput,
        GalleryImage,
        GalleryInput,
        GalleryItem,
        GalleryVideo,
        ImagePair,
        ImagePairInput,
        MultimodalData,
        MultimodalInput,
        VideoFile,
    )
    from .several import Several
    from .table import (
        DataframeData,
        DataframeInput,
        LabelConfidence,
        LabelData,
        NativePlotData,
        PlotData,
    )
    from .text import DateTimeInput, DialogueLine, HighlightedInput, HighlightedToken

__all__ = [
    "AnnotatedImageData",
    "Annotation",
    "ChatCell",
    "ChatCellInput",
    "ChatComponent",
    "ChatContent",
    "ChatFile",
    "ChatMessage",
    "ChatPair",
    "ChatPairInput",
    "ChatText",
    "DataframeData",
    "DataframeInput",
    "DateTimeInput",
    "DescribedFile",
    "DialogueLine",
    "EditorData",
    "EditorInput",
    "GalleryImage",
    "GalleryInput",
    "GalleryItem",
    "GalleryVideo",
    "HighlightedInput",
    "HighlightedToken",
    "ImagePair",
    "ImagePairInput",
    "LabelConfidence",
    "LabelData",
    "MultimodalData",
    "MultimodalInput",
    "NativePlotData",
    "PlotData",
    "Several",
    "Unchanged",
    "VideoFile",
    "chat_messages",
    "chat_pairs",
]

#: The module of each name that is not its own: a generated module uses few of them.
_MODULES = {
    "chat": "ChatCell ChatCellInput ChatComponent ChatContent ChatFile ChatMessage "
    "ChatPair ChatPairInput ChatText DescribedFile chat_messages chat_pairs",
    "media": "AnnotatedImageData Annotation EditorData EditorInput GalleryImage "
    "GalleryInput GalleryItem GalleryVideo ImagePair ImagePairInput MultimodalData "
    "MultimodalInput VideoFile",
    "several": "Several",
    "table": "DataframeData DataframeInput LabelConfidence LabelData NativePlotData "
    "PlotData",
    "text": "DateTimeInput DialogueLine HighlightedInput HighlightedToken",
}
_HOME = {name: home for home, names in _MODULES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    """Import what is asked for at the first use of its name."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_HOME[name]}", __name__), name)
