"""A call of an endpoint for the shell, with the values of its example."""

from __future__ import annotations

import ast
import json
import shlex
from typing import Any

from gradio_runtime._models.texts import escaped

from ..decide.ir import Endpoint, Module
from ..decide.types import NONE, Named, without
from ..narrow import as_list
from ..shell.names import flags_of
from ..write.examples import example_values

_BOOL = Named("bool")


def shell_line(module: Module, endpoint: Endpoint) -> str:
    """Return a line that calls an endpoint from the shell, ready to paste."""
    flags = flags_of(param.name for param in endpoint.params)
    types = {param.name: without(param.type, NONE) for param in endpoint.params}
    words = ["gradio-codegen", "call", module.source, endpoint.function]
    for name, source in example_values(module, endpoint).items():
        data = _data(ast.parse(source, mode="eval").body)
        if types[name] == _BOOL:
            words.append(flags[name] if data else f"--no-{flags[name][2:]}")
            continue
        items = as_list(data) or [data]
        texts = all(isinstance(item, str) for item in items)
        for item in items if texts else [data]:
            words += [flags[name], item if isinstance(item, str) else json.dumps(item)]
    return escaped(shlex.join(words))


def _data(node: ast.expr) -> Any:
    """Return the JSON of an example: objects are made of their keywords, or of JSON."""
    match node:
        case ast.List(items) | ast.Tuple(items):
            return [_data(item) for item in items]
        case ast.Dict(keys, values):
            pairs = zip(keys, values, strict=True)
            return {ast.literal_eval(key): _data(value) for key, value in pairs if key}
        case ast.Call(args=[data]):
            return _data(data)
        case ast.Call(keywords=members):
            return {str(item.arg): _data(item.value) for item in members}
        case _:
            return ast.literal_eval(node)
