"""Names that users give to endpoints and parameters."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from gradio_codegen import UsageError, generate, read
from gradio_codegen.decide.build import build
from gradio_codegen.descriptions.spec import AppSpec, dumps
from gradio_codegen.options import OPTIONS, BuildOptions

from tests.conftest import StartServer

from .support import Slot, describe, endpoint, load, module_of, spec_of
from .test_cli import fails, run

TEXT = Slot("textbox", "param_0", "Text")
CHOICE = Slot("radio", "param_1", "Mode", props={"choices": [["a", "a"], ["b", "b"]]})
ITEMS = (
    endpoint("lambda", [TEXT, CHOICE], [Slot("textbox"), Slot("number")]),
    endpoint("lambda_1", [Slot("number", "n")], [Slot("number")]),
    endpoint("predict", [Slot("number", "n")], [Slot("number")]),
)

APP = """
import os
import gradio as gr

with gr.Blocks() as demo:
    gr.Interface(lambda text, times: text * int(times), ["text", "number"], "text",
                 api_name="fn")
    gr.Interface(lambda text: text.upper(), "text", "text")

demo.queue()
if __name__ == "__main__":
    demo.launch(server_port=int(os.environ["PORT"]))
"""


def renamed(*pairs: tuple[str, str]) -> str:
    return module_of(*ITEMS, rename=pairs).code


def decorated(code: str) -> str:
    """The code with its decorators on one line, up to the model."""
    return re.sub(r"endpoint\(\s+(\S+)\s+(\w+)", r"endpoint(\1 \2", code)


def refused(*pairs: tuple[str, str]) -> str:
    with pytest.raises(UsageError) as caught:
        renamed(*pairs)
    return str(caught.value)


def test_a_function_its_models_and_its_member_are_renamed_the_wire_is_not() -> None:
    code = renamed(("/lambda", "translate"))
    assert '@_app.endpoint("/lambda", TranslateInput' in decorated(code)
    assert "def translate(" in code
    assert "class TranslateOutput(Output):" in code
    assert "    translate = translate\n" in code
    assert "LambdaInput" not in code
    assert "lambda_ " not in code


@pytest.mark.parametrize("old", [("param_0", "param_1"), ("text", "mode")])
def test_parameters_are_renamed_with_what_is_named_after_them(
    old: tuple[str, str],
) -> None:
    """By the name they have, and by the one that Gradio gave them."""
    code = renamed((f"/lambda.{old[0]}", "what"), (f"lambda.{old[1]}", "how"))
    assert "def lambda_(what: str, how: How)" in code
    assert "    what: str\n    how: How" in code
    assert 'How: TypeAlias = Literal["a", "b"]' in code


def test_the_header_says_what_it_takes_to_do_it_again() -> None:
    code = renamed(("/lambda", "translate"), ("/lambda.param_0", "text"))
    options = "--rename=/lambda=translate --rename=/lambda.param_0=text"
    assert f"# options: {options}\n" in code


def test_other_endpoints_make_way_only_where_they_have_numbers() -> None:
    alike = [endpoint(name) for name in ("a-b", "a_b", "other")]
    code = module_of(*alike, rename=(("/other", "a_b_2"),)).code
    assert [line for line in code.split("\n") if line.startswith("def ")] == [
        "def a_b() -> Call[None]:",
        "def a_b_3() -> Call[None]:",
        "def a_b_2() -> Call[None]:",
    ]


def test_names_can_be_exchanged() -> None:
    code = renamed(("/lambda_1", "predict"), ("/predict", "lambda_1"))
    assert '@_app.endpoint("/lambda_1", PredictInput' in code
    assert '@_app.endpoint("/predict", Lambda1Input' in code


def test_a_name_that_an_endpoint_left_out_would_have_is_free() -> None:
    code = module_of(
        *ITEMS, rename=(("/lambda", "predict"),), exclude=("predict",)
    ).code
    assert '@_app.endpoint("/lambda", PredictInput' in decorated(code)


@pytest.mark.parametrize(
    ("pairs", "says"),
    [
        ([("/lamda", "a")], "no such endpoint. Did you mean /lambda"),
        ([("/zzz", "a")], "There are /lambda, /lambda_1, /predict"),
        ([("/lambda.parm_0", "a")], "no such parameter. Did you mean param_0"),
        ([("/lambda", "my-name")], "cannot be called 'my-name'. Give a Python name"),
        ([("/lambda", "1st")], "cannot be called '1st'"),
        ([("/lambda", "class")], "cannot be called 'class'"),
        ([("/lambda", "_private")], "cannot be called '_private'"),
        ([("/lambda", "ﬁnd")], "cannot be called 'ﬁnd'"),
        ([("/lambda", "a" * 300)], "cannot be called"),
        ([("/lambda", "print")], "cannot be called print, which generated modules use"),
        ([("/lambda", "Field")], "cannot be called Field"),
        ([("/lambda", "close")], "cannot be called close"),
        ([("/lambda.param_0", "model_dump")], "cannot be called model_dump"),
        ([("/lambda.param_0", "self")], "cannot be called self"),
        ([("/lambda", "predict")], "the name of both /lambda and /predict"),
        ([("/lambda", "a"), ("/lambda_1", "a")], "both /lambda and /lambda_1"),
        ([("/lambda", "a"), ("lambda", "b")], "is given two names, a and b"),
        ([("/lambda.param_0", "mode")], "both /lambda.text and /lambda.mode"),
        ([("/lambda.text", "a"), ("/lambda.param_0", "b")], "is given two names"),
    ],
)
def test_what_cannot_be_is_refused(pairs: list[tuple[str, str]], says: str) -> None:
    assert says in refused(*pairs)


def test_stale_names_are_a_warning_for_who_compares() -> None:
    options = BuildOptions(rename=(("/gone", "a"),))
    _, diagnostics = build(spec_of(*ITEMS), options, stale_names=True)
    (warning,) = diagnostics
    assert (warning.level, warning.endpoint) == ("warning", "/gone")
    assert "cannot be renamed: the app has no such endpoint" in warning.message


def test_an_unnamed_endpoint_is_renamed() -> None:
    config, info = describe(endpoint("x", [TEXT], [Slot("textbox")]))
    config["dependencies"][0]["api_name"] = None
    info["unnamed_endpoints"] = {"0": info["named_endpoints"].pop("/x")}
    spec = AppSpec.from_raw("owner/app", config, info)
    code = generate(spec, all_endpoints=True, rename={"fn_0": "translate"}).code
    assert "@_app.endpoint(0, TranslateInput" in code


@pytest.mark.parametrize("text", ["", "x", "=x", "x=", " = "])
def test_pairs_have_two_sides(text: str) -> None:
    with pytest.raises(UsageError, match="--rename takes ENDPOINT=NAME"):
        OPTIONS["rename"].normal([text])


def test_names_of_apps_may_hold_an_equals_sign() -> None:
    assert BuildOptions.parse("--rename=/a=b=c").renames == (("/a=b", "c"),)


def test_the_command_line_renames(tmp_path: Path) -> None:
    saved = tmp_path / "app.json"
    saved.write_text(dumps(spec_of(*ITEMS)))
    words = ["app.json", "-o", "-", "--rename", "/lambda=translate"]
    done = run(*words, "--rename=/lambda.param_0=text", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "def translate(text: str," in done.stdout
    fails(
        2, "Did you mean /lambda or /lambda_1?", *words[:-1], "/lamda=x", cwd=tmp_path
    )
    fails(2, "--rename takes ENDPOINT=NAME", *words[:-1], "x", cwd=tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("gradio", [4, 6])
def test_renamed_functions_call_the_app(
    start_server: StartServer, tmp_path: Path, gradio: int
) -> None:
    app = tmp_path / "app.py"
    app.write_text(APP)
    server = start_server(app, gradio)
    # Gradio 6 calls the second /lambda_1, Gradio 4 calls it /predict.
    (unnamed,) = read(server.url).documented().info.named_endpoints.keys() - {"/fn"}
    names = {"/fn": "repeat", unnamed: "shout"}
    params = {"/fn.text": "what", "/fn.times": "how_often"}
    code = generate(server.url, rename={**names, **params}).code
    module: Any = load(code, tmp_path, f"renamed_{gradio}")
    assert module.repeat("ab", how_often=2) == "abab"
    assert asyncio.run(module.shout.aio("x")) == "X"
    assert module.AppClient.repeat is not None
    assert module.repeat.call("ab", 2).data == ("ab", 2)
