"""`gradio-codegen call` against real servers: values, files, streams, ends."""

from __future__ import annotations

import contextlib
import io
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import uuid4

import pytest
from gradio_runtime import Client

from tests.codegen.test_cli import ENV, fails, run
from tests.support.servers import GradioServer
from tests.support.terminal import on_terminal

COMMAND = [sys.executable, "-m", "gradio_codegen", "call"]


def call(server: GradioServer, *words: str, cwd: Path | None = None) -> str:
    """What a call prints that goes well and says nothing else."""
    done = run("call", server.url, *words, cwd=cwd)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@contextlib.contextmanager
def stdin(content: bytes) -> Iterator[None]:
    with mock.patch("sys.stdin", io.TextIOWrapper(io.BytesIO(content))):
        yield


def marks(server: GradioServer, key: str) -> list[str]:
    with Client(server.url) as client:
        found: list[str] = client.predict(key, api_name="/marks")
    return found


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text("one", "utf-8")
    (tmp_path / "b.txt").write_text("three", "utf-8")
    return tmp_path


@pytest.mark.slow
def test_values_go_up_and_results_come_down(every_gradio: GradioServer) -> None:
    assert call(every_gradio, "echo", "Hello\n[x]") == "Hello\n[x]\n"
    assert call(every_gradio, "echo", "--json", "ü") == '"ü"\n'
    grown = call(every_gradio, "grow", "3")
    assert grown == "token0 token1 token2 \n"
    lines = call(every_gradio, "grow", "3", "--json").splitlines()
    assert list(map(json.loads, lines))[-1] == "token0 token1 token2 "


def test_each_type_is_given_in_its_way(gradio6: GradioServer) -> None:
    words = ["--pick", "b", "--level=1", "--many", "2", "--many", "3", "--no-on"]
    said = json.loads(call(gradio6, "choices", *words, "--json"))
    wanted = {"pick": "b", "level": 1, "many": [2, 3], "on": False}
    assert said == {**said, **wanted}
    assert (
        call(gradio6, "calculator", "--a", "-6", "--operation", "multiply", "--b=-7")
        == "42\n"
    )
    assert json.loads(call(gradio6, "json", '{"a": [null]}')) == {"a": [None]}
    assert call(gradio6, "many_outputs", "four") == "out: four\nlength: 4\nany: true\n"
    assert call(gradio6, "none_output", "x") == ""
    assert call(gradio6, "none_output", "x", "--json") == "null\n"
    assert call(gradio6, "echo", "--text", "@/etc/hosts") == "@/etc/hosts\n"
    sent = ["--header", "x-team: search", "--token", "hf_secret"]
    seen = json.loads(call(gradio6, "request_info", "x", *sent))["headers"]
    assert seen["x-team"] == "search"
    assert seen["x-hf-authorization"] == "Bearer hf_secret"
    data = json.loads(call(gradio6, "not_a_number", "--json"))
    assert data["data"]["big"] == 2**53 + 1
    with stdin(b"two\nlines\n"):
        assert call(gradio6, "echo", "-") == "two\nlines\n"
    assert call(gradio6, "--all-endpoints", "undocumented", "x") == "x\n"


def test_files_go_up_and_down(gradio6: GradioServer, files: Path) -> None:
    words = ("--one", "a.txt", "--several", "a.txt", "--several", "b.txt")
    sizes = json.loads(call(gradio6, "file_sizes", *words, cwd=files))
    assert sizes == {"one": 3, "several": [3, 5]}
    with stdin(bytes(10)):
        said = json.loads(call(gradio6, "file_sizes", "--one", "-"))
    assert said == {"one": 10, "several": []}
    url = call(gradio6, "text_file", "a.txt", cwd=files)
    assert url.startswith(gradio6.url)
    assert sorted(path.name for path in files.iterdir()) == ["a.txt", "b.txt"]

    kept = call(gradio6, "text_file", "a.txt", "--out", "new/kept", cwd=files)
    assert kept == f"{Path('new/kept/a.txt')}\n"
    again = call(gradio6, "text_file", "a.txt", "--out", "new/kept", cwd=files)
    assert (files / again.strip()).read_text("utf-8") == "one"
    assert again != kept
    said = json.loads(
        call(gradio6, "two_files", "x", "--json", "--out", ".", cwd=files)
    )
    for file in (said["first"], *said["others"]):
        assert (files / file["path"]).read_text("utf-8").endswith(": x\n")


