"""How much of an app's description is taken in.

A description comes from whatever server a URL leads to, so everything about it has a
bound. Within them, time and memory grow in step with the description. Prose is cut,
since nothing depends on it; a type gets wider; what cannot be had in less is refused
with the place where it is.

| what | at most | beyond |
|---|---|---|
| a saved description; `/config`; `/info` | 64 MiB | refused |
| levels of nesting | 60 | refused |
| an integer | 1,024 bits | refused |
| endpoints of an app | 10,000 | refused |
| inputs, or outputs, of an endpoint | 2,000 | refused |
| an api_name, a version, a component's type | 1,000 characters | refused |
| one JSON Schema | 100,000 values, 4 MiB of text | refused |
| a description | 20,000 characters | cut |
| a label, help text, file type | 1,000 characters | cut |
| an identifier | 100 characters | shortened to 48 |
| choices of a parameter | 5,000, 256 KiB of text | any value of their types |
| a default value | 64 KiB as source text | the parameter is required |
| types that one schema unfolds to | 5,000 | `Any` for the rest |
| a message, a diagnostic | 1,500 characters | cut |
"""

from __future__ import annotations

__all__ = [
    "CHOICES",
    "CHOICES_TEXT",
    "DEFAULT_TEXT",
    "DEPTH",
    "DESCRIPTION",
    "DOCUMENT",
    "ENDPOINTS",
    "IDENTIFIER",
    "INT_BITS",
    "LABEL",
    "MESSAGE",
    "NAME",
    "SCHEMA_TEXT",
    "SCHEMA_TYPES",
    "SCHEMA_VALUES",
    "SLOTS",
    "cut",
]

DOCUMENT = 64 << 20
#: Deeper than any description, shallower than Python's own stack.
DEPTH = 60
INT_BITS = 1024
ENDPOINTS = 10_000
SLOTS = 2_000
NAME = 1_000
SCHEMA_VALUES = 100_000
SCHEMA_TEXT = 4 << 20
SCHEMA_TYPES = 5_000
DESCRIPTION = 20_000
LABEL = 1_000
IDENTIFIER = 100
CHOICES = 5_000
CHOICES_TEXT = 256 << 10
DEFAULT_TEXT = 64 << 10
MESSAGE = 1_500


def cut(text: str, most: int) -> str:
    """`text`, ended by an ellipsis where it has more than `most` characters."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
