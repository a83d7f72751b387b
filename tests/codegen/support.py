"""Descriptions of apps, made by hand."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from gradio_codegen.api import GeneratedModule, generate_from
from gradio_codegen.descriptions.spec import AppSpec
from gradio_codegen.options import BuildOptions

REQUIRED: Any = object()

SCHEMAS: Mapping[str, Any] = {
    "checkbox": {"type": "boolean"},
    "checkboxgroup": {"type": "array", "items": {"type": "string", "enum": []}},
    "json": {"type": {}, "description": "any valid json"},
    "number": {"type": "number"},
    "slider": {"type": "number"},
    "textbox": {"type": "string"},
    "dropdown": {"type": "string", "enum": []},
    "radio": {"type": "string", "enum": []},
}


@dataclass
class Slot:
    """An input or output, and what `/config` and `/info` say of it."""

    type: str
    name: str | None = None
    label: str | None = None
    default: Any = REQUIRED
    schema: Any = None
    props: dict[str, Any] = field(default_factory=dict[str, Any])
    id: int = 0

    @property
    def hidden(self) -> bool:
        return self.type in ("state", "column")


def endpoint(
    name: str | None,
    inputs: Sequence[Slot] = (),
    outputs: Sequence[Slot] = (),
    **extra: Any,
) -> dict[str, Any]:
    return {"name": name, "inputs": inputs, "outputs": outputs, **extra}


def describe(
    *endpoints: Mapping[str, Any],
    version: str = "6.31.0",
    page: Sequence[Mapping[str, Any]] = (),
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The `/config` and `/info` of an app with these endpoints, as Gradio has them."""
    components: list[dict[str, Any]] = [{"id": 1, "type": "button", "props": {}}]
    components += [{"id": 2 + i, **item} for i, item in enumerate(page)]
    dependencies: list[dict[str, Any]] = []
    named: dict[str, Any] = {}
    placed: set[int] = set()
    for index, item in enumerate(endpoints):
        ids: dict[str, list[int]] = {"inputs": [], "outputs": []}
        for side in ids:
            for slot in item[side]:
                if id(slot) not in placed:
                    placed.add(id(slot))
                    slot.id = len(components) + 10
                    components.append(
                        {
                            "id": slot.id,
                            "type": slot.type,
                            "props": slot.props,
                            "skip_api": slot.hidden,
                        }
                    )
                ids[side].append(slot.id)
        dependencies.append(
            {
                "id": index,
                "api_name": item["name"],
                **ids,
                "backend_fn": item.get("backend_fn", True),
                "types": {"generator": item.get("generator", False)},
                "api_visibility": item.get("visibility", "public"),
                "targets": item.get("targets", []),
                "trigger_after": item.get("after"),
            }
        )
        named[f"/{item['name']}"] = {
            "description": item.get("description", ""),
            "parameters": [_parameter(s) for s in item["inputs"] if not s.hidden],
            "returns": [_return(s) for s in item["outputs"] if not s.hidden],
        }
    config = {
        "version": version,
        "protocol": "sse_v3",
        "components": components,
        "dependencies": dependencies,
        "theme": "default",
        "css": "body {}",
    }
    return config, {"named_endpoints": named, "unnamed_endpoints": {}}


def _schema(slot: Slot) -> Any:
    return SCHEMAS.get(slot.type, {}) if slot.schema is None else slot.schema


def _parameter(slot: Slot) -> dict[str, Any]:
    has_default = slot.default is not REQUIRED
    return {
        "label": f"parameter_{slot.id}" if slot.label is None else slot.label,
        "parameter_name": slot.name or f"param_{slot.id}",
        "parameter_has_default": has_default,
        "parameter_default": slot.default if has_default else None,
        "type": _schema(slot),
        "component": slot.type.capitalize(),
        "example_input": "x",
    }


def _return(slot: Slot) -> dict[str, Any]:
    return {
        "label": f"value_{slot.id}" if slot.label is None else slot.label,
        "type": _schema(slot),
        "component": slot.type.capitalize(),
    }


def spec_of(*endpoints: Mapping[str, Any], source: str = "owner/app") -> AppSpec:
    return AppSpec.from_raw(source, *describe(*endpoints))


def module_of(*endpoints: Mapping[str, Any], **options: Any) -> GeneratedModule:
    return generate_from(spec_of(*endpoints), BuildOptions(**options))


def one(
    slot: Slot, *, as_output: bool = False, **options: Any
) -> tuple[str, GeneratedModule]:
    """The module of an app with one endpoint of one slot, without blank lines."""
    item = endpoint("f", [], [slot]) if as_output else endpoint("f", [slot])
    module = module_of(item, **options)
    return module.code, module


def load(code: str, folder: Path, name: str) -> ModuleType:
    """Import generated code; pydantic looks its annotations up in `sys.modules`."""
    path = folder / f"{name}.py"
    path.write_text(code, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
