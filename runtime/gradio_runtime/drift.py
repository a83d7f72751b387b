"""Whether an app that has changed still takes the calls of a generated module.

Judged by what `/config` says of an endpoint and by what the module was generated with:
component types and labels, in wire order. Nothing is read or sent here.

Compatible, so that calls go on as before:

- labels are reworded, but stand in the order they stood in;
- a component is another of the same kind, such as a slider for a number;
- an input is new, has a value of its own, and it is clear which one it is: the app gets
  that value;
- a function yields several results now, or does no longer: a call gives the last one
  either way, and a stream gives those there are.

Breaking: inputs or outputs that have changed places, a new input without a value, one
that is gone, another kind of component, and any output more or less.

What `/config` does not show cannot be judged: that two inputs of one type have changed
places where they have no labels, that a parameter has another name or other choices, or
that a dropdown takes several of them now. `gradio-codegen check` reads `/info` as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from .description import Component, Config, endpoint_shape, slots_shape, visible
from .shape import Shape

__all__ = ["Judgement", "judge", "renamed"]

#: Types of components whose values are alike as JSON, in both directions.
_KINDS = {
    "number": "number",
    "slider": "number",
    "code": "text",
    "html": "text",
    "markdown": "text",
    "textbox": "text",
    "checkboxgroup": "choices",
    "dropdown": "choice",
    "radio": "choice",
}
#: So many parameters are listed in a message.
_LISTED = 12


@dataclass(frozen=True)
class Judgement:
    """What has become of an endpoint, and how to call it now.

    Attributes:
        problem: What breaks a call; None if nothing does.
        parameter: The first parameter or output that it breaks at.
        inputs: For each visible input of the live app, which of the caller's values
            goes there; None for the app's own value.
        outputs: Which of the live app's visible outputs the caller's are; None for all
            as they come.
        sent: For people, what goes where in spite of the problem.
    """

    problem: str | None
    parameter: str | None
    inputs: tuple[int | None, ...]
    outputs: tuple[int, ...] | None
    sent: str


@dataclass(frozen=True)
class _Slot:
    type: str
    kind: str
    label: str | None
    name: str
    has_value: bool = True

    def __str__(self) -> str:
        return f"{self.name}: {self.type}"


@dataclass(frozen=True)
class _Problem:
    text: str
    place: str


def judge(
    known: Shape,
    names: Sequence[str],
    inputs: Iterable[Component | None],
    outputs: Iterable[Component | None],
    live_names: Sequence[str | None] = (),
) -> Judgement:
    """Compare what a module was generated for with the live endpoint.

    Args:
        known: What the module was generated for.
        names: The module's parameters, in wire order.
        inputs: The live endpoint's slots, hidden ones included.
        outputs: The same.
        live_names: The live parameters, if `/info` has been read; for the message.
    """
    known_in, known_out = _known(known, names)
    live_in, live_out = _live(inputs, outputs, live_names)
    alike = _alike(known_in, live_in)
    places = _only_places(known_in, live_in, alike)
    problem = (
        _without_value(places, live_in)
        if places is not None
        else _input_problem(known_in, live_in, alike)
    )
    problem = problem or _output_problem(known_out, live_out)
    if places is None:
        places = _best_places(known_in, live_in, alike)
    sources: list[int | None] = [None] * len(live_in)
    for index, place in enumerate(places):
        if place is not None:
            sources[place] = index
    text = None
    if problem is not None:
        before, now = _signature(known_in, known_out), _signature(live_in, live_out)
        text = f"{problem.text}; it was {before}, and is {now}"
    return Judgement(
        problem=text,
        parameter=problem.place if problem else None,
        inputs=tuple(sources),
        outputs=_picked(known_out, live_out),
        sent=_sent(sources, known_in, live_in),
    )


def renamed(known: Shape, config: Config) -> str | None:
    """The one endpoint that looks like the one that is gone, with its slash."""
    names = [
        f"/{dependency.api_name}"
        for dependency in config.dependencies
        if dependency.api_name is not None
        and dependency.callable
        and known.labels
        and endpoint_shape(config, dependency) == known
    ]
    return names[0] if len(names) == 1 else None


# --- What is compared


def _known(
    shape: Shape, names: Sequence[str | None]
) -> tuple[list[_Slot], list[_Slot]]:
    inputs, _, outputs = shape.types.partition("->")
    return (
        _described(_split(inputs), shape.labels, names, "parameter"),
        _described(_split(outputs), shape.output_labels, (), "output"),
    )


def _split(types: str) -> list[str]:
    return [part.strip() for part in types.split(", ")] if types.strip() else []


def _described(
    types: list[str],
    labels: Sequence[str | None],
    names: Sequence[str | None],
    what: str,
) -> list[_Slot]:
    if len(labels) != len(types):
        labels = [None] * len(types)
    names = [*names, *[None] * len(types)]
    return [
        _Slot(
            type=type_,
            kind=_KINDS.get(type_, type_),
            label=label,
            name=name or label or f"{what} {index}",
        )
        for index, (type_, label, name) in enumerate(
            zip(types, labels, names, strict=False), 1
        )
    ]


def _live(
    inputs: Iterable[Component | None],
    outputs: Iterable[Component | None],
    names: Sequence[str | None],
) -> tuple[list[_Slot], list[_Slot]]:
    taken, given = visible(inputs), visible(outputs)
    shape = slots_shape(taken, given)
    known_names = names if len(names) == len(taken) else ()
    return (
        _of_components(taken, shape.labels, known_names, "parameter"),
        _of_components(given, shape.output_labels, (), "output"),
    )


def _of_components(
    slots: list[Component],
    labels: Sequence[str | None],
    names: Sequence[str | None],
    what: str,
) -> list[_Slot]:
    described = _described([slot.type for slot in slots], labels, names, what)
    return [
        replace(
            item,
            kind="choices" if _takes_several(slot) else item.kind,
            has_value=slot.props.get("value") is not None,
        )
        for item, slot in zip(described, slots, strict=True)
    ]


def _takes_several(slot: Component) -> bool:
    return slot.type == "dropdown" and slot.props.get("multiselect") is True


# --- Which is which


_Alike = Callable[[_Slot, _Slot], bool]


def _anchors(known: list[_Slot], live: list[_Slot]) -> list[str]:
    """Labels that each side has once, in the order of the known side."""
    here, there = (Counter(slot.label for slot in side) for side in (known, live))
    return [
        slot.label
        for slot in known
        if slot.label is not None and here[slot.label] == there[slot.label] == 1
    ]


def _alike(known: list[_Slot], live: list[_Slot]) -> _Alike:
    """Tells whether two slots may be the same one."""
    anchors = frozenset(_anchors(known, live))

    def alike(old: _Slot, new: _Slot) -> bool:
        return (old.type == new.type or old.kind == new.kind) and (
            old.label == new.label
            or (old.label not in anchors and new.label not in anchors)
        )

    return alike


def _only_places(
    known: list[_Slot], live: list[_Slot], alike: _Alike
) -> list[int | None] | None:
    """Where the known slots are among the live ones, if there is one way only.

    They keep their order. The first places they fit in and the last ones are the same
    just if there is no other way.
    """
    first = _places(known, live, alike)
    last = _places(known[::-1], live[::-1], alike)
    if first is None or last is None:
        return None
    turned = [len(live) - 1 - place for place in reversed(last)]
    return list(first) if first == turned else None


def _places(few: list[_Slot], many: list[_Slot], alike: _Alike) -> list[int] | None:
    """The first places, in order, where each of `few` fits among `many`."""
    places: list[int] = []
    rest = iter(enumerate(many))
    for slot in few:
        place = next((index for index, item in rest if alike(slot, item)), None)
        if place is None:
            return None
        places.append(place)
    return places


def _turned(alike: _Alike) -> _Alike:
    return lambda new, old: alike(old, new)


def _best_places(
    known: list[_Slot], live: list[_Slot], alike: _Alike
) -> list[int | None]:
    """Where the known slots most likely are; None for one that has no place."""
    if len(known) < len(live) and (places := _places(known, live, alike)) is not None:
        return list(places)
    found: list[int | None] = [None] * len(known)
    if len(live) < len(known) and (kept := _places(live, known, _turned(alike))):
        for place, index in enumerate(kept):
            found[index] = place
        return found
    anchors = frozenset(_anchors(known, live))
    by_label = {slot.label: index for index, slot in enumerate(live)}
    free = [index for index, slot in enumerate(live) if slot.label not in anchors]
    others = iter(free)
    for index, slot in enumerate(known):
        anchored = slot.label in anchors
        found[index] = by_label[slot.label] if anchored else next(others, None)
    return found


def _picked(known: list[_Slot], live: list[_Slot]) -> tuple[int, ...] | None:
    places = _best_places(known, live, _alike(known, live))
    picked = tuple(place for place in places if place is not None)
    as_they_come = tuple(range(len(live)))
    # One that is gone cannot be made up: reading the result says so.
    return None if len(picked) < len(known) or picked == as_they_come else picked


# --- What is wrong


def _without_value(places: list[int | None], live: list[_Slot]) -> _Problem | None:
    for index, slot in enumerate(live):
        if index not in places and not slot.has_value:
            return _Problem(
                f"the new parameter {slot.name!r} has no value that the app would use",
                f"parameter {slot.name!r}",
            )
    return None


def _input_problem(known: list[_Slot], live: list[_Slot], alike: _Alike) -> _Problem:
    if (moved := _moved(known, live)) is not None:
        return _Problem(
            f"its parameters have changed places, {moved.name!r} first",
            f"parameter {moved.name!r}",
        )
    if len(live) < len(known):
        gone = _gone(known, live, alike)
        if gone is None:
            text = f"it takes {len(live)} parameters instead of {len(known)}"
            return _Problem(text, "the parameters")
        return _Problem(
            f"its parameter {gone.name!r} is gone", f"parameter {gone.name!r}"
        )
    if len(live) > len(known) and _places(known, live, alike) is not None:
        return _Problem("nothing tells which of its parameters is new", "a parameter")
    for old, new in zip(known, live, strict=False):
        if not alike(old, new):
            return _Problem(_replaced("parameter", old, new), f"parameter {old.name!r}")
    return _Problem("its parameters are others", "the parameters")


def _output_problem(known: list[_Slot], live: list[_Slot]) -> _Problem | None:
    if len(known) != len(live):
        text = f"it has {len(live)} outputs instead of {len(known)}"
        return _Problem(text, "the outputs")
    if (moved := _moved(known, live)) is not None:
        return _Problem(
            f"its outputs have changed places, {moved.name!r} first", "the outputs"
        )
    alike = _alike(known, live)
    for index, (old, new) in enumerate(zip(known, live, strict=True)):
        if not alike(old, new):
            text = _replaced("output", old, new)
            return _Problem(text, "the outputs" if index else "the output")
    return None


def _moved(known: list[_Slot], live: list[_Slot]) -> _Slot | None:
    """The first slot that another one has passed, by their labels."""
    before = _anchors(known, live)
    now = _anchors(live, known)
    for old, new in zip(before, now, strict=True):
        if old != new:
            return next(slot for slot in known if slot.label == old)
    return None


def _gone(known: list[_Slot], live: list[_Slot], alike: _Alike) -> _Slot | None:
    kept = _only_places(live, known, _turned(alike))
    if kept is None:
        return None
    return next(slot for index, slot in enumerate(known) if index not in kept)


def _replaced(what: str, old: _Slot, new: _Slot) -> str:
    if old.type == new.type or old.kind == new.kind:
        return f"{what} {old.name!r} has made way for {new.name!r}"
    # A dropdown that takes several is another kind than one that does not.
    several = " of several" if new.kind == "choices" != new.type else ""
    return f"{what} {old.name!r} was a {old.type!r} and is a {new.type!r}{several}"


# --- For people


def _signature(inputs: list[_Slot], outputs: list[_Slot]) -> str:
    def listed(slots: Iterable[str], number: int) -> str:
        more = f", and {number - _LISTED} more" if number > _LISTED else ""
        return f"{', '.join([*slots][:_LISTED])}{more}"

    taken = listed(map(str, inputs), len(inputs))
    given = listed((slot.type for slot in outputs), len(outputs))
    return repr(f"({taken}) -> {given}".strip())


def _sent(sources: Sequence[int | None], known: list[_Slot], live: list[_Slot]) -> str:
    parts = [
        f"{known[source].name!r} for {slot.name!r}"
        if source is not None
        else f"the app's own value for {slot.name!r}"
        for source, slot in zip(sources, live, strict=True)
    ]
    left = [repr(slot.name) for i, slot in enumerate(known) if i not in sources]
    text = f"sent is {', '.join(parts[:_LISTED])}" if parts else "no value is sent"
    if len(parts) > _LISTED:
        text = f"{text}, and so on"
    return f"{text}; not sent is {', '.join(left[:_LISTED])}" if left else text
