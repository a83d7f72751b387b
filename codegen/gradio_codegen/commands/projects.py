"""Keeping the modules of several apps up to date.

Apps are read at the same time, since that is waiting; modules are made one after the
other, since that is work. What is wrong with one app is its own result.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from ..api import generate_from
from ..descriptions.fetch import classify, fetch
from ..descriptions.spec import AppSpec
from ..drift import Diff, drift, read_module, surface_of
from ..errors import CodegenError, Diagnostic, UsageError
from ..options import BuildOptions
from ..paths import as_path
from ..suggest import did_you_mean
from ..write.file import ensure_writable, is_generated, write_file
from .config import AppConfig, Config, project_of

#: What became of a module; the last three are for a check.
State: TypeAlias = Literal[
    "failed", "unchanged", "updated", "created", "up to date", "out of date", "missing"
]
_AT_A_TIME = 8


@dataclass(frozen=True)
class App:
    """An app of the config, its paths resolved.

    Attributes:
        name: What it is called on the command line.
        output: The module's file.
        shown: The same as the config has it.
        source: The app.
        options: What shapes the module.
        config: What the config says.
        base: The folder of the config.
    """

    name: str
    output: Path
    shown: str
    source: str
    options: BuildOptions
    config: AppConfig
    base: Path

    def read(self, environ: Mapping[str, str]) -> AppSpec:
        """Read the app's description.

        Raises:
            CodegenError: It cannot be read.
        """
        # Many are read at once, and there is one progress.
        return fetch(self.source, self.config.connect(environ), lambda _: None)


@dataclass(frozen=True)
class Result:
    """What became of an app's module.

    Attributes:
        app: The app.
        state: What it is.
        endpoints: How many the module has.
        diff: What has changed for callers, if there was a module before.
        diagnostics: What is worth knowing about single endpoints.
        error: What went wrong.
    """

    app: App
    state: State
    endpoints: int = 0
    diff: Diff | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    error: CodegenError | None = None

    @property
    def exit_code(self) -> int:
        """What it would have the command exit with."""
        if self.error is not None:
            return self.error.exit_code
        return 1 if self.state in ("out of date", "missing") else 0


def resolve(config: Config, base: Path) -> list[App]:
    """The apps of a config.

    Args:
        config: The config.
        base: Its folder, which paths in it start from.

    Raises:
        UsageError: A source or output makes no sense.
    """
    project = project_of(base)
    apps = [
        _resolve(app, base, project, f"apps[{index}]")
        for index, app in enumerate(config.merged())
    ]
    for key in ("output", "name"):
        taken: dict[object, int] = {}
        for index, app in enumerate(apps):
            value = getattr(app, key)
            if (other := taken.setdefault(value, index)) != index:
                shown = app.shown if key == "output" else app.name
                raise UsageError(
                    f"apps[{other}] and apps[{index}] have one {key}, {shown}. "
                    f"Give one of them another {key}"
                )
    return apps


def _resolve(config: AppConfig, base: Path, project: Path, place: str) -> App:
    output = Path(os.path.normpath(as_path(base / config.output)))
    # Where it is in fact: a folder on the way may be a link.
    if not (base / config.output).resolve().is_relative_to(project):
        raise UsageError(
            f"{place}.output is outside of the project {project}: {config.output}. "
            "Name a file in it"
        )
    if output.is_dir():
        raise UsageError(
            f"{place}.output is a folder: {config.output}. Name a file in it"
        )
    if output.suffix != ".py":
        raise UsageError(f"{place}.output does not end in .py: {config.output}")
    source = config.source
    file = base / source
    if "://" not in source and (as_path(file).is_file() or source.endswith(".json")):
        source = str(file)
    try:
        classify(source)
    except UsageError as error:
        raise UsageError(f"{place}.source: {error}") from None
    name = config.name or output.stem
    return App(name, output, config.output, source, config.options, config, base)


def chosen(apps: Sequence[App], names: Sequence[str]) -> list[App]:
    """The apps of these names or outputs; all of them for none.

    Raises:
        UsageError: A name is unknown.
    """
    if not names:
        return list(apps)
    found: set[str] = set()
    for name in names:
        fitting = {app.name for app in apps if name in (app.name, app.shown)}
        if not fitting:
            words = did_you_mean(name, [app.name for app in apps])
            raise UsageError(f"the config has no app {name}. {words}")
        found |= fitting
    return [app for app in apps if app.name in found]


def synchronise(
    apps: Sequence[App],
    *,
    check: bool,
    force: bool = False,
    environ: Mapping[str, str] | None = None,
    done: Callable[[App], object] = lambda _: None,
) -> list[Result]:
    """Bring the modules of apps up to date, or see whether they are.

    Args:
        apps: The apps.
        check: Whether to write nothing.
        force: Whether to overwrite files that were not generated.
        environ: The environment; None for the process's own.
        done: Told of each app that is finished.

    Returns:
        A result for each app, in their order.
    """
    found: dict[str, Result] = {}
    for app, spec in _specs(apps, os.environ if environ is None else environ):
        try:
            found[app.name] = _sync(app, spec(), check=check, force=force)
        except CodegenError as error:
            found[app.name] = Result(app, "failed", error=error)
        done(app)
    return [found[app.name] for app in apps]


def _specs(
    apps: Sequence[App], environ: Mapping[str, str]
) -> Iterator[tuple[App, Callable[[], AppSpec]]]:
    """The apps as they are read, the quickest first."""
    pool = ThreadPoolExecutor(max_workers=min(_AT_A_TIME, max(1, len(apps))))
    try:
        running: dict[Future[AppSpec], App] = {
            pool.submit(app.read, environ): app for app in apps
        }
        for future in as_completed(running):
            yield running[future], future.result
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _sync(app: App, spec: AppSpec, *, check: bool, force: bool) -> Result:
    before = _text(app.output)
    if check:
        return _checked(app, spec, before)
    ensure_writable(app.output, force=force)
    module = generate_from(spec, app.options, base=app.base)
    state: State = "created" if before is None else "updated"
    diff = None
    if before is not None and is_generated(before):
        with suppress(UsageError):  # a broken one is written anew
            diff = drift(read_module(before, app.shown), spec, app.options)
    if before == module.code:
        state = "unchanged"
    else:
        write_file(app.output, module.code)
    return Result(app, state, module.endpoint_count, diff, module.diagnostics)


def _checked(app: App, spec: AppSpec, before: str | None) -> Result:
    """Compare with what callers can see: not formatting, nor our own version."""
    if before is None:
        return Result(app, "missing", len(surface_of(spec, app.options).endpoints))
    old = read_module(before, app.shown)
    diff = drift(old, spec, app.options)
    state: State = "out of date" if diff else "up to date"
    return Result(app, state, len(old.endpoints), diff)


def _text(path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from None
