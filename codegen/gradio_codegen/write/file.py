"""Files: written whole or not at all, and never over anybody else's work."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from ..errors import OutputError
from ..paths import as_path
from .render import HEADER_MARK

#: Comments, blank lines and what git leaves where two branches disagree; a docstring,
#: which may hold anything.
_COMMENTS = r"((?:[ \t]*(?:#[^\n]*|[<=>|]{7}[^\n]*)?\n)*+)"
_DOCSTRING = (
    r'(?:"{3}(?:[^"\\]|\\.|"(?!""))*+"{3}[ \t]*\n)?+'
    r"(?:'{3}(?:[^'\\]|\\.|'(?!''))*+'{3}[ \t]*\n)?+"
)
_HEAD = re.compile(_COMMENTS + _DOCSTRING + _COMMENTS, re.DOTALL)
_SPEC = re.compile(r"^# spec: (sha256:[0-9a-f]{64})$", re.MULTILINE)


def is_generated(text: str) -> bool:
    """Return whether a file is the generator's.

    A header tells, which stands above the first statement, outside of the docstring,
    and has the hash of the module's `_app`. So a file that quotes a header is not ours,
    and a module that was formatted otherwise, or broken by an edit below, is.
    """
    head = _HEAD.match(text)
    comments = f"{head[1]}{head[2]}" if head else ""
    marked = any(line.startswith(HEADER_MARK) for line in comments.splitlines())
    if not marked or not (spec := _SPEC.search(comments)):
        return False
    app = text.partition("\n_app = App(")[2]
    return re.search(rf"\bspec=[\"']{spec[1]}[\"']", app) is not None


def ensure_writable(
    path: Path,
    *,
    force: bool,
    ours: Callable[[str], bool] = is_generated,
    make: bool = False,
) -> None:
    """Make sure, before any work is done, that `path` may be written.

    `force` allows any file there to be overwritten, `ours` one with such content;
    `make` allows its folder to be missing.

    Raises:
        OutputError: It may not.
        UsageError: It cannot be the path of a file.
    """
    folder = as_path(path).parent
    if make:
        folder = next(item for item in (folder, *folder.parents) if item.exists())
    if not folder.is_dir():
        raise OutputError(f"there is no folder {folder}. Make it first")
    if path.is_dir():
        raise OutputError(f"{path} is a folder. Name a file in it")
    _refuse_special(path)
    if not os.access(folder, os.W_OK):
        raise OutputError(f"the folder {folder} cannot be written to")
    linked = path.is_symlink()
    if not linked and (force or not path.exists()):
        return
    try:
        may = ours(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        may = False
    if linked and not may:
        raise OutputError(
            f"{path} is a link to what gradio-codegen has not written. "
            "Name the file itself"
        )
    if not may:
        raise OutputError(
            f"{path} exists and was not written by gradio-codegen. "
            "Choose another file, or overwrite it with --force"
        )


def _refuse_special(path: Path) -> None:
    """Refuse devices and pipes, forced or not: replacing one would destroy it.

    `/dev/stdout` may lead to a regular file, one that somebody is still writing to; so
    names count as well.
    """
    named = Path(os.path.abspath(path)).parts[1:2]  # noqa: PTH100 - links stay links
    if named in (("dev",), ("proc",)) or (path.exists() and not path.is_file()):
        raise OutputError(f"{path} is not a regular file. Use -o - for stdout")


def write_file(path: Path, text: str) -> None:
    """Write a file atomically: readers see the old one or the new one.

    Raises:
        OutputError: It cannot be written; what was there is unchanged.
    """
    _refuse_special(path)
    target = path.resolve()  # through a link, to the file itself
    temporary: str | None = None
    try:
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
        handle, temporary = tempfile.mkstemp(
            dir=target.parent, prefix=f".{target.name}."
        )
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(temporary).chmod(mode)
        Path(temporary).replace(target)
    except OSError as error:
        if temporary is not None:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
        raise OutputError(f"{path} cannot be written: {error.strerror}") from None


def write_files(files: Mapping[Path, str]) -> None:
    """Write files, each atomically, in their order; missing folders are made.

    Raises:
        OutputError: One cannot be written; those after it are unchanged.
    """
    for path, text in files.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(
                f"the folder {path.parent} cannot be made: {error.strerror}"
            ) from None
        write_file(path, text)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
