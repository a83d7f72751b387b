"""Components whose values are numbers."""

from __future__ import annotations

from typing import Any

from ..description import Component
from ..dialect import Dialect
from ..values import Model
from .kind import Codec, Files, Json, Kind, Value

#: What `gradio_runtime.types` has from here.
__all__ = ["StarRating"]

_BOUNDS = "maximum minimum precision step"


class StarRating(Model):
    """Some of a number of stars."""

    stars: int
    of: int = 5


def _encode_stars(value: Any, _slot: Component, dialect: Dialect) -> Any:
    if not dialect.pairs or not isinstance(value, StarRating):
        return value
    return [value.stars, value.of]


def _decode_stars(value: Json, files: Files) -> Json:
    """`[stars, of]` in 3.x, an object later."""
    match value:
        case [stars, of]:
            return {"stars": stars, "of": of}
        case _:
            return files(value)


STARS = Codec(_encode_stars, _decode_stars)

KINDS = (
    Kind("number", "float", "float", keeps=_BOUNDS, default_step=1),
    Kind("slider", "float", "float", keeps=_BOUNDS),
    Kind("timer", "float", "float"),
    Kind(
        "starrating",
        "StarRating",
        "StarRating",
        (Value("StarRating", "StarRating(stars=4)"),),
        home="_components.number",
        codec="_components.number:STARS",
        title="Star Rating",
        note="More is better.",
    ),
)
