"""What runs an endpoint on the app's page, in the words that the page shows.

It names the endpoints that have no name of their own. And it tells them apart, as it
does those of one name: Gradio numbers them by their place in the app (`lambda_1`,
`predict_1`), so that one more before them moves them.
"""

from __future__ import annotations

import re
from collections import Counter
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

_NO_BRACKETS = str.maketrans("[]", "()")
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
    which = {
        id_: word
        for ids in alike.values()
        if len(ids) > 1
        for id_, word in _told_apart(config, [by_id[id_] for id_ in ids])
    }
    numbered = Counter(_place(item.api_name or "_")[0] for item in config.dependencies)
    return {
        id_: trigger.model_copy(
            update={
                "which": which.get(id_, trigger.which),
                "tells": trigger.tells or _says_little(by_id[id_], numbered),
            }
        )
        for id_, trigger in found.items()
    }


def _told_apart(config: Config, items: list[Dependency]) -> Iterator[tuple[int, str]]:
    """Tell the endpoints of a trigger apart: by what they set, or else in their order."""
    labels = [
        ", ".join(
            (slot and label_text(slot.props.get("label"))) or "_"
            for slot in config.slots(item.outputs)
        )[:_MARK].translate(_NO_BRACKETS)
        for item in items
    ]
    for place, (item, label) in enumerate(zip(items, labels, strict=True), 1):
        alone = labels.count(label) == 1
        yield item.id, label if alone else f"{place} of {len(items)}"


def _says_little(item: Dependency, numbered: Mapping[str, int]) -> bool:
    """Return whether an endpoint may have another's name once the app has one more."""
    name = item.api_name or "_"
    return is_filler(name) or numbered[_place(name)[0]] > 1


def _place(name: str) -> tuple[str, int]:
    """Return the name that Gradio has numbered, and its number."""
    stem, _, number = name.rpartition("_")
    return (stem, int(number)) if stem and number.isdecimal() else (name, 0)


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
    return escaped(f"{mark} [{trigger.which}]" if trigger.which else mark)


def moved(
    trigger: str, name: str, known: Mapping[str, str], now: Mapping[str, str]
) -> str | None:
    """Say why an endpoint may be another one than a module knows; None if it is not.

    Gradio numbers endpoints by their place. Where the trigger is gone, its button may
    have other words, if all others are where they were; or the endpoint is gone, and
    what has its name now must not be called.

    Args:
        trigger: The mark of what ran it.
        name: Its api_name with the slash, or `fn_<number>`.
        known: All that the module knows: names by marks.
        now: All that the app has.
    """
    here = next((mark for mark, place in now.items() if place == name), None)
    if not trigger or here == trigger:
        return None
    if trigger in now:
        return f"{trigger} runs {now[trigger]} now, and not {name}"
    stem, number = _place(name)
    family = {m: p for m, p in known.items() if _place(p)[0] == stem}
    stay = any(now.get(m) == p and _place(p)[1] > number for m, p in family.items())
    if (
        here in known
        or any(now.get(mark, place) != place for mark, place in family.items())
        or (here is not None and _like(here) == _like(trigger) and not stay)
    ):
        return f"{trigger} runs nothing now that is known, and {here} runs {name}"
    return None


def _like(mark: str) -> str:
    """Return a mark without what tells it from others of its trigger."""
    return mark.rpartition(" [")[0] if mark.endswith("]") else mark


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
