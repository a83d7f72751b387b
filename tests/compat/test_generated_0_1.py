"""Modules that 0.1 generated: they run, and `check` and `diff` read them.

`generated_0_1/` holds goldens as they were then; they are not written again.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from gradio_codegen.descriptions.spec import AppSpec, loads
from gradio_codegen.drift import compare, diff, drift, read_module, surface_of
from gradio_runtime import InputError
from gradio_runtime._api.app import Endpoint

from ..codegen.regen import FOLDER as GOLDENS
from ..codegen.support import load

FOLDER = Path(__file__).with_name("generated_0_1")
NAMES = sorted(path.stem for path in FOLDER.glob("*.txt"))
WITH_EVENT_DATA = [name for name in NAMES if name.startswith("components")]


def old(name: str) -> str:
    return (FOLDER / f"{name}.txt").read_text("utf-8")


def spec_of(name: str) -> AppSpec:
    return loads((GOLDENS / name / "description.json").read_text("utf-8"), name)


def made(code: str, folder: Path, name: str) -> dict[str | int, bool]:
    """The endpoints of a module, and whether their defaults alone make a call."""
    module = load(code, folder, name)
    found: dict[str | int, bool] = {}
    for item in vars(module).values():
        if isinstance(item, Endpoint):
            found[item.api_name] = complete(item)
    assert len(found) == code.count("\n@_app.")
    return found


def complete(endpoint: Endpoint[..., object]) -> bool:
    try:
        call = endpoint.call()
    except (InputError, TypeError):
        return False
    return len(call.data) == len(endpoint.inputs.model_fields)


@pytest.mark.parametrize("name", NAMES)
def test_an_old_module_runs_as_one_of_today_does(name: str, tmp_path: Path) -> None:
    new = (GOLDENS / name / "expected.py").read_text("utf-8")
    then = made(old(name), tmp_path, f"old_{name}_api")
    now = made(new, tmp_path, f"new_{name}_api")
    # More can be left out today: files that may be None.
    assert now == then | {key: True for key, whole in now.items() if whole}
    assert any(then.values())


@pytest.mark.parametrize("name", NAMES)
def test_an_old_module_is_compared_with_its_app(name: str) -> None:
    module = read_module(old(name), name)
    spec = spec_of(name)
    assert not drift(module, spec)
    assert not diff(GOLDENS / name / "expected.py", spec)
    changes = compare(module, surface_of(spec, module.options)).changes
    # What is typed otherwise today is a change, but never one of event data, nor of a
    # file beside other outputs, which may be None today.
    assert not [c for c in changes if c.kind == "event-data"]
    assert not [c for c in changes if c.kind == "output-type" and c.name]


@pytest.mark.parametrize("name", NAMES)
def test_who_takes_event_data_is_known_of_old_modules(name: str) -> None:
    known = {
        f"/{item.api_name}"
        for item in spec_of(name).config.dependencies
        if item.event_data
    }
    endpoints = read_module(old(name), name).endpoints
    assert {key for key, item in endpoints.items() if item.event_data} == known
    assert bool(known) == (name in WITH_EVENT_DATA)
