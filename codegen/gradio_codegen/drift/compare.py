"""The differences between two surfaces, from the point of view of callers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from gradio_runtime._components.drift import Signature, Slot, judge
from gradio_runtime.description.triggers import is_filler, moved

from ..decide.names import is_generic
from ..decide.types import (
    NONE,
    STR,
    UNCHANGED,
    UPDATE,
    Either,
    Generic,
    TypeExpr,
    without,
)
from ..errors import UsageError
from .changes import REGENERATED, Change, Diff, breaking, compatible
from .inputs import InputChanges
from .module_reader import Endpoint, Surface
from .outputs import output_changes
from .types import Fit

#: Endpoints with the same parameters and outputs, beyond which names say more.
_MOST_ALIKE = 20


def compare(old: Surface, new: Surface) -> Diff:
    """Find what has changed for callers.

    Args:
        old: The module that they were written for.
        new: The one that they get.

    Raises:
        UsageError: One of the modules is nested too deeply.
    """
    try:
        changes = list(_Comparison(old, new).changes())
    except RecursionError:
        raise UsageError(
            "a type is nested too deeply to be compared. Generate the module again"
        ) from None
    return Diff(old.state, new.state, tuple(_ordered(changes)))


def _ordered(changes: Sequence[Change]) -> list[Change]:
    """Sort by endpoint, those with breaking changes first; else the order is kept."""
    endpoints = list(dict.fromkeys(item.endpoint for item in changes))
    broken = {item.endpoint for item in changes if item.level == "breaking"}
    rank = {name: (name not in broken, i) for i, name in enumerate(endpoints)}
    return sorted(
        changes, key=lambda item: (*rank[item.endpoint], item.level != "breaking")
    )


def _triggers(surface: Surface) -> dict[str, str]:
    """Return the endpoints whose names say too little, by what runs them."""
    marks = {_trigger(item): name for name, item in surface.endpoints.items()}
    return {mark: name for mark, name in marks.items() if mark}


def _trigger(endpoint: Endpoint) -> str:
    return endpoint.shape.trigger if endpoint.shape else ""


class _Comparison:
    def __init__(self, old: Surface, new: Surface) -> None:
        self._old = old
        self._new = new
        # Another version of the generator may say the same in other words.
        self._prose = old.made_by == new.made_by
        self._given = Fit(old.classes, new.classes)
        self._read = Fit(new.classes, old.classes, reading=True)
        self._known, self._now = _triggers(old), new.triggers or _triggers(new)

    def changes(self) -> Iterator[Change]:
        """Yield all of them, in the old module's order."""
        old, new = self._old.endpoints, self._new.endpoints
        gone = [endpoint for name, endpoint in old.items() if name not in new]
        come = [endpoint for name, endpoint in new.items() if name not in old]
        renamed = self._renamed(gone, come)
        for api_name, endpoint in old.items():
            found: Iterable[Change]
            if api_name in renamed:
                found = [_rename(endpoint, renamed[api_name])]
            elif api_name in new:
                found = self._endpoint(endpoint, new[api_name])
            else:
                found = [self._removed(endpoint)]
            for change in found:
                yield replace(change, endpoint=api_name)
        taken = {endpoint.api_name for endpoint in renamed.values()}
        for endpoint in come:
            if endpoint.api_name not in taken:
                message = f"the endpoint is new: {endpoint.function}()"
                change = compatible("endpoint-added", message, None, endpoint.function)
                yield replace(change, endpoint=endpoint.api_name)
        yield from self._module({endpoint.api_name for endpoint in gone})

    # --- Endpoints

    def _renamed(
        self, gone: Sequence[Endpoint], come: Sequence[Endpoint]
    ) -> dict[str, Endpoint]:
        """Return the one new endpoint that is just like each one that is gone."""
        pairs: dict[str, Endpoint] = {}
        before, after = _grouped(gone), _grouped(come)
        for key in before.keys() & after.keys():
            if max(len(before[key]), len(after[key])) > _MOST_ALIKE:
                continue  # a guess, and work that grows with the square
            for old in before[key]:
                alike = [new for new in after[key] if self._same(old, new)]
                rivals = [o for o in before[key] if alike and self._same(o, alike[0])]
                if len(alike) == len(rivals) == 1:
                    pairs[old.api_name] = alike[0]
        return pairs

    def _same(self, old: Endpoint, new: Endpoint) -> bool:
        return not any(True for _ in self._parts(old, new))

    def _removed(self, endpoint: Endpoint) -> Change:
        why = self._new.left_out.get(endpoint.api_name)
        message = f"the endpoint is gone: {why}" if why else "the endpoint is gone"
        return breaking("endpoint-removed", message, endpoint.function)

    def _endpoint(self, old: Endpoint, new: Endpoint) -> Iterator[Change]:
        trigger, marks = _trigger(old), (self._known, self._now)
        if (problem := moved(trigger, old.api_name, *marks)) is not None:
            yield breaking("endpoint-moved", problem, trigger)
        elif old.function != new.function:
            message = f"the function {old.function} is called {new.function} now"
            verdict = breaking
            if _made_up(old):
                verdict, message = compatible, f"{message}{REGENERATED}"
            yield verdict("function-renamed", message, old.function, new.function)
        if old.stream != new.stream:
            verdict = compatible if new.stream else breaking
            how = "can be streamed now" if new.stream else "can no longer be streamed"
            texts = str(old.stream), str(new.stream)
            yield verdict("stream", f"the endpoint {how}", *texts)
        yield from self._parts(old, new)
        if new.event_data != old.event_data:
            words = "takes" if new.event_data else "takes no"
            texts = str(old.event_data), str(new.event_data)
            yield compatible(
                "event-data", f"the endpoint {words} event data now", *texts
            )

    def _parts(self, old: Endpoint, new: Endpoint) -> Iterator[Change]:
        inputs = InputChanges(
            old.parameters, new.parameters, self._given, prose=self._prose
        )
        outputs = output_changes(old.outputs, new.outputs, self._read)
        found = [*inputs.changes(), *outputs]
        yield from found
        if not any(item.level == "breaking" for item in found):
            yield from _refused(old, new)

    # --- The module

    def _module(self, gone: set[str]) -> Iterator[Change]:
        old, new = self._old, self._new
        if old.client != new.client:
            message = f"the client class {old.client} is called {new.client} now"
            texts = old.client, new.client
            yield breaking("client-renamed", message, *texts, name=old.client)
        kept = [item for key, item in old.endpoints.items() if key not in gone]
        used = {name for item in kept for name in item.names}
        firm = {name for item in kept if not _made_up(item) for name in item.names}
        for name in sorted((old.names & used) - new.names):
            message = f"{name} can no longer be imported"
            verdict = breaking
            if name not in firm or is_generic(name.lower()):
                verdict, message = compatible, f"{message}{REGENERATED}"
            yield verdict("name-removed", message, name, name=name)


