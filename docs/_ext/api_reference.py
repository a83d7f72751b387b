"""The reference of a package: each public name, with its docstring.

`<!-- api: package -->` on a page becomes an entry for each name in `__all__` of that
package, or module; `<!-- api: package without module -->` leaves out what is public
there too.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

from sphinx.pycode import ModuleAnalyzer

__all__ = ["setup"]

_MARKER = re.compile(r"<!-- api: ([\w.]+)(?: without ([\w.]+))? -->")


def setup(app: Any) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("source-read", _fill)
    return {"version": "1", "parallel_read_safe": True}


def _fill(_app: Any, _page: str, source: list[str]) -> None:
    source[0] = _MARKER.sub(lambda m: "\n".join(_entries(m[1], m[2])), source[0])


def _entries(package: str, without: str | None) -> Iterator[str]:
    left_out = importlib.import_module(without).__all__ if without else []
    module = importlib.import_module(package)
    names = [
        name
        for name in sorted(module.__all__, key=str.lower)
        if name not in left_out and not name.startswith("__")
    ]
    yield from ("```{eval-rst}", f".. py:module:: {package}", "")
    for name in names:
        value = getattr(module, name)
        if inspect.isclass(value):
            yield from (f".. autoclass:: {package}.{name}", "   :members:", "")
        elif inspect.isroutine(value):
            yield from (f".. autofunction:: {package}.{name}", "")
        else:
            # What a name that is no class and no function means, its `#:` comment says.
            yield from (f".. py:data:: {package}.{name}", "")
            yield from (f"   {line}" for line in _comment(package, name))
    yield "```"


def _comment(package: str, name: str) -> list[str]:
    """The comment above an assignment, in whichever module of the package it is."""
    path = importlib.import_module(package).__path__
    for found in pkgutil.walk_packages(path, f"{package}."):
        comments = ModuleAnalyzer.for_module(found.name).find_attr_docs()
        if ("", name) in comments:
            text = "\n".join(comments["", name])
            return re.sub(r"`([^`]+)`", r"``\1``", text).splitlines()
    raise ValueError(f"{package}.{name} has no comment that says what it is")
