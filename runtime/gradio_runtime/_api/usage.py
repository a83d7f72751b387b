"""What `Client.view_api` shows: an app's endpoints as text for people to read.

The layout is the one that people know from the official client: a line that can be
copied into a call, then each parameter and each output with its component and type.
"""

from __future__ import annotations

import re
from typing import Any

from .._models.texts import brief, printable
from ..description import EndpointInfo, Info, ParameterInfo, label_text
from ..description.json_values import is_object

#: Fields of an endpoint in `/info` that are not about its API: whether it is listed, and
#: examples in other languages.
_ABOUT_THE_PAGE = ("api_visibility", "code_snippets", "show_api")
#: Longest default, name, label or type that is shown, in characters.
_LONGEST = 200


def parameter_name(index: int, parameter: ParameterInfo) -> str:
    """Return a parameter's keyword: its label if it has no name (before 4.23)."""
    return parameter.name or parameter.label or f"param_{index}"


def public_info(raw: dict[str, Any]) -> dict[str, Any]:
    """Return the app's `/info`, which has been checked, the same for every version."""
    info = dict(raw)
    for group in ("named_endpoints", "unnamed_endpoints"):
        info[group] = {
            name: {k: v for k, v in endpoint.items() if k not in _ABOUT_THE_PAGE}
            for name, endpoint in raw.get(group, {}).items()
        }
    return info


def usage_text(raw: dict[str, Any], *, all_endpoints: bool | None = None) -> str:
    """Return an app's `/info` as text; `all_endpoints` is that of `Client.view_api`."""
    info = Info.model_validate(raw)
    named, unnamed = info.named_endpoints, info.unnamed_endpoints
    title = "Client.predict() Usage Info"
    lines = [title, "-" * len(title), f"Named API endpoints: {len(named)}"]
    for name, endpoint in named.items():
        described = raw["named_endpoints"][name]
        lines += _endpoint(f'api_name="{_line(name)}"', endpoint, described)
    if all_endpoints or (all_endpoints is None and not named):
        lines += ["", f"Unnamed API endpoints: {len(unnamed)}"]
        for index, endpoint in unnamed.items():
            described = raw["unnamed_endpoints"][index]
            lines += _endpoint(f"fn_index={_line(index)}", endpoint, described)
    elif unnamed:
        lines += [
            "",
            f"Unnamed API endpoints: {len(unnamed)} (all_endpoints=True shows them)",
        ]
    return "\n".join(lines) + "\n"


def _endpoint(address: str, endpoint: EndpointInfo, raw: dict[str, Any]) -> list[str]:
    """Return the lines of one endpoint; only `raw` has the app's words for the types."""
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
    parameters = [
        f"{_slot(name, parameter.component, slot)} {_default(parameter)}"
        for name, parameter, slot in zip(
            names, endpoint.parameters, raw.get("parameters", ()), strict=True
        )
    ]
    returns = [
        _slot(name, item.component, slot)
        for name, item, slot in zip(
            outputs, endpoint.returns, raw.get("returns", ()), strict=True
        )
    ]
    lines += ["    Parameters:", *(parameters or ["     - None"])]
    return [*lines, "    Returns:", *(returns or ["     - None"])]


def _slot(name: str, component: str, raw: dict[str, Any]) -> str:
    return f"     - [{_line(component)}] {name}: {_python_type(raw)}"


def _default(parameter: ParameterInfo) -> str:
    if not parameter.has_default:
        return "(required)"
    default = parameter.default
    if is_object(default) and isinstance(default.get("url"), str):
        shown = f"handle_file({brief(default['url'], _LONGEST)})"
    else:
        shown = brief(default, _LONGEST)
    return f"(not required, defaults to: {shown})"


def _python_type(slot: dict[str, Any]) -> str:
    given = slot.get("python_type")
    if not is_object(given):
        return "Any"
    type_ = _line(label_text(given.get("type")) or "Any")
    description = _line(label_text(given.get("description")) or "")
    return f"{type_} ({description})" if description else type_


def _word(text: str) -> str:
    """Return a name as one word: a label may be any text."""
    text = _line(text)
    if text.isidentifier():
        return text
    return re.sub(r"\W+", "_", text).strip("_").lower() or "value"


def _line(text: str) -> str:
    return printable(text, _LONGEST)
