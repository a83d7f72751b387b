"""`File` and `FileInput`, and the names of downloads."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from gradio_runtime import File, FileInput, Input
from gradio_runtime._models.filenames import safe_name
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, ValidationError


class Upload(Input):
    file: FileInput
    more: list[FileInput] = Field(default_factory=list[FileInput])


def test_takes_what_people_have(tmp_path: Path) -> None:
    path = tmp_path / "a b.txt"
    path.write_text("hello")
    with path.open("rb") as stream:
        upload = Upload(
            file=str(path), more=[path, b"raw", stream, "HTTPS://x.org/y.png"]
        )
        one, *_ = files = [upload.file, *upload.more]
        assert all(isinstance(file, File) for file in files)
        assert isinstance(one, File)
        assert one.path == path
        assert one.orig_name == "a b.txt"
        assert os.fspath(one) == str(path)
        assert [str(file) for file in files[-1:]] == ["https://x.org/y.png"]


@pytest.mark.parametrize("value", [7, None, 1.5, ["a"], io.StringIO("text")])
def test_refuses_what_is_no_file(value: object) -> None:
    with pytest.raises(ValidationError, match="a path, a URL, bytes"):
        Upload.model_validate({"file": value})


def test_reads_from_json_and_has_a_schema() -> None:
    upload = Upload.model_validate_json('{"file": "https://x.org/y.png"}')
    assert isinstance(upload.file, File)
    assert upload.file.url == "https://x.org/y.png"
    assert Upload.model_json_schema()["properties"]["file"]["type"] == "string"
    assert upload.model_dump(mode="json")["file"] == "https://x.org/y.png"


def test_save_copies_whole_files_only(tmp_path: Path) -> None:
    source, target = tmp_path / "in.bin", tmp_path / "out.bin"
    source.write_bytes(b"data")
    assert File.of(source).save(target) == target
    assert target.read_bytes() == b"data"
    with pytest.raises(FileNotFoundError):
        File(path=tmp_path / "missing").save(target)
    assert target.read_bytes() == b"data"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.bin", "out.bin"]
    folder = tmp_path / "folder"
    folder.mkdir()
    assert File.of(source).save(folder) == folder / "in.bin"


def test_a_save_under_the_longest_name(tmp_path: Path) -> None:
    target = tmp_path / ("a" * 255)
    assert File.of(b"data").save(target).read_bytes() == b"data"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("name", ["../escaped.txt", "/tmp/escaped.txt", "..", "a/b"])
def test_a_saved_name_stays_in_its_folder(tmp_path: Path, name: str) -> None:
    source, folder = tmp_path / "in.bin", tmp_path / "folder"
    source.write_bytes(b"data")
    folder.mkdir()
    saved = File(path=source, orig_name=name).save(folder)
    assert saved.parent == folder
    assert saved.is_file()


def test_a_file_that_is_nowhere() -> None:
    with pytest.raises(FileNotFoundError):
        File(orig_name="x").download()


@given(st.text())
def test_names_never_leave_their_folder(name: str) -> None:
    safe = safe_name(name)
    assert safe
    assert Path(safe).name == safe
    assert safe not in {".", ".."}
    assert "\x00" not in safe
    assert len(safe.encode()) <= 255


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\x.exe", "x.exe"),
        ("hello world.txt", "hello world.txt"),
        ("..", "file"),
        ("", "file"),
        ("名前.png", "名前.png"),
        ("a" * 300 + ".png", "a" * 116 + ".png"),
        ("con", "_con"),
        ("Lpt1.tar.gz", "_Lpt1.tar.gz"),
        ("nul .txt", "_nul .txt"),
        ("console.txt", "console.txt"),
        ("a\u202egnp.exe", "a_gnp.exe"),
    ],
)
def test_names_stay_as_they_were_where_they_can(name: str, safe: str) -> None:
    assert safe_name(name) == safe
