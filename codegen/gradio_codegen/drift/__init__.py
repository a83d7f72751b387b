"""What changed between two states of an app, as callers of its module see it.

Both states are modules: a description becomes one first, with the options of the module
that it is compared with. A module is read and never imported; what it says to callers is
its `Surface`, and `compare` finds the changes between two of those.
"""

from __future__ import annotations

from .changes import Change, Diff, Level
from .compare import compare
from .module_reader import Surface, read_module
from .sources import diff, drift, read_file, surface_of

__all__ = [
    "Change",
    "Diff",
    "Level",
    "Surface",
    "compare",
    "diff",
    "drift",
    "read_file",
    "read_module",
    "surface_of",
]
