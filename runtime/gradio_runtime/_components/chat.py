"""Chats, and text with files."""

from __future__ import annotations

from dataclasses import replace

from .kind import Kind, Props, Value


def _pairs(props: Props) -> Kind | None:
    """A chat of pairs, as it was before there were messages."""
    return None if props.get("type") == "messages" else _PAIRS


_CHAT = Kind(
    names=("chatbot",),
    takes="list[ChatMessage]",
    gives="list[ChatMessage]",
    values=(
        Value(
            "ChatMessage",
            fields=("role", "metadata", "content", "options"),
            title="Message",
            lists=("content",),  # one content in Gradio 4 and 5
            example='ChatMessage(role="user", content="Hello")',
        ),
        Value("ChatPair"),
        Value("ChatPairInput", example='("Hello", None)', written=False),
    ),
    exports=(
        *("ChatCell", "ChatCellInput", "ChatComponent", "ChatContent", "ChatFile"),
        *("ChatText", "DescribedFile", "chat_messages", "chat_pairs"),
    ),
    home="types.chat",
    codec="_codecs.chat:CHAT",
    files="among",
    members=("file",),
    keeps=("type",),
    # Messages are the only form since Gradio 6.
    infers=lambda _props, before_6: {} if before_6 else {"type": "messages"},
    variant=_pairs,
)
_PAIRS = replace(_CHAT, takes="Several[ChatPairInput]", gives="list[ChatPair]")

KINDS = (
    _CHAT,
    Kind(
        names=("multimodaltextbox",),
        takes="MultimodalInput",
        gives="MultimodalData",
        values=(
            Value("MultimodalData", fields=("text", "files")),
            Value("MultimodalInput", example='"Hello"'),
        ),
        home="types.media",
        files="among",
        members=("files",),
        keeps=("file_count", "file_types"),
        title="MultimodalTextbox",
    ),
)
