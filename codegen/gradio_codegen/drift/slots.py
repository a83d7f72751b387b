"""What has changed about the parameters or the outputs of an endpoint alike."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar, Generic, TypeVar

from ..decide.types import write
from .changes import REGENERATED, Change, breaking, compatible
from .module_reader import Output, Parameter
from .types import Fit

SlotT = TypeVar("SlotT", Parameter, Output)


class SlotChanges(ABC, Generic[SlotT]):
    """Compares the slots of an endpoint with what they were."""

    what: ClassVar[str]

    def __init__(self, old: Sequence[SlotT], new: Sequence[SlotT], fit: Fit) -> None:
        self.old: Sequence[SlotT] = old
        self.new: Sequence[SlotT] = new
        self.fit = fit
        self.pairs: Mapping[str, SlotT] = self._paired()

    def changes(self) -> Iterator[Change]:
        """Yield all of them, in the order of the old slots."""
        for old in self.old:
            for change in self._of(old):
                yield replace(change, name=old.name)
        taken = {new.name for new in self.pairs.values()}
        for new in self.new:
            if new.name not in taken:
                yield replace(self.added(new), name=new.name)
        yield from self._order()

    @abstractmethod
    def alike(self, old: SlotT, new: SlotT) -> bool:
        """Return whether only the names of two slots differ."""

    def made_up(self, _old: SlotT) -> bool:
        """Return whether an earlier generator named a slot that the app does not."""
        return False

    @abstractmethod
    def compared(self, old: SlotT, new: SlotT) -> Iterator[Change]:
        """Compare a slot with its successor."""

    @abstractmethod
    def added(self, new: SlotT) -> Change:
        """Return the change that a new slot is."""

    def title(self, slot: SlotT) -> str:
        """Return what messages call a slot."""
        return f"{self.what} {slot.name}" if slot.name else f"the {self.what}"

    def component(self, old: SlotT, new: SlotT) -> Iterator[Change]:
        """Compare components whose types let the same through."""
        if old.component and new.component and old.component != new.component:
            message = f"is a {new.component} now, was a {old.component}"
            yield compatible(
                "component",
                f"{self.title(old)} {message}",
                old.component,
                new.component,
            )

    def _paired(self) -> dict[str, SlotT]:
        """Return the successor of each: of the same name, or else in its place."""
        by_name = {new.name: new for new in self.new}
        pairs = {o.name: by_name[o.name] for o in self.old if o.name in by_name}
        for old, new in zip(self.old, self.new, strict=False):
            same = self.made_up(old) or self.alike(old, new)
            if {old.name, new.name}.isdisjoint(pairs) and same:
                pairs[old.name] = new
        return pairs

    def _of(self, old: SlotT) -> Iterator[Change]:
        title, new = self.title(old), self.pairs.get(old.name)
        if new is None:
            yield breaking(f"{self.what}-removed", f"{title} is gone", write(old.type))
            return
        if new.name != old.name:
            message = f"{title} is called {new.name} now"
            verdict = breaking
            if self.made_up(old):
                verdict, message = compatible, f"{message}{REGENERATED}"
            yield verdict(f"{self.what}-renamed", message, old.name, new.name)
        yield from self.compared(old, new)

    def _order(self) -> Iterator[Change]:
        """Compare the order of the slots that are still there."""
        before = [old for old in self.old if old.name in self.pairs]
        places = {new.name: index for index, new in enumerate(self.new)}
        after = sorted(before, key=lambda old: places[self.pairs[old.name].name])
        if before == after:
            return
        was, now = ([o for o in order if o.by_position] for order in (before, after))
        verdict = compatible if was == now else breaking
        texts = [", ".join(old.name for old in order) for order in (before, after)]
        message = f"the {self.what}s have another order: {texts[1]}; it was {texts[0]}"
        yield verdict(f"{self.what}s-reordered", message, *texts)
