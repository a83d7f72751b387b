"""How much of an app's description is taken in.

A description comes from whatever server a URL leads to, so everything about it has a
bound. Within them, time and memory grow in step with the description. Prose is cut,
since nothing depends on it; a type gets wider; what cannot be had in less is refused
with the place where it is.

| what | at most | beyond |
|---|---|---|
| a saved description; `/config`; `/info` | 32 MiB | refused |
| JSON values in it | 2,000,000 | refused |
| levels of nesting | 60 | refused |
| an integer | 1,024 bits | refused |
| endpoints of an app | 10,000 | refused |
| inputs, or outputs, of an endpoint | 2,000 | refused |
| inputs and outputs of all endpoints | 100,000 | refused |
| an api_name, a version, a component's type | 1,000 characters | refused |
| one JSON Schema | 10,000 values, 1 MiB of text | refused |
| a description | 20,000 characters | cut |
| a label, help text | 1,000 characters | cut |
| a choice or file type in a docstring | 60 characters | cut |
| an identifier | 100 characters | shortened to 48 |
| values of a choice or an enumeration | 1,000, 64 KiB of text | any of their types |
| classes for object schemas | 2,000 | `Any` for the rest |
| levels that references unfold to | 30 | `Any` below |
| parts of the type of one parameter or property | 200 | `Any` for the rest |
| parts that all references unfold to | 200,000 | `Any` for the rest |
| values of objects in one example call | 200 | `None` for the rest |
| a message, a diagnostic | 1,500 characters | cut |
"""

from __future__ import annotations

DOCUMENT = 32 << 20
VALUES = 2_000_000
#: Deeper than any description, shallower than Python's own stack.
DEPTH = 60
#: Of types; a level of a schema takes two or three of JSON.
TYPE_DEPTH = 30
INT_BITS = 1024
ENDPOINTS = 10_000
SLOTS = 2_000
SLOTS_OF_ALL = 100_000
NAME = 1_000
SCHEMA_VALUES = 10_000
SCHEMA_TEXT = 1 << 20
CLASSES = 2_000
TYPE_PARTS = 200
UNFOLDED = 200_000
EXAMPLE = 200
DESCRIPTION = 20_000
LABEL = 1_000
SHOWN = 60
IDENTIFIER = 100
CHOICES = 1_000
CHOICES_TEXT = 64 << 10
MESSAGE = 1_500


def cut(text: str, most: int) -> str:
    """`text`, ended by an ellipsis where it has more than `most` characters."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
