"""Decide whether an endpoint as it is now still takes the calls of one as it was.

The one rule of `gradio-codegen check`, `diff` and `sync`, and of a module's first call.
It goes by what both know: component types and labels, in wire order. There is no I/O.

Compatible, so that calls go on as before:

- labels are reworded, but stand in the order they stood in;
- an input is another component that takes what the old one took, or an output one that
  gives what the old one gave;
- an input is new, has a value of its own, and it is clear which one it is: the app gets
  that value;
- there were no outputs and now there are;
- a function yields several results now, or no longer does: a call gives the last one
  either way, and a stream gives those there are.

Breaking: inputs or outputs that have changed places, a new input without a value, one
that is gone, a component that takes less or gives more, and another number of outputs.

What neither components nor labels show is not judged here: that two inputs of one type
have changed places where they have no labels, that a parameter has another name or
other choices, or that a dropdown takes several of them now. `gradio-codegen check` has
all of `/info` and sees that as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, repeat
from typing import TypeAlias

from ..description import Component, Config, ParameterInfo
from ..description.signature import Shape
from .files import in_a_list
from .kind import Kind, fits
from .registry import VALUES, kind_of
from .slots import endpoint_shape, slots_shape, visible

#: So many parameters are listed in a message.
_LISTED = 12


@dataclass(frozen=True)
class Slot:
    """An input or output, as far as the rule needs it.

    Attributes:
        type: The component's type.
        label: What tells it from others of its type, if anything does.
        name: Its name in messages.
        has_value: Whether the app has a value for an input that is left out.
        several: Whether it takes or gives a list of what it else would.
        open: Of choices, whether other texts are taken as well.
    """

    type: str
    label: str | None
    name: str
    has_value: bool = False
    several: bool = False
    open: bool = False

    def __str__(self) -> str:
        return f"{self.name}: {self.type}"

    @property
    def kind(self) -> Kind:
        """The record of its component, with the types of its values."""
        kind = kind_of(self.type)
        if not kind.takes:
            return replace(kind, takes=self.type, gives=self.type)
        return replace(kind, takes="choice | str") if self.open else kind


@dataclass(frozen=True)
class Signature:
    """The visible inputs and outputs of an endpoint, in wire order."""

    inputs: Sequence[Slot]
    outputs: Sequence[Slot]

    @classmethod
    def of(cls, shape: Shape, names: Sequence[str | None] = ()) -> Signature:
        """Return what a module was generated for: its shape, and names of parameters."""
        taken, _, given = shape.types.partition("->")
        return cls(
            _described(taken, shape.labels, names, "parameter"),
            _described(given, shape.output_labels, (), "output"),
        )

    def __str__(self) -> str:
        def listed(slots: list[str]) -> str:
            more = f", and {len(slots) - _LISTED} more" if slots[_LISTED:] else ""
            return f"{', '.join(slots[:_LISTED])}{more}"

        taken = listed([str(slot) for slot in self.inputs])
        given = listed([slot.type for slot in self.outputs])
        return repr(f"({taken}) -> {given}".strip())


@dataclass(frozen=True)
class Judgement:
    """What has become of an endpoint, and how to call it now.

    Attributes:
        problem: What breaks a call; None if nothing does.
        parameter: The first parameter or output that it breaks at.
        inputs: For each visible input of the live app, which of the caller's values
            goes there; None for the app's own value. Where a call would break they go
            by position: nothing is guessed.
        outputs: How many of the live app's visible outputs the caller gets; None for
            all.
        sent: For people, what goes where in spite of the problem.
    """

    problem: str | None
    parameter: str | None
    inputs: tuple[int | None, ...]
    outputs: int | None
    sent: str


#: What is wrong, and the parameter or output where it is.
_Problem: TypeAlias = tuple[str, str]


def judge(old: Signature, new: Signature) -> Judgement:
    """Decide whether an endpoint still takes the calls that it took."""
    places = _placed(old.inputs, new.inputs)
    problem, where = (
        _input_problem(old.inputs, new.inputs, places)
        or _output_problem(old.outputs, new.outputs)
        or (None, None)
    )
    if places is None:
        places = range(min(len(old.inputs), len(new.inputs)))
    sources: list[int | None] = [None] * len(new.inputs)
    for index, place in enumerate(places):
        sources[place] = index
    return Judgement(
        problem=f"{problem}; it was {old}, and is {new}" if problem else None,
        parameter=where,
        inputs=tuple(sources),
        outputs=len(old.outputs) if len(old.outputs) < len(new.outputs) else None,
        sent=_sent(sources, old.inputs, new.inputs),
    )


def renamed(known: Shape, config: Config) -> str | None:
    """Return the one endpoint that looks like the one that is gone, with its slash."""
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


def live_signature(
    inputs: Iterable[Component | None],
    outputs: Iterable[Component | None],
    infos: Sequence[ParameterInfo] = (),
    changing: Collection[int] = (),
) -> Signature:
    """Return the signature of a live endpoint, by all its slots.

    If `/info` has been read, `infos` are its parameters: their names are for messages,
    and a function's own `None` is a value for a parameter that is left out. So is None
    for a file beside other inputs. The choices of the components `changing` are the
    app's to decide.
    """
    taken, given = visible(inputs), visible(outputs)
    if len(infos) != len(taken):
        infos = [ParameterInfo()] * len(taken)
    found = Signature.of(slots_shape(taken, given), [item.name for item in infos])
    return Signature(
        [
            _with_value(
                _refined(slot, component, changing), component, info, len(taken)
            )
            for slot, component, info in zip(found.inputs, taken, infos, strict=True)
        ],
        [_refined(*pair) for pair in zip(found.outputs, given, strict=True)],
    )


def _with_value(
    slot: Slot, component: Component, info: ParameterInfo, count: int
) -> Slot:
    value = VALUES.get(slot.kind.takes)
    may_be_none = value is not None and value.left_out and count > 1
    has_value = info.has_default or component.props.get("value") is not None
    return replace(slot, has_value=has_value or may_be_none)


def _refined(slot: Slot, component: Component, changing: Collection[int] = ()) -> Slot:
    """Return the slot with what only the component's properties and events say."""
    props = component.props
    if slot.kind.takes == "FileInput":
        return replace(slot, several=in_a_list(props))
    if slot.kind.takes != "choice" or slot.kind.several:
        return slot
    return replace(
        slot,
        several=props.get("multiselect") is True,
        open=bool(props.get("allow_custom_value"))
        or not props.get("choices")
        or component.app_sets
        or component.id in changing,
    )


