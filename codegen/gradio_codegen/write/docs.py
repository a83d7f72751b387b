"""What docstrings say, as plain text; `literals.docstring` makes them safe."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gradio_runtime._components.registry import VALUES, kind_of

from ..decide.fresh_values import without_nulls
from ..decide.ir import Default, Endpoint, Module, Param
from ..decide.types import (
    FILE_INPUT,
    AliasOf,
    Either,
    Generic,
    Named,
    Number,
    TypeExpr,
    walk,
    write,
)
from ..literals import shown

_WIDTH = 84
_SEPARATORS = re.compile(r"[\W_]+")
_LONGEST_DEFAULT = 60
_LONGEST_EXAMPLE = 30
_LONGEST_TEXT = 60
#: A class that more endpoints share names so many of them.
_MOST_NAMED = 3


#: The client class's.
CLIENT_DOC = (
    "The same endpoints on a connection of your own: token, headers, another address."
)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def model_doc(endpoints: Sequence[Endpoint], what: str) -> str:
    """Describe the model of the `Inputs` or `Outputs` of endpoints."""
    named = [f"`{_one_line(item.api_name)}`" for item in endpoints[:_MOST_NAMED]]
    if more := len(endpoints) - len(named):
        named.append(f"{more} more")
    return (
        f"{what} of {' and '.join(filter(None, [', '.join(named[:-1]), named[-1]]))}."
    )


def endpoint_summary(endpoint: Endpoint) -> str:
    """Return the first line of an endpoint's docstring."""
    lines = (endpoint.description or "").strip().splitlines()
    if lines:
        return _one_line(lines[0])
    return _triggered(endpoint) or f"Call `{_one_line(endpoint.api_name)}`."


def endpoint_doc(endpoint: Endpoint) -> str:
    """Describe an endpoint: the app's own words, then parameters and outputs."""
    lines = [endpoint_summary(endpoint)]
    rest = (endpoint.description or "").strip().splitlines()[1:]
    if text := textwrap.dedent("\n".join(line.rstrip() for line in rest)).strip("\n"):
        lines += ["", *text.splitlines()] if rest[0].strip() else ["", text]
    if endpoint.description and (trigger := _triggered(endpoint)):
        lines += ["", trigger]
    if endpoint.event_data:
        lines += ["", *_EVENT_DATA]
    if endpoint.params:
        lines += ["", "Args:", *_items(map(_param, endpoint.params))]
    if endpoint.outputs:
        lines += ["", "Yields:" if endpoint.generator else "Returns:"]
        lines += _items(_outputs(endpoint))
    return "\n".join(lines)


#: What has happened to a component, by the event.
_EVENTS: Mapping[str, str] = {
    "click": "is clicked",
    "change": "changes",
    "input": "is edited",
    "select": "is selected",
    "submit": "is submitted",
    "upload": "gets a file",
    "clear": "is cleared",
    "release": "is released",
    "blur": "loses the focus",
    "focus": "gets the focus",
    "tick": "ticks",
}


def _triggered(endpoint: Endpoint) -> str | None:
    """Say what runs an endpoint on the app's page: its reader knows the page."""
    if (trigger := endpoint.trigger) is None:
        return None
    event, text = _one_line(trigger.event), _one_line(trigger.text or "")
    what = f"the {_one_line(trigger.component)}" if trigger.component else "the page"
    if text:
        what += f" “{text[:_LONGEST_TEXT]}{'…' if len(text) > _LONGEST_TEXT else ''}”"
    happens = _EVENTS.get(event, f"has the event `{event[:_LONGEST_TEXT]}`")
    if not trigger.component and event in ("load", "unload"):
        happens = f"is {'opened' if event == 'load' else 'closed'}"
    after = _one_line(trigger.after or "").removeprefix("/")
    last = f", after `/{after}`" if after else ""
    return f"Runs when {what} {happens}{last}."


_EVENT_DATA = (
    "The app's function also takes what was selected or clicked. Give it by",
    "`with_options(event_data=...)`, as the app's page would, such as",
    '{"index": 0, "value": "a", "selected": True}.',
)


def _items(items: Iterable[str]) -> Iterator[str]:
    for item in items:
        yield from textwrap.wrap(
            item,
            _WIDTH,
            initial_indent=" " * 4,
            subsequent_indent=" " * 8,
            break_long_words=False,
            break_on_hyphens=False,
        )


def component_name(kind: str) -> str:
    """Return a component's type as people write it."""
    return kind_of(kind).title or kind[:1].upper() + kind[1:]


