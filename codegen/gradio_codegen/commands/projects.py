"""Keeping the modules of several apps up to date.

Apps are read at the same time, since that is waiting; modules are made one after the
other, since that is work. What is wrong with one app is its own result.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from ..api import generate_from
from ..descriptions.fetch import classify, fetch
from ..descriptions.spec import AppSpec
from ..drift import Diff, drift, read_module, surface_of
from ..errors import CodegenError, Diagnostic, UsageError
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
    """An app of the config.

    Attributes:
        name: What it is called on the command line.
        source: The app; a saved description with its resolved path.
        output: The module's file, its path resolved.
        config: What the config says.
        base: The folder of the config.
    """

    name: str
    source: str
    output: Path
    config: AppConfig
    base: Path

    def read(self) -> AppSpec:
        """Read the app's description.

        Raises:
            CodegenError: It cannot be read.
        """
        # Many are read at once, and there is one progress.
        return fetch(self.source, self.config.connect(), lambda _: None)


@dataclass(frozen=True)
class Result:
    """What became of an app's module.

    Attributes:
        state: What it is.
        endpoints: How many the module has.
        diff: What has changed for callers, if there was a module before.
        diagnostics: What is worth knowing about single endpoints.
    """

    app: App
    state: State
    endpoints: int = 0
    diff: Diff | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    error: CodegenError | None = None

    @property
    def exit_code(self) -> int:
        """Return what the command exits with for it."""
        if self.error is not None:
            return self.error.exit_code
        return 1 if self.state in ("out of date", "missing") else 0


def resolve(config: Config, base: Path) -> list[App]:
    """Return the apps of a config, whose paths start from its folder `base`.

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
            if (other := taken.setdefault(getattr(app, key), index)) != index:
                shown = app.config.output if key == "output" else app.name
                raise UsageError(
                    f"apps[{other}] and apps[{index}] have one {key}, {shown}. "
                    f"Give one of them another {key}"
                )
    return apps


def _resolve(config: AppConfig, base: Path, project: Path, place: str) -> App:
    output = Path(os.path.normpath(as_path(base / config.output)))
    # Where it really is: a folder on the way may be a link.
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
    return App(config.name or output.stem, source, output, config, base)


def chosen(apps: Sequence[App], names: Sequence[str]) -> list[App]:
    """Return the apps of these names or outputs; all of them for none.

    Raises:
        UsageError: A name is unknown.
    """
    if not names:
        return list(apps)
    found: set[str] = set()
    for name in names:
        fitting = {app.name for app in apps if name in (app.name, app.config.output)}
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
    done: Callable[[App], object] = lambda _: None,
) -> list[Result]:
    """Bring the modules of apps up to date, or find out whether they are.

    Args:
        apps: The apps.
        check: Write nothing.
        force: Overwrite files that were not generated.
        done: Called with each app that is finished.

    Returns:
        A result for each app, in their order.
    """
    found: dict[str, Result] = {}
    pool = ThreadPoolExecutor(max_workers=_AT_A_TIME)
    try:
        reading = {pool.submit(app.read): app for app in apps}
        for future in as_completed(reading):
            app = reading[future]
            try:
                result = _sync(app, future.result(), check=check, force=force)
            except CodegenError as error:
                result = Result(app, "failed", error=error)
            found[app.name] = result
            done(app)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return [found[app.name] for app in apps]


def _sync(app: App, spec: AppSpec, *, check: bool, force: bool) -> Result:
    before = _text(app.output)
    if check:
        return _checked(app, spec, before)
    ensure_writable(app.output, force=force)
    module = generate_from(
        spec, app.config.options, base=app.base, output=str(app.output)
    )
    state: State = "created" if before is None else "updated"
    diff = None
    if before is not None and is_generated(before):
        with suppress(UsageError):  # a broken one is written anew
            old = read_module(before, app.config.output)
            diff = drift(old, spec, app.config.options, str(app.output))
    if before == module.code:
        state = "unchanged"
    else:
        write_file(app.output, module.code)
    return Result(app, state, module.endpoint_count, diff, module.diagnostics)


def _checked(app: App, spec: AppSpec, before: str | None) -> Result:
    """Compare what callers can see: not formatting, nor our own version."""
    if before is None:
        return Result(
            app, "missing", len(surface_of(spec, app.config.options).endpoints)
        )
    old = read_module(before, app.config.output)
    diff = drift(old, spec, app.config.options, str(app.output))
    state: State = "out of date" if diff else "up to date"
    return Result(app, state, len(old.endpoints), diff)


def _text(path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from None