def _described(
    types: str, labels: Sequence[str | None], names: Sequence[str | None], what: str
) -> list[Slot]:
    parts = [part.strip() for part in types.split(", ")] if types.strip() else []
    if len(labels) != len(parts):
        labels = [None] * len(parts)
    return [
        Slot(
            type=type_,
            label=label,
            name=name or label or f"{what} {index}",
            several=kind_of(type_).several,
        )
        for index, (type_, label, name) in enumerate(
            zip(parts, labels, chain(names, repeat(None)), strict=False), 1
        )
    ]


# --- Which is which


def _same(old: Slot, new: Slot) -> bool:
    return old.type == new.type


def _takes(old: Slot, new: Slot) -> bool:
    """Return whether an input takes what another took."""
    return _same(old, new) or _serves(old, old.kind.takes, new, new.kind.takes)


def _namesake(old: Slot, new: Slot) -> bool:
    return old.name == new.name and _takes(old, new)


def _gives(old: Slot, new: Slot) -> bool:
    """Return whether an output gives what another gave."""
    return _same(old, new) or _serves(new, new.kind.gives, old, old.kind.gives)


def _serves(giver: Slot, given: str, taker: Slot, wanted: str) -> bool:
    alike = giver.several == taker.several or wanted == "Any"
    return alike and fits(given, wanted)


_Alike = Callable[[Slot, Slot], bool]


def _anchors(known: Sequence[Slot], live: Sequence[Slot]) -> list[str]:
    """Return the labels that each side has once, in the order of the known side."""
    here, there = (Counter(slot.label for slot in side) for side in (known, live))
    return [
        slot.label
        for slot in known
        if slot.label is not None and here[slot.label] == there[slot.label] == 1
    ]


def _alike(known: Sequence[Slot], live: Sequence[Slot], serves: _Alike) -> _Alike:
    """Return what decides whether two slots may be the same one."""
    anchors = frozenset(_anchors(known, live))

    def alike(old: Slot, new: Slot) -> bool:
        return serves(old, new) and (
            old.label == new.label
            or (old.label not in anchors and new.label not in anchors)
        )

    return alike


