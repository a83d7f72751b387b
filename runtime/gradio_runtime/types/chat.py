"""Chats: messages of parts, or the pairs of older apps."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, Literal, TypeAlias

from pydantic import BeforeValidator, Field, SerializeAsAny, ValidationInfo

from .._models.base import Model
from .._models.file_inputs import FileInput, as_file, one_file
from .._models.files import File, recast
from ..description.json_values import is_array, is_object
from ._fields import FileField, ReadAs

if TYPE_CHECKING:
    from .._models.html import Page

__all__ = [
    "ChatCell",
    "ChatCellInput",
    "ChatComponent",
    "ChatContent",
    "ChatFile",
    "ChatMessage",
    "ChatPair",
    "ChatPairInput",
    "ChatText",
    "DescribedFile",
    "chat_messages",
    "chat_pairs",
]


class ChatText(Model):
    """Text in a chat message."""

    type: Literal["text"] = "text"
    text: str

    def __gradio_html__(self, page: Page) -> str:
        return page.paragraph(self.text)


class ChatFile(Model):
    """A file in a chat message."""

    type: Literal["file"] = "file"
    file: FileField
    alt_text: str | None = None

    def __gradio_html__(self, page: Page) -> str:
        return page.figure(self.file, self.alt_text)


class ChatComponent(Model):
    """A Gradio component (a plot, a gallery …) in a chat message.

    Attributes:
        component: Its name, such as `"plot"`.
        value: Its value, as the app's own Gradio has it.
        props: Its properties; an app's page reads them.
        constructor_args: What the app makes it with, to have it as a component.
    """

    type: Literal["component"] = "component"
    component: str
    value: Any = None
    props: dict[str, Any] | None = None
    constructor_args: dict[str, Any] | None = None

    def __gradio_html__(self, page: Page) -> str:
        return f"<div>{page.text(self.component)}: {page.show(self.value)}</div>"


#: A part of a message.
ChatContent: TypeAlias = ChatText | ChatFile | ChatComponent


#: A part's own `type` fits only one of the classes, so the first that fits is right. All
#: of them would take twice as long, for each message of each output of a stream.
_Part: TypeAlias = Annotated[ChatContent, Field(union_mode="left_to_right")]


def _content_list(value: Any) -> Any:
    if not is_array(value):
        value = [value]
    return [ChatText(text=part) if isinstance(part, str) else part for part in value]


class ChatMessage(Model):
    """One message of a chat.

    `ChatMessage(role="user", content="hi")` is enough; a received message always has
    a list of content parts.

    Attributes:
        role: The speaker.
        content: Its parts. Constructing also takes a plain string.
        metadata: What the app's page shows beside it, such as a title.
        options: Answers that the page offers.
    """

    role: Literal["user", "assistant", "system"]
    content: Annotated[str | list[_Part], BeforeValidator(_content_list)]
    metadata: dict[str, Any] | None = None
    options: list[dict[str, Any]] | None = None

    @property
    def parts(self) -> list[ChatContent]:
        """Return the content as a list of parts."""
        if isinstance(self.content, str):
            return [ChatText(text=self.content)]
        return self.content

    @property
    def text(self) -> str:
        """Return the text parts, joined."""
        return "".join(part.text for part in self.parts if isinstance(part, ChatText))

    def __gradio_html__(self, page: Page) -> str:
        parts = "".join(page.show(part) for part in self.parts)
        return f"<div><b>{page.text(self.role)}</b> {parts}</div>"


class DescribedFile(File):
    """A file with a text that says what it shows.

    Attributes:
        alt_text: That text.
    """

    alt_text: str | None = None


def _cell(value: Any, info: ValidationInfo) -> Any:
    """Return a cell as `ChatCell` has it; a file is anything but a bare string."""
    match value:
        case None | str() | File() | ChatComponent():
            return value
        case ChatFile():
            return _described(value.file, value.alt_text)
        case [file]:
            return one_file(file, info)
        case [file, alt_text]:
            return _described(one_file(file, info), alt_text)
        case _ if is_object(value):
            if "component" in value:
                return ChatComponent.model_validate(value, context=info.context)
            # As on the wire, or as JSON of a `ChatPair`.
            file = one_file(value.get("file", value), info)
            return _described(file, value.get("alt_text"))
        case _:
            return as_file(value, info)


def _described(file: File, alt_text: str | None = None) -> File:
    return file if alt_text is None else recast(file, DescribedFile, alt_text=alt_text)


#: One side of a `ChatPair`: text, a file (a `DescribedFile` if it has an alternative
#: text), a component, or nothing.
ChatCell: TypeAlias = Annotated[
    str | File | ChatComponent | None,
    ReadAs(str | SerializeAsAny[File] | ChatComponent | None, _cell),
]
#: A question and its answer, as apps of Gradio 3 and of `type="tuples"` have them.
ChatPair: TypeAlias = tuple[ChatCell, ChatCell]

#: What may be given for one side. A `str` is always text; a file is a `pathlib.Path`,
#: bytes, an open file, a `File`, or, as in Gradio itself, a tuple `("cat.png",)` or
#: `("cat.png", "its alternative text")` of anything that a file parameter takes.
ChatCellInput: TypeAlias = Annotated[
    str
    | os.PathLike[str]
    | bytes
    | BinaryIO
    | File
    | tuple[FileInput]
    | tuple[FileInput, str | None]
    | ChatFile
    | ChatComponent
    | None,
    ReadAs(str | SerializeAsAny[File] | ChatComponent | None, _cell),
]
#: What a chat parameter of such an app takes for each exchange.
ChatPairInput: TypeAlias = tuple[ChatCellInput, ChatCellInput]


def chat_messages(pairs: Iterable[ChatPair]) -> list[ChatMessage]:
    """Return the messages of a chat of pairs, for an app that takes messages."""
    roles: Sequence[Literal["user", "assistant"]] = ("user", "assistant")
    return [
        ChatMessage(role=role, content=[_part(cell)])
        for pair in pairs
        for role, cell in zip(roles, pair, strict=True)
        if cell is not None
    ]


def _part(cell: str | File | ChatComponent) -> ChatContent:
    match cell:
        case str():
            return ChatText(text=cell)
        case DescribedFile():
            return ChatFile(file=cell, alt_text=cell.alt_text)
        case File():
            return ChatFile(file=cell)
        case _:
            return cell


def _cell_of(part: ChatContent) -> str | File | ChatComponent:
    match part:
        case ChatText():
            return part.text
        case ChatFile():
            return _described(part.file, part.alt_text)
        case _:
            return part


def chat_pairs(messages: Iterable[ChatMessage]) -> list[ChatPair]:
    """Return the pairs of a chat of messages, for an app that takes pairs.

    A message of several parts gives as many pairs. Pairs have a place for the user and
    for the assistant only: system messages are left out.
    """
    pairs: list[ChatPair] = []
    for message in messages:
        for part in message.parts:
            cell = _cell_of(part)
            if message.role == "user":
                pairs.append((cell, None))
            elif message.role == "assistant":
                open_ = pairs and pairs[-1][1] is None
                question = pairs.pop()[0] if open_ else None
                pairs.append((question, cell))
    return pairs
