"""What has changed about the outputs of an endpoint.

A caller reads one output as it is. Several are an object: its fields are read by name,
and `astuple()` unpacks all of them in order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gradio_runtime._components.registry import kind_of

from ..decide.types import NONE, UPDATE, without, write
from .changes import Change, breaking, compatible
from .module_reader import Output
from .slots import SlotChanges
from .types import Fit


class OutputChanges(SlotChanges[Output]):
    """Compares the outputs of an endpoint with what they were."""

    what = "output"

    def alike(self, old: Output, new: Output) -> bool:
        """Return whether two outputs differ only in their names."""
        return old.component == new.component and self._same(old, new)

    def compared(self, old: Output, new: Output) -> Iterator[Change]:
        """Compare an output with its successor."""
        if self._same(old, new):
            yield from self.component(old, new)
            return
        before, after = write(old.type), write(new.type)
        message = f"is {after} now, was {before}"
        if before == after:
            message = f"is another {after}: {self.fit.difference(new.type, old.type)}"
        verdict = compatible if self.fit(new.type, old.type) else breaking
        yield verdict("output-type", f"{self.title(old)} {message}", before, after)

    def _same(self, old: Output, new: Output) -> bool:
        """Return whether two types are the same to callers.

        That a file beside other outputs may be None, and what may come as an update,
        are facts of the generator, which modules of earlier ones do not say.
        """
        a_file = new.name and kind_of(new.component or old.component).files == "bare"
        known = without(new.type, UPDATE, *([NONE] if a_file else []))
        return any(self.fit.both_ways(t, old.type) for t in (new.type, known))

    def added(self, new: Output) -> Change:
        """Return the change that a new output beside others is."""
        message = f"output {new.name} is new, so astuple() gives one more"
        return breaking("output-added", message, None, write(new.type))


def output_changes(
    old: Sequence[Output], new: Sequence[Output], fit: Fit
) -> Iterator[Change]:
    """Compare the outputs of an endpoint with what they were.

    Args:
        old: What they were.
        new: What they are.
        fit: Tells whether new values can be read as old ones.
    """
    if old and new and (len(old) > 1) == (len(new) > 1):
        yield from OutputChanges(old, new, fit).changes()
    elif new and not old:
        after = _summed(new)
        message = f"returns {after}, returned nothing"
        yield compatible("output-added", message, None, after)
    elif len(old) != len(new):
        before, after = _summed(old), _summed(new)
        kind = "output-added" if len(new) > len(old) else "output-removed"
        yield breaking(kind, f"returns {after}, returned {before}", before, after)


def _summed(outputs: Sequence[Output]) -> str:
    parts = [(f"{o.name}: " if o.name else "") + write(o.type) for o in outputs]
    return ", ".join(parts) or "None"