def _placed(known: Sequence[Slot], live: Sequence[Slot]) -> Sequence[int] | None:
    """Return where the known inputs are among the live ones, or None if unclear."""
    for serves in (_same, _takes, _namesake):
        if (places := _only_places(known, live, serves)) is not None:
            return places
    return None


def _only_places(
    known: Sequence[Slot], live: Sequence[Slot], serves: _Alike
) -> Sequence[int] | None:
    """Return where the known slots are among the live ones, if there is one way only.

    They keep their order. There is one way only if the first places where they fit are
    the last ones as well.
    """
    alike = _alike(known, live, serves)
    first = _places(known, live, alike)
    last = _places(known[::-1], live[::-1], alike)
    if first is None or last is None:
        return None
    turned = [len(live) - 1 - place for place in reversed(last)]
    return first if first == turned else None


def _places(
    few: Sequence[Slot], many: Sequence[Slot], alike: _Alike
) -> list[int] | None:
    """Return the first places, in order, where each of `few` fits among `many`."""
    places: list[int] = []
    rest = iter(enumerate(many))
    for slot in few:
        place = next((index for index, item in rest if alike(slot, item)), None)
        if place is None:
            return None
        places.append(place)
    return places


# --- What is wrong


def _input_problem(
    known: Sequence[Slot], live: Sequence[Slot], places: Collection[int] | None
) -> _Problem | None:
    if places is not None:
        for index, slot in enumerate(live):
            if index not in places and not slot.has_value:
                what = f"the new parameter {slot.name!r}"
                text = f"{what} has no value that the app would use"
                return text, f"parameter {slot.name!r}"
        return None
    if (moved := _moved(known, live)) is not None:
        text = f"its parameters have changed places, {moved.name!r} first"
        return text, f"parameter {moved.name!r}"
    if len(live) < len(known):
        gone = _gone(known, live)
        if gone is None:
            text = f"it takes {len(live)} parameters instead of {len(known)}"
            return text, "the parameters"
        return f"its parameter {gone.name!r} is gone", f"parameter {gone.name!r}"
    alike = _alike(known, live, _takes)
    if len(live) > len(known) and _places(known, live, alike) is not None:
        return "nothing tells which of its parameters is new", "a parameter"
    for old, new in zip(known, live, strict=False):
        if not alike(old, new):
            text = _replaced("parameter", old, new, _takes)
            return text, f"parameter {old.name!r}"
    return "its parameters are others", "the parameters"


def _output_problem(known: Sequence[Slot], live: Sequence[Slot]) -> _Problem | None:
    if not known:
        return None  # nobody reads any
    if len(known) != len(live):
        text = f"it has {len(live)} outputs instead of {len(known)}"
        return text, "the outputs"
    if (moved := _moved(known, live)) is not None:
        text = f"its outputs have changed places, {moved.name!r} first"
        return text, "the outputs"
    alike = _alike(known, live, _gives)
    for index, (old, new) in enumerate(zip(known, live, strict=True)):
        if not alike(old, new):
            text = _replaced("output", old, new, _gives)
            return text, "the outputs" if index else "the output"
    return None


def _moved(known: Sequence[Slot], live: Sequence[Slot]) -> Slot | None:
    """Return the first slot that another one has passed, by their labels."""
    before = _anchors(known, live)
    now = _anchors(live, known)
    for old, new in zip(before, now, strict=True):
        if old != new:
            return next(slot for slot in known if slot.label == old)
    return None


def _gone(known: Sequence[Slot], live: Sequence[Slot]) -> Slot | None:
    kept = _only_places(live, known, lambda new, old: _takes(old, new))
    if kept is None:
        return None
    return next(slot for index, slot in enumerate(known) if index not in kept)


def _replaced(what: str, old: Slot, new: Slot, serves: _Alike) -> str:
    if serves(old, new):
        return f"{what} {old.name!r} has made way for {new.name!r}"
    several = " of several" if new.several != new.kind.several else ""
    return f"{what} {old.name!r} was a {old.type!r} and is a {new.type!r}{several}"


# --- For people


def _sent(
    sources: Sequence[int | None], known: Sequence[Slot], live: Sequence[Slot]
) -> str:
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
