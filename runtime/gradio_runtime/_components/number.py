"""Components whose values are numbers."""

from __future__ import annotations

from .kind import Kind

#: What `gradio_runtime.types` has from here.
__all__: list[str] = []

_BOUNDS = "maximum minimum precision step"

KINDS = (
    Kind("number", "float", "float", keeps=_BOUNDS, default_step=1),
    Kind("slider", "float", "float", keeps=_BOUNDS, never_null=True),
    Kind("timer", "float", "float"),
)
