"""Packages that only some runs of the tests have."""

from __future__ import annotations

import importlib
import os
from typing import Any

import pytest

__all__ = ["package"]


def package(name: str, target: str) -> Any:
    """Import a package of `make TARGET`; without it skip, or fail there."""
    if os.environ.get(target.upper()):
        return importlib.import_module(name)
    return pytest.importorskip(name, reason=f"{name} comes with `make {target}`")
