"""What an app says about itself, without I/O: what the generator uses of the runtime.

The models are loaded when they are used: an import of the runtime needs none of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .models import *  # noqa: F403  # what it has is public


def __getattr__(name: str) -> Any:
    """Return what the module of the models has."""
    from importlib import import_module

    models = import_module(f"{__name__}.models")
    if name.startswith("_") or not hasattr(models, name):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(models, name)