@pytest.mark.parametrize(
    ("code", "says", "words"),
    [
        (1, "oh no [/fail of http", ["fail", "oh no"]),
        (1, "the app raised an exception", ["crash", "oh no"]),
        (2, "--age: Must be an adult", ["validated", "Anna", "5"]),
        (2, "--n: Input should be a valid", ["grow", "three"]),
        (2, "cannot read the file no.txt", ["text_file", "no.txt"]),
        (2, "cannot both be standard input", ["file_sizes", "-", "--several", "-"]),
        (2, "files cannot be written to a.txt/x", ["noop", "--out", "a.txt/x"]),
        (3, "[/sleep of http", ["sleep", "key", "5", "--timeout", "0.1"]),
    ],
)
def test_an_end_has_its_code_and_one_line(
    code: int, says: str, words: list[str], gradio6: GradioServer, files: Path
) -> None:
    with stdin(b"x"):
        fails(code, says, "call", gradio6.url, *words, cwd=files)


@pytest.mark.slow
def test_an_app_that_is_not_there_is_3(tmp_path: Path, gradio6: GradioServer) -> None:
    nowhere = "http://127.0.0.1:9"
    fails(3, f"cannot reach {nowhere}", "call", nowhere, "f", cwd=tmp_path)
    assert run(gradio6.url, "-o", "wire_api.py", cwd=tmp_path).returncode == 0
    env = {"GRADIO_CODEGEN_WIRE_API_SRC": nowhere}
    with mock.patch.dict(ENV, env):
        fails(3, f"cannot reach {nowhere}", "call", "wire_api", "noop", cwd=tmp_path)
    assert run("call", "wire_api", "noop", cwd=tmp_path).returncode == 0


# --- Ends before the end


def running(server: GradioServer, *words: str, **how: Any) -> subprocess.Popen[bytes]:
    command = [*COMMAND, server.url, *words]
    return subprocess.Popen(command, env=ENV, stderr=subprocess.PIPE, **how)


def started(server: GradioServer, key: str) -> int:
    """Wait until an endpoint has left a mark; how many there are."""
    deadline = time.monotonic() + 30
    while not (found := len(marks(server, key))):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def stopped(server: GradioServer, key: str, most: int) -> None:
    """The generator makes no more steps, and has made fewer than all."""
    before = -1
    while before != (now := len(marks(server, key))):
        before = now
        time.sleep(0.5)
    assert now < most


def test_ctrl_c_takes_the_job_back(gradio6: GradioServer) -> None:
    key = uuid4().hex
    words = ("slow_stream", key, "100", "0.1")
    with running(gradio6, *words, stdout=subprocess.DEVNULL) as process:
        started(gradio6, key)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=30)[1]
    assert (process.returncode, said) == (130, b"gradio-codegen: error: interrupted\n")
    stopped(gradio6, key, 100)


def test_a_reader_that_ends_ends_the_job(gradio6: GradioServer) -> None:
    key = uuid4().hex
    words = ("slow_stream", key, "100", "0.1", "--json")
    with running(gradio6, *words, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b'"step 0"\n'
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
        assert process.wait(30) == 0
    stopped(gradio6, key, 100)


# --- On a terminal


TERMINAL = {**ENV, "TERM": "xterm", "COLUMNS": "100"}
#: Sets the title, ends, turns the line around, and is invisible.
HOSTILE = "a\x1b]0;title\x07b\u202ec\u200bd"


@pytest.mark.slow
def test_a_terminal_shows_progress_and_obeys_no_text(gradio6: GradioServer) -> None:
    shown = on_terminal([*COMMAND, gradio6.url, "progress", "3"], TERMINAL)
    assert "looping" in shown
    assert shown.endswith("done\r\n")
    quiet = on_terminal([*COMMAND, gradio6.url, "progress", "3", "--quiet"], TERMINAL)
    assert quiet == "done\r\n"

    for words in (["echo"], ["chat", "--json"]):
        command = [*COMMAND, gradio6.url, *words, HOSTILE, "--quiet"]
        shown = on_terminal(command, TERMINAL)
        assert not {"\x1b", "\x07", "\u202e", "\u200b"} & {*shown}
        if "--json" in words:
            said = json.loads(shown.splitlines()[-1])
            wanted = HOSTILE.replace("\u200b", "")
            assert json.dumps(wanted) in json.dumps(said)
    assert call(gradio6, "echo", HOSTILE) == f"{HOSTILE}\n"  # a pipe gets the data

    failed = run("call", gradio6.url, "fail", HOSTILE)
    assert failed.stderr.strip().isprintable()


def test_messages_of_the_app_are_on_stderr(gradio6: GradioServer) -> None:
    done = run("call", gradio6.url, "logs", "x")
    assert done.stdout == "logged x\n"
    assert done.stderr == "info: an info message\nwarning: a warning\n"
    assert run("call", gradio6.url, "logs", "x", "--quiet").stderr == ""
