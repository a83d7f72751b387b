"""Defaults that are not written into a module, but are the app's own at each call.

A file or path on the app's server, a value of hundreds of characters or one that
differs each time would be wrong, unreadable or meaningless in a module, and a path is
nobody's business. Such a parameter stays optional, and left out it is what the app's
`/config` says when the call is made. The module, and a saved description, have it in
words only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import PurePosixPath

from gradio_runtime.description import Component, Config, Info, ParameterInfo

from ..narrow import as_map, parts

#: An endpoint's key in `/info`, and the position of a parameter.
Place = tuple[str, int]

_LONGEST = 200
#: How Gradio's own addresses of files begin, and what paths on a server look like;
#: `/v1/chat` is not one.
_FILE_ADDRESS = re.compile(r"/file=")
_SERVER_PATH = re.compile(
    r"(file://|[A-Za-z]:\\|/(home|mnt|opt|private|root|srv|tmp|usr|var|workspace|Users)/)"
)
#: Names that Python's `tempfile` makes up: others whenever the app starts.
_MADE_UP_NAME = re.compile(r"tmp[a-z0-9_]{8}(\.\w+)?")


def varying(
    first: Info, second: Info, what: Callable[[ParameterInfo], object]
) -> frozenset[Place]:
    """Return where two reads of the same app differ in `what` a parameter says."""
    if first is second:
        return frozenset()
    return frozenset(
        (key, index)
        for one, other in (
            (first.named_endpoints, second.named_endpoints),
            (first.unnamed_endpoints, second.unnamed_endpoints),
        )
        for key in one.keys() & other.keys()
        for index, (a, b) in enumerate(
            zip(one[key].parameters, other[key].parameters, strict=False)
        )
        if what(a) != what(b)
    )


class LiveDefaults:
    """Finds the defaults that are not to be kept, such as those `varying` by the read."""

    def __init__(self, config: Config, varying: frozenset[Place]) -> None:
        self._varying = varying
        # `value=function` and `demo.load` come as an event of the page that takes
        # nothing and sets one component.
        self._set_on_load = {
            item.outputs[0]
            for item in config.dependencies
            if item.on_load and not item.inputs and len(item.outputs) == 1
        }

    def applied(
        self, item: ParameterInfo, slot: Component | None, place: Place
    ) -> ParameterInfo:
        """Return the parameter with its default in words, if that is not to be kept."""
        if item.live is not None or not item.has_default or item.default is None:
            return item
        words = self._words(item.default, slot, place)
        if words is None:
            return item
        return item.model_copy(update={"default": None, "live": words})

    def _words(self, value: object, slot: Component | None, place: Place) -> str | None:
        if holds_file(value):
            names = sorted(set(filter(None, _file_names(value))))
            return f"a file: {', '.join(names[:3])}" if names else "a file"
        if _holds_path(value):
            return "a path on the app's server"
        if place in self._varying:
            return "another each time"
        if slot is not None and slot.id in self._set_on_load:
            return "set anew whenever its page is opened"
        length = len(value) if isinstance(value, str) else len(json.dumps(value))
        if length > _LONGEST:
            return f"{_KINDS.get(type(value), 'a value')} of {length:,} characters"
        return None


_KINDS: dict[type, str] = {str: "a text", list: "a list", dict: "an object"}


def holds_file(value: object) -> bool:
    """Return whether a default names a file that the app serves."""
    if isinstance(value, str):
        return _FILE_ADDRESS.search(value) is not None
    return _is_file(value) or any(map(holds_file, parts(value)))


def _holds_path(value: object) -> bool:
    if isinstance(value, str):
        return _SERVER_PATH.match(value) is not None
    return any(map(_holds_path, parts(value)))


def _is_file(value: object) -> bool:
    items = as_map(value) or {}
    return isinstance(items.get("path") or items.get("name"), str) and (
        "orig_name" in items or "url" in items or "is_file" in items
    )


def _file_names(value: object) -> list[str]:
    if not _is_file(value):
        return [name for part in parts(value) for name in _file_names(part)]
    items = as_map(value) or {}
    path = items.get("orig_name") or items.get("path") or items.get("name")
    name = PurePosixPath(str(path)).name
    return ["" if _MADE_UP_NAME.fullmatch(name) else name[:60]]
