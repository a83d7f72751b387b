"""What `Client.view_api` shows: an app's endpoints as text for people to read.

The layout is the one that people know from the official client: a line that can be
copied into a call, then each parameter and each output with its component and type.
"""

from __future__ import annotations

import re
from typing import Any

from .._models.texts import brief, printable
from ..description import EndpointInfo, Info, ParameterInfo, label_text
from ..description.json_values import is_array, is_object

#: What `/info` says of an endpoint that is no part of its API: whether it is listed,
#: and examples in other languages.
_ABOUT_THE_PAGE = ("api_visibility", "code_snippets", "show_api")
#: Longest default, name, label or type that is shown, in characters.
_LONGEST = 200


def parameter_name(index: int, parameter: ParameterInfo) -> str:
    """The keyword of a parameter; its label where it has no name (before 4.23)."""
    return parameter.name or parameter.label or f"param_{index}"


def public_info(raw: dict[str, Any]) -> dict[str, Any]:
    """The app's `/info` with its parameters and outputs, the same for every version."""
    info = dict(raw)
    for group in ("named_endpoints", "unnamed_endpoints"):
        endpoints = raw.get(group)
        info[group] = {
            name: _without_page(endpoint)
            for name, endpoint in (endpoints.items() if is_object(endpoints) else ())
        }
    return info


def _without_page(endpoint: Any) -> Any:
    if not is_object(endpoint):
        return endpoint
    return {k: v for k, v in endpoint.items() if k not in _ABOUT_THE_PAGE}


def usage_text(raw: dict[str, Any], *, all_endpoints: bool | None = None) -> str:
    """The endpoints of an app as text.

    Args:
        raw: The app's `/info`.
        all_endpoints: Whether to show those without a name, which Gradio 3 has; None
            for when there are no others.
    """
    info = Info.model_validate(raw)
    named, unnamed = info.named_endpoints, info.unnamed_endpoints
    types = _python_types(raw)
    title = "Client.predict() Usage Info"
    lines = [title, "-" * len(title), f"Named API endpoints: {len(named)}"]
    for name, endpoint in named.items():
        lines += _endpoint(f'api_name="{_line(name)}"', endpoint, types[name])
    if all_endpoints or (all_endpoints is None and not named):
        lines += ["", f"Unnamed API endpoints: {len(unnamed)}"]
        for index, endpoint in unnamed.items():
            lines += _endpoint(f"fn_index={_line(index)}", endpoint, types[index])
    elif unnamed:
        lines += [
            "",
            f"Unnamed API endpoints: {len(unnamed)} (all_endpoints=True shows them)",
        ]
    return "\n".join(lines) + "\n"


def _endpoint(
    address: str, endpoint: EndpointInfo, types: tuple[list[str], list[str]]
) -> list[str]:
    """The lines of one endpoint."""
    names = [_word(parameter_name(i, p)) for i, p in enumerate(endpoint.parameters)]
    outputs = [_word(item.label or item.component) for item in endpoint.returns]
    result = ", ".join(outputs)
    if len(outputs) > 1:
        result = f"({result})"
    lines = ["", f" - predict({', '.join([*names, address])}) -> {result}".rstrip()]
    if endpoint.oauth_token is not None:
        lines.append(
            "    Acts in your name, with the oauth_token of the client "
            f"({_line(endpoint.oauth_token)})."
        )
    lines.append("    Parameters:")
    for name, parameter, type_ in zip(
        names, endpoint.parameters, types[0], strict=True
    ):
        lines.append(
            f"     - [{_line(parameter.component)}] {name}: {type_} "
            f"{_default(parameter)}"
        )
    if not names:
        lines.append("     - None")
    lines.append("    Returns:")
    for name, item, type_ in zip(outputs, endpoint.returns, types[1], strict=True):
        lines.append(f"     - [{_line(item.component)}] {name}: {type_}")
    if not outputs:
        lines.append("     - None")
    return lines


def _default(parameter: ParameterInfo) -> str:
    if not parameter.has_default:
        return "(required)"
    default = parameter.default
    if is_object(default) and isinstance(default.get("url"), str):
        shown = f"handle_file({brief(default['url'], _LONGEST)})"
    else:
        shown = brief(default, _LONGEST)
    return f"(not required, defaults to: {shown})"


def _python_types(raw: dict[str, Any]) -> dict[str, tuple[list[str], list[str]]]:
    """The types of each endpoint's parameters and outputs, in the app's own words."""
    types: dict[str, tuple[list[str], list[str]]] = {}
    for group in ("named_endpoints", "unnamed_endpoints"):
        endpoints = raw.get(group)
        for name, endpoint in endpoints.items() if is_object(endpoints) else ():
            types[name] = (
                [_python_type(slot) for slot in _slots(endpoint, "parameters")],
                [_python_type(slot) for slot in _slots(endpoint, "returns")],
            )
    return types


def _slots(endpoint: Any, key: str) -> list[Any]:
    slots = endpoint.get(key) if is_object(endpoint) else None
    return slots if is_array(slots) else []


def _python_type(slot: Any) -> str:
    given = slot.get("python_type") if is_object(slot) else None
    if not is_object(given):
        return "Any"
    type_ = _line(label_text(given.get("type")) or "Any")
    description = _line(label_text(given.get("description")) or "")
    return f"{type_} ({description})" if description else type_


def _word(text: str) -> str:
    """A name as one word: a label may be any text."""
    text = _line(text)
    if text.isidentifier():
        return text
    return re.sub(r"\W+", "_", text).strip("_").lower() or "value"


def _line(text: str) -> str:
    return printable(text, _LONGEST)
