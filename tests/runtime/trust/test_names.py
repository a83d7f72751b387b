"""Where files of an app come to lie, and what they are called there."""

from __future__ import annotations

import os
import re
import tempfile
import unicodedata
from pathlib import Path

import pytest
from gradio_runtime import File
from gradio_runtime._models.filenames import safe_name
from gradio_runtime._models.texts import escaped
from gradio_runtime._transfer.transfer import default_download_dir
from hypothesis import given
from hypothesis import strategies as st

#: What has a meaning for a file system, a shell or the eye.
_ODD = (
    "/\\:*?<>|\"'.-~ \t\n\x00\x1b\x7f\x85\x9b\u200b\u2028\u2029\u202e\u3164\ufe00\ud800"
)
_PARTS = st.sampled_from(
    [*_ODD, "\U000e0041", "con", "NUL", "com1", "COM¹", "conin$", ".txt", "é" * 70, "a"]
)
NAMES = st.lists(_PARTS | st.characters(), max_size=40).map("".join)


@given(NAMES)
def test_a_name_is_seen_and_means_nothing(name: str) -> None:
    safe = safe_name(name)
    assert safe == escaped(safe)
    assert not set(safe) & set('/\\:*?<>|"')
    assert safe[0] not in " .-~"
    assert safe[-1] not in " ."
    assert len(safe.encode()) <= 255
    stem = safe.partition(".")[0].rstrip().upper()
    assert not re.fullmatch(r"CON|PRN|AUX|NUL|CON(IN|OUT)\$|(COM|LPT)[0-9¹²³]", stem)
    assert safe_name(safe) == safe


@given(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=20))
def test_a_name_of_letters_stays(name: str) -> None:
    name = unicodedata.normalize("NFC", escaped(name))
    assert safe_name(name) in {name, f"_{name}"} or not name


@pytest.mark.parametrize("part", ["\u0301\u0316", "\u202e", "/", ".", " ", "a"])
def test_a_name_of_megabytes_is_read_in_part(part: str) -> None:
    # Which ends: to put so many marks in order would take hours.
    safe = safe_name(part * (1 << 20) + "x.png")
    assert safe.endswith(".png")
    assert len(safe.encode()) <= 255


def _named(name: str) -> File:
    file = File.of(b"theirs")
    file.orig_name = name
    return file


def test_saving_to_a_folder_replaces_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.tar.gz").write_text("mine")
    (tmp_path / "a.tar (2).gz").symlink_to("nowhere")
    file = _named("../a.tar.gz")
    assert file.save(tmp_path) == tmp_path / "a.tar (3).gz"
    assert file.save(tmp_path).read_bytes() == b"theirs"
    assert (tmp_path / "a.tar.gz").read_text() == "mine"
    assert not (tmp_path / "nowhere").exists()
    assert len(list(tmp_path.iterdir())) == 4


def test_saving_replaces_what_the_caller_names(tmp_path: Path) -> None:
    mine = tmp_path / "a.txt"
    mine.write_text("mine")
    assert _named("a.txt").save(tmp_path, overwrite=True) == mine
    assert mine.read_bytes() == b"theirs"
    mine.write_text("mine")
    assert _named("b.txt").save(mine) == mine
    assert mine.read_bytes() == b"theirs"


def test_a_failure_leaves_no_reserved_name(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        File(path=tmp_path / "gone", orig_name="a.txt").save(tmp_path)
    assert not list(tmp_path.iterdir())


# --- The default folder for downloads


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_the_default_folder_is_ours_alone(temporary: Path) -> None:
    folder = default_download_dir()
    assert folder == default_download_dir()
    assert folder.parent == temporary
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("fault", ["a link", "a file", "writable", "another's"])
def test_a_folder_that_others_control_is_refused(
    temporary: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    folder = default_download_dir()
    match fault:
        case "a link":
            folder.rename(temporary / "elsewhere")
            folder.symlink_to(temporary / "elsewhere")
        case "a file":
            folder.rmdir()
            folder.touch()
        case "writable":
            folder.chmod(0o770)
        case _:
            user = os.getuid()
            monkeypatch.setattr(os, "getuid", lambda: user + 1)
            folder.rename(temporary / f"gradio_runtime-{user + 1}")
    found = default_download_dir()
    assert found not in {folder, temporary / "elsewhere"}
    assert not found.is_symlink()
    assert found.stat().st_mode & 0o777 == 0o700
    assert found != default_download_dir()
