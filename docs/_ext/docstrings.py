"""Our docstrings are Markdown where they show code; Sphinx reads reStructuredText."""

from __future__ import annotations

import importlib
import inspect
import re
from typing import Any

__all__ = ["setup"]

#: The packages whose public names the reference shows.
PACKAGES = ("gradio_runtime", "gradio_codegen")
_FENCE = re.compile(r"^(\s*)```\w*$")
_CODE = re.compile(r"(?<![:`])`([^`]+)`(?!`)")


def setup(app: Any) -> dict[str, Any]:
    """Register with Sphinx."""
    for package in PACKAGES:
        _import_late_names(package)
    # Before napoleon, which splits lines at a colon unless it is in code.
    app.connect("autodoc-process-docstring", _as_rest, priority=100)
    app.connect("autodoc-process-docstring", _as_it_is, priority=900)
    return {"version": "1", "parallel_read_safe": True}


def _import_late_names(package: str) -> None:
    """Make names that the package imports at their first use visible to `dir`."""
    module = importlib.import_module(package)
    for name in module.__all__:
        setattr(module, name, getattr(module, name))


def _as_rest(
    _app: Any, _what: str, _name: str, _obj: Any, _options: Any, lines: list[str]
) -> None:
    lines[:] = _rest(lines)


def _as_it_is(
    _app: Any, what: str, _name: str, obj: Any, _options: Any, lines: list[str]
) -> None:
    """Undo what napoleon does to a property: a colon in it ends no type."""
    if what == "property":
        lines[:] = [*_rest((inspect.getdoc(obj) or "").splitlines()), ""]


def _rest(lines: list[str]) -> list[str]:
    """Make literal blocks of fenced ones, and code of what is in single backticks."""
    result: list[str] = []
    inside = False
    for line in lines:
        if fence := _FENCE.match(line):
            inside = not inside
            result += [f"{fence[1]}.. code-block:: text" if inside else "", ""]
        else:
            result.append(f"    {line}" if inside else _CODE.sub(r"``\1``", line))
    return result
