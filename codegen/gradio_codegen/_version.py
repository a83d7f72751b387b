"""The generator's version, which the header of every generated module names."""

from __future__ import annotations

__version__ = "0.1.0"