def _made_up(endpoint: Endpoint) -> bool:
    """Return whether 0.1 named a function as no generator does any more."""
    return endpoint.function.startswith("_") or is_filler(endpoint.function)


def _rename(old: Endpoint, new: Endpoint) -> Change:
    message = f"the endpoint is called {new.api_name} now"
    if old.function == new.function:
        return compatible("endpoint-renamed", message, old.api_name, new.api_name)
    message += (
        f", its function {new.function}; --rename={new.api_name}={old.function} "
        "keeps the function's name"
    )
    return breaking("endpoint-renamed", message, old.api_name, new.api_name)


def _refused(old: Endpoint, new: Endpoint) -> Iterator[Change]:
    """Yield what only the runtime says against the calls of the old module."""
    if old.shape is None or new.shape is None:
        return
    known, now = (
        Signature.of(shape, [item.name for item in endpoint.parameters])
        for shape, endpoint in ((old.shape, old), (new.shape, new))
    )
    types = [item.type for item in new.outputs]
    now = Signature(
        [
            replace(
                _refined(slot, item.member.type), has_value=not item.member.required
            )
            for slot, item in zip(now.inputs, new.parameters, strict=False)
        ],
        [_refined(*pair) for pair in zip(now.outputs, types, strict=False)],
    )
    if (problem := judge(known, now).problem) is not None:
        message = f"the module as it is is refused: {problem}"
        yield breaking("call", message)


def _refined(slot: Slot, type_: TypeExpr) -> Slot:
    """Return the slot with what only the module's types say."""
    if slot.kind.takes not in ("FileInput", "choice"):
        return slot
    match without(type_, NONE, UNCHANGED, UPDATE):
        case Generic(_, (item,)):
            return replace(slot, several=True, open=_open(item))
        case item:
            return replace(slot, open=_open(item))


def _open(choice: TypeExpr) -> bool:
    """Return whether other texts are taken besides the choices."""
    return isinstance(choice, Either) and STR in choice.members


def _grouped(endpoints: Sequence[Endpoint]) -> dict[object, list[Endpoint]]:
    """Group endpoints by what must agree for one to be another's successor."""
    groups: dict[object, list[Endpoint]] = {}
    for item in endpoints:
        key = (
            tuple((p.name, p.component) for p in item.parameters),
            tuple((o.name, o.component) for o in item.outputs),
            item.stream,
        )
        if item.parameters:  # two that take nothing may have nothing in common
            groups.setdefault(key, []).append(item)
    return groups
