"""`call` without an app: options, values from texts, help, completion, exit codes."""

from __future__ import annotations

import contextlib
import inspect
import io
import json
import math
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast
from unittest import mock

import pytest
import typer
from gradio_codegen.api import generate_from
from gradio_codegen.cli import app
from gradio_codegen.commands.console import Talk, out
from gradio_codegen.commands.follow import Writer, follow
from gradio_codegen.inspect.shell_line import shell_line
from gradio_codegen.shell.failures import failure_of
from gradio_codegen.shell.modules import load
from gradio_codegen.shell.names import OWN, flags_of
from gradio_codegen.shell.parameters import parameters_of
from gradio_codegen.shell.results import Growing, as_json
from gradio_codegen.shell.usage import inputs_of
from gradio_codegen.write.examples import example_values
from gradio_runtime import File, errors
from gradio_runtime._components.registry import KINDS

from .support import Slot, endpoint, module_of, spec_of
from .test_cli import CALCULATOR, ENV, EXPECTED, fails, run, serving
from .test_inspect import COMPONENTS, golden
from .test_inspect import module_of as ir_of

ROOT = Path(__file__).parents[2]
#: What the schema says of choices; without any there is no value to give.
CHOSEN: Mapping[str, Any] = {
    "choices": [["Red", "red"], ["Blue", "blue"]],
    "multiselect": False,
}


@pytest.fixture
def calculator(tmp_path: Path) -> Path:
    path = tmp_path / "calculator_api.py"
    path.write_text(EXPECTED, "utf-8")
    return path


def module(folder: Path, *slots: Slot, name: str = "f") -> Path:
    path = folder / "shell_api.py"
    path.write_text(module_of(endpoint(name, slots)).code, "utf-8")
    return path


def typed(called: Any, words: Sequence[str]) -> tuple[Any, ...]:
    """What the call has that the command makes of `--option value` words."""
    parameters = parameters_of(called)
    options: dict[str, Any] = {}
    flags = {item.flag: item for item in parameters}
    words = list(words)
    while words:
        flag = words.pop(0)
        known = flags.get(flag) or flags[f"--{flag.removeprefix('--no-')}"]
        if known.switch:
            options[known.name] = not flag.startswith("--no-")
        elif known.several:
            options.setdefault(known.name, []).append(words.pop(0))
        else:
            options[known.name] = words.pop(0)
    made: tuple[Any, ...] = called.call(**inputs_of(parameters, (), options)).data
    return made


# --- Values of each kind of component


def check_lines(spec: Any, folder: Path) -> None:
    """What `inspect` gives to paste is read as the values of its Python example."""
    described = ir_of(spec)
    path = folder / "shell_api.py"
    path.write_text(generate_from(spec).code, "utf-8")
    names = vars(load(path))
    scope = {**_types(), **names}
    for item in described.endpoints:
        line = shell_line(described, item)
        command = shlex.split(line)
        assert command[:4] == ["gradio-codegen", "call", spec.source, item.function]
        values = example_values(described, item)
        called = names[item.function]
        wanted = called.call(**{k: eval(v, scope) for k, v in values.items()}).data
        made = typed(called, command[4:])
        assert numbers(made) == numbers(wanted), line


def numbers(value: object) -> str:
    """The value's text: JSON makes a float of a whole number where the type is one."""
    return re.sub(r"\b(\d+)\.0\b", r"\1", repr(value))


def _types() -> dict[str, Any]:
    scope: dict[str, Any] = {}
    exec("from gradio_runtime import *\nfrom gradio_runtime.types import *", scope)
    return scope


