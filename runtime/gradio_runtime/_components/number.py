"""Components whose values are numbers."""

from __future__ import annotations

from dataclasses import replace

from .kind import Kind

#: What `gradio_runtime.types` has from here.
__all__: list[str] = []

_NUMBER = Kind(
    names=("number",),
    takes="float",
    gives="float",
    keeps=("maximum", "minimum", "precision", "step"),
    default_step=1,
)

KINDS = (
    _NUMBER,
    replace(_NUMBER, names=("slider",), default_step=None),
    replace(_NUMBER, names=("timer",), keeps=(), default_step=None),
)
