"""Drift on real servers, and what a type checker makes of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import gradio_codegen
import pytest
from gradio_codegen.descriptions.spec import AppSpec

from tests.codegen.support import Slot, endpoint, spec_of
from tests.conftest import StartServer
from tests.support.checkers import mypy_errors
from tests.support.servers import GradioServer

pytestmark = pytest.mark.slow

APP = """
import os
import gradio as gr

def work(text, level, way="a"):
    return text

with gr.Blocks() as demo:
    text = gr.Textbox()
    level = gr.Slider(0, {most}, step=1)
    way = gr.Radio({choices}, value="a")
    out = gr.Textbox(label="Out")
    gr.Button().click(work, [text, level, way], out, api_name="work")

demo.launch(server_name="127.0.0.1", server_port=int(os.environ["PORT"]))
"""


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gradio_codegen", *words],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize("version", [4, 5, 6])
def test_an_app_that_changes(
    version: int, start_server: StartServer, tmp_path: Path
) -> None:
    app = tmp_path / "app.py"
    app.write_text(APP.format(most=10, choices=["a", "b"]), "utf-8")
    with GradioServer(app, version) as before:
        made = command(tmp_path, before.url, "-o", "work_api.py", "--quiet")
        assert made.returncode == 0, made.stderr
        same = command(tmp_path, "check", "work_api.py")
        assert (same.returncode, same.stderr) == (0, "")
        assert same.stdout == f"work_api.py ({before.url}): up to date\n"
    away = command(tmp_path, "check", "work_api.py")
    assert away.returncode == 3
    assert len(away.stderr.splitlines()) == 1

    app.write_text(APP.format(most=5, choices=["a", "b", "c"]), "utf-8")
    after = start_server(app, version)
    words = ("check", "work_api.py", "--source", after.url)
    done = command(tmp_path, *words)
    assert done.returncode == 1, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].endswith(": 1 breaking change, 1 compatible change")
    assert lines[1:4] == [
        "/work",
        "  breaking    parameter level: the greatest value is 5 now, was 10",
        '  compatible  parameter way also has the choice "c"',
    ]


# --- What is called breaking breaks callers, what is called compatible does not


def text(name: str = "text", **more: Any) -> Slot:
    return Slot("textbox", name, **more)


def way(*choices: str) -> Slot:
    return Slot("radio", "way", props={"choices": list(choices)})


def n(**props: int) -> Slot:
    return Slot("number", "n", props=props)


def out(label: str, type_: str = "textbox", **props: int) -> Slot:
    return Slot(type_, label=label, props=props)


def app(
    inputs: list[Slot], outputs: list[Slot] | None = None, **extra: bool
) -> AppSpec:
    return spec_of(endpoint("f", inputs, outputs or [], **extra))


#: A caller, what it was written for, and what it gets.
CALLERS: dict[str, tuple[str, AppSpec, AppSpec]] = {
    "required added": ('m.f("a")', app([text()]), app([text(), text("b")])),
    "optional added": (
        'm.f("a")', app([text()]), app([text(), text("b", default="")]),
    ),
    "optional in front": (
        'm.f(1)', app([Slot("number", "n", default=1)]),
        app([text("b", default=""), Slot("number", "n", default=1)]),
    ),
    "removed": ('m.f("a", 1)', app([text(), n()]), app([text()])),
    "renamed": ('m.f(a="x")', app([text("a")]), app([text("b")])),
    "reordered": ('m.f("a", 1)', app([text(), n()]), app([n(), text()])),
    "choice removed": ('m.f("b")', app([way("a", "b")]), app([way("a")])),
    "choice added": ('m.f("a")', app([way("a")]), app([way("a", "b")])),
    "narrowed": ('s: str = "a"\nm.f(s)', app([text("way")]), app([way("a")])),
    "any number": ("m.f(1)", app([n(precision=0)]), app([n()])),
    "whole number": ("m.f(1.5)", app([n()]), app([n(precision=0)])),
    "default changed": (
        "m.f()", app([text(default="a")]), app([text(default="b")]),
    ),
    "optional": ('m.f("a")', app([text()]), app([text(default="b")])),
    "required": ("m.f()", app([text(default="b")]), app([text()])),
    "output changed": (
        "m.f().upper()", app([], [out("o")]), app([], [out("o", "number")]),
    ),
    "output narrowed": (
        "x: float = m.f()", app([], [out("o", "number")]),
        app([], [out("o", "number", precision=0)]),
    ),
    "output widened": (
        "x: int = m.f()", app([], [out("o", "number", precision=0)]),
        app([], [out("o", "number")]),
    ),
    "first output": ("m.f()", app([]), app([], [out("o")])),
    "second output": (
        "m.f().upper()", app([], [out("o")]), app([], [out("o"), out("p")]),
    ),
    "third output": (
        "a, b = m.f().astuple()", app([], [out("o"), out("p")]),
        app([], [out("o"), out("p"), out("q")]),
    ),
    "output renamed": (
        "m.f().p", app([], [out("o"), out("p")]), app([], [out("o"), out("q")]),
    ),
    "no stream": ('m.f.stream("a")', app([text()], generator=True), app([text()])),
    "stream": ('m.f("a")', app([text()]), app([text()], generator=True)),
    "endpoint added": ("m.f()", app([]), spec_of(endpoint("f"), endpoint("g"))),
    "endpoint removed": ("m.g()", spec_of(endpoint("f"), endpoint("g")), app([])),
    "class removed": (
        'x: m.Way = "a"\nm.f(x)', app([way("a", "b")]), app([text("way")]),
    ),
}  # fmt: skip


def test_a_type_checker_agrees(tmp_path: Path) -> None:
    wanted: set[str] = set()
    for index, (name, (lines, old, new)) in enumerate(CALLERS.items()):
        for state, spec in (("old", old), ("new", new)):
            module = gradio_codegen.generate(spec)
            (tmp_path / f"{state}{index}_api.py").write_text(module.code, "utf-8")
            caller = f"import {state}{index}_api as m\n\n{lines}\n"
            (tmp_path / f"{state}{index}.py").write_text(caller, "utf-8")
        found = gradio_codegen.diff(old, new)
        assert found, name
        if found.breaking:
            wanted.add(name)
    files = {file for file, _ in mypy_errors(tmp_path)}
    broken = {name for i, name in enumerate(CALLERS) if f"new{i}.py" in files}
    assert broken == wanted
    assert files == {f"new{i}.py" for i, name in enumerate(CALLERS) if name in wanted}
    assert len(CALLERS) - len(wanted) >= 8
