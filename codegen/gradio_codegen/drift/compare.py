"""The differences between two surfaces, from the point of view of callers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from gradio_runtime._components.drift import Signature, Slot, judge
from gradio_runtime._models.texts import printable

from ..decide.types import NONE, STR, UNCHANGED, Either, Generic, TypeExpr
from ..errors import UsageError
from .changes import Change, Diff, Level, breaking, compatible
from .inputs import InputChanges
from .module_reader import Endpoint, Surface
from .outputs import output_changes
from .types import Fit, without

_LONGEST = 400
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
        changes = [_printable(item) for item in _Comparison(old, new).changes()]
    except RecursionError:
        raise UsageError(
            "a type is nested too deeply to be compared. Generate the module again"
        ) from None
    return Diff(old.state, new.state, tuple(_ordered(changes)))


def _printable(change: Change) -> Change:
    """The same with what strangers' apps say on one line."""

    def line(text: str | None) -> str | None:
        return None if text is None else printable(text, _LONGEST)

    return replace(
        change,
        message=line(change.message) or "",
        before=line(change.before),
        after=line(change.after),
    )


def _ordered(changes: Sequence[Change]) -> list[Change]:
    """By endpoint, those with breaking changes first; the order is kept otherwise."""
    endpoints = list(dict.fromkeys(item.endpoint for item in changes))
    broken = {item.endpoint for item in changes if item.level == "breaking"}
    rank = {name: (name not in broken, i) for i, name in enumerate(endpoints)}
    return sorted(
        changes, key=lambda item: (*rank[item.endpoint], item.level != "breaking")
    )


class _Comparison:
    def __init__(self, old: Surface, new: Surface) -> None:
        self._old = old
        self._new = new
        # Another version of the generator may say the same in other words.
        self._prose = old.made_by == new.made_by
        self._given = Fit(old.classes, new.classes)
        self._given_back = Fit(new.classes, old.classes)
        self._read = Fit(new.classes, old.classes, reading=True)
        self._read_back = Fit(old.classes, new.classes, reading=True)

    def changes(self) -> Iterator[Change]:
        """All of them, in the old module's order."""
        gone = [
            e
            for name, e in self._old.endpoints.items()
            if name not in self._new.endpoints
        ]
        come = [
            e
            for name, e in self._new.endpoints.items()
            if name not in self._old.endpoints
        ]
        renamed = self._renamed(gone, come)
        for api_name, endpoint in self._old.endpoints.items():
            if api_name in renamed:
                yield self._rename(endpoint, renamed[api_name])
            elif api_name in self._new.endpoints:
                yield from self._endpoint(endpoint, self._new.endpoints[api_name])
            else:
                yield self._removed(endpoint)
        taken = {endpoint.api_name for endpoint in renamed.values()}
        for endpoint in come:
            if endpoint.api_name not in taken:
                yield compatible(
                    "endpoint-added",
                    endpoint.api_name,
                    f"the endpoint is new: {endpoint.function}()",
                    None,
                    endpoint.function,
                )
        yield from self._module({endpoint.api_name for endpoint in gone})

    # --- Endpoints

    def _renamed(
        self, gone: Sequence[Endpoint], come: Sequence[Endpoint]
    ) -> dict[str, Endpoint]:
        """Endpoints that are gone, and the one new one that is just like each."""
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

    def _rename(self, old: Endpoint, new: Endpoint) -> Change:
        level: Level = "breaking" if old.function != new.function else "compatible"
        message = f"the endpoint is called {new.api_name} now"
        if level == "breaking":
            message += (
                f", its function {new.function}; --rename={new.api_name}={old.function} "
                "keeps the function's name"
            )
        return Change(
            "endpoint-renamed",
            old.api_name,
            "",
            level,
            message,
            old.api_name,
            new.api_name,
        )

    def _removed(self, endpoint: Endpoint) -> Change:
        why = self._new.left_out.get(endpoint.api_name)
        return breaking(
            "endpoint-removed",
            endpoint.api_name,
            "the endpoint is gone" + (f": {why}" if why else ""),
            endpoint.function,
        )

    def _endpoint(self, old: Endpoint, new: Endpoint) -> Iterator[Change]:
        if old.function != new.function:
            yield breaking(
                "function-renamed",
                old.api_name,
                f"the function {old.function} is called {new.function} now",
                old.function,
                new.function,
            )
        if old.stream != new.stream:
            yield _stream(old, new)
        yield from self._parts(old, new)
        if new.event_data != old.event_data:
            words = "takes" if new.event_data else "takes no"
            yield compatible(
                "event-data",
                old.api_name,
                f"the endpoint {words} event data now",
                str(old.event_data),
                str(new.event_data),
            )

    def _parts(self, old: Endpoint, new: Endpoint) -> Iterator[Change]:
        inputs = InputChanges(
            old, new, self._given, self._given_back, prose=self._prose
        )
        found = [
            *inputs.changes(),
            *output_changes(old, new, self._read, self._read_back),
        ]
        yield from found
        if not any(item.level == "breaking" for item in found):
            yield from _refused(old, new)

    # --- The module

    def _module(self, gone: set[str]) -> Iterator[Change]:
        old, new = self._old, self._new
        if old.client != new.client:
            yield breaking(
                "client-renamed",
                "",
                f"the client class {old.client} is called {new.client} now",
                old.client,
                new.client,
                name=old.client,
            )
        used = {
            name
            for endpoint in old.endpoints.values()
            if endpoint.api_name not in gone
            for name in endpoint.names
        }
        for name in sorted((old.names & used) - new.names):
            yield breaking(
                "name-removed", "", f"{name} can no longer be imported", name, name=name
            )


def _refused(old: Endpoint, new: Endpoint) -> Iterator[Change]:
    """What makes the runtime refuse the calls of the old module, and nothing else."""
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
        yield breaking("call", old.api_name, message)


def _refined(slot: Slot, type_: TypeExpr) -> Slot:
    """The slot with what only the module's types say."""
    if slot.kind.takes not in ("FileInput", "choice"):
        return slot
    match without(type_, NONE, UNCHANGED):
        case Generic(_, (item,)):
            return replace(slot, several=True, open=_open(item))
        case item:
            return replace(slot, open=_open(item))


def _open(choice: TypeExpr) -> bool:
    """Whether other texts are taken besides the choices."""
    return isinstance(choice, Either) and STR in choice.members


def _grouped(endpoints: Sequence[Endpoint]) -> dict[object, list[Endpoint]]:
    """Endpoints by what must agree for one to be another's successor."""
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


def _stream(old: Endpoint, new: Endpoint) -> Change:
    if new.stream:
        return compatible(
            "stream", old.api_name, "the endpoint can be streamed now", "False", "True"
        )
    return breaking(
        "stream",
        old.api_name,
        "the endpoint can no longer be streamed",
        "True",
        "False",
    )
