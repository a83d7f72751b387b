"""Values of Gradio's own components, the same for every app and every version.

A `ChatMessage` that one app returns can be handed to another, even when one server
runs Gradio 5 and the other Gradio 6: `gradio_runtime` translates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._models.base import Unchanged as Unchanged

if TYPE_CHECKING:
    # A small class may stand beside the record of its component.
    from .._components.choice import *
    from .._components.files import *
    from .._components.number import *
    from .chat import *
    from .media import *
    from .several import *
    from .table import *
    from .text import *


def __getattr__(name: str) -> Any:
    """Import a value type at the first use of its name."""
    from importlib import import_module

    from .._components.registry import HOMES

    if name == "__all__":
        return sorted([*HOMES, "Several", "Unchanged"])
    if name not in HOMES and name != "Several":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = HOMES.get(name, "types.several")
    return getattr(import_module(f"gradio_runtime.{home}"), name)
