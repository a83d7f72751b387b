"""Frameworks take endpoints as they are: the table of docs/agents.md, cell by cell."""

from __future__ import annotations

import asyncio
import io
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from gradio_runtime import Endpoint

from generated_examples import calculator_api, en2fr_api, whisper_api
from tests.docs.snippets import Block, blocks
from tests.frameworks.takers import TAKERS, Taker, package
from tests.golden.calculator.expected import classify, predict
from tests.golden.components6 import expected as components
from tests.support.audio import write_audio
from tests.support.servers import several

PAGE = Path(__file__).parents[2] / "docs" / "agents.md"
CELLS = ("schema right", "call works", "async works", "errors readable")

every_taker = pytest.mark.parametrize("taker", TAKERS, ids=lambda taker: taker.title)
# Others' code, on an event loop of theirs.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings(
        "ignore::pydantic.warnings.UnsupportedFieldAttributeWarning"
    ),
]


class Apps:
    """Clients of real apps."""

    def __init__(self, urls: dict[str, str], stack: ExitStack) -> None:
        enter = stack.enter_context
        self.calculator = enter(calculator_api.CalculatorClient(urls["calculator"]))
        self.whisper = enter(whisper_api.WhisperClient(urls["whisper"]))
        self.en2fr = enter(en2fr_api.En2frClient(urls["en2fr"]))


@pytest.fixture(scope="module")
def apps() -> Iterator[Apps]:
    names = ("calculator", "whisper", "en2fr")
    replicas = {name: f"replicas/{name}" for name in names}
    with several(replicas) as urls, ExitStack() as stack:
        yield Apps(urls, stack)


@every_taker
def test_schema_right(taker: Taker) -> None:
    for function in (predict, predict.aio):
        found = taker.schema(function)
        assert list(found) == ["num1", "operation", "num2"]
        second = found["num2"]
        known = {"type": "number", "minimum": 0, "maximum": 1000, "default": 100}
        assert {key: second.get(key) for key in taker.facts} == {
            key: known[key] for key in taker.facts
        }
        if taker.title != "gr.Interface":
            choices = ["add", "subtract", "multiply", "divide"]
            assert found["operation"]["enum"] == choices
            assert second["description"] == "Number. From 0 to 1000. Default: 100."
        else:
            assert second["description"] == "Run one arithmetic operation."
    file = taker.schema(classify.aio)["img"]
    assert file["type"] == "string"
    if taker.title != "gr.Interface":
        assert re.search("A file: its (path or )?URL.", file["description"])


@pytest.mark.slow
@every_taker
def test_call_works(taker: Taker, apps: Apps, tmp_path: Path) -> None:
    given = {"num1": 6, "operation": "multiply", "num2": 7}
    answer = asyncio.run(taker.call(apps.calculator.predict, given))
    assert float(answer) == 42
    audio: Any = {"audio": str(write_audio(tmp_path / "a.wav"))}
    if taker.title == "FastAPI":
        answer = asyncio.run(taker.call(apps.whisper.predict, audio))
        assert "cannot name a file of this machine" in answer
    else:
        assert "(0.50 s)" in asyncio.run(taker.call(apps.whisper.predict, audio))
        refused = apps.whisper.predict.with_options(local_files=False)
        answer = failing(taker, refused, audio)
        assert "cannot name a file of this machine" in answer


@pytest.mark.slow
@every_taker
def test_async_works(taker: Taker, apps: Apps) -> None:
    given = {"num1": 6, "operation": "divide", "num2": 8}
    answer = asyncio.run(taker.call(apps.calculator.predict.aio, given))
    assert float(answer) == 0.75


def failing(taker: Taker, function: Any, given: dict[str, Any]) -> str:
    """What a call that fails says: as its answer, or as its error."""
    try:
        return asyncio.run(taker.call(function, given))
    except Exception as error:
        chain = [error, error.__cause__, error.__context__]
        return " ".join(map(str, chain))


@pytest.mark.slow
@every_taker
def test_errors_readable(taker: Taker, apps: Apps) -> None:
    wrong = {"num1": 6, "operation": "modulo", "num2": 8}
    said = failing(taker, apps.calculator.predict, wrong)
    assert "'multiply'" in said or "multiply" in said
    zero = {"num1": 6, "operation": "divide", "num2": 0}
    for function in (apps.calculator.predict, apps.calculator.predict.aio):
        assert "Cannot divide by zero!" in failing(taker, function, zero)


#: Commands and Gradio's components have no type for all values.
WITHOUT_OBJECTS = ("typer", "gr.Interface")


@pytest.mark.slow
@pytest.mark.parametrize(
    "taker",
    [taker for taker in TAKERS if taker.title not in WITHOUT_OBJECTS],
    ids=lambda taker: taker.title,
)
def test_every_endpoint_is_taken(taker: Taker) -> None:
    for name, endpoint in vars(components).items():
        if isinstance(endpoint, Endpoint) and endpoint.inputs.model_fields:
            try:
                found = taker.schema(endpoint)
            except Exception as error:
                raise AssertionError(name) from error
            assert found.keys() == endpoint.inputs.model_fields.keys(), name


def test_the_table_has_each_taker_and_each_cell() -> None:
    rows = re.findall(r"^\| (.+) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    head, *body = [[cell.strip() for cell in row.split("|")] for row in rows]
    assert head[1:] == list(CELLS)
    assert [row[0].strip("`") for row in body] == [taker.title for taker in TAKERS]
    for cell in CELLS:
        assert f"test_{cell.replace(' ', '_')}" in globals()


@pytest.mark.slow
def test_the_example_agent_uses_two_endpoints(apps: Apps, tmp_path: Path) -> None:
    tests = package("pydantic_ai.models.test")
    from generated_examples.agent import make_agent

    audio = str(write_audio(tmp_path / "a.wav"))

    class Model(tests.TestModel):  # type: ignore[misc,name-defined]
        """pydantic-ai's, which calls each tool, with arguments that make sense."""

        def gen_tool_args(self, tool: Any) -> dict[str, str]:
            return {"audio": audio} if tool.name == "transcribe" else {"text": "Hello"}

    agent = make_agent(apps.whisper, apps.en2fr)
    said: Any = asyncio.run(agent.run("What does it say, in French?", model=Model()))
    assert "(0.50 s)" in said.output
    assert "Bonjour" in said.output


@pytest.mark.slow
@pytest.mark.parametrize(
    "block",
    [block for block in blocks(PAGE) if block.language == "python"],
    ids=lambda block: block.where,
)
def test_the_page_runs(
    block: Block, apps: Apps, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in re.findall(r"^(?:import|from) (\w+)", block.code, re.MULTILINE):
        if not name.endswith("_api"):
            package(name)
    monkeypatch.setitem(sys.modules, "calculator_api", calculator_api)
    monkeypatch.setitem(sys.modules, "whisper_api", whisper_api)
    printed = io.StringIO()
    with (
        apps.calculator.use(everywhere=True),
        redirect_stdout(printed),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        exec(compile(block.code, block.where, "exec"), {})
    assert printed.getvalue().splitlines() == block.printed
