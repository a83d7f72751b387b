"""Values that are text: highlighted, spoken, or a moment in time."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

from pydantic import ValidationInfo

from .._models.base import Model
from ._fields import ReadAs

if TYPE_CHECKING:
    from .._models.html import Page

__all__ = ["DateTimeInput", "DialogueLine", "HighlightedInput", "HighlightedToken"]


class HighlightedToken(Model):
    """A piece of a text, with its class or a confidence.

    Attributes:
        token: The piece itself; all pieces together are the whole text.
        class_or_confidence: A class, a number from -1 to 1, or None for plain text.
    """

    token: str
    class_or_confidence: str | int | float | None = None

    def __gradio_html__(self, page: Page) -> str:
        if self.class_or_confidence is None:
            return page.text(self.token)
        label = page.text(self.class_or_confidence)
        return f"<mark>{page.text(self.token)} <sub>{label}</sub></mark>"


def _token(value: Any, _info: ValidationInfo) -> Any:
    match value:
        case (token, label) | [token, label]:
            return {"token": token, "class_or_confidence": label}
        case _:
            return value


_LABEL = {"type": ["string", "number", "null"]}
_PAIR = {
    "type": "array",
    "prefixItems": [{"type": "string"}, _LABEL],
    "minItems": 2,
    "maxItems": 2,
}
#: What a highlighted-text parameter takes for each piece, such as `("Paris", "place")`.
HighlightedInput: TypeAlias = Annotated[
    HighlightedToken | tuple[str, str | float | None],
    ReadAs(HighlightedToken, _token, [_PAIR]),
]


class DialogueLine(Model):
    """What one speaker of a dialogue says."""

    speaker: str
    text: str


#: What a date-time parameter takes. Text goes to the app as it is: `"2026-01-31
#: 12:00:00"`, `"2026-01-31"` if the component has no time, `"now - 5m"`. A `datetime`
#: without a time zone is written in the component's own; one with a time zone is
#: converted to it, and refused if the component has none.
DateTimeInput: TypeAlias = datetime | date | str