def test_a_value_of_each_component_is_given_in_the_shell(tmp_path: Path) -> None:
    described = [
        endpoint(kind, [Slot(kind, "value", props=dict(CHOSEN))])
        for kind, record in KINDS.items()
        if not record.hidden
    ]
    check_lines(spec_of(*described), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", [COMPONENTS[0], COMPONENTS[-1]])
def test_a_value_of_each_component_of_real_apps(name: str, tmp_path: Path) -> None:
    check_lines(golden(name).documented(), tmp_path)


TEXT, NUMBER = {"type": "string"}, {"type": "number"}


@pytest.mark.parametrize(
    ("schema", "words", "value"),
    [
        (TEXT, ["5"], "5"),
        (TEXT, ["null"], "null"),
        (TEXT, ['"quoted"'], '"quoted"'),
        (TEXT, ["[1]"], "[1]"),
        (TEXT, ["/etc/passwd"], "/etc/passwd"),
        (TEXT, ["@/etc/passwd"], "@/etc/passwd"),
        (TEXT, [""], ""),
        (NUMBER, ["5"], 5),
        (NUMBER, ["-0.5"], -0.5),
        ({"type": "integer"}, ["5"], 5),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, ["null"], None),
        ({"anyOf": [{"type": "integer"}, TEXT]}, ["5"], 5),
        ({"anyOf": [{"type": "integer"}, TEXT]}, ["five"], "five"),
        ({"enum": [1, 2]}, ["2"], 2),
        ({"enum": ["1", "2"]}, ["2"], "2"),
        ({"enum": [1, "auto"]}, ["auto"], "auto"),
        ({"type": "array", "items": TEXT}, ["a"], ["a"]),
        ({"type": "array", "items": TEXT}, ["a", "5"], ["a", "5"]),
        ({"type": "array", "items": TEXT}, ['["a", "b"]'], ["a", "b"]),
        ({"type": "array", "items": NUMBER}, ["1", "2"], [1, 2]),
        ({"type": "array", "items": {"type": "array"}}, ["[1]", "[2]"], [[1], [2]]),
        ({}, ["5"], 5),
        ({}, ["Hello"], "Hello"),
        ({}, ['"5"'], "5"),
        ({}, ['{"a": [null]}'], {"a": [None]}),
    ],
    ids=str,
)
def test_texts_become_values_of_the_type(
    schema: Any, words: list[str], value: Any, tmp_path: Path
) -> None:
    path = module(tmp_path, Slot("api", "x", schema=schema))
    options = [word for text in words for word in ("--x", text)]
    (made,) = typed(vars(load(path))["f"], options)
    assert (made, type(made)) == (value, type(value))


# --- Options


def options_of_call() -> set[str]:
    command: Any = cast("Any", typer.main.get_command(app)).commands["call"]
    found = [name for param in command.params for name in param.opts]
    return {name.removeprefix("--") for name in found if name.startswith("--")}


def test_no_parameter_takes_an_option_of_the_command() -> None:
    """Or `--token` would send a secret to the app's function."""
    assert options_of_call() | {"help"} == OWN
    names = [name.replace("-", "_") for name in sorted(OWN)]
    assert not {flag.removeprefix("--") for flag in flags_of(names).values()} & OWN


def test_options_are_unique_whatever_the_names_are() -> None:
    names = ["a", "_a", "a_", "no_a", "param_a", "token", "param_token", "_", "größe"]
    flags = flags_of(names)
    assert len({*flags.values()}) == len(names)
    assert flags["größe"] == "--größe"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["predct"], "no endpoint predct. Did you mean /predict?"),
        (["--num1", "1"], "name the endpoint after SOURCE. There are "),
        (
            ["predict"],
            "--num1 NUMBER and --operation add|subtract|multiply|divide must be given",
        ),
        (["predict", "1", "add", "2", "3"], "'3' is too many"),
        (["predict", "1", "add", "--num1", "2"], "--num1 is given twice"),
        (["predict", "1", "ad"], "--operation cannot be 'ad'. Did you mean add?"),
        (["predict", "1", "add", "5000"], "--num2: Input should be less than or equal"),
        (["predict", "one", "add"], "--num1: Input should be a valid"),
        (["predict", "--num-1", "1"], "No such option: --num-1"),
        (["predict", "1", "add", "--timeout", "soon"], "Invalid value"),
        (["predict", "1", "add", "--out", "calculator_api.py"], "'--out'"),
        (["predict", "1", "add", "--header", "x"], "--header takes Key:Value"),
    ],
)
def test_wrong_usage_names_the_option(
    words: list[str], says: str, calculator: Path
) -> None:
    fails(2, says, "call", calculator.name, *words, cwd=calculator.parent)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (
            CALCULATOR,
            "a saved description, which cannot be called. Give the app (gradi",
        ),
        ("mine.py", "gradio-codegen did not write mine.py"),
        ("json", "gradio-codegen did not write "),
        ("sys", "there is no module sys here"),
        ("no_such_api", "there is no module no_such_api here. Give a URL"),
        ("no_such_api.py", "there is no file no_such_api.py"),
        ("broken_api.py", "broken_api.py cannot be imported: ZeroDivisionError"),
        ("ftp://host/x", "is not an app. Give a URL"),
    ],
)
def test_what_cannot_be_called(source: str, says: str, calculator: Path) -> None:
    folder = calculator.parent
    (folder / "mine.py").write_text("1 / 0", "utf-8")  # and it is not run
    (folder / "broken_api.py").write_text(f"{EXPECTED}\n1 / 0\n", "utf-8")
    code = 3 if source == "no_such_api.py" else 2
    fails(code, says, "call", source, "predict", cwd=folder)


