"""`inspect --json`, one endpoint in detail, and calls that can be pasted."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from gradio_codegen.api import generate_from
from gradio_codegen.decide.build import build
from gradio_codegen.decide.ir import Module
from gradio_codegen.descriptions.spec import AppSpec, loads
from gradio_codegen.inspect.described import as_json
from gradio_codegen.options import BuildOptions
from gradio_codegen.write.examples import example_call

from tests.conftest import StartServer
from tests.support.servers import GradioServer

from .regen import FOLDER
from .support import Slot, endpoint, load, spec_of
from .test_cli import CALCULATOR, fails, run

ROOT = Path(__file__).parents[2]
COMPONENTS = ("components3", "components4", "components5", "components6")


def golden(name: str) -> AppSpec:
    path = FOLDER / name / "description.json"
    return loads(path.read_text("utf-8"), str(path))


def module_of(spec: AppSpec) -> Module:
    return build(spec.documented(), BuildOptions())[0]


def example(*inputs: Slot, name: str = "f") -> str:
    module = module_of(spec_of(endpoint(name, inputs, [Slot("textbox")])))
    return example_call(module, module.endpoints[0])


# --- JSON


def test_the_json_has_what_the_module_has() -> None:
    done = run("inspect", CALCULATOR, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    assert document == as_json(module_of(golden("calculator")))
    assert document["format"] == 1
    assert document["source"] == "gradio/calculator"
    assert document["client"] == "CalculatorClient"
    functions = [item["function"] for item in document["endpoints"]]
    assert functions == ["mix", "predict", "count", "classify", "clear"]
    _, predict, count, *_ = document["endpoints"]
    assert (predict["generator"], count["generator"]) == (False, True)
    assert predict["parameters"][1] == {
        "name": "operation",
        "label": "Operation",
        "component": "radio",
        "type": "Operation",
        "required": True,
        "default": None,
        "default_of_app": None,
        "choices": ["add", "subtract", "multiply", "divide"],
        "bounds": {},
    }
    assert predict["parameters"][2]["default"] == 100
    assert predict["parameters"][2]["bounds"] == {"minimum": 0, "maximum": 1000}
    assert predict["outputs"] == [
        {"name": "result", "label": "Result", "component": "number", "type": "float"}
    ]


def test_a_default_of_the_app_is_in_words() -> None:
    slot = Slot("textbox", "path", default="/srv/models/a.bin")
    document = as_json(module_of(spec_of(endpoint("f", [slot]))))
    (parameter,) = document["endpoints"][0]["parameters"]
    assert (parameter["required"], parameter["default"]) == (False, None)
    assert parameter["default_of_app"] == "a path on the app's server"


def test_every_key_is_documented() -> None:
    text = (ROOT / "docs" / "inspect.md").read_text("utf-8")
    documented = set(re.findall(r"^\| `(\w+)` \|", text, re.M))
    document = as_json(module_of(golden("calculator")))
    first = document["endpoints"][0]
    used = {*document, *first, *first["parameters"][0], *first["outputs"][0]}
    assert documented == used


# --- One endpoint


@pytest.mark.parametrize("given", ["/predict", "predict"])
def test_one_endpoint_is_shown_with_or_without_its_slash(given: str) -> None:
    done = run("inspect", CALCULATOR, given)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("/predict\nRun one arithmetic operation.\n")
    assert "\nParameters\n    num1 " in done.stdout
    assert "Num2: Number. From 0 to 1000." in done.stdout
    assert done.stdout.endswith(
        "\nCall\n    from calculator_api import predict\n\n"
        '    result = predict(num1=1, operation="add", num2=100)\n'
        "\nFrom the shell\n    gradio-codegen call gradio/calculator predict "
        "--num1 1 --operation add --num2 100\n"
    )
    data = json.loads(run("inspect", CALCULATOR, given, "--json").stdout)
    assert data == as_json(module_of(golden("calculator")))["endpoints"][1]


def test_a_new_name_finds_an_endpoint_too() -> None:
    words = ["inspect", CALCULATOR, "--rename", "/predict=calculate"]
    for name in ("calculate", "predict"):
        done = run(*words, name)
        assert "result = calculate(num1=1," in done.stdout, done.stderr


def test_an_endpoint_that_is_not_there(tmp_path: Path) -> None:
    says = "the app has no endpoint /predct. Did you mean /predict?"
    fails(2, says, "inspect", CALCULATOR, "/predct", cwd=tmp_path)


# --- Calls to paste


@pytest.mark.parametrize(
    ("props", "value"),
    [
        ({}, "1"),
        ({"minimum": 5}, "5"),
        ({"maximum": -2}, "-2"),
        ({"minimum": 0, "maximum": 1, "step": 0.1}, "1"),
        ({"minimum": 10, "maximum": 100, "step": 5}, "10"),
        ({"minimum": 0, "maximum": 100, "step": 7}, "7"),
        ({"minimum": -10, "maximum": 4, "step": 5}, "0"),
    ],
)
def test_numbers_keep_to_their_bounds(props: dict[str, Any], value: str) -> None:
    assert f"f(n={value})" in example(Slot("slider", "n", props=props))


def test_choices_defaults_and_lengths() -> None:
    choice = Slot("radio", "c", props={"choices": [["One", 1], ["Two", 2]]})
    short = Slot("textbox", "short", props={"max_length": 2})
    given = Slot("textbox", "given", default="as is")
    files = Slot("file", "files", default={"path": "/tmp/x", "url": "http://x"})
    text = example(choice, short, given, files)
    assert text.endswith('result = f(c=1, short="He", given="as is")')


def test_an_example_has_an_end_whatever_its_type_unfolds_to() -> None:
    def level(index: int) -> Any:
        names = [f"p{index}_{number}" for number in range(20)]
        inner = {"$ref": f"#/$defs/D{index + 1}"}
        return {
            "type": "object",
            "properties": dict.fromkeys(names, inner),
            "required": names,
        }

    defs = {f"D{index}": level(index) for index in range(8)}
    text = example(Slot("api", "o", schema={**defs["D0"], "$defs": defs}))
    assert "'p7_0': 'Hello'" in text
    assert len(text) < 10_000


@pytest.mark.slow
@pytest.mark.parametrize("name", COMPONENTS)
def test_every_call_is_accepted_by_its_module(name: str, tmp_path: Path) -> None:
    """Except for files, which are looked for when a call is sent."""
    spec = golden(name)
    module = module_of(spec)
    loaded: Any = load(generate_from(spec).code, tmp_path, f"inspected_{name}")
    assert len(module.endpoints) > 50
    for item in module.endpoints:
        lines = example_call(module, item).split("\n")
        call = lines[-1] if not item.generator else lines[-2][len("for output in ") :]
        call = call.removeprefix("result = ").rstrip(":").replace(".stream(", "(", 1)
        call = call.replace(f"{item.function}(", f"{item.function}.call(", 1)
        names: dict[str, Any] = dict(vars(loaded))
        exec("from gradio_runtime.types import *", names)
        names |= vars(loaded)
        made = eval(call, names)
        assert len(made.data) == len(item.params), call


@pytest.mark.slow
@pytest.mark.parametrize("name", ["components4", "components6"])
def test_calls_satisfy_a_type_checker(name: str, tmp_path: Path) -> None:
    spec = golden(name)
    module = module_of(spec)
    (tmp_path / "app_api.py").write_text(generate_from(spec).code)
    text = "\n\n".join(example_call(module, item) for item in module.endpoints)
    text = re.sub(r"from \w+_api import", "from app_api import", text)
    text = re.sub(r"^result = ", "", text, flags=re.M)
    (tmp_path / "calls.py").write_text(text)
    words = [sys.executable, "-m", "mypy", "--strict", "--config-file", "", "calls.py"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def paste(server: GradioServer, folder: Path, name: str) -> str:
    """Generate the module, inspect one endpoint, and run what that gives to paste.

    What the calls for Python and for the shell print is the same.
    """
    shown = run("inspect", server.url, name)
    assert shown.returncode == 0, shown.stderr
    call, _, line = shown.stdout.partition("\nCall\n")[2].partition(
        "\nFrom the shell\n"
    )
    script = "".join(line.removeprefix("    ") for line in call.splitlines(True))
    module = re.search(r"from (\w+_api) import", script)
    assert module is not None
    generated = run(server.url, "-o", f"{module[1]}.py", "--force", cwd=folder)
    assert generated.returncode == 0, generated.stderr
    (folder / "script.py").write_text(f"{script}print(globals().get('result'))\n")
    done = subprocess.run(
        [sys.executable, "script.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{script}\n{done.stderr}"
    in_shell = run(*shlex.split(line)[1:])
    assert in_shell.returncode == 0, in_shell.stderr
    assert in_shell.stdout == done.stdout.removesuffix("None\n")
    return done.stdout


@pytest.mark.slow
def test_what_is_pasted_runs(start_server: StartServer, tmp_path: Path) -> None:
    calculator = start_server("replicas/calculator")
    assert paste(calculator, tmp_path, "predict").strip() == "2"
    counter = start_server("replicas/count_generator")
    document = json.loads(run("inspect", counter.url, "--json").stdout)
    (stream, *_) = [e for e in document["endpoints"] if e["generator"]]
    assert paste(counter, tmp_path, stream["api_name"]).split()
