"""Which endpoints are an app's work, and which only keep its page in order.

Nothing in a description says so. What is known is what an endpoint takes and gives,
whether what it gives is a field that another endpoint takes again, and what runs it on
the page. The order of the app decides nothing: authors move things on a page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from gradio_runtime._components.registry import kind_of
from gradio_runtime._components.slots import visible
from gradio_runtime.description import Component, Config, Dependency, Trigger
from gradio_runtime.description.triggers import is_filler

#: What a user does to have something done; other events come by themselves, or on the
#: way. An endpoint that nothing runs is there for callers (`gr.api`).
_ACTS = ("click", "submit", "double_click", "stream", "stop_recording")
#: What a user clicks to fill in a form: the examples below it.
_SAMPLES = "dataset"
#: What a button says that starts the work of its app.
_VERBS = re.compile(
    r"\b(generate|submit|run|convert|create|predict|process|send|start|synthesi[sz]e"
    r"|transcribe|translate|infer)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]")
_NUMBERS = re.compile(r"(_\d+)+$")
#: A function that fills in a form at more places than these serves rows of fields.
_PLACES = 3
#: What outputs are, by how files stand in their values.
_PLAIN = {"bare": 0, "captioned": 0, "among": 1, "": 2}
#: Events that run one function where it is prominent: a button and a key.
_WAYS = 2
#: Inputs beyond which more of them say no more.
_MANY = 8

#: How far an endpoint is from the app's work: a user asks for it; it gives results as
#: values on the page change; the rest.
_ASKED, _LIVE, _UPKEEP = range(3)


@dataclass(frozen=True, slots=True, order=True)
class Rank:
    """How an endpoint compares with the others of its app: the lowest goes first.

    The fields count in their order; False is the better of each.

    Attributes:
        aside: It does not look like the app's work.
        partial: It takes nothing, or gives nothing.
        passive: No click and the like runs it.
        handed: It has no results, only values for fields that others take.
        plain: 0 if it gives a file, a picture, sound; 1 for a chat; else 2.
        silent: What runs it does not say "Generate", "Submit", "Run" or the like.
        unnamed: It has no name of its own, or is a later step of a chain.
        single: One kind of event runs its function: not a button and a key.
        takes: How many inputs it has, as a negative number; many are many.
        needs: How many of them have no default.
        name: Its api_name, with the numbers in it as numbers.
    """

    aside: bool
    partial: bool
    passive: bool
    handed: bool
    plain: int
    silent: bool
    unnamed: bool
    single: bool
    takes: int
    needs: int
    name: tuple[tuple[int, str], ...]


def ranks(
    config: Config, endpoints: Mapping[str, Dependency], needs: Mapping[str, int]
) -> dict[str, Rank]:
    """Return the rank of each endpoint, by its api_name.

    What looks like the app's work is what users ask for; in an app where they ask for
    nothing, what it does as they type; else all of it. An app may run one function by a
    button and by a key: both have the better rank.

    Args:
        config: The app.
        endpoints: Those of its dependencies that are compared, by their api_names.
        needs: How many inputs of each have no default.
    """
    page = _Page(config)
    levels = {name: page.level(item) for name, item in endpoints.items()}
    main = min(levels.values(), default=_UPKEEP)
    found = {
        name: page.rank(name, item, needs[name], aside=levels[name] > main)
        for name, item in endpoints.items()
    }
    alike: dict[object, list[str]] = {}
    for name in found:
        alike.setdefault(_same(name, endpoints[name]), []).append(name)

    def final(name: str) -> Rank:
        own = found[name]
        same = alike[_same(name, endpoints[name])]
        events = {trigger.event for n in same if (trigger := endpoints[n].trigger)}
        best = min(found[n] for n in same)
        single = len(events) < _WAYS
        return replace(best, aside=own.aside, single=single, name=own.name)

    return {name: final(name) for name in found}


def _same(name: str, item: Dependency) -> object:
    """Return what endpoints of one function have in common."""
    return _stem(name), tuple(item.inputs), tuple(item.outputs)


def _stem(name: str) -> str:
    """Return a name without the number that Gradio gives to a further use."""
    return _NUMBERS.sub("", name)


class _Page:
    """What endpoints are compared with: all of their app."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._taken = {id_ for item in config.dependencies for id_ in item.inputs}
        self._places = Counter(_stem(d.api_name or "") for d in config.dependencies)

    def rank(self, name: str, item: Dependency, needs: int, *, aside: bool) -> Rank:
        inputs = visible(self._config.slots(item.inputs))
        outputs = visible(self._config.slots(item.outputs))
        trigger = item.trigger
        return Rank(
            aside=aside,
            partial=not (inputs and outputs),
            passive=not _asked(trigger),
            handed=not (self._new(outputs) or _makes_files(inputs, outputs)),
            plain=min((_PLAIN[kind_of(s.type).files] for s in outputs), default=2),
            silent=trigger is None or _VERBS.search(trigger.text or "") is None,
            unnamed=_is_later(trigger) or is_filler(item.api_name or "_"),
            single=True,
            takes=-min(len(inputs), _MANY),
            needs=needs,
            name=tuple(_natural(name)),
        )

    def level(self, item: Dependency) -> int:
        """Return how far an endpoint is from the app's work.

        Its results are the outputs that no endpoint takes, and files that it makes of
        what it takes. Without one, it hands values from field to field.
        """
        inputs = visible(self._config.slots(item.inputs))
        outputs = visible(self._config.slots(item.outputs))
        new, made = self._new(outputs), _makes_files(inputs, outputs)
        if not _asked(item.trigger):
            read = any(map(_has_files, inputs)) and bool(new or made)
            if read or (inputs and any(map(_has_files, new))):
                return _ASKED  # a file is given, or wanted, by intent
            return _LIVE if inputs and new else _UPKEEP
        if new:
            work = bool(item.inputs) or not _is_later(item.trigger)
        elif outputs:
            work = made or (bool(inputs) and self._is_step(item))
        else:
            work = bool(inputs) and not item.outputs
        return _ASKED if work else _UPKEEP

    def _new(self, outputs: Sequence[Component]) -> list[Component]:
        """Return the outputs that no endpoint takes."""
        return [slot for slot in outputs if slot.id not in self._taken]

    def _is_step(self, item: Dependency) -> bool:
        """Return whether what fills in fields is a step of its own.

        It is not what an icon beside a field does, what only follows another step, or
        what the page has for many rows of fields.
        """
        name = item.api_name or ""
        text = None if item.trigger is None else item.trigger.text
        said = text is None or _WORD.search(text) is not None
        few = is_filler(name or "_") or self._places[_stem(name)] <= _PLACES
        return said and few and not _is_later(item.trigger)


def _makes_files(inputs: Sequence[Component], outputs: Sequence[Component]) -> bool:
    return bool(inputs) and any(map(_has_files, outputs))


def _has_files(slot: Component) -> bool:
    return bool(kind_of(slot.type).files)


def _asked(trigger: Trigger | None) -> bool:
    """Return whether a user asks for it; if nothing is known, that is so."""
    return trigger is None or (trigger.event in _ACTS and trigger.component != _SAMPLES)


def _is_later(trigger: Trigger | None) -> bool:
    """Return whether another endpoint runs before, in a chain."""
    return trigger is not None and trigger.after is not None


def _natural(name: str) -> Iterator[tuple[int, str]]:
    """Yield the parts of a name so that 2 goes before 10, and 02 is not 2."""
    for part in re.split(r"(\d+)", name):
        yield (int(part), "") if part.isdecimal() else (0, part)
    yield 0, name