def _titled(label: str | None, kind: str, of: str = "") -> str:
    """Return `Label (Component).`, without what is clear from the name `of` the field."""
    if kind_of(kind).of_function:
        return ""  # there is no component, and the label is a number
    name, component = _one_line(label or ""), component_name(kind)
    same = _SEPARATORS.sub("", name).casefold() == _SEPARATORS.sub("", of).casefold()
    if same or name.casefold() in ("", component.casefold()):
        return f"{component}."
    return f"{name} ({component})."


def _param(param: Param) -> str:
    titled = _titled(param.label, param.component, param.name)
    words = [titled or f"{write(param.type)}.", *param.notes]
    if FILE_INPUT in walk(param.type):  # some agents' frameworks tell models this alone
        words.insert(1, "A file: its path or URL.")
    if param.default is not None:
        words.append(_default(param.type, param.default))
    return _one_line(f"{param.name}: {' '.join(word for word in words if word)}")


def _default(type_: TypeExpr, default: Default) -> str:
    if default.kind == "live":
        words = f" ({default.value})" if default.value else ""
        return f"Default: the app's own at the time of the call{words}."
    if default.value == "":
        return "Default: empty text."
    text = shown(without_nulls(type_, default.value))
    if len(text) > _LONGEST_DEFAULT:
        text = f"{text[:_LONGEST_DEFAULT]}…"
    return f"Default: {text}."


def _outputs(endpoint: Endpoint) -> Iterator[str]:
    for slot in endpoint.outputs:
        of = slot.name if endpoint.output_model else ""
        text = _titled(slot.label, slot.component, of) or f"{write(slot.type)}."
        yield f"{of}: {text}" if of else text


# --- The module's


def module_doc(module: Module) -> str:
    """Describe the module, with an example of its use."""
    head = f"Typed client for `{_one_line(module.source)}` (Gradio {module.version})."
    if not module.endpoints:
        return head
    shown, streaming = _examples(module)
    names = dict.fromkeys(e.function for e in (shown, streaming) if e is not None)
    lines = [head, "", f"    from {module.package} import {', '.join(names)}", ""]
    call = _arguments(shown)
    lines += [
        f"    {_assigned(shown)}{shown.function}({call})  # wait for the result",
        f"    job = {shown.function}.submit({call})  # or go on, and job.result() later",
        f"    {_assigned(shown)}await {shown.function}.aio({call})  # or in async code",
    ]
    if streaming is not None:
        lines += [
            "",
            f"    for output in {streaming.function}.stream({_arguments(streaming)}):",
            "        ...  # each output as it comes",
        ]
    lines += [
        "",
        f"`{module.client}(...)` has the same endpoints on a connection of its own.",
    ]
    return "\n".join(lines)


def _examples(module: Module) -> tuple[Endpoint, Endpoint | None]:
    """Return the endpoint of the best rank, and the best that streams, if it is as good."""
    best, *others = module.ranked
    if best.generator:
        return best, best
    good = (best.rank.aside, best.rank.partial)
    streams = (item for item in others if item.generator)
    as_good = (i for i in streams if (i.rank.aside, i.rank.partial) <= good)
    return best, next(as_good, None)


def _assigned(endpoint: Endpoint) -> str:
    return "result = " if endpoint.outputs else ""


def _arguments(endpoint: Endpoint) -> str:
    """Return arguments for the parameters that must be given."""
    keywords_from = endpoint.keyword_only_from
    words: list[str] = []
    for index, param in enumerate(endpoint.params):
        if param.default is not None:
            continue
        value = _example(param.type, param)
        value = value if len(value) <= _LONGEST_EXAMPLE else "..."
        by_name = keywords_from is not None and index >= keywords_from
        words.append(f"{param.name}={value}" if by_name else value)
    return ", ".join(words)


_EXAMPLES: Mapping[str, str] = {
    "str": '"Hello"',
    "bool": "True",
    **{v.name: v.example for v in VALUES.values() if v.example.startswith('"')},
}


def _example(type_: TypeExpr, param: Param) -> str:
    match type_:
        case Number() | Named("int"):
            bounds = dict(param.constraints)
            return shown(bounds.get("ge", bounds.get("le", 1)))
        case Named(name) if param.example and (name == "str" or name in VALUES):
            return param.example
        case Named(name):
            return _EXAMPLES.get(name, "...")
        case AliasOf(_, target):
            return shown(target.values[0])
        case Generic("list" | "Several", (item,)):
            inner = _example(item, param)
            return "[...]" if inner == "..." else f"[{inner}]"
        case Either(members):
            return _example(members[0], param)
        case _:
            return "..."
