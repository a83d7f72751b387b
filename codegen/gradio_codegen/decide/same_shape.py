"""When two schemas describe the same shape.

The same class may be titled differently, and stand under different definitions, in the
schemas of two endpoints; a module is to have it once. A shape is what is left of a
schema without its prose and with its references followed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from ..narrow import as_list, as_map
from .schema import Schema, Unfolding, resolve

#: Keywords that say nothing of a value's shape.
_PROSE = {
    "title",
    "description",
    "additional_description",
    "examples",
    "$defs",
    "definitions",
}
#: Whose order says nothing either.
_SETS = {"required", "enum"}
#: References are followed to no more levels of a schema than this.
_DEEPEST = 80


class Shapes:
    """Tells the shapes of an app's schemas.

    Where the unfolding ends, references stand for what they lead to.
    """

    def __init__(self, unfolding: Unfolding) -> None:
        self._unfolding = unfolding
        self._shapers: dict[int, _Shaper] = {}

    def of(self, schema: Schema, defs: Schema) -> str:
        """Return the same text for schemas of the same shape, and for no others."""
        # The shaper keeps `defs`, so no other object can have its id.
        new = _Shaper(defs, self._unfolding)
        return self._shapers.setdefault(id(defs), new).shape(schema, (), 0)[0]


class _Shaper:
    """Digests the parts of one schema.

    A reference to a definition that is being digested becomes the number of
    definitions to go up. A digest in which such a number leads out of the definition
    is good in that place only; others are kept.
    """

    def __init__(self, defs: Schema, unfolding: Unfolding) -> None:
        self._defs = defs
        self._unfolding = unfolding
        self._closed: dict[str, str] = {}

    def shape(
        self, schema: object, within: tuple[str, ...], depth: int
    ) -> tuple[str, int]:
        """Return the digest of a part, and how far up it refers (0: not at all)."""
        may = self._unfolding.spend() and depth <= _DEEPEST
        depth += 1
        if (items := as_list(schema)) is not None:
            parts = [self.shape(item, within, depth) for item in items]
            return self._joined("list", parts)
        if (members := as_map(schema)) is None:
            return _digest(["value", schema]), 0
        name, target = resolve(members, self._defs)
        if name is None:
            return self._object(members, within, depth)
        if name in self._closed:
            return self._closed[name], 0
        if name in within or not may:
            up = len(within) - within.index(name) if name in within else 0
            return _digest(["up", up or name]), up
        digest, up = self._object(target, (*within, name), depth)
        if up <= 1:
            self._closed[name] = digest
        return digest, max(0, up - 1)

    def _object(
        self, members: Mapping[str, object], within: tuple[str, ...], depth: int
    ) -> tuple[str, int]:
        parts: list[tuple[str, int]] = []
        for key, value in sorted(members.items()):
            if key in _PROSE:
                continue
            if key in _SETS and (items := as_list(value)) is not None:
                value = sorted(items, key=repr)
            parts.append((_digest(["key", key]), 0))
            if key == "properties" and (named := as_map(value)) is not None:
                # Their keys are names, not keywords.
                for name, part in sorted(named.items()):
                    parts.append((_digest(["name", name]), 0))
                    parts.append(self.shape(part, within, depth))
            elif key in ("const", "default", "enum"):
                parts.append((_digest(value), 0))
            else:
                parts.append(self.shape(value, within, depth))
        return self._joined("object", parts)

    @staticmethod
    def _joined(kind: str, parts: list[tuple[str, int]]) -> tuple[str, int]:
        digests = [digest for digest, _ in parts]
        return _digest([kind, *digests]), max((up for _, up in parts), default=0)


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, default=repr)
    return hashlib.sha256(text.encode()).hexdigest()
