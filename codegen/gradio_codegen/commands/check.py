"""`gradio-codegen check FILE…`: has the app changed since its module was generated?"""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradio_runtime._models.texts import escaped

from ..descriptions.fetch import Connect, classify
from ..descriptions.spec import AppSpec
from ..drift import Diff, Surface, drift, read_file
from ..errors import CodegenError, UsageError
from .connect import read_app
from .console import Talk, error, out
from .show import exit_code, show

#: Which of several files' exit codes counts: a mistake in the command, then what is
#: known for sure, then what could not be found out.
_PRECEDENCE = (2, 1, 3)


@dataclass(frozen=True)
class _Checked:
    """What came of one file."""

    file: str
    source: str | None = None
    command: str | None = None
    diff: Diff | None = None
    error: CodegenError | None = None

    def code(self, *, strict: bool) -> int:
        """What it would have the command exit with."""
        if self.error is not None:
            return self.error.exit_code
        assert self.diff is not None
        return exit_code(self.diff, strict=strict)

    def as_json(self) -> dict[str, Any]:
        """As the list of files in `--json` has it."""
        failed = self.error is not None
        return {
            "file": self.file,
            "source": self.source,
            "regenerate": self.command,
            "error": str(self.error) if failed else None,
            "diff": None if self.diff is None else self.diff.to_json(),
        }


def check_modules(
    files: Sequence[str],
    *,
    source: str | None,
    connect: Connect,
    as_json_: bool,
    strict: bool,
    talk: Talk,
) -> int:
    """Compare generated modules with their apps as they are now; print the changes.

    Args:
        files: The modules.
        source: An app or saved description to compare them with, instead of the app
            that each names in its header.
        connect: How to reach the apps.
        as_json_: Whether to print JSON.
        strict: Whether compatible changes fail as well.
        talk: Where progress goes.

    Returns:
        The exit code.

    Raises:
        UsageError: The source is nothing that can be read.
    """
    if source is not None:
        classify(source)
    reader = _Reader(source, connect, talk)
    results = [reader.check(file) for file in files]
    for result in results:
        if result.error is not None:
            error(str(result.error))
        elif (
            result.diff is not None and not as_json_ and (result.diff or not talk.quiet)
        ):
            advice = f"Take the changes over: {result.command}"
            show(f"{result.file} ({result.source})", result.diff, advice)
    if as_json_:
        out(json.dumps(_document(results), indent=1) + "\n")
    codes = {result.code(strict=strict) for result in results}
    return next((code for code in _PRECEDENCE if code in codes), 0)


def _document(results: Sequence[_Checked]) -> dict[str, Any]:
    broken = any(item.diff is not None and item.diff.breaking for item in results)
    return {
        "format": 1,
        "breaking": broken,
        "modules": [item.as_json() for item in results],
    }


def _regenerate(module: Surface, file: str) -> str:
    """The command that generates a module anew, ready for a shell."""
    words = ["gradio-codegen", module.source, "-o", file, *module.options.words()]
    return escaped(shlex.join(words))


class _Reader:
    """Checks files, and reads each app once."""

    def __init__(self, source: str | None, connect: Connect, talk: Talk) -> None:
        self._source = source
        self._connect = connect
        self._talk = talk
        self._known: dict[str, AppSpec | CodegenError] = {}

    def check(self, file: str) -> _Checked:
        """Compare one file with its app."""
        try:
            module = read_file(Path(file))
        except CodegenError as error:
            return _Checked(file, error=error)
        command = _regenerate(module, file)
        source = self._source or module.source
        try:
            found = drift(module, self._spec(source))
        except CodegenError as error:
            return _Checked(file, source, command, error=error)
        return _Checked(file, source, command, found)

    def _spec(self, source: str) -> AppSpec:
        if source not in self._known:
            try:
                self._known[source] = self._read(source)
            except CodegenError as error:
                self._known[source] = error
        known = self._known[source]
        if isinstance(known, CodegenError):
            raise known
        return known

    def _read(self, source: str) -> AppSpec:
        # What a header names is an app: it must not make us read a file.
        if self._source is None and classify(source)[0] != "app":
            raise UsageError(
                f"the module names no app that can be read ({source!r}). "
                "Give one with --source"
            )
        return read_app(source, self._connect, self._talk)
