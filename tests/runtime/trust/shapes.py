"""Hostile values, and every type that could take one: all of it derived from the code."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import gradio_runtime
import gradio_runtime.types
from gradio_runtime import File
from gradio_runtime._components.registry import KINDS
from gradio_runtime.description import Config
from gradio_runtime.description.dialect import Dialect
from pydantic import BaseModel

META = {"_type": "gradio.FileData"}

#: A server of each protocol, and of each version at which files look different.
VERSIONS = {
    "3.50.2": "ws",
    "4.8.0": "sse",
    "4.16.0": "sse_v1",
    "4.19.2": "sse_v2",
    "4.21.0": "sse_v2.1",
    "4.44.1": "sse_v3",
    "5.50.0": "sse_v3",
    "6.31.0": "sse_v3",
}
DIALECTS = {
    version: Dialect.of(Config(version=version, protocol=protocol))
    for version, protocol in VERSIONS.items()
}
#: Component types that the runtime treats in a way of their own, and one of a stranger's.
COMPONENTS = sorted(
    {name for name, kind in KINDS.items() if kind.files or kind.codec}
    | {"json", "custom"}
)


def _exported() -> Iterator[tuple[str, Any]]:
    for module in (gradio_runtime, gradio_runtime.types):
        for name in module.__all__:
            if name[0].isupper() and name != "UNCHANGED":
                yield name, getattr(module, name)


#: Every class and alias of values that the runtime has, by name.
TYPES: Mapping[str, Any] = {
    name: value
    for name, value in _exported()
    if get_args(value) or (isinstance(value, type) and issubclass(value, BaseModel))
    if name not in {"Input", "Model", "Output", "Several"}
}


def places(type_: Any) -> list[Any]:
    """A type, and in what a parameter or an output may have it."""
    several = gradio_runtime.types.Several[type_]
    return [type_, list[type_] | None, dict[str, type_], tuple[type_, type_], several]


#: Every name that a member of a value has.
MEMBERS = sorted(
    {
        field
        for type_ in TYPES.values()
        if isinstance(type_, type) and issubclass(type_, BaseModel)
        for field in type_.model_fields
    }
    | {"name", "data", "is_file"}
)


def leaves(path: Path) -> list[Any]:
    """What could be taken for the file at a path."""
    text = str(path)
    return [
        text,
        f"file://{text}",
        f"FILE://localhost{text}",
        {"path": text},
        {"path": text, "meta": META},
        {"path": text, "meta": {**META}, "orig_name": "a.png"},
        {"path": text, "url": text, "orig_name": "a.png", "size": 1},
        {"path": text, "url": None, "is_stream": False},
        {"path": f"file://{text}", "url": f"file://{text}", "meta": META},
        {"path": None, "url": text, "meta": META},
        {"name": text, "is_file": True, "data": None},
        {"name": text, "data": f"file://{text}"},
        {"name": text, "orig_name": text},
    ]


def hostile(path: Path) -> Iterator[Any]:
    """Values of every shape that name a file of the caller's."""
    yield from leaves(path)
    for leaf in leaves(path)[::4]:
        yield from ([leaf], [leaf, None], [leaf, "text"], [[leaf, "text"], None])
        yield [[leaf], [leaf, leaf]]
        yield [leaf, [[leaf, "label"]]]
        for member in MEMBERS:
            yield {member: leaf}
            yield [{member: [leaf]}]
        yield {"video": leaf, "subtitles": leaf}
        yield {"image": leaf, "annotations": [{"image": leaf, "label": "x"}]}
        yield {"background": leaf, "layers": [leaf], "composite": leaf, "id": None}
        yield {"text": "x", "files": [leaf]}
        for content in (
            leaf,
            [leaf],
            {"file": leaf, "alt_text": "x"},
            [{"type": "file", "file": leaf}],
            {"component": "image", "value": leaf, "props": {}},
            [{"type": "component", "component": "image", "value": leaf}],
        ):
            yield [{"role": "user", "content": content}]
            yield [[content, None]]
        yield {"__type__": "update", "value": leaf}
        yield {"path": leaf, "meta": META}


def files_of(value: Any) -> Iterator[File]:
    """Every file in any value, however deep."""
    if isinstance(value, File):
        yield value
    if isinstance(value, BaseModel):
        members = {**dict(value), **(value.model_extra or {})}
        yield from itertools.chain.from_iterable(map(files_of, members.values()))
    elif isinstance(value, Mapping):
        yield from itertools.chain.from_iterable(map(files_of, value.values()))
    elif isinstance(value, list | tuple | set | frozenset):
        yield from itertools.chain.from_iterable(map(files_of, value))
