"""What has changed about the parameters of an endpoint.

A caller may give arguments by name or by position, may leave out those that have a
default, and may fill in the input model instead. What was right in one of these ways
and is not any more is breaking.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..decide.types import (
    UNCHANGED,
    Literals,
    Named,
    TypeExpr,
    mapped,
    walk,
    without,
    write,
)
from ..literals import LiteralValue, shown
from .changes import Change, breaking, compatible
from .module_reader import Parameter
from .slots import SlotChanges
from .types import Fit

#: The bounds: the kind of change, and what messages call them.
_BOUNDS = {
    "ge": ("bounds", "the least value"),
    "le": ("bounds", "the greatest value"),
    "max_length": ("bounds", "the most characters"),
    "multiple_of": ("step", "the step"),
}


class InputChanges(SlotChanges[Parameter]):
    """Compares the parameters of an endpoint with what they were.

    With `prose`, what the docstring says of them is compared as well.
    """

    what = "parameter"

    def __init__(
        self,
        old: Sequence[Parameter],
        new: Sequence[Parameter],
        fit: Fit,
        *,
        prose: bool,
    ) -> None:
        super().__init__(old, new, fit)
        self._prose = prose

    def alike(self, old: Parameter, new: Parameter) -> bool:
        """Return whether two parameters differ only in their names."""
        return (
            old.component == new.component
            and old.member.required == new.member.required
            and self.fit.both_ways(old.member.type, new.member.type)
        )

    def made_up(self, old: Parameter) -> bool:
        """Return whether it has the name that Gradio gives for want of one."""
        return re.fullmatch(r"param_\d+", old.name) is not None

    def compared(self, old: Parameter, new: Parameter) -> Iterator[Change]:
        """Compare a parameter with its successor."""
        found = list(self._differences(old, new))
        yield from found
        if self._prose and not found and old.doc != new.doc:
            # Help texts, and what no type can say: steps of 0.1, choices of floats.
            message = f"is described otherwise: {new.doc} It was: {old.doc}"
            message = f"{self.title(old)} {message}"
            yield compatible("documentation", message, old.doc, new.doc)

    def added(self, new: Parameter) -> Change:
        """Return the change that a new parameter is."""
        title, type_ = self.title(new), write(new.type)
        if (default := new.member.default) is None:
            message = f"{title} is new and must be given"
            return breaking("parameter-added", message, None, type_)
        message = f"{title} is new; its default is {_said(default)}"
        by_position = {
            self.pairs[old.name].name
            for old in self.old
            if old.by_position and old.name in self.pairs
        }
        later = self.new[self.new.index(new) :]
        pushed = [p.name for p in later if p.by_position and p.name in by_position]
        if not pushed:
            return compatible("parameter-added", message, None, type_)
        message += (
            f"; it stands before {pushed[0]}, so arguments given by position shift"
        )
        return breaking("parameter-added", message, None, type_)

    # --- One parameter

    def _differences(self, old: Parameter, new: Parameter) -> Iterator[Change]:
        title = self.title(old)
        typed = list(self._type(old, new))
        yield from typed
        yield from _bounds(title, old, new)
        yield from _default(title, old, new)
        if old.by_position and not new.by_position:
            message = f"{title} has to be given by name now"
            yield breaking("parameter-keyword-only", message)
        if new.by_position and not old.by_position:
            message = f"{title} can be given by position now"
            yield compatible("parameter-keyword-only", message)
        if not typed:
            yield from self.component(old, new)

    def _type(self, old: Parameter, new: Parameter) -> Iterator[Change]:
        # UNCHANGED and the None of a default that is made anew stand for defaults.
        before, after = (without(p.member.type, UNCHANGED) for p in (old, new))
        title, fits = self.title(old), self.fit(before, after)
        same = self.fit.both_ways(before, after)
        if (choices := _choices(before, after)) is not None:
            # Where others are taken too, the types are the same and the offer is not.
            yield from _changed_choices(title, *choices, fits=fits)
        if same:
            yield from self._stand_in(old, new)
        if same or choices is not None:
            return
        texts = write(before), write(after)
        message = f"{title} takes {texts[1]}, took {texts[0]}"
        if texts[0] == texts[1]:
            reason = self.fit.difference(before, after)
            message = f"{title} takes another {texts[1]}: {reason}"
        verdict = compatible if fits else breaking
        yield verdict("parameter-type", message, *texts)

    def _stand_in(self, old: Parameter, new: Parameter) -> Iterator[Change]:
        """Find out whether None, which stood for a default, is no longer taken."""
        before, after = (without(p.type, UNCHANGED) for p in (old, new))
        if not new.member.required and not self.fit(before, after):
            message = f"{self.title(old)} no longer takes None for its default"
            yield breaking("parameter-type", message, write(before), write(after))


# --- Bounds and defaults


def _bounds(title: str, old: Parameter, new: Parameter) -> Iterator[Change]:
    before, after = dict(old.member.constraints), dict(new.member.constraints)
    for bound, (kind, words) in _BOUNDS.items():
        was, now = before.get(bound), after.get(bound)
        if was == now:
            continue
        if was is None:
            how = f"is {now} now, and was open"
        elif now is None:
            how = f"was {was}, and is open now"
        else:
            how = f"is {now} now, was {was}"
        texts = (None if value is None else str(value) for value in (was, now))
        verdict = compatible if _looser(bound, was, now) else breaking
        yield verdict(kind, f"{title}: {words} {how}", *texts)


def _looser(bound: str, was: float | None, now: float | None) -> bool:
    """Return whether a bound lets through all that it did."""
    if was is None or now is None:
        return now is None
    match bound:
        case "ge":
            return now < was
        case "multiple_of":
            return now != 0 and was % now == 0
        case _:
            return now > was


def _default(title: str, old: Parameter, new: Parameter) -> Iterator[Change]:
    before, after = old.member.default, new.member.default
    if before == after:
        return
    if after is None:
        yield breaking("parameter-required", f"{title} must be given now", before)
    elif before is None:
        message = f"{title} may be left out now: {_said(after)}"
        yield compatible("parameter-optional", message, None, after)
    else:
        message = f"{title} has another default: {_said(after)}, was {_said(before)}"
        yield compatible("default", message, before, after)


def _said(default: str) -> str:
    return "the app's own" if default == "UNCHANGED" else default


# --- Choices


def _choices(before: TypeExpr, after: TypeExpr) -> tuple[Literals, Literals] | None:
    """Return the choices of two types that differ in nothing else."""
    old, new = (
        [part for part in walk(type_) if isinstance(part, Literals)]
        for type_ in (before, after)
    )
    if len(old) == len(new) == 1 and _bare(before) == _bare(after):
        return old[0], new[0]
    return None


def _bare(type_: TypeExpr) -> TypeExpr:
    """Return the type with a stand-in for its choices."""
    return mapped(type_, lambda t: Named("Literal") if isinstance(t, Literals) else t)


def _changed_choices(
    title: str, before: Literals, after: Literals, *, fits: bool
) -> Iterator[Change]:
    texts = write(before), write(after)
    if gone := _beyond(before.values, after.values):
        verdict = compatible if fits else breaking
        message = f"{title} no longer has {_listed(gone)}"
        yield verdict("choices-removed", message, *texts)
    if come := _beyond(after.values, before.values):
        message = f"{title} also has {_listed(come)}"
        yield compatible("choices-added", message, *texts)


def _listed(choices: Sequence[LiteralValue]) -> str:
    what = "the choices" if len(choices) > 1 else "the choice"
    return f"{what} {', '.join(map(shown, choices))}"


def _beyond(
    values: Sequence[LiteralValue], known: Sequence[LiteralValue]
) -> list[LiteralValue]:
    """Return those of the values that are not among the known ones; 1 is not True."""
    keys = {(type(value), value) for value in known}
    return [value for value in values if (type(value), value) not in keys]
