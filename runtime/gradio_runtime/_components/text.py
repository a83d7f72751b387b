"""Components whose values are text: plain, highlighted, spoken, or a moment."""

from __future__ import annotations

from dataclasses import replace

from .kind import Kind, Props, Value


def _only_a_date(props: Props, _before_6: bool) -> Props:
    bare = props.get("include_time") is False or props.get("date_only") is True
    return {"date_only": True} if bare else {}


_PLAIN = Kind(names=("markdown",), takes="str", gives="str")
_MOMENT = Kind(
    names=("datetime",),
    takes="DateTimeInput",
    gives="str",
    values=(Value("DateTimeInput", text=True),),
    home="types.text",
    codec="_codecs.text:MOMENT",
    infers=_only_a_date,
    variant=lambda props: _DATE if props.get("date_only") else None,
    title="DateTime",
    example='"2026-01-31 12:00:00"',
    note="As text: YYYY-MM-DD HH:MM:SS.",
)
_DATE: Kind = replace(_MOMENT, example='"2026-01-31"', note="As text: YYYY-MM-DD.")

KINDS = (
    _PLAIN,
    replace(_PLAIN, names=("code",), keeps=("language",)),
    replace(_PLAIN, names=("colorpicker",), title="ColorPicker", example='"#ff8800"'),
    replace(_PLAIN, names=("html",), title="HTML"),
    replace(_PLAIN, names=("textbox", "text"), keeps=("max_length",)),
    _MOMENT,
    Kind(
        names=("dialogue",),
        takes="list[DialogueLine] | str",
        gives="list[DialogueLine] | str",
        values=(
            Value(
                "DialogueLine",
                fields=("speaker", "text"),
                example='DialogueLine(speaker="Speaker 1", text="Hello")',
            ),
        ),
        home="types.text",
    ),
    Kind(
        names=("highlightedtext",),
        takes="Several[HighlightedInput]",
        gives="list[HighlightedToken]",
        values=(
            Value("HighlightedInput", example='("Hello", None)', written=False),
            Value("HighlightedToken", fields=("token", "class_or_confidence")),
        ),
        home="types.text",
        codec="_codecs.text:HIGHLIGHTED",
        title="HighlightedText",
    ),
)
