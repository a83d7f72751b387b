"""Templates of a user's own: what they are given, and how they fail."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest
from gradio_codegen import CheckError, UsageError, generate
from gradio_codegen.decide.build import build
from gradio_codegen.decide.ir import Model
from gradio_codegen.descriptions.spec import AppSpec
from gradio_codegen.options import BuildOptions
from gradio_codegen.write.render import body_context, header_context
from gradio_codegen.write.templates import NAMES, template_dir

from tests.conftest import StartServer

from .support import Slot, endpoint, load, spec_of
from .test_cli import CALCULATOR, EXPECTED, fails, run

DOCS = (Path(__file__).parents[2] / "docs" / "templates.md").read_text("utf-8")
ROWS = set(re.findall(r"^\| `([\w.\[\]]+)` \|", DOCS, re.M))
CHOICE = Slot("radio", "mode", props={"choices": [["a", "a"]]})


def app() -> AppSpec:
    outputs = [Slot("textbox", label="A"), Slot("textbox", label="B")]
    return spec_of(endpoint("f", [CHOICE], outputs), endpoint("g"))


def made(folder: Path, **templates: str) -> str:
    for name, text in templates.items():
        (folder / f"{name}.py.jinja").write_text(text)
    return generate(app(), templates=folder).code


def refused(folder: Path, error: type[Exception], **templates: str) -> str:
    with pytest.raises(error) as caught:
        made(folder, **templates)
    return str(caught.value)


def examples() -> dict[str, str]:
    """The templates of the worked example."""
    found = re.findall(
        r"```jinja\n\{# my_templates/(\w+)\.py\.jinja #\}\n(.*?)```", DOCS, re.S
    )
    return dict(found)


def paths(value: Any, name: str) -> set[str]:
    if isinstance(value, Mapping):
        members = cast("Mapping[str, Any]", value).items()
        return {p for k, part in members for p in paths(part, f"{name}.{k}")}
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        return {name}.union(*(paths(item, f"{name}[]") for item in value))
    return {name}


def test_the_docs_name_all_that_templates_are_given() -> None:
    module, _ = build(app(), BuildOptions())
    models = [Model("Point", "A point.", ())]
    body = body_context(module, models)
    header = header_context(module, models, "")
    given = {p for key, part in (body | header).items() for p in paths(part, key)}
    assert given == ROWS - set(NAMES)


def test_the_docs_name_all_templates() -> None:
    assert set(NAMES) == {path.name for path in template_dir().iterdir()}
    assert set(NAMES) <= ROWS | set(re.findall(r"^\| `([\w.]+)` \|", DOCS, re.M))


def test_a_folder_replaces_what_it_has(tmp_path: Path) -> None:
    plain = generate(app()).code
    code = made(tmp_path, client='{% include "builtin/client.py.jinja" %}\n# the end\n')
    options = f"# options: --templates={tmp_path}\n"
    assert options in code
    assert code.replace(options, "") == f"{plain}\n\n# the end\n"


def test_ours_extended_by_nothing_stay_the_same(tmp_path: Path) -> None:
    texts = {
        name.partition(".")[0]: f'{{% extends "builtin/{name}" %}}' for name in NAMES
    }
    code = made(tmp_path, **texts)
    assert re.sub("# options: .*\n", "", code) == generate(app()).code


def test_a_changed_template_is_read_again(tmp_path: Path) -> None:
    assert "# one" in made(tmp_path, client="\n\n# one\n")
    assert "# two and more" in made(tmp_path, client="\n\n# two and more\n")


def test_the_worked_example_runs(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    code = made(tmp_path, **examples())
    module: Any = load(code, tmp_path, "logged_api")
    with caplog.at_level(logging.INFO, "logged_api"):
        module.f.call("a")
    assert [record.getMessage() for record in caplog.records] == ["calling /f"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{{ endpoint.name }}", "endpoint.py.jinja:1: 'dict object' has no attribute"),
        ("\n{% if %}", "endpoint.py.jinja:2: Expected an expression"),
        ('\n\n{% include "x" %}', "endpoint.py.jinja:3: there is no template x"),
        ("{{ 1 / 0 }}", "endpoint.py.jinja:1: division by zero"),
    ],
)
def test_a_broken_template_is_told_with_its_line(
    tmp_path: Path, text: str, says: str
) -> None:
    message = refused(tmp_path, UsageError, endpoint=text)
    assert f"{tmp_path}/{says}" in message
    assert "\n" not in message


def test_code_that_does_not_compile(tmp_path: Path) -> None:
    message = refused(tmp_path, CheckError, client="\n\nclass (")
    assert "does not compile" in message
    assert "your templates" in message


def test_a_header_by_which_the_module_is_not_known(tmp_path: Path) -> None:
    message = refused(tmp_path, CheckError, header='"""Mine."""\n')
    assert "Keep the `comments` in your header.py.jinja" in message


def test_folders_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no folder .*/gone for templates"):
        generate(app(), templates=tmp_path / "gone")
    (tmp_path / "endpoints.py.jinja").write_text("")
    with pytest.raises(UsageError, match=r"Did you mean endpoint\.py\.jinja"):
        generate(app(), templates=tmp_path)


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    label = '""" + __import__("os").system("x") + """{{ 1 / 0 }}'
    slot = Slot("textbox", "text", label)
    spec = spec_of(endpoint("f", [slot], description=label))
    text = (
        '{% include "builtin/endpoint.py.jinja" %}\n'
        "{% for p in endpoint.params %}\nLABEL = {{ p.label }}\n{% endfor %}\n"
    )
    (tmp_path / "endpoint.py.jinja").write_text(text)
    module: Any = load(generate(spec, templates=tmp_path).code, tmp_path, "hostile_t")
    assert label == module.LABEL


def test_the_command_line_takes_templates(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "model.py.jinja").write_text("")
    words = [CALCULATOR, "-o", "-", "--templates"]
    done = run(*words, "mine", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.replace("# options: --templates=mine\n", "") == EXPECTED
    fails(2, "there is no folder yours for templates", *words, "yours", cwd=tmp_path)


def test_check_does_not_load_what_a_header_names(tmp_path: Path) -> None:
    """Else a module from elsewhere could run code."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "model.py.jinja").write_text("")
    words = [CALCULATOR, "-o", "app.py", "--templates", "mine"]
    assert run(*words, cwd=tmp_path).returncode == 0
    (tmp_path / "mine" / "body.py.jinja").write_text("{{ 1 / 0 }}")
    done = run("check", "app.py", "--against", CALCULATOR, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
def test_a_logged_module_calls_its_app(
    start_server: StartServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server = start_server("replicas/calculator")
    for name, text in examples().items():
        (tmp_path / f"{name}.py.jinja").write_text(text)
    code = generate(server.url, templates=tmp_path).code
    module: Any = load(code, tmp_path, "logged_calculator_api")
    with caplog.at_level(logging.INFO, "logged_calculator_api"):
        assert module.predict(1, "add", 2) == 3
    assert "calling /predict" in caplog.messages
