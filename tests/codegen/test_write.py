"""Files: whole or not at all, and never somebody else's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from gradio_codegen import OutputError
from gradio_codegen.write.file import ensure_writable, write_file

from .support import endpoint, module_of

MODULE = module_of(endpoint("f"))


def test_a_module_is_written_and_written_again(tmp_path: Path) -> None:
    path = tmp_path / "app_api.py"
    MODULE.write(path)
    MODULE.write(path)
    assert path.read_text("utf-8") == MODULE.code
    assert [item.name for item in tmp_path.iterdir()] == ["app_api.py"]


@pytest.mark.parametrize("content", [b"x = 1\n", b"", b"\xff\xfe"])
def test_a_file_that_is_not_ours_stays(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "app_api.py"
    path.write_bytes(content)
    with pytest.raises(OutputError, match="not written by gradio-codegen"):
        MODULE.write(path)
    assert path.read_bytes() == content
    MODULE.write(path, force=True)
    assert path.read_text("utf-8") == MODULE.code


HEADER = "\n".join(line for line in MODULE.code.splitlines() if line[:1] == "#")
SPEC = next(line for line in HEADER.splitlines() if "spec" in line)
APP = MODULE.code[MODULE.code.index("_app = ") :].partition(")\n")[0] + ")\n"


@pytest.mark.parametrize(
    "code",
    [
        MODULE.code.replace('"', "'"),
        MODULE.code.replace("\n", "\r\n"),
        f"#!/usr/bin/env python\n# ours\n\n{MODULE.code}",
        MODULE.code.replace("import", "import (", 1),
        MODULE.code + "<<<<<<< HEAD\ndef mine(: pass\n",
        f"<<<<<<< HEAD\n{MODULE.code}",
        MODULE.code.replace("# spec: ", f"<<<<<<< HEAD\n{SPEC}\n=======\n# spec: "),
        f"{HEADER}\n# fmt: off\n{APP}",
    ],
)
def test_a_module_is_known_however_it_is_formatted(tmp_path: Path, code: str) -> None:
    path = tmp_path / "app_api.py"
    path.write_text(code, encoding="utf-8", newline="")
    MODULE.write(path)
    assert path.read_text("utf-8") == MODULE.code


@pytest.mark.parametrize(
    "code",
    [
        HEADER.splitlines()[0],
        HEADER,
        f'"""\n{HEADER}\n"""\n{APP}',
        f"'''\n{HEADER}\n'''\n{APP}",
        f"x = 1\n{HEADER}\n{APP}",
        f'"""Doc."""\nimport os\n{HEADER}\n{APP}',
        f"text = {MODULE.code!r}",
        f"text = '''\n{MODULE.code}\n'''",
        f"{HEADER}\n# {APP.replace(chr(10), chr(10) + '# ')}\nx = 1",
        MODULE.code.replace("# spec: sha256:", "# spec: sha256:0"),
        MODULE.code.replace("# spec:", "# was:"),
        MODULE.code.replace("_app = App(", "_app = (", 1),
        f'"""{"x" * 10**6}{HEADER}{APP}',
    ],
)
def test_a_file_that_quotes_a_header_is_not_ours(tmp_path: Path, code: str) -> None:
    test_a_file_that_is_not_ours_stays(tmp_path, code.encode())


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("content", [None, "mine"])
def test_a_link_to_something_else_is_not_followed(
    tmp_path: Path, content: str | None, force: bool
) -> None:
    target, link = tmp_path / "target", tmp_path / "app_api.py"
    if content is not None:
        target.write_text(content)
    link.symlink_to(target)
    with pytest.raises(OutputError, match="is a link"):
        MODULE.write(link, force=force)
    assert link.is_symlink()
    assert (target.read_text() if target.exists() else None) == content


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no folder"):
        MODULE.write(tmp_path / "no" / "app_api.py")
    with pytest.raises(OutputError, match="is a folder"):
        MODULE.write(tmp_path, force=True)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has none")
@pytest.mark.parametrize("linked", [False, True])
def test_a_pipe_or_device_is_never_replaced(tmp_path: Path, linked: bool) -> None:
    # A pipe of our own stands for all of them: a mistake here must not cost a device.
    pipe = path = tmp_path / "pipe"
    os.mkfifo(pipe)
    if linked:
        path = tmp_path / "link.py"
        path.symlink_to(pipe)
    for force in (False, True):
        with pytest.raises(OutputError, match="not a regular file"):
            ensure_writable(path, force=force)
        with pytest.raises(OutputError, match="not a regular file"):
            MODULE.write(path, force=force)
    with pytest.raises(OutputError, match="not a regular file"):
        write_file(path, "x")
    assert pipe.is_fifo()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no /dev")
@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/tmp/../dev/new"])
def test_nothing_is_written_below_dev(name: str) -> None:
    with pytest.raises(OutputError, match=r"not a regular file|no folder"):
        ensure_writable(Path(name), force=True)


def test_a_failure_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "app_api.py"
    path.write_text("old", encoding="utf-8")

    def fail(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OutputError, match="No space left on device"):
        write_file(path, "new")
    assert path.read_text("utf-8") == "old"
    assert [item.name for item in tmp_path.iterdir()] == ["app_api.py"]


def test_links_and_modes_are_kept(tmp_path: Path) -> None:
    path, link = tmp_path / "app_api.py", tmp_path / "link.py"
    path.write_text(MODULE.code, encoding="utf-8")
    path.chmod(0o640)
    link.symlink_to(path)
    MODULE.write(link)
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
