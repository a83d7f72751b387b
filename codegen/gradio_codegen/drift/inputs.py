"""What has changed about the parameters of an endpoint.

A caller may give arguments by name or by position, may leave out those that have a
default, and may fill in the input model instead. What was right in one of these ways
and is not any more is breaking.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..decide.types import UNCHANGED, Literals, Named, TypeExpr, mapped, walk, write
from ..literals import LiteralValue, shown
from .changes import Change, Level
from .module_reader import Endpoint, Parameter
from .types import Fit, difference, without

#: The bounds, and whether a greater value of each lets more through.
_BOUNDS = {"ge": False, "le": True, "max_length": True}
_WORDS = {
    "ge": "the least value",
    "le": "the greatest value",
    "max_length": "the most characters",
}


class InputChanges:
    """Compares the parameters of an endpoint with what they were.

    With `prose`, what the docstring says of them is compared as well.
    """

    def __init__(
        self, old: Endpoint, new: Endpoint, fit: Fit, back: Fit, *, prose: bool = False
    ) -> None:
        self._endpoint = old.api_name
        self._old = old.parameters
        self._new = new.parameters
        self._fit = fit
        self._back = back
        self._prose = prose
        self._pairs = self._paired()

    def changes(self) -> Iterator[Change]:
        """All of them, in the order of the old parameters."""
        for old in self._old:
            new = self._pairs.get(old.name)
            if new is None:
                yield self._breaking(
                    "parameter-removed", old, "is gone", write(old.given)
                )
                continue
            if new.name != old.name:
                yield self._breaking(
                    "parameter-renamed",
                    old,
                    f"is called {new.name} now",
                    old.name,
                    new.name,
                )
            found = list(self._parameter(old, new))
            yield from found
            if self._prose and not found and old.doc != new.doc:
                # Help texts, and what no type can say: steps of 0.1, choices of floats.
                message = f"is described otherwise: {new.doc} It was: {old.doc}"
                yield self._compatible("documentation", old, message, old.doc, new.doc)
        taken = {new.name for new in self._pairs.values()}
        for new in self._new:
            if new.name not in taken:
                yield self._added(new)
        yield from self._order()

    def _change(
        self, kind: str, about: Parameter, level: Level, what: str, *texts: str | None
    ) -> Change:
        message = f"parameter {about.name} {what}"
        return Change(kind, self._endpoint, about.name, level, message, *texts)

    def _breaking(
        self, kind: str, about: Parameter, what: str, *texts: str | None
    ) -> Change:
        return self._change(kind, about, "breaking", what, *texts)

    def _compatible(
        self, kind: str, about: Parameter, what: str, *texts: str | None
    ) -> Change:
        return self._change(kind, about, "compatible", what, *texts)

    # --- Which is which

    def _paired(self) -> dict[str, Parameter]:
        """Each old parameter's successor: of the same name, or else in its place."""
        by_name = {new.name: new for new in self._new}
        pairs = {o.name: by_name[o.name] for o in self._old if o.name in by_name}
        for old, new in zip(self._old, self._new, strict=False):
            if (
                old.name not in pairs
                and new.name not in pairs
                and self._alike(old, new)
            ):
                pairs[old.name] = new
        return pairs

    def _alike(self, old: Parameter, new: Parameter) -> bool:
        return (
            old.component == new.component
            and old.member.required == new.member.required
            and self._fit(old.member.type, new.member.type)
            and self._back(new.member.type, old.member.type)
        )

    # --- One parameter

    def _parameter(self, old: Parameter, new: Parameter) -> Iterator[Change]:
        typed = list(self._type(old, new))
        yield from typed
        yield from self._bounds(old, new)
        yield from self._default(old, new)
        if old.keyword_only != new.keyword_only:
            level: Level = "breaking" if new.keyword_only else "compatible"
            how = (
                "has to be given by name now"
                if new.keyword_only
                else "can be given by position now"
            )
            yield self._change("parameter-keyword-only", old, level, how)
        if (
            not typed
            and old.component
            and new.component
            and old.component != new.component
        ):
            yield self._compatible(
                "component",
                old,
                f"is a {new.component} now, was a {old.component}",
                old.component,
                new.component,
            )

    def _type(self, old: Parameter, new: Parameter) -> Iterator[Change]:
        # UNCHANGED and the None of a default that is made anew stand for defaults.
        before, after = (without(p.member.type, UNCHANGED) for p in (old, new))
        fits = self._fit(before, after)
        same = fits and self._back(after, before)
        if (choices := _choices(before, after)) is not None:
            # Where others are taken too, the types are the same and the offer is not.
            yield from self._choices(old, *choices, fits=fits)
        if same:
            yield from self._stand_in(old, new)
        if same or choices is not None:
            return
        texts = write(before), write(after)
        message = f"takes {texts[1]}, took {texts[0]}"
        if texts[0] == texts[1]:
            reason = difference(self._fit, before, after)
            reason = reason or difference(self._back, after, before)
            message = f"takes another {texts[1]}: {reason}"
        level: Level = "compatible" if fits else "breaking"
        yield self._change("parameter-type", old, level, message, *texts)

    def _stand_in(self, old: Parameter, new: Parameter) -> Iterator[Change]:
        """None is no longer taken for a default, while there still is one."""
        before, after = (without(p.given, UNCHANGED) for p in (old, new))
        if new.member.required or self._fit(before, after):
            return
        yield self._breaking(
            "parameter-type",
            old,
            "no longer takes None for its default",
            write(before),
            write(after),
        )

    def _choices(
        self, old: Parameter, before: Literals, after: Literals, *, fits: bool
    ) -> Iterator[Change]:
        gone = _beyond(before.values, after.values)
        come = _beyond(after.values, before.values)
        texts = write(before), write(after)
        if gone:
            level: Level = "compatible" if fits else "breaking"
            message = f"no longer has {_listed('choice', gone)}"
            yield self._change("choices-removed", old, level, message, *texts)
        if come:
            message = f"also has {_listed('choice', come)}"
            yield self._compatible("choices-added", old, message, *texts)

    def _bounds(self, old: Parameter, new: Parameter) -> Iterator[Change]:
        before, after = dict(old.member.constraints), dict(new.member.constraints)
        for name, more in _BOUNDS.items():
            was, now = before.get(name), after.get(name)
            if was == now:
                continue
            looser = now is None or (was is not None and (now > was) == more)
            yield self._bound(old, "bounds", _WORDS[name], was, now, looser=looser)
        was, now = before.get("multiple_of"), after.get("multiple_of")
        if was != now:
            looser = now is None or (was is not None and now != 0 and was % now == 0)
            yield self._bound(old, "step", "the step", was, now, looser=looser)

    def _bound(
        self,
        old: Parameter,
        kind: str,
        what: str,
        was: int | float | None,
        now: int | float | None,
        *,
        looser: bool,
    ) -> Change:
        level: Level = "compatible" if looser else "breaking"
        if was is None:
            message = f"{what} is {now} now, and was open"
        elif now is None:
            message = f"{what} was {was}, and is open now"
        else:
            message = f"{what} is {now} now, was {was}"
        texts = (None if value is None else str(value) for value in (was, now))
        what_of = f"parameter {old.name}: {message}"
        return Change(kind, self._endpoint, old.name, level, what_of, *texts)

    def _default(self, old: Parameter, new: Parameter) -> Iterator[Change]:
        before, after = old.member.default, new.member.default
        if before == after:
            return
        if after is None:
            yield self._breaking("parameter-required", old, "must be given now", before)
        elif before is None:
            yield self._compatible(
                "parameter-optional",
                old,
                f"may be left out now: {_said(after)}",
                None,
                after,
            )
        else:
            yield self._compatible(
                "default",
                old,
                f"has another default: {_said(after)}, was {_said(before)}",
                before,
                after,
            )

    # --- All of them

    def _added(self, new: Parameter) -> Change:
        if new.member.required:
            return self._breaking(
                "parameter-added",
                new,
                "is new and must be given",
                None,
                write(new.given),
            )
        level: Level = "compatible"
        message = f"is new; its default is {_said(new.member.default or '')}"
        index = self._new.index(new)
        if pushed := [p.name for p in self._new[index:] if self._was_positional(p)]:
            level = "breaking"
            message += (
                f"; it stands before {pushed[0]}, so arguments given by position shift"
            )
        return self._change(
            "parameter-added", new, level, message, None, write(new.given)
        )

    def _was_positional(self, new: Parameter) -> bool:
        old = next((o for o in self._old if self._pairs.get(o.name) is new), None)
        return old is not None and not old.keyword_only and not new.keyword_only

    def _order(self) -> Iterator[Change]:
        """Whether the parameters that are still there have changed places."""
        before = [o for o in self._old if o.name in self._pairs]
        places = {new.name: index for index, new in enumerate(self._new)}
        after = sorted(before, key=lambda old: places[self._pairs[old.name].name])
        if before == after:
            return
        positional = [
            [o for o in order if not o.keyword_only] for order in (before, after)
        ]
        level: Level = "compatible" if positional[0] == positional[1] else "breaking"
        texts = [", ".join(o.name for o in order) for order in (before, after)]
        yield Change(
            "parameters-reordered",
            self._endpoint,
            "",
            level,
            f"the parameters have another order: {texts[1]}; it was {texts[0]}",
            *texts,
        )


def _said(default: str) -> str:
    return "the app's own" if default == "UNCHANGED" else default


def _listed(what: str, values: Sequence[LiteralValue]) -> str:
    return f"the {what}{'s' if len(values) > 1 else ''} {', '.join(map(shown, values))}"


def _beyond(
    values: Sequence[LiteralValue], known: Sequence[LiteralValue]
) -> list[LiteralValue]:
    """Those of the values that are not among the known ones; 1 is not True."""
    keys = {(type(value), value) for value in known}
    return [value for value in values if (type(value), value) not in keys]


def _choices(before: TypeExpr, after: TypeExpr) -> tuple[Literals, Literals] | None:
    """The choices of two types that differ in nothing else."""
    old, new = (
        [part for part in walk(type_) if isinstance(part, Literals)]
        for type_ in (before, after)
    )
    if len(old) == len(new) == 1 and _bare(before) == _bare(after):
        return old[0], new[0]
    return None


def _bare(type_: TypeExpr) -> TypeExpr:
    """The type with a stand-in for its choices."""
    return mapped(type_, lambda t: Named("Literal") if isinstance(t, Literals) else t)
