"""A job's output values, kept current by the app's edits (docs/protocol.md#edits)."""

from __future__ import annotations

from sys import getsizeof
from typing import Any

from .._models.bounds import MAX_DEPTH, MAX_EDIT_WORK, MAX_MESSAGE_SIZE
from ..description.json_values import is_array, is_object
from ..errors import ProtocolError

#: A value of which only edits have arrived.
UNKNOWN: Any = object()

#: The errors of an edit that does not fit its value.
_NO_EDIT = (AttributeError, LookupError, OverflowError, TypeError, ValueError)


class Outputs:
    """The values of one generator job, kept current by edits.

    The first message has full values, each later one a list of edits per output, unless
    the server knows no `edits`. Edits are applied in place: their cost depends on their
    own size, not on the size of the value so far, which may grow to `limit` bytes. A
    caller that keeps what `update` returns must copy containers.
    """

    def __init__(
        self, *, edits: bool = True, limit: int = 2 * MAX_MESSAGE_SIZE
    ) -> None:
        self._edits = edits
        self._limit = limit
        #: The current values; None before the first message.
        self.values: list[Any] | None = None
        #: About how many bytes of memory they take.
        self.weight = 0
        #: Bytes that the edits of this message have moved in memory.
        self._work = 0

    def update(self, data: list[Any], *, mixed: bool = False) -> list[Any]:
        """Apply one `process_generating` message; return the current values.

        If `mixed`, the first message may have edits of another job's values; see
        `Dialect`. A value is then `UNKNOWN` until it is sent in full.

        Raises:
            ProtocolError: An edit does not fit the value, or the edits are too large.
        """
        if self.values is None and mixed and all(map(_are_edits, data)):
            self.values = [UNKNOWN] * len(data)
        if self.values is None or not self._edits:
            self.values = list(data)
            self.weight = weigh(data)
            return self.values
        if len(data) != len(self.values):
            raise ProtocolError("an update has another number of outputs than before")
        before, self._work = self.weight, 0
        for index, edits in enumerate(data):
            try:
                for edit in edits or ():
                    self.values[index] = self._edited(self.values[index], *edit)
            except _NO_EDIT as error:
                raise ProtocolError(
                    f"an edit of output {index} does not apply: {error!r}"
                ) from None
        if self.weight > max(self._limit, before):
            raise ProtocolError(
                f"the app's output has grown beyond {self._limit} bytes",
                hint="Allow larger ones: Client(max_message_size=…)",
            )
        return self.values

    def _edited(self, value: Any, action: str, path: list[str | int], new: Any) -> Any:
        """Apply one edit; return the value, which is a new one if the path is empty."""
        if value is UNKNOWN and (path or action != "replace"):
            return UNKNOWN
        if len(path) > MAX_DEPTH:
            raise ValueError(f"its path is longer than {MAX_DEPTH}")
        held = [value]  # so that the value itself has a container too
        target: Any = held
        last: Any = 0
        for key in path:
            target, last = target[last], key
        match action:
            case "append":
                self._append(target, last, new)
            case "add" if path and is_array(target):
                self._works(getsizeof(target))
                self.weight += weigh(new)
                target.insert(int(last), new)
            case "replace" | "add" if path or action == "replace":
                self.weight += weigh(new) - _weight_at(target, last)
                target[last] = new
            case "delete" if path:
                self._works(getsizeof(target) if is_array(target) else 0)
                self.weight -= _weight_at(target, last)
                del target[last]
            case _:
                raise ValueError(f"unknown edit {action!r}")
        return held[0]

    def _append(self, target: Any, last: Any, new: Any) -> None:
        old = target[last]
        before = getsizeof(old)
        if type(old) is not str:
            self.weight += weigh(new) - getsizeof(new)
        target[last] += new
        after = getsizeof(target[last])
        self.weight += after - before
        self._works(after)

    def _works(self, size: int) -> None:
        """Count bytes that an edit moves in memory."""
        self._work += size
        if self._work > MAX_EDIT_WORK:
            raise ValueError("the edits are too large")


def _are_edits(value: object) -> bool:
    """Return whether a value can be a list of edits."""
    return is_array(value) and all(
        is_array(edit) and len(edit) == 3 and is_array(edit[1]) for edit in value
    )


def _weight_at(target: Any, key: Any) -> int:
    """Return the size of what an edit removes."""
    if is_object(target) and key not in target:
        return -getsizeof(key)
    return weigh(target[key])


def weigh(value: object) -> int:
    """Return about how many bytes of memory a JSON value takes."""
    kind = type(value)
    if kind is not dict and kind is not list:
        return getsizeof(value)
    total, waiting = 0, [value]
    while waiting:
        item = waiting.pop()
        total += getsizeof(item)
        if is_object(item):
            total += sum(map(getsizeof, item))
            waiting.extend(item.values())
        elif is_array(item):
            waiting.extend(item)
    return total
