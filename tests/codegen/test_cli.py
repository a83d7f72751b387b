"""The command line: what it does, and how it fails."""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast
from unittest import mock

import pytest
import typer
from gradio_codegen.cli import app, main
from gradio_codegen.descriptions.spec import AppSpec, dumps, loads

from tests.support.terminal import on_terminal

from .regen import FOLDER
from .support import Slot, describe, endpoint

CALCULATOR = str(FOLDER / "calculator" / "description.json")
DISAGREEING = str(FOLDER / "disagreeing" / "description.json")
EXPECTED = (FOLDER / "calculator" / "expected.py").read_text("utf-8")
ENV = {
    **{k: v for k, v in os.environ.items() if not k.startswith(("HF_", "COLUMNS"))},
    "HF_HUB_OFFLINE": "1",
    "NO_COLOR": "1",
}


def run(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The command in this very process, which takes a fraction of the time."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    with (
        contextlib.chdir(cwd or Path.cwd()),
        mock.patch.dict(os.environ, ENV, clear=True),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        pytest.raises(SystemExit) as end,
    ):
        main(words)
    printed = []
    for stream in (out, err):
        stream.seek(0)
        printed.append(stream.read())
    return subprocess.CompletedProcess(words, int(end.value.code or 0), *printed)


def run_alone(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, as users have it."""
    return subprocess.run(
        [sys.executable, "-m", "gradio_codegen", *words],
        cwd=cwd,
        env=ENV,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def fails(code: int, says: str, *words: str, cwd: Path) -> None:
    """One clear line, the documented exit code, nothing written."""
    before = {path: path.read_bytes() for path in cwd.iterdir() if path.is_file()}
    done = run(*words, cwd=cwd)
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("gradio-codegen: error: ")
    assert says in lines[0]
    assert done.returncode == code, lines
    assert done.stdout == ""
    after = {path: path.read_bytes() for path in cwd.iterdir() if path.is_file()}
    assert after == before


# --- What it does


def test_a_module_is_generated(tmp_path: Path) -> None:
    done = run_alone(CALCULATOR, "-o", "calculator_api.py", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "calculator_api.py: 5 endpoints, 190 lines\n"
    assert (tmp_path / "calculator_api.py").read_text("utf-8") == EXPECTED
    again = run("-o", "calculator_api.py", "--quiet", CALCULATOR, cwd=tmp_path)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


def test_stdout_takes_the_module_and_nothing_else() -> None:
    done = run(CALCULATOR, "--output=-")
    assert (done.returncode, done.stdout, done.stderr) == (0, EXPECTED, "")


def test_diagnostics_are_lines_on_stderr() -> None:
    done = run(DISAGREEING, "-o", "-")
    assert done.returncode == 0
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("error: /bad: left out: ")
    assert "def good(" in done.stdout


def test_options_choose_what_is_generated() -> None:
    done = run(CALCULATOR, "-o", "-", "--include", "pre*", "--class-name", "Calc")
    assert "class Calc(Client):" in done.stdout
    assert "def count(" not in done.stdout
    assert "# options: --include=pre* --class-name=Calc\n" in done.stdout


def test_a_description_is_saved_and_saved_again(tmp_path: Path) -> None:
    for _ in range(2):
        done = run("save", CALCULATOR, "-o", "app.json", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    saved = (tmp_path / "app.json").read_text("utf-8")
    assert saved == Path(CALCULATOR).read_text("utf-8")
    module = run("app.json", "-o", "-", cwd=tmp_path)
    assert module.stdout == EXPECTED


def test_the_api_is_shown_as_aligned_text_in_a_pipe() -> None:
    done = run("inspect", CALCULATOR)
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0].split() == [
        "Endpoint",
        "Parameter",
        "Type",
        "Default",
        "Output",
        "Returns",
    ]
    start = next(i for i, line in enumerate(lines) if line.startswith("/predict"))
    assert lines[start].split() == [
        "/predict",
        "num1",
        "float",
        "required",
        "result",
        "float",
    ]
    assert '"add" | "subtract" | "multiply" | "divide"' in lines[start + 1]
    assert any(line.startswith("/count (stream)") for line in lines)
    assert done.stdout.isascii()
    starts = {line.find("float") for line in lines if "num" in line}
    assert len(starts) == 1


def on_a_terminal(*words: str) -> str:
    """What a command prints on a terminal."""
    command = [sys.executable, "-m", "gradio_codegen", *words]
    return on_terminal(command, {**ENV, "TERM": "xterm", "COLUMNS": "120"})


def test_a_terminal_gets_a_table() -> None:
    shown = on_a_terminal("inspect", CALCULATOR)
    shown = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert "┃ Endpoint" in shown
    assert "gradio/calculator (Gradio 6.31.0)" in shown


def test_verbose_says_how_long_each_stage_takes() -> None:
    done = run(CALCULATOR, "-o", "-", "--verbose")
    stages = [line.split()[0] for line in done.stderr.splitlines()]
    assert stages == ["fetch", "build", "models", "render", "format", "check"]
    assert all(line.endswith(" ms") for line in done.stderr.splitlines())


def test_help_and_version() -> None:
    assert run("--version").stdout == "gradio-codegen 0.1.0\n"
    for words in (["--help"], ["-h"], ["inspect", "--help"], ["save", "--help"]):
        done = run(*words)
        assert done.returncode == 0
        text = " ".join(done.stdout.split())
        assert "Exit codes: 0 fine · 1 " in text
        assert "SOURCE" in text
    top = run("--help").stdout
    for word in ("--output", "--typecheck", "--header", "inspect", "save"):
        assert word in top


@pytest.mark.parametrize("words", [["--version"], ["--help"]])
def test_help_and_version_do_without_the_generator(words: list[str]) -> None:
    script = (
        f"import sys\nfrom gradio_codegen.cli import _run\n_run({words})\n"
        "heavy = {'black', 'jinja2', 'pydantic', 'datamodel_code_generator', 'httpx2'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_completion_is_offered() -> None:
    env = {**ENV, "_GRADIO_CODEGEN_COMPLETE": "complete_bash", "COMP_CWORD": "1"}
    done = subprocess.run(
        [str(Path(sys.executable).with_name("gradio-codegen"))],
        env={**env, "COMP_WORDS": "gradio-codegen ins"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "inspect" in done.stdout


@pytest.mark.slow
def test_types_are_checked_on_demand(tmp_path: Path) -> None:
    done = run(CALCULATOR, "-o", "calculator_api.py", "--typecheck", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr.endswith("mypy --strict: no problems\n")
    assert [path.name for path in tmp_path.iterdir()] == ["calculator_api.py"]
    assert run(CALCULATOR, "-o", "-", "--typecheck").returncode == 0


def test_findings_of_the_type_checker_are_an_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from gradio_codegen import cli
    from gradio_codegen.commands import generate

    def findings(code: str, target: Path | None) -> list[str]:
        return ["app_api.py:1: error: wrong"]

    monkeypatch.setattr(generate, "_mypy", findings)
    path = tmp_path / "app_api.py"
    with pytest.raises(SystemExit) as ended:
        cli.main([CALCULATOR, "-o", str(path), "--typecheck"])
    assert ended.value.code == 1
    assert "app_api.py:1: error: wrong" in capsys.readouterr().err
    assert path.exists()


# --- How it fails


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "no app given"),
        ([CALCULATOR], "no output given"),
        (["save", CALCULATOR], "no output given"),
        ([CALCULATOR, "-o"], "requires an argument"),
        ([CALCULATOR, "-o", "x.py", "--bogus"], "No such option: --bogus"),
        ([CALCULATOR, "y", "-o", "x.py"], "unexpected extra argument"),
        (["-o", "x.py"], "Missing argument 'SOURCE'"),
        (["inspect"], "Missing argument 'SOURCE'"),
        ([CALCULATOR, "-o", "no/x.py"], "there is no folder no"),
        ([CALCULATOR, "-o", "."], "is a folder"),
        ([CALCULATOR, "-o", "mine.py"], "mine.py exists and was not written by"),
        (["save", CALCULATOR, "-o", "mine.py"], "mine.py exists and was not written"),
        (["save", CALCULATOR, "-o", "ours.py"], "ours.py exists and was not written"),
        (["nonsense", "-o", "x.py"], "is not an app. Give a URL"),
        (["ftp://host/x", "-o", "x.py"], "is not an app. Give a URL"),
        (["", "-o", "x.py"], "is not an app. Give a URL"),
        ([CALCULATOR, "-o", "x.py", "--auth", "me"], "--auth takes user:password"),
        ([CALCULATOR, "-o", "x.py", "--header", "me"], "--header takes Key:Value"),
        ([CALCULATOR, "-o", "x.py", "--header", "a:b\nc"], "characters no header has"),
        ([CALCULATOR, "-o", "x.py", "--class-name", "1x"], "cannot be the name of the"),
    ],
)
def test_wrong_usage_is_2(tmp_path: Path, words: list[str], says: str) -> None:
    (tmp_path / "mine.py").write_text("x = 1\n", encoding="utf-8")
    (tmp_path / "ours.py").write_text(EXPECTED, encoding="utf-8")
    fails(2, says, *words, cwd=tmp_path)


#: What a command needs; one that asks for something else is named here.
NEEDED = {
    "source": CALCULATOR,
    "files": str(FOLDER / "calculator" / "expected.py"),
    "old": CALCULATOR,
    "new": CALCULATOR,
    "output": "-",
    "output_dir": ".",
}


def given(command: Any, odd: Any, value: str) -> list[str]:
    """The words for a command, with a value at one of its parameters."""
    words: list[str] = []
    for param in command.params:
        if param is odd or param.name in NEEDED:
            word = value if param is odd else NEEDED[param.name]
            option = param.opts[0].startswith("-")
            words += [param.opts[0], word] if option else [word]
    return words


COMMANDS: dict[str, Any] = cast("Any", typer.main.get_command(app)).commands


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("value", ["a" * 300, "a/" * 3000, "\0", "\ud800"])
def test_no_text_of_the_users_is_a_fault_of_ours(
    tmp_path: Path, name: str, value: str
) -> None:
    """A name that the system does not take, given for any parameter of any command."""
    command = COMMANDS[name]
    for param in command.params:
        if not getattr(param, "is_flag", False):
            for end in ("", ".py", ".json"):
                words = given(command, param, value + end)
                done = run(name, *words, cwd=tmp_path)
                assert done.returncode in {0, 1, 2, 3}, (param.name, done.stderr)


def broken(tmp_path: Path) -> Iterator[tuple[str, str, str]]:
    text = Path(CALCULATOR).read_text("utf-8")
    yield "truncated.json", text[: len(text) // 2], "it is not JSON"
    yield "empty.json", "", "it is not JSON"
    yield "other.json", "{}", "not written by `gradio-codegen save`"
    yield "list.json", "[1]", "expected an object, found an array"
    yield "wrong.json", text.replace('"inputs": [', '"inputs": ["x", '), "inputs[0]"
    yield (
        "nan.json",
        text.replace('"default": 100', '"default": NaN'),
        "not a JSON number",
    )


def test_a_broken_description_is_3(tmp_path: Path) -> None:
    for name, text, says in broken(tmp_path):
        (tmp_path / name).write_text(text, encoding="utf-8")
        fails(3, says, name, "-o", "x.py", cwd=tmp_path)
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00")
    fails(3, "is not text", "binary.json", "-o", "x.py", cwd=tmp_path)
    fails(3, "there is no file missing.json", "missing.json", "-o", "x", cwd=tmp_path)


@pytest.mark.slow
def test_an_app_that_cannot_be_reached_is_3(tmp_path: Path) -> None:
    for command in ([], ["inspect"], ["save"]):
        words = [*command, "http://127.0.0.1:9"]
        words += [] if command == ["inspect"] else ["-o", "x.py"]
        fails(3, "cannot reach http://127.0.0.1:9", *words, cwd=tmp_path)


Answers = dict[str, tuple[int, str, bytes]]


@contextlib.contextmanager
def serving(answers: Answers) -> Iterator[tuple[str, list[str]]]:
    """A web server on loopback with fixed answers; everything else is not found."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            path = self.path.partition("?")[0]
            status, kind, body = answers.get(path, (404, "text/html", b"<h1>No</h1>"))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


JSON = "application/json"


@pytest.mark.slow
@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"/config": (200, "text/html", b"<html>Hello</html>")},
        {"/config": (200, JSON, b"{}")},
        {"/config": (200, JSON, b'{"version": "6.31.0", "components": 3}')},
        {"/config": (200, JSON, b"[" * 100_000)},
        {"/config": (200, JSON, b'{"version": "6.31.0"')},
        {"/config": (500, "text/plain", b"Internal Server Error")},
        {"/config": (401, JSON, b'{"detail": "Not authenticated"}')},
        {
            "/config": (200, JSON, b'{"version": "6.31.0", "api_prefix": ""}'),
            "/info": (200, JSON, b'{"named_endpoints": [1]}'),
        },
    ],
)
def test_what_is_no_gradio_app_is_3(tmp_path: Path, answers: Answers) -> None:
    with serving(answers) as (url, _):
        fails(3, "", url, "-o", "x.py", cwd=tmp_path)


