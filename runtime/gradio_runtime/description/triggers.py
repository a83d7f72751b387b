"""What runs an endpoint on the app's page, in the words that the page shows.

It names the endpoints that have no name of their own, and tells them apart: Gradio
numbers them by their place in the app, so that one more before them moves them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from .._models.texts import escaped
from .models import Component, Config, Dependency, Trigger, label_text

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

#: So much of a text tells a trigger from others.
_MARK = 40


def is_filler(api_name: str) -> bool:
    """Return whether an api_name (without its slash) says nothing of the endpoint."""
    return _FILLER.fullmatch(api_name) is not None


def triggers_of(config: Config) -> dict[int, Trigger]:
    """Return what runs each endpoint of an app, by id, as far as that is known."""
    by_id = {item.id: item for item in config.dependencies}
    found = {
        item.id: trigger
        for item in config.dependencies
        if item.callable and (trigger := _trigger(item, config, by_id))
    }
    alike: dict[str, list[int]] = {}
    for id_, trigger in found.items():
        alike.setdefault(mark_of(trigger), []).append(id_)
    for ids in alike.values():
        for place, id_ in enumerate(ids if len(ids) > 1 else (), 1):
            which = f"{place} of {len(ids)}"
            found[id_] = found[id_].model_copy(update={"which": which})
    return found


def mark_of(trigger: Trigger) -> str:
    """Return a trigger as generated modules know it: `button "Upper" (click)`.

    No two endpoints of an app have the same. The name of the endpoint before it, if
    there is one, counts where it says something.
    """
    text = f' "{trigger.text[:_MARK]}"' if trigger.text else ""
    component = trigger.component[:_MARK] or "page"
    mark = f"{component}{text} ({trigger.event[:_MARK]})"
    if trigger.after is not None:
        before = trigger.after.removeprefix("/")
        named = not is_filler(before or "_")
        mark += f", after /{before[:_MARK]}" if named else ", then"
    return escaped(f"{mark}, {trigger.which}" if trigger.which else mark)


def _trigger(
    item: Dependency, config: Config, by_id: Mapping[int, Dependency]
) -> Trigger | None:
    """Return the event that the chain of a dependency starts with."""
    chain = list(_chain(item, by_id))
    trigger = chain[-1].trigger or _direct(config, chain[-1])
    if trigger is None:
        return None
    before = next((known for known in chain[1:] if known.callable), None)
    after = trigger.after if before is None else f"/{before.api_name or ''}"
    text = trigger.text and " ".join(trigger.text.split())
    return trigger.model_copy(update={"text": text, "after": after})


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
