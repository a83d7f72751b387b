"""What runs an endpoint on the app's page, in the words that the page shows.

It names the endpoints that have no name of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from gradio_runtime.description import (
    Component,
    Config,
    Dependency,
    Trigger,
    label_text,
)

from ..limits import LABEL, NAME, cut

#: Components that show their value as their name.
_BUTTONS = ("button", "clearbutton", "duplicatebutton", "loginbutton", "logoutbutton")

#: The hidden button by which `gr.ChatInterface` offers its function.
_CHAT_API = "button", "Fake API"

#: What endpoints are called by Gradio and by decorators when nobody has named them, and
#: unnamed ones by us: `lambda`, `lambda_17`, `fn_63`, `_entry_6`.
_FILLER = re.compile(
    r"(?=.)_*(lambda|partial|js_fn|unnamed|fn|func|wrapper|wrapped|inner|(?<=_)entry)?"
    r"(_\d+)*_*"
)


def is_filler(api_name: str) -> bool:
    """Return whether an api_name (without its slash) says nothing of the endpoint."""
    return _FILLER.fullmatch(api_name) is not None


def trigger_of(
    item: Dependency, config: Config, by_id: Mapping[int, Dependency]
) -> Trigger | None:
    """Return what runs a dependency: the event that its chain starts with.

    Args:
        item: The dependency.
        config: Its app.
        by_id: The app's dependencies.
    """
    chain = list(_chain(item, by_id))
    trigger = chain[-1].trigger or _direct(config, chain[-1])
    if trigger is None:
        return None
    before = next((known for known in chain[1:] if known.callable), None)
    after = trigger.after if before is None else f"/{before.api_name or ''}"
    return Trigger(
        event=trigger.event[:NAME],
        component=trigger.component[:NAME],
        text=trigger.text and cut(" ".join(trigger.text.split()), LABEL),
        after=after and after[: NAME + 1],
    )


def _chain(item: Dependency, by_id: Mapping[int, Dependency]) -> Iterator[Dependency]:
    """Yield a dependency and those that it follows, to the first of the chain."""
    seen: set[int] = set()
    following: Dependency | None = item
    while following is not None and following.id not in seen:
        seen.add(following.id)
        yield following
        before = following.trigger_after
        following = None if before is None else by_id.get(before)


def _direct(config: Config, item: Dependency) -> Trigger | None:
    """Return the event of a component or of the page; one of a button goes first."""
    found: list[Trigger] = []
    for id_, event in item.targets:
        component = None if id_ is None else config.component_by_id.get(id_)
        if component is None and event in ("load", "unload"):  # of the page
            found.append(Trigger(event=event))
        elif component is not None:
            text = _text(component)
            if (component.type, text) == _CHAT_API:
                return Trigger(event="submit", component="chat")
            found.append(Trigger(event=event, component=component.type, text=text))
    return min(found, key=lambda item: item.component not in _BUTTONS, default=None)


def _text(component: Component) -> str | None:
    name = "value" if component.type in _BUTTONS else "label"
    return label_text(component.props.get(name)) or None