def test_an_app_without_endpoints_is_told(tmp_path: Path) -> None:
    answers = {
        "/config": (200, JSON, b'{"version": "6.31.0"}'),
        "/info": (200, JSON, b'{"named_endpoints": {}, "unnamed_endpoints": {}}'),
    }
    with serving(answers) as (url, asked):
        fails(3, "no documented endpoints", url, "-o", "x.py", cwd=tmp_path)
        assert any("all_endpoints" in path for path in asked)


def test_a_running_app_is_read_and_its_password_kept_out(tmp_path: Path) -> None:
    import json

    config, info = describe(endpoint("f", [Slot("textbox", "t")]))
    answers = {
        "/config": (200, JSON, json.dumps(config).encode()),
        "/info": (200, JSON, json.dumps(info).encode()),
    }
    with serving(answers) as (url, _):
        secret = url.replace("http://", "http://me:secret@") + "/?key=secret"
        done = run(secret, "-o", "x.py", "--verbose", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        code = (tmp_path / "x.py").read_text("utf-8")
        assert "secret" not in code
        assert f'_app = App(\n    "{url}",' in code or f'_app = App("{url}"' in code
        spec = loads(run("save", url, "-o", "-").stdout, "saved")
        assert spec == AppSpec.from_raw(url, config, info)
        assert dumps(spec)


def test_a_reader_that_has_enough_is_no_failure() -> None:
    words: Sequence[str] = [sys.executable, "-m", "gradio_codegen"]
    big = str(FOLDER / "wire6" / "description.json")
    with subprocess.Popen(
        [*words, big, "-o", "-"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENV,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        errors = process.stderr.read()
        assert process.wait(60) == 0
    assert errors == b""
