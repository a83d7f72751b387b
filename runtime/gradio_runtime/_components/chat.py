"""Chats, and text with files."""

from __future__ import annotations

from dataclasses import replace

from .kind import Kind, Value

_MESSAGE = Value(
    "ChatMessage",
    'ChatMessage(role="user", content="Hello")',
    title="Message",
    arrays=("content",),  # one content in Gradio 4 and 5
)
_CHAT = Kind(
    "chatbot",
    "list[ChatMessage]",
    "list[ChatMessage]",
    (_MESSAGE, Value("ChatPairInput", '("Hello", None)', written=False)),
    "ChatPair",
    "ChatCell ChatCellInput ChatComponent ChatContent ChatFile ChatText DescribedFile "
    "chat_messages chat_pairs",
    home="types.chat",
    codec="_codecs.chat:CHAT",
    files="among",
    members="file",
    keeps="type",
    never_null=True,
    # Messages are the only form since Gradio 6.
    infers=lambda _props, before_6: {} if before_6 else {"type": "messages"},
    variant=lambda props: None if props.get("type") == "messages" else _PAIRS,
)
#: A chat of pairs, as it was before there were messages.
_PAIRS: Kind = replace(_CHAT, takes="Several[ChatPairInput]", gives="list[ChatPair]")

KINDS = (
    _CHAT,
    Kind(
        "multimodaltextbox",
        "MultimodalInput",
        "MultimodalData",
        (Value("MultimodalInput", '"Hello"'),),
        "MultimodalData",
        home="types.media",
        files="among",
        members="files",
        keeps="file_count file_types",
        title="MultimodalTextbox",
    ),
)
