"""A small Hugging Face Hub on loopback: what `huggingface_hub` asks about Spaces.

Point `HF_ENDPOINT` at `Hub.url` before `huggingface_hub` is imported. The Spaces lead
to real Gradio servers; a `Front` before one answers as a sleeping Space's host does.
"""

from tests.support.hub.front import Front
from tests.support.hub.server import Hub
from tests.support.hub.spaces import Account, Space

__all__ = ["Account", "Front", "Hub", "Space"]
