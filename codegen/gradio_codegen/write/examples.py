"""Calls that can be pasted: values that fit each parameter, and the imports they need.

Files are named as if they lay in the folder where the script runs; everything else is
accepted as it stands.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from itertools import islice
from typing import Any

from gradio_runtime._components.registry import VALUES

from ..decide.ir import Endpoint, Module, Param
from ..decide.names import IMPORTS
from ..decide.types import (
    FILE_INPUT,
    NONE,
    AliasOf,
    Either,
    Generic,
    Literals,
    ModelOf,
    Named,
    Number,
    TypeExpr,
    walk,
    without,
)
from ..limits import EXAMPLE
from ..literals import shown, source

_DEEPEST = 8

_VALUES: Mapping[str, str] = {
    "Any": '"Hello"',
    "bool": "True",
    **{value.name: value.example for value in VALUES.values()},
}
#: Of plain types inside objects; of any other a text.
_PLAIN: Mapping[str, Any] = {
    "None": None,
    "bool": True,
    "int": 1,
    # JSON names no file of this machine.
    **dict.fromkeys(("File", "FileInput"), "data:text/plain,Hello"),
}


def example_call(module: Module, endpoint: Endpoint) -> str:
    """Return source text that imports an endpoint from its module and calls it.

    Every parameter has a value that fits: the first of its choices, its default, a
    number within its bounds. Those whose default is the app's own are left out.
    """
    values = example_values(module, endpoint)
    words = [f"{name}={value}" for name, value in values.items()]
    call = f"{endpoint.function}({', '.join(words)})"
    if endpoint.generator:
        stream = f"{endpoint.function}.stream({', '.join(words)})"
        body = f"for output in {stream}:\n    print(output)"
    else:
        body = f"result = {call}" if endpoint.outputs else call
    used = {node.id for node in ast.walk(ast.parse(body)) if isinstance(node, ast.Name)}
    ours = sorted({endpoint.function, *(used & module.models.keys())})
    groups = {module.package: ours}
    for name in sorted(used & IMPORTS.keys()):
        groups.setdefault(IMPORTS[name], []).append(name)
    lines = [
        f"from {place} import {', '.join(names)}" for place, names in groups.items()
    ]
    return "\n".join([*sorted(lines), "", body])


def example_values(module: Module, endpoint: Endpoint) -> dict[str, str]:
    """Return source text of a value for each parameter that should have one.

    Where nothing is required, the first file is what the endpoint works on.
    """
    values = _Values(module)
    found = {param.name: values.of_param(param) for param in endpoint.params}
    if all(param.default for param in endpoint.params):
        files = (p for p in endpoint.params if FILE_INPUT in walk(p.type))
        for first in islice(files, 1):
            found[first.name] = values.of_type(without(first.type, NONE), first)
    return {name: value for name, value in found.items() if value is not None}


class _Values:
    def __init__(self, module: Module) -> None:
        self._objects = module.models
        self._left = EXAMPLE

    def of_param(self, param: Param) -> str | None:
        """Return a value as source text; None where it is better left out."""
        if param.default is None:
            return self.of_type(param.type, param)
        if param.default.kind == "plain" and param.default.value is not None:
            return shown(param.default.value)
        return None

    def of_type(self, type_: TypeExpr, param: Param) -> str:
        """Return a value of a type as source text."""
        match type_:
            case Number() | Named("int"):
                return source(_number(dict(param.constraints)))
            case Named(name) if param.example and name not in ("Any", "bool", "None"):
                return param.example
            case Named("str"):
                most = int(dict(param.constraints).get("max_length", 5))
                return shown("Hello"[:most])
            case Named(name):
                return _VALUES.get(name, "None")
            case AliasOf(_, Literals(values)) | Literals(values):
                return shown(values[0])
            case ModelOf(name):
                return f"{name}.model_validate({source(self._json(type_, 0))})"
            case Generic("dict", (_, item)):
                return f'{{"key": {self.of_type(item, param)}}}'
            case Generic("tuple", items):
                parts = ", ".join(self.of_type(item, param) for item in items)
                return f"({parts}{',' if len(items) == 1 else ''})"
            case Generic(_, (item, *_)):
                return f"[{self.of_type(item, param)}]"
            case Either(members):
                return self.of_type(members[0], param)
            case _:
                return "None"

    def _json(self, type_: TypeExpr, depth: int) -> Any:
        """Return a value for an object type, as JSON."""
        self._left -= 1
        match type_:
            case Literals(values) | AliasOf(_, Literals(values)):
                return values[0]
            case _ if depth > _DEEPEST or self._left < 0:
                return None
            case Either(members):
                return self._json(members[0], depth + 1)
            case ModelOf(name):
                return {
                    item.wire: self._json(item.type, depth + 1)
                    for item in self._objects[name].properties
                    if item.required
                }
            case Generic("dict", _):
                return {}
            case Generic("tuple", items):
                return [self._json(item, depth + 1) for item in items]
            case Generic():
                return []
            case Number():
                return 1
            case Named(name):
                return _PLAIN.get(name, "Hello")


def _number(bounds: Mapping[str, int | float]) -> int | float:
    """Return 1, or what is closest to it within the bounds."""
    value: int | float = min(max(1, bounds.get("ge", 1)), bounds.get("le", math.inf))
    if step := bounds.get("multiple_of"):
        value = math.ceil(value / step) * step
        if value > bounds.get("le", math.inf):
            value -= step
    return value
