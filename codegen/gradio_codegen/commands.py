"""What the commands do, and what they say while they do it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .api import generate_from
from .build import BuildOptions
from .errors import CodegenError, Diagnostic, UsageError
from .fetch import classify, fetch
from .spec import AppSpec, dumps
from .write import ensure_writable, write_file

__all__ = ["Connect", "Talk", "generate_module", "inspect_app", "save_description"]


@dataclass(frozen=True)
class Connect:
    """How to reach an app."""

    token: str | None = None
    auth: tuple[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def of(
        cls, token: str | None, auth: str | None, headers: Sequence[str] | None
    ) -> Connect:
        """Make it of the options as they were typed.

        Raises:
            UsageError: One is malformed.
        """
        login: tuple[str, str] | None = None
        if auth is not None:
            user, colon, password = auth.partition(":")
            if not colon or not user:
                raise UsageError("--auth takes user:password, with a colon in between")
            login = (user, password)
        return cls(token, login, dict(map(_header, headers or ())))


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    name, value = name.strip(), value.strip()
    if not colon or not name or not name.isascii() or not name.isprintable():
        raise UsageError(f"--header takes Key:Value, not {text!r}")
    if not value.isprintable():
        raise UsageError(f"the value of --header {name} has characters no header has")
    return name, value


class Talk:
    """What is said on stderr: progress on a terminal, results, times if wanted."""

    def __init__(self, *, quiet: bool, verbose: bool) -> None:
        self._quiet = quiet
        self._verbose = verbose

    @contextmanager
    def stage(self, name: str) -> Generator[None]:
        """Measure a stage, and tell how long it took if that is wanted."""
        start = time.perf_counter()
        yield
        if self._verbose:
            _err(f"{name:<8} {(time.perf_counter() - start) * 1000:7.0f} ms")

    @contextmanager
    def progress(self, text: str) -> Generator[None]:
        """Show that something is going on, on a terminal."""
        if self._quiet or self._verbose or not sys.stderr.isatty():
            yield
            return
        from rich.console import Console
        from rich.markup import escape

        with Console(stderr=True).status(escape(text)):
            yield

    def say(self, text: str) -> None:
        """A result, unless nothing is to be said."""
        if not self._quiet:
            _err(text)

    def diagnostics(self, items: Iterable[Diagnostic]) -> None:
        """One line each; what was left out is told even if nothing else is."""
        for item in items:
            if item.level == "error" or not self._quiet:
                _err(str(item))


def _err(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201


def _fetch(source: str, connect: Connect, talk: Talk) -> AppSpec:
    with talk.progress(f"Reading {source}"), talk.stage("fetch"):
        return fetch(
            source, token=connect.token, auth=connect.auth, headers=connect.headers
        )


def generate_module(
    source: str,
    target: Path | None,
    *,
    connect: Connect,
    options: BuildOptions,
    force: bool,
    typecheck: bool,
    talk: Talk,
) -> int:
    """Generate a module into a file, or to stdout.

    Returns:
        The exit code.

    Raises:
        CodegenError: It cannot be done; nothing has been written.
    """
    classify(source)
    if target is not None:
        ensure_writable(target, force=force)
    spec = _fetch(source, connect, talk)
    with talk.progress("Generating"):
        module = generate_from(spec, options, talk.stage)
    talk.diagnostics(module.diagnostics)
    if target is None:
        _out(module.code)
    else:
        with talk.stage("write"):
            write_file(target, module.code)
        count = len(module.code.splitlines())
        talk.say(f"{target}: {_endpoints(module.code)}, {count} lines")
    if not typecheck:
        return 0
    with talk.progress("Type-checking"), talk.stage("mypy"):
        problems = _mypy(module.code, target)
    for line in problems:
        _err(line)
    if not problems:
        talk.say("mypy --strict: no problems")
    return 1 if problems else 0


def _endpoints(code: str) -> str:
    count = code.count("\n@_app.")
    return f"{count} endpoint{'' if count == 1 else 's'}"


def _out(text: str) -> None:
    """To stdout as UTF-8, whatever the locale: it is a file's content."""
    sys.stdout.flush()
    try:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # Whoever read our output has had enough; nothing may fail at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _mypy(code: str, target: Path | None) -> list[str]:
    """What mypy --strict has to say of a module."""
    with tempfile.TemporaryDirectory(prefix="gradio-codegen-") as folder:
        path = target
        if path is None:
            path = Path(folder) / "generated.py"
            path.write_text(code, encoding="utf-8")
        command = [sys.executable, "-m", "mypy", "--strict", "--config-file", ""]
        command += ["--no-error-summary", "--hide-error-context", "--no-color-output"]
        command += ["--cache-dir", str(Path(folder) / "cache"), "--", str(path)]
        done = subprocess.run(  # noqa: S603 - our own interpreter
            command, capture_output=True, text=True, encoding="utf-8", check=False
        )
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    if done.returncode not in (0, 1) or (done.returncode and not lines):
        error = " ".join(done.stderr.split()) or f"it exited with {done.returncode}"
        raise CodegenError(f"mypy could not run: {error}")
    return lines if done.returncode else []


def save_description(
    source: str,
    target: Path | None,
    *,
    connect: Connect,
    force: bool,
    talk: Talk,
) -> None:
    """Write an app's description to a file, or to stdout.

    Raises:
        CodegenError: It cannot be done; nothing has been written.
    """
    from .spec import is_saved

    classify(source)
    if target is not None:
        ensure_writable(target, force=force, ours=is_saved)
    spec = _fetch(source, connect, talk)
    text = dumps(spec)
    if target is None:
        _out(text)
        return
    write_file(target, text)
    talk.say(f"{target}: {len(spec.config.dependencies)} endpoints of {spec.source}")


def inspect_app(
    source: str, *, connect: Connect, options: BuildOptions, talk: Talk
) -> None:
    """Show an app's API on stdout.

    Raises:
        CodegenError: It cannot be read.
    """
    from .build import build
    from .table import as_table, as_text

    classify(source)
    spec = _fetch(source, connect, talk)
    if not options.all_endpoints:
        spec = spec.documented()
    module, diagnostics = build(spec, options)
    if sys.stdout.isatty():
        from rich.console import Console

        Console().print(as_table(module))
    else:
        _out(as_text(module))
    talk.diagnostics(diagnostics)
