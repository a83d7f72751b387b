"""How much of an app's description is taken in.

A description comes from whatever server a URL leads to, so everything about it has a
bound. Within them, time and memory grow in step with the description. Prose is cut,
since nothing depends on it; a type gets wider; the rest is refused with the
place where it is.
"""

from __future__ import annotations

# More than this is refused.
DOCUMENT = 32 << 20  # bytes of a saved description, of `/config` and of `/info`
VALUES = 2_000_000  # JSON values in it
DEPTH = 60  # levels of nesting: more than in any app, fewer than Python's stack has
INT_BITS = 1024  # of an integer
ENDPOINTS = 10_000  # of an app
SLOTS = 2_000  # inputs, or outputs, of an endpoint
SLOTS_OF_ALL = 100_000  # inputs and outputs of all endpoints
NAME = 1_000  # characters of an api_name, a version, a component's type
SCHEMA_VALUES = 10_000  # of one JSON Schema
SCHEMA_TEXT = 1 << 20  # characters in one JSON Schema

# More than this is cut.
DESCRIPTION = 20_000  # characters of an endpoint's description
LABEL = 1_000  # characters of a label or a help text
SHOWN = 60  # characters of a choice or a file type in a docstring
IDENTIFIER = 100  # characters, to 48
MESSAGE = 1_500  # characters of a message or a diagnostic

# More than this makes a type wider.
CHOICES = 1_000  # values of a choice or an enumeration; then any of their types
CHOICES_TEXT = 64 << 10  # characters of these values; likewise
CLASSES = 2_000  # for object schemas; then `Any`, as below
TYPE_DEPTH = 30  # levels that references unfold to; each takes two or three of JSON
TYPE_PARTS = 200  # of the type of one parameter or property
UNFOLDED = 200_000  # parts that all references unfold to
EXAMPLE = 200  # values of objects in one example call; then `None`


def cut(text: str, most: int) -> str:
    """Return `text`, ended by an ellipsis if it has more than `most` characters."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
