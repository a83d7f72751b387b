"""`gradio-codegen check FILE…`: has the app changed since its module was generated?"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import CodegenError, UsageError
from .arguments import Json, Strict

if TYPE_CHECKING:
    from ..descriptions.fetch import Connect
    from ..descriptions.spec import AppSpec
    from ..drift import Diff
    from .console import Talk

#: Which of several files' exit codes counts: a mistake in the command, then what is
#: known for sure, then what could not be found out.
_PRECEDENCE = (2, 1, 3)


def check(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="Generated modules, or folders of packages.",
            show_default=False,
        ),
    ],
    *,
    against: Annotated[
        str | None,
        typer.Option(
            metavar="SAVED", help="Compare with a saved description, offline."
        ),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            metavar="SOURCE",
            help="Compare with the app at this address, the only one that --token, "
            "--auth and --header go to.",
        ),
    ] = None,
    as_json: Json = False,
    strict: Strict = False,
    connect: Connect,
    talk: Talk,
) -> int:
    """Has the app changed since its module was generated? What callers can see of it."""
    from ..descriptions.fetch import classify

    if against is not None and source is not None:
        raise UsageError("--against and --source exclude each other. Give one")
    named = against if source is None else source
    if named is not None:
        classify(named)
    elif connect.given:  # secrets do not go to an app that only a file names
        raise UsageError(
            "--token, --auth and --header go only to an app that you name yourself. "
            "Add --source with the app's URL or Space, or use sync --check"
        )

    read = _reading(connect, talk)
    results = [_checked(file, named, read) for file in files]
    return _report(results, as_json=as_json, strict=strict, quiet=talk.quiet)


@dataclass(frozen=True)
class _Checked:
    """The result for one file: a diff or an error."""

    file: str
    source: str | None = None
    command: str | None = None
    diff: Diff | None = None
    error: CodegenError | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the file's entry in the list that `--json` prints."""
        return {
            "file": self.file,
            "source": self.source,
            "regenerate": self.command,
            "error": None if self.error is None else str(self.error),
            "diff": None if self.diff is None else self.diff.to_json(),
        }


def _reading(connect: Connect, talk: Talk) -> Callable[[str], AppSpec | CodegenError]:
    """Return a function that reads each app once."""
    from .connect import read_and_warn

    @cache
    def read(app: str) -> AppSpec | CodegenError:
        try:
            return read_and_warn(app, connect, talk)
        except CodegenError as error:
            return error

    return read


def _checked(
    file: str, named: str | None, read: Callable[[str], AppSpec | CodegenError]
) -> _Checked:
    """Compare a module with the named app, or else with the one in its header."""
    from gradio_runtime._models.texts import escaped

    from ..descriptions.fetch import classify
    from ..drift import drift, read_file
    from ..write.package import package_of

    source = command = None
    try:
        module = read_file(Path(file))
        package = package_of(Path(file))
        where = ["-o", file] if package is None else ["--package", str(package)]
        words = ["gradio-codegen", module.source, *where, *module.options.words()]
        command = escaped(shlex.join(words))
        source = named or module.source
        # What a header names must be an app: it must not make us read a file.
        if named is None and classify(source)[0] != "app":
            raise UsageError(
                f"the module names no app that can be read ({source!r}). "
                "Give one with --source"
            )
        spec = read(source)
        if isinstance(spec, CodegenError):
            raise spec
        return _Checked(file, source, command, diff=drift(module, spec))
    except CodegenError as error:
        return _Checked(file, source, command, error=error)


def _report(
    results: Sequence[_Checked], *, as_json: bool, strict: bool, quiet: bool
) -> int:
    """Print the results, and return the exit code."""
    from .console import error, out
    from .show import exit_code, show

    codes: set[int] = set()
    for result in results:
        if result.error is not None:
            error(str(result.error))
            codes.add(result.error.exit_code)
        elif result.diff is not None:
            codes.add(exit_code(result.diff, strict=strict))
            if not as_json and (result.diff or not quiet):
                advice = f"Take the changes over: {result.command}"
                show(f"{result.file} ({result.source})", result.diff, advice)
    if as_json:
        document = {
            "format": 1,
            "breaking": any(item.diff and item.diff.breaking for item in results),
            "modules": [item.as_json() for item in results],
        }
        out(json.dumps(document, indent=1) + "\n")
    return next((code for code in _PRECEDENCE if code in codes), 0)
