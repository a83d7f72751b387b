"""Values of Gradio's own components, the same for every app and every version.

A `ChatMessage` that one app returns can be handed to another, even when one server
runs Gradio 5 and the other Gradio 6: `gradio_runtime.wire` translates.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from .files import File, FileInput
from .jsontext import is_array, is_object
from .values import Model

__all__ = [
    "ChatComponent",
    "ChatContent",
    "ChatFile",
    "ChatMessage",
    "ChatText",
    "DataframeData",
    "GalleryImage",
    "GalleryInput",
    "GalleryItem",
    "GalleryVideo",
    "LabelConfidence",
    "LabelData",
    "MultimodalData",
    "MultimodalInput",
]


@dataclass(frozen=True)
class _ReadAs:
    """Tells pydantic to prepare a value and then to validate it as another type.

    The declared type is what callers may write; `type` is what the model holds.
    """

    type: Any
    prepare: Callable[[Any], Any]

    def __get_pydantic_core_schema__(
        self, _source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_before_validator_function(
            self.prepare, handler.generate_schema(self.type)
        )


def _as_file(value: Any) -> Any:
    if is_object(value):
        return value
    try:
        return File.of(value)
    except TypeError as error:
        raise ValueError(str(error)) from None


#: A file in a value: constructing also takes a path, a URL, bytes or an open file.
_File: TypeAlias = Annotated[File, BeforeValidator(_as_file)]


class ChatText(Model):
    """Text in a chat message."""

    type: Literal["text"] = "text"
    text: str


class ChatFile(Model):
    """A file in a chat message."""

    type: Literal["file"] = "file"
    file: _File
    alt_text: str | None = None


class ChatComponent(Model):
    """A Gradio component (a plot, a gallery …) in a chat message."""

    type: Literal["component"] = "component"
    component: str
    value: Any = None
    props: dict[str, Any] | None = None


ChatContent: TypeAlias = ChatText | ChatFile | ChatComponent


def _content_list(value: Any) -> Any:
    if not is_array(value):
        value = [value]
    return [ChatText(text=part) if isinstance(part, str) else part for part in value]


class ChatMessage(Model):
    """One message of a chat.

    `ChatMessage(role="user", content="hi")` is enough; a received message always has
    a list of content parts.

    Attributes:
        role: Who says it.
        content: Its parts. Constructing also takes a plain string.
        metadata: What the app's page shows beside it, such as a title.
        options: Answers that the page offers.
    """

    role: Literal["user", "assistant", "system"]
    content: Annotated[str | list[ChatContent], BeforeValidator(_content_list)]
    metadata: dict[str, Any] | None = None
    options: list[dict[str, Any]] | None = None

    @property
    def parts(self) -> list[ChatContent]:
        """The content as a list of parts."""
        if isinstance(self.content, str):
            return [ChatText(text=self.content)]
        return self.content

    @property
    def text(self) -> str:
        """The text parts, joined."""
        return "".join(part.text for part in self.parts if isinstance(part, ChatText))


class LabelConfidence(Model):
    """One class of a classification, and how sure the app is of it."""

    label: str | int | float | None = None
    confidence: float | None = None


class LabelData(Model):
    """A classification: the best label, then every class with its confidence."""

    label: str | int | float | None = None
    confidences: list[LabelConfidence] | None = None


class DataframeData(Model):
    """A table: column names, then rows."""

    headers: list[str | int | float] = Field(default_factory=list[str | int | float])
    data: list[list[Any]] = Field(default_factory=list[list[Any]])
    metadata: dict[str, Any] | None = None


class GalleryImage(Model):
    """An image of a gallery."""

    image: _File
    caption: str | None = None


class GalleryVideo(Model):
    """A video of a gallery."""

    video: _File
    caption: str | None = None


GalleryItem: TypeAlias = GalleryImage | GalleryVideo


def _gallery_item(value: Any) -> Any:
    if isinstance(value, GalleryImage | GalleryVideo):
        return value
    if is_object(value) and ("image" in value or "video" in value):
        return value
    return {"image": File.model_validate(value) if is_object(value) else File.of(value)}


#: What a gallery parameter takes for each item: a bare file is an image without a
#: caption.
GalleryInput: TypeAlias = Annotated[
    FileInput | GalleryImage | GalleryVideo, _ReadAs(GalleryItem, _gallery_item)
]


class MultimodalData(Model):
    """Text with files, as a multimodal text box has it."""

    text: str = ""
    files: list[_File] = Field(default_factory=list[_File])


def _multimodal(value: Any) -> Any:
    return {"text": value} if isinstance(value, str) else value


#: What a multimodal parameter takes: a bare string is text without files.
MultimodalInput: TypeAlias = Annotated[
    str | MultimodalData, _ReadAs(MultimodalData, _multimodal)
]
