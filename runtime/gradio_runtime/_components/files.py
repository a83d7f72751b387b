"""Components whose values are files."""

from __future__ import annotations

from dataclasses import replace

from .kind import Kind, Props, Value

#: What `gradio_runtime.types` has from here.
__all__: list[str] = []

_PLAIN = Kind(
    names=(),
    takes="FileInput",
    gives="File",
    values=(
        Value("File"),
        Value("FileInput", example='"photo.png"', written=False, left_out=True),
    ),
    files="bare",
)
_CHOSEN = replace(_PLAIN, keeps=("file_count", "file_types"), example='"data.txt"')
_SKETCH = replace(
    _PLAIN, takes="EditorInput", inline=True, codec="_codecs.media:SKETCH"
)


def _sketch(props: Props) -> Kind | None:
    """An image that Gradio 3 lets one draw on is a pair."""
    return _SKETCH if props.get("tool") == "sketch" else None


def _bare_video(_props: Props, before_6: bool) -> Props:
    return {} if before_6 else {"bare": True}


def _with_subtitles(props: Props) -> Kind | None:
    return None if props.get("bare") else _WITH_SUBTITLES


_VIDEO = replace(
    _PLAIN,
    names=("video",),
    values=(Value("VideoFile"),),
    home="types.media",
    codec="_codecs.media:VIDEO",
    members=("video", "subtitles"),
    infers=_bare_video,
    variant=_with_subtitles,
    example='"clip.mp4"',
)
_WITH_SUBTITLES: Kind = replace(_VIDEO, gives="VideoFile")

KINDS = (
    replace(_PLAIN, names=("audio",), example='"speech.wav"'),
    replace(
        _PLAIN, names=("downloadbutton",), title="DownloadButton", example='"data.txt"'
    ),
    replace(_CHOSEN, names=("file",)),
    replace(_PLAIN, names=("image",), keeps=("tool",), inline=True, variant=_sketch),
    replace(_PLAIN, names=("model3d",), title="Model3D", example='"model.obj"'),
    replace(_CHOSEN, names=("uploadbutton",), title="UploadButton"),
    _VIDEO,
)
