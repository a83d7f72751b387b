"""Values with files in them: galleries, edited and annotated images, videos."""

from __future__ import annotations

import mimetypes
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, cast

from pydantic import Field, ValidationInfo

from .._models.base import Model
from .._models.file_inputs import FILE_TEXT, FileInput, one_file
from .._models.files import File
from ..description.json_values import is_object
from ._fields import FileField, Known, ReadAs, is_file_object

if TYPE_CHECKING:
    from .._models.html import Page

__all__ = [
    "AnnotatedImageData",
    "Annotation",
    "EditorData",
    "EditorInput",
    "GalleryImage",
    "GalleryInput",
    "GalleryItem",
    "GalleryVideo",
    "ImagePair",
    "ImagePairInput",
    "MultimodalData",
    "MultimodalInput",
    "VideoFile",
]


class GalleryImage(Model):
    """An image of a gallery."""

    image: FileField
    caption: str | None = None

    def __gradio_html__(self, page: Page) -> str:
        return page.figure(self.image, self.caption)


class GalleryVideo(Model):
    """A video of a gallery."""

    video: FileField
    caption: str | None = None

    def __gradio_html__(self, page: Page) -> str:
        return page.figure(self.video, self.caption)


#: What a gallery holds.
GalleryItem: TypeAlias = GalleryImage | GalleryVideo


def _gallery_item(value: Any, info: ValidationInfo) -> Any:
    if isinstance(value, tuple | list):
        pair = cast("Sequence[Any]", value)
        if len(pair) != 2 or not isinstance(pair[1], str | None):
            return pair
        item = _gallery_item(pair[0], info)
        return {**item, "caption": pair[1]} if is_object(item) else item
    if isinstance(value, GalleryImage | GalleryVideo):
        return value
    if is_object(value) and not is_file_object(value):
        return value
    file = one_file(value, info)
    kind = file.mime_type or mimetypes.guess_type(str(file))[0] or ""
    return {"video" if kind.startswith("video/") else "image": file}


#: What a gallery parameter takes for each item: a bare file is an image (or a video,
#: by its name) without a caption; a pair is a file with its caption.
GalleryInput: TypeAlias = Annotated[
    FileInput | GalleryImage | GalleryVideo | tuple[FileInput, str | None],
    ReadAs(GalleryItem, _gallery_item, [FILE_TEXT]),
]


class MultimodalData(Known):
    """Text with files, as a multimodal text box has it."""

    text: str = ""
    files: list[FileField] = Field(default_factory=list[FileField])


def _multimodal(value: Any, _info: ValidationInfo) -> Any:
    return {"text": value} if isinstance(value, str) else value


#: What a multimodal parameter takes: a bare string is text without files.
MultimodalInput: TypeAlias = Annotated[
    str | MultimodalData, ReadAs(MultimodalData, _multimodal, [{"type": "string"}])
]


class Annotation(Model):
    """A region of an annotated image.

    Attributes:
        image: The mask: an image of the same size, transparent outside the region.
        label: What the region is.
    """

    image: FileField
    label: str


class AnnotatedImageData(Model):
    """An image with labelled regions."""

    image: FileField
    annotations: list[Annotation] = Field(default_factory=list[Annotation])

    def __gradio_html__(self, page: Page) -> str:
        regions = [(item.label, item.image) for item in self.annotations]
        return page.show(self.image) + page.rows(regions)


class EditorData(Known):
    """What an image editor holds.

    Attributes:
        background: The image that is drawn on.
        layers: The drawing, one transparent image per layer.
        composite: All of it in one image.
        id: The id of an upload of the three by the app's own page; None elsewhere.
    """

    background: FileField | None = None
    layers: list[FileField] = Field(default_factory=list[FileField])
    composite: FileField | None = None
    id: str | None = None


def _editor(value: Any, info: ValidationInfo) -> Any:
    if isinstance(value, EditorData) or (
        is_object(value) and not is_file_object(value)
    ):
        return value
    file = one_file(value, info)
    return {"background": file, "layers": [], "composite": file}


#: What an image-editor parameter takes: a bare file is the background with nothing
#: drawn on it.
EditorInput: TypeAlias = Annotated[
    FileInput | EditorData, ReadAs(EditorData, _editor, [FILE_TEXT])
]

#: What an image slider holds: the images before and after.
ImagePair: TypeAlias = tuple[File | None, File | None]
#: What an image-slider parameter takes.
ImagePairInput: TypeAlias = tuple[FileInput | None, FileInput | None]


class VideoFile(File):
    """A video, which may have subtitles.

    It is a `File`, and goes wherever a file goes. Given to a video parameter it takes
    its subtitles along, where the app's Gradio has them (4 and 5).
    """

    subtitles: FileField | None = None
