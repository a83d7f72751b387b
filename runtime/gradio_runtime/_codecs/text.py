"""How highlighted texts differ between Gradio versions, and how moments are written."""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from typing import Any

from .._components.kind import Codec, Files, Json
from ..description import Component
from ..description.dialect import Dialect
from ..description.json_values import is_array
from ..errors import InputError
from ..types.text import HighlightedToken
from .codec import unpaired, whole


def _encode_highlighted(value: Any, _slot: Component, dialect: Dialect) -> Any:
    if not dialect.pairs or not is_array(value):
        return value
    return [
        [item.token, item.class_or_confidence]
        if isinstance(item, HighlightedToken)
        else item
        for item in value
    ]


def _decode_highlighted(value: Json, files: Files) -> Json:
    """Read `[text, label]` of 3.x, and objects of later ones."""
    return unpaired(files(value), "token", "class_or_confidence")


HIGHLIGHTED = Codec(_encode_highlighted, _decode_highlighted)


def _encode_moment(value: Any, slot: Component, _dialect: Dialect) -> Any:
    """Return the text that `datetime.strptime` reads on the server, in its zone."""
    if not isinstance(value, date):
        return value
    value = whole(value)
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    elif value.tzinfo is not None:
        value = value.astimezone(_zone(slot.props.get("timezone")))
    moment = value.replace(tzinfo=None)
    if slot.props.get("include_time") is False:
        return moment.date().isoformat()
    return moment.isoformat(" ", "seconds")


def _zone(name: object) -> tzinfo:
    if not isinstance(name, str):
        raise InputError(
            "the moment has a time zone, and the app's date-time component has none",
            hint='Give a datetime without a time zone, or a text "2026-01-31 12:00:00"',
        )
    import zoneinfo

    try:
        return UTC if name == "UTC" else zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        raise InputError(
            f"the time zone {name!r} of the app's date-time component is not known "
            "on this machine",
            hint="pip install tzdata, or give a text",
        ) from None


MOMENT = Codec(_encode_moment)
