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
from ..decide.naming import module_name
from ..descriptions.fetch import classify, fetch
from ..descriptions.spec import AppSpec
from ..drift import Diff, drift, read_module, surface_of
from ..errors import CodegenError, Diagnostic, UsageError
from ..paths import as_path
from ..suggest import did_you_mean
from ..write.file import is_generated, write_files
from ..write.package import Target, package_in
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
        target: Where its module goes; the paths are resolved.
        config: What the config says.
        base: The folder of the config.
    """

    name: str
    source: str
    target: Target
    config: AppConfig
    base: Path

    @property
    def output(self) -> Path:
        """Return the module's file."""
        return self.target.file

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
                shown = app.config.where if key == "output" else app.name
                raise UsageError(
                    f"apps[{other}] and apps[{index}] have one {key}, {shown}. "
                    f"Give one of them another {key}"
                )
    return apps


def _resolve(config: AppConfig, base: Path, project: Path, place: str) -> App:
    target = _target(config, base, place)
    # Where they really are: a folder on the way may be a link.
    for path in (base / config.where, *target.paths):
        if not path.resolve().is_relative_to(project):
            key, kind = ("output", "file") if config.output else ("package", "folder")
            raise UsageError(
                f"{place}.{key} is outside of the project {project}: {config.where}. "
                f"Name a {kind} in it"
            )
    source = config.source
    file = base / source
    if "://" not in source and (as_path(file).is_file() or source.endswith(".json")):
        source = str(file)
    try:
        classify(source)
    except UsageError as error:
        raise UsageError(f"{place}.source: {error}") from None
    name = config.name or module_name(str(target.file)) or target.file.stem
    return App(name, source, target, config, base)


def _target(config: AppConfig, base: Path, place: str) -> Target:
    """Return where an app's module goes."""
    if (config.output is None) == (config.package is None):
        problem = "no output" if config.output is None else "an output and a package"
        raise UsageError(f"{place} has {problem}. Give it an output or a package")
    path = Path(os.path.normpath(as_path(base / config.where)))
    if config.package is not None:
        try:
            return package_in(path)
        except UsageError as error:
            raise UsageError(f"{place}.package: {error}") from None
    if path.is_dir():
        raise UsageError(
            f"{place}.output is a folder: {config.output}. Name a file in it"
        )
    if path.suffix != ".py":
        raise UsageError(f"{place}.output does not end in .py: {config.output}")
    return Target(path)


def chosen(apps: Sequence[App], names: Sequence[str]) -> list[App]:
    """Return the apps of these names or outputs; all of them for none.

    Raises:
        UsageError: A name is unknown.
    """
    if not names:
        return list(apps)
    found: set[str] = set()
    for name in names:
        fitting = {app.name for app in apps if name in (app.name, app.config.where)}
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
    app.target.ensure_writable(force=force)
    module = generate_from(
        spec, app.config.options, base=app.base, output=str(app.output)
    )
    state: State = "created" if before is None else "updated"
    diff = None
    if before is not None and is_generated(before):
        with suppress(UsageError):  # a broken one is written anew
            old = read_module(before, app.config.where)
            diff = drift(old, spec, app.config.options, str(app.output))
    noted = (*module.diagnostics, *app.target.advice())
    files = app.target.files(module.code, module.spec, app.config.options)
    files = {path: text for path, text in files.items() if _text(path) != text}
    if not files:
        state = "unchanged"
    write_files(files)
    return Result(app, state, module.endpoint_count, diff, noted)


def _checked(app: App, spec: AppSpec, before: str | None) -> Result:
    """Compare what callers can see: not formatting, nor our own version."""
    if before is None or not all(path.is_file() for path in app.target.paths):
        return Result(
            app, "missing", len(surface_of(spec, app.config.options).endpoints)
        )
    old = read_module(before, app.config.where)
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
