"""What has changed about the outputs of an endpoint.

A caller reads one output as it is. Several are an object: its fields are read by name,
and `astuple()` unpacks all of them in order.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..decide.types import write
from .changes import Change, Level, breaking, compatible
from .module_reader import Endpoint, Output
from .types import Fit, difference


def output_changes(
    old: Endpoint, new: Endpoint, fit: Fit, back: Fit
) -> Iterator[Change]:
    """Compare the outputs of an endpoint with what they were.

    Args:
        old: What it was.
        new: What it is.
        fit: Whether new values can be read as old ones.
        back: The other way around.
    """
    if (
        not old.outputs
        or not new.outputs
        or (len(old.outputs) > 1) != (len(new.outputs) > 1)
    ):
        yield from _number(old, new)
        return
    if len(old.outputs) == 1:
        yield from _output(old.api_name, old.outputs[0], new.outputs[0], fit, back)
        return
    yield from _several(old, new, fit, back)


def _number(old: Endpoint, new: Endpoint) -> Iterator[Change]:
    """From none, one and several to another of these."""
    if len(old.outputs) == len(new.outputs):
        return
    before, after = _summed(old), _summed(new)
    if not old.outputs:
        yield compatible(
            "output-added",
            old.api_name,
            f"returns {after}, returned nothing",
            None,
            after,
        )
        return
    kind = "output-added" if len(new.outputs) > len(old.outputs) else "output-removed"
    yield breaking(
        kind, old.api_name, f"returns {after}, returned {before}", before, after
    )


def _summed(endpoint: Endpoint) -> str:
    if not endpoint.outputs:
        return "None"
    parts = [
        f"{o.name}: {write(o.type)}" if o.name else write(o.type)
        for o in endpoint.outputs
    ]
    return ", ".join(parts)


def _several(old: Endpoint, new: Endpoint, fit: Fit, back: Fit) -> Iterator[Change]:
    pairs = _paired(old, new, fit, back)
    for item in old.outputs:
        now = pairs.get(item.name)
        if now is None:
            yield breaking(
                "output-removed",
                old.api_name,
                f"output {item.name} is gone",
                write(item.type),
                name=item.name,
            )
            continue
        if now.name != item.name:
            yield breaking(
                "output-renamed",
                old.api_name,
                f"output {item.name} is called {now.name} now",
                item.name,
                now.name,
                name=item.name,
            )
        yield from _output(old.api_name, item, now, fit, back)
    taken = {now.name for now in pairs.values()}
    for now in new.outputs:
        if now.name not in taken:
            yield breaking(
                "output-added",
                old.api_name,
                f"output {now.name} is new, so astuple() gives one more",
                None,
                write(now.type),
                name=now.name,
            )
    yield from _order(old, new, pairs)


def _paired(old: Endpoint, new: Endpoint, fit: Fit, back: Fit) -> dict[str, Output]:
    by_name = {now.name: now for now in new.outputs}
    pairs = {o.name: by_name[o.name] for o in old.outputs if o.name in by_name}
    for item, now in zip(old.outputs, new.outputs, strict=False):
        same = item.component == now.component and fit(now.type, item.type)
        if (
            item.name not in pairs
            and now.name not in pairs
            and same
            and back(item.type, now.type)
        ):
            pairs[item.name] = now
    return pairs


def _order(old: Endpoint, new: Endpoint, pairs: dict[str, Output]) -> Iterator[Change]:
    before = [item.name for item in old.outputs if item.name in pairs]
    places = {now.name: index for index, now in enumerate(new.outputs)}
    after = sorted(before, key=lambda name: places[pairs[name].name])
    if before != after:
        texts = ", ".join(before), ", ".join(after)
        yield breaking(
            "outputs-reordered",
            old.api_name,
            f"the outputs have another order: {texts[1]}; it was {texts[0]}",
            *texts,
        )


def _output(
    api_name: str, old: Output, new: Output, fit: Fit, back: Fit
) -> Iterator[Change]:
    """Compare one output."""
    what = f"output {old.name}" if old.name else "the output"
    fits = fit(new.type, old.type)
    if fits and back(old.type, new.type):
        if old.component and new.component and old.component != new.component:
            yield compatible(
                "component",
                api_name,
                f"{what} is a {new.component} now, was a {old.component}",
                old.component,
                new.component,
                name=old.name,
            )
        return
    texts = write(old.type), write(new.type)
    message = f"{what} is {texts[1]} now, was {texts[0]}"
    if texts[0] == texts[1]:
        reason = difference(fit, new.type, old.type) or difference(
            back, old.type, new.type
        )
        message = f"{what} is another {texts[1]}: {reason}"
    level: Level = "compatible" if fits else "breaking"
    yield Change("output-type", api_name, old.name, level, message, *texts)
