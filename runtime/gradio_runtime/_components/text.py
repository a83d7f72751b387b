"""Components whose values are text: plain, highlighted, spoken, or a moment."""

from __future__ import annotations

from dataclasses import replace

from .kind import Kind, Props, Value


def _only_a_date(props: Props, _before_6: bool) -> Props:
    bare = props.get("include_time") is False or props.get("date_only") is True
    return {"date_only": True} if bare else {}


_MOMENT = Kind(
    "datetime",
    "DateTimeInput",
    "str",
    (Value("DateTimeInput", text=True),),
    home="types.text",
    codec="_codecs.text:MOMENT",
    infers=_only_a_date,
    variant=lambda props: _DATE if props.get("date_only") else None,
    title="DateTime",
    example='"2026-01-31 12:00:00"',
    note="As text: YYYY-MM-DD HH:MM:SS.",
)
_DATE: Kind = replace(_MOMENT, example='"2026-01-31"', note="As text: YYYY-MM-DD.")
_LINE = Value("DialogueLine", 'DialogueLine(speaker="Speaker 1", text="Hello")')
_LINES = "list[DialogueLine] | str"

KINDS = (
    Kind("code", "str", "str", keeps="language"),
    Kind("colorpicker", "str", "str", title="ColorPicker", example='"#ff8800"'),
    Kind("html", "str", "str", title="HTML"),
    Kind("markdown", "str", "str"),
    Kind("text textbox", "str", "str", keeps="max_length"),
    _MOMENT,
    Kind("dialogue", _LINES, _LINES, (_LINE,), home="types.text"),
    Kind(
        "highlightedtext",
        "Several[HighlightedInput]",
        "list[HighlightedToken]",
        (Value("HighlightedInput", '("Hello", None)', written=False),),
        "HighlightedToken",
        home="types.text",
        codec="_codecs.text:HIGHLIGHTED",
        title="HighlightedText",
    ),
)