@pytest.mark.parametrize("source", ["calculator_api.py", "calculator_api"])
def test_without_an_endpoint_all_are_listed(source: str, calculator: Path) -> None:
    done = run("call", source, cwd=calculator.parent)
    assert (done.returncode, done.stderr) == (0, "")
    assert (
        f"Run one arithmetic operation.\n    gradio-codegen call {source} predict "
        "--num1 NUMBER --operation add|subtract|multiply|divide [--num2 NUMBER]\n"
    ) in done.stdout
    assert len(done.stdout.splitlines()) == 2 * EXPECTED.count("\n@_app.")


def test_a_package_is_called_by_its_folder_and_by_its_name(
    calculator: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = calculator.parent
    assert run(CALCULATOR, "--package", "sdk/sums", cwd=folder).returncode == 0
    monkeypatch.syspath_prepend(folder / "sdk/sums/src")
    assert "Give ./sdk/sums" in run("call", "sdk/sums", cwd=folder).stderr
    for name in ("./sdk/sums", "sums", "sdk/sums/src/sums/__init__.py"):
        done = run("call", name, "predict", cwd=folder)
        assert (
            "--num1 NUMBER and --operation add|subtract|multiply|divide must be given"
            in done.stderr
        )


# --- Help and completion


HOSTILE = "[bold]x[/bold] [/nonsense] \x1b]0;title\x07 \u202e"


def test_help_has_the_endpoints_parameters_and_obeys_no_text(tmp_path: Path) -> None:
    slots = [
        Slot("number", "size", HOSTILE, default=3, props={"minimum": 1, "maximum": 9}),
        Slot("radio", "colour", schema={"enum": ["red", "blue"]}),
        Slot("checkbox", "fast", default=True),
        Slot("textbox", "token"),
    ]
    path = tmp_path / "shell_api.py"
    item = endpoint("f", slots, [Slot("textbox")], description=HOSTILE)
    path.write_text(module_of(item).code, "utf-8")
    done = run("call", path.name, "f", "--help", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    text = " ".join(re.sub(r"[│╭╮╰╯─]", " ", done.stdout).split())
    for part in ("--size NUMBER", "From 1 to 9", "Default: 3", "--colour red|blue"):
        assert part in text
    for part in ("--fast --no-fast", "Default: True", "--param-token TEXT", "Returns:"):
        assert part in text
    assert "(required)" in text
    assert "[bold]x[/bold] [/nonsense]" in text
    assert not {"\x1b", "\x07", "\u202e"} & {*done.stdout}


def completed(folder: Path, *words: str) -> list[str]:
    """What a shell offers for the last word."""
    asked = {
        "_GRADIO_CODEGEN_COMPLETE": "complete_bash",
        "COMP_WORDS": shlex.join(["gradio-codegen", *words]).replace("''", ""),
        "COMP_CWORD": str(len(words)),
    }
    done = subprocess.run(
        [sys.executable, "-m", "gradio_codegen"],
        cwd=folder,
        env={**ENV, **asked},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.slow
def test_a_shell_completes_what_a_module_has(calculator: Path) -> None:
    folder, file = calculator.parent, calculator.name
    assert completed(folder, "call", file, "pr") == ["predict"]
    assert len(completed(folder, "call", file, "")) == EXPECTED.count("\n@_app.")
    offered = completed(folder, "call", file, "predict", "--")
    assert {"--num1", "--operation", "--num2"} < {*offered}
    operation = ("call", "calculator_api", "predict", "--operation", "")
    assert completed(folder, *operation) == ["add", "subtract", "multiply", "divide"]
    assert completed(folder, "call", "no_such_api", "") == []


COMMAND = "$(touch PWNED)"
HOSTILE_WORDS = [
    COMMAND,
    f"\\{COMMAND}",
    "`touch PWNED`",
    "*",
    "a\nPWNED",
    'PWNED"',
    "-x",
]


@pytest.mark.slow
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_says_nothing_that_a_shell_could_run(
    tmp_path: Path, shell: str
) -> None:
    """Their scripts quote nothing, and zsh evaluates what it is told."""
    slots = [
        Slot("radio", "way", word, schema={"enum": [*HOSTILE_WORDS, "plain"]})
        for word in HOSTILE_WORDS
    ]
    for place, slot in enumerate(slots):
        slot.name = f"way_{place}"
    item = endpoint("f", slots, [Slot("textbox")], description=COMMAND)
    (tmp_path / "shell_api.py").write_text(module_of(item).code, "utf-8")
    for last in ("--", "--way-0 "):
        line = f"gradio-codegen call shell_api f {last}"
        done = subprocess.run(
            [sys.executable, "-m", "gradio_codegen"],
            cwd=tmp_path,
            env={
                **ENV,
                "_GRADIO_CODEGEN_COMPLETE": f"complete_{shell}",
                "_TYPER_COMPLETE_ARGS": line,
                "_TYPER_COMPLETE_FISH_ACTION": "get-args",
                "COMP_WORDS": line,
                "COMP_CWORD": str(len(line.split(" ")) - 1),
            },
            capture_output=True,
            text=True,
            check=True,
        )
        assert "PWNED" not in done.stdout
        assert ("plain" if last.endswith(" ") else "--way-0") in done.stdout


@pytest.mark.slow
def test_completion_runs_no_file_that_does_more_than_a_module(tmp_path: Path) -> None:
    code = module_of(endpoint("f", [Slot("textbox", "x")])).code
    path = tmp_path / "shell_api.py"
    path.write_text(f"{code}\nopen('RUN', 'w').close()\n", "utf-8")
    assert completed(tmp_path, "call", "shell_api", "") == []
    assert not (tmp_path / "RUN").exists()


def test_a_module_may_have_the_name_of_a_library(tmp_path: Path) -> None:
    path = tmp_path / "typer.py"
    path.write_text(module_of(endpoint("f", [Slot("textbox", "x")])).code, "utf-8")
    done = run("call", path.name, "--help", cwd=tmp_path)  # the only endpoint's
    assert done.returncode == 0, done.stderr
    assert "--x" in done.stdout
    done = run("call", path.name, "f", "a", "--timeout", "0", cwd=tmp_path)
    assert (done.returncode, "--timeout" in done.stderr) == (2, True)


@pytest.mark.slow
def test_completion_connects_to_nothing(tmp_path: Path) -> None:
    with serving({}) as (url, asked):
        assert completed(tmp_path, "call", url, "") == []
        assert "--out" in completed(tmp_path, "call", url, "predict", "--o")
        assert asked == []


# --- Results


@pytest.mark.parametrize(
    ("outputs", "written"),
    [
        (["0", "1", "10"], "0\n10\n"),
        (["Hel", "Hello", "Hello\nyou"], "Hello\nyou\n"),
        (["same", "same"], "same\n"),
        (["a", 1, "b", "bc", None, ["x", "y"]], "a\n1\nbc\n\nx\ny\n"),
        (
            [File(url="http://x/a.png"), {"a": math.nan}],
            'http://x/a.png\n{"a": null}\n',
        ),
    ],
)
def test_of_a_text_that_grows_what_is_new_is_written(
    outputs: list[Any], written: str
) -> None:
    growing = Growing(None)
    assert "".join([*map(growing.next, outputs), growing.end()]) == written


def test_a_text_that_is_no_unicode_is_written_all_the_same() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), "utf-8")
    with contextlib.redirect_stdout(stream):
        assert out(f"{as_json({'a': chr(0xD800)})}\n")
    stream.seek(0)
    assert json.loads(stream.read()) == {"a": "\ud800"}


@pytest.mark.parametrize("end", [KeyboardInterrupt, errors.AppError("no"), OSError])
def test_whatever_ends_a_call_cancels_its_job(end: Any) -> None:
    job = mock.Mock()
    job.updates.side_effect = end
    writer = Writer(None, as_json=False, streams=True)
    with pytest.raises(end if inspect.isclass(end) else type(end)):
        follow(job, writer, Talk(quiet=True, verbose=False))
    job.cancel.assert_called_once_with()


# --- Exit codes


ERRORS = [
    item
    for name in errors.__all__
    if inspect.isclass(item := getattr(errors, name))
    and issubclass(item, errors.GradioError)
]


@pytest.mark.parametrize("kind", ERRORS)
def test_each_error_has_the_exit_code_that_the_page_says(kind: type[Any]) -> None:
    page = (ROOT / "docs" / "shell.md").read_text("utf-8")
    rows = re.findall(r"^\| (\d) \| .* \| (.*) \|$", page, re.M)
    codes = {name: int(code) for code, names in rows for name in names.split("`")[1::2]}
    error = failure_of(kind("\x1b[31mno"), [])
    assert error.exit_code == codes[kind.__name__]
    assert str(error).isprintable()
