"""`gradio-codegen demo`: in a pipe, on a terminal, interrupted, and when it cannot."""

from __future__ import annotations

import ast
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from gradio_codegen import cli

from tests.docs import pictures
from tests.support.misbehaving import until
from tests.support.terminal import on_terminal

COMMAND = [sys.executable, "-m", "gradio_codegen", "demo", "--output-dir"]
PIP = "pip install 'gradio-codegen[demo]'"
ESCAPE = "\x1b"

# What a pipe shows, in this order, among other things.
SHOWN = [
    r"^It runs at http://127\.0\.0\.1:\d+$",
    r"^def calculate\(num1: float, operation: Operation, num2: float = 100\)",
    r"^demo_api\.py: no problems\.",
    r"^caller\.py:3: error: .*'divide'\]",
    r"^42  # int$",
    r"^0\.125  # float$",
    r"^AppError: Cannot divide by zero!",
    r"^InputError: .*num2",
    r"^TranscribeOutput\(text='[^']+', seconds=1\.5\)  # TranscribeOutput$",
    r"^PosixPath\('.*demo_api\.png'\)",
    r"^1  # int, after \d+\.\d+ s$",
    r"^5  # int, after ",
    r"^PROCESSING$",
    r"^IN_QUEUE, rank 0$",
    r"^True  # bool",
    r"^JobCancelled: ",
    r"^False  # bool",
    r"^'apple pie, ready after 1\.2 s'  # str$",
    r"^training \d+/10 epochs$",
    r"^'trained for 10 epochs'  # str$",
    r"^\[0, 1, 4, 9, .*\]  # list\[int\]",
    r"^\d+\.\d s in all$",
]


def environment(folder: Path, **others: str) -> dict[str, str]:
    """Ours, with a folder of its own for what the demo leaves while it runs."""
    return os.environ | {"TMPDIR": str(folder), "TERM": "xterm"} | others


def processes_in(folder: Path) -> list[str]:
    """The processes that work in a folder; where this is not Linux, none is seen."""
    found: list[str] = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink().is_relative_to(folder):
                found.append(process.name)
        except OSError:
            continue  # ended meanwhile, or somebody else's
    return found


def assert_nothing_left(folder: Path) -> None:
    assert processes_in(folder) == []
    assert list(folder.glob("gradio-codegen-*")) == []


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    folder = (tmp_path / "tmp").resolve()
    folder.mkdir()
    return folder


@pytest.mark.slow
def test_in_a_pipe(tmp_path: Path, temporary: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "out"],
        cwd=tmp_path,
        env=environment(temporary, FORCE_COLOR="1", HTTP_PROXY="http://127.0.0.1:9"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert ESCAPE not in done.stdout
    assert "\r" not in done.stdout
    place = 0
    for pattern in SHOWN:
        found = re.compile(pattern, re.MULTILINE).search(done.stdout, place)
        assert found, f"{pattern} is not after {done.stdout[:place][-200:]!r}"
        place = found.end()
    ast.parse((tmp_path / "out" / "demo_api.py").read_text("utf-8"))
    image = (tmp_path / "out" / "demo_api.png").read_bytes()
    assert image.startswith(b"\x89PNG")
    assert_nothing_left(temporary)


@pytest.mark.slow
def test_on_a_terminal(tmp_path: Path, temporary: Path) -> None:
    screen = environment(temporary, **pictures.SCREEN)
    shown = on_terminal([*COMMAND, tmp_path], screen, cwd=tmp_path)
    assert ESCAPE in shown
    assert "10/10 epochs" in shown
    assert "Starting it" in shown
    assert shown.count("\x1b[?25l") == shown.count("\x1b[?25h")  # the cursor is back
    assert_nothing_left(temporary)
    drawn, kept = pictures.demo_picture(shown, tmp_path), pictures.shown(pictures.DEMO)
    assert pictures.comparable(drawn) == pictures.comparable(kept), pictures.HINT


@pytest.mark.slow
@pytest.mark.parametrize("line", ["Starting it", "client.bake.submit"])
def test_ctrl_c_leaves_nothing(line: str, tmp_path: Path, temporary: Path) -> None:
    with interrupted(line, signal.SIGINT, tmp_path, temporary) as process:
        assert process.stderr is not None
        said = process.stderr.read()
    assert process.returncode == 130
    assert "Traceback" not in said
    assert_nothing_left(temporary)


@pytest.mark.slow
def test_a_killed_demo_leaves_no_server(tmp_path: Path, temporary: Path) -> None:
    with interrupted("It runs at", signal.SIGKILL, tmp_path, temporary):
        pass
    until(lambda: not processes_in(temporary))


def interrupted(
    line: str, signum: int, output_dir: Path, temporary: Path
) -> subprocess.Popen[str]:
    """A demo that was sent a signal once it had said something."""
    process = subprocess.Popen(
        [*COMMAND, output_dir],
        env=environment(temporary),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    for said in process.stdout:
        if line in said:
            break
    time.sleep(0.3)
    process.send_signal(signum)
    return process


@pytest.mark.slow
def test_an_app_that_cannot_start_shows_its_log(
    tmp_path: Path, temporary: Path
) -> None:
    package = tmp_path / "gradio"
    package.mkdir()
    (package / "__init__.py").write_text("raise SystemExit('no such luck')")
    done = subprocess.run(
        [*COMMAND, tmp_path / "out"],
        env=environment(temporary, PYTHONPATH=str(tmp_path)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    log, error = done.stderr.splitlines()
    assert log == "no such luck"
    assert error.startswith("gradio-codegen: error: the demo's app ended")
    assert_nothing_left(temporary)


def test_without_gradio(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "gradio", None)
    with pytest.raises(SystemExit) as exit_:
        cli.main(["demo", "--output-dir", str(tmp_path)])
    assert exit_.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert PIP in err
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_not_ours_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs = tmp_path / "demo_api.py"
    theirs.write_text("answer = 42\n")
    with pytest.raises(SystemExit) as exit_:
        cli.main(["demo", "--output-dir", str(tmp_path)])
    assert exit_.value.code == 2
    assert "demo_api.py" in capsys.readouterr().err
    assert theirs.read_text() == "answer = 42\n"
