"""From descriptions to surfaces: a description is what its module would say."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from gradio_runtime.description.triggers import mark_of

from ..api import GeneratedModule
from ..decide.build import build
from ..decide.objects import write_models
from ..descriptions.fetch import fetch, read_text
from ..descriptions.spec import AppSpec
from ..errors import SourceError, SpecError, UsageError
from ..options import BuildOptions
from ..paths import as_path
from ..write.file import is_generated
from ..write.package import modules_in, package_in
from ..write.render import render
from .changes import Diff, State
from .compare import compare
from .module_reader import Surface, read_module

#: What can be compared.
Comparable: TypeAlias = AppSpec | GeneratedModule | str | os.PathLike[str]


def surface_of(
    spec: AppSpec, options: BuildOptions | None = None, output: str = ""
) -> Surface:
    """Return what a module generated from a description would say to its callers.

    An app that has nothing left to generate has an empty surface.

    Args:
        spec: The description.
        options: What shapes the module besides.
        output: Its file, which names it.

    Raises:
        CodegenError: The module cannot be made.
    """
    options = options or BuildOptions()
    spec = spec.within(all_endpoints=options.all_endpoints)
    try:
        module, diagnostics = build(spec, options, output=output, stale_names=True)
    except SpecError:
        raise
    except (SourceError, UsageError):
        if options.rename and _works_without_names(spec, options):
            raise  # the names are to blame
        return Surface(spec.source, spec.version, spec.hash, options)
    models = write_models(module.models, [alias.name for alias in module.aliases])
    surface = read_module(render(module, models), spec.source)
    left_out = {d.endpoint: d.message for d in diagnostics if d.level == "error"}
    if options.main:
        why = "--main leaves it out, since it no longer looks like the app's work"
        there = {item.shown_name for item in spec.config.dependencies}
        left_out = dict.fromkeys(filter(options.wants, there), why) | left_out
    triggers = {
        mark_of(item.trigger): item.shown_name
        for item in spec.config.dependencies
        if item.trigger is not None
    }
    return replace(surface, left_out=left_out, triggers=triggers)


def _works_without_names(spec: AppSpec, options: BuildOptions) -> bool:
    """Return whether there is a module if the options' names are left out."""
    try:
        build(spec, replace(options, rename=()))
    except (SourceError, UsageError):
        return False
    return True


def drift(
    old: Surface, spec: AppSpec, options: BuildOptions | None = None, output: str = ""
) -> Diff:
    """Find what has changed in an app since a module was generated for it.

    Args:
        old: The module.
        spec: What the app says now.
        options: What to generate it with now; None for what it was generated with, and
            for the same app, even if it was read from another address, and with its
            client.
        output: The module's file, which names its client; with options only.

    Raises:
        CodegenError: The module cannot be made anew.
    """
    as_it_is = options is None
    if options is None:
        options, spec = old.options, replace(spec, source=old.source)
    new = spec.within(all_endpoints=options.all_endpoints)
    state = State(new.source, new.version, new.hash)
    if _same(state, options, old):
        return Diff(old.state, state)
    if as_it_is:
        options = replace(options, class_name=old.client or None)
    return compare(old, surface_of(spec, options, output))


def diff(
    old: Comparable,
    new: Comparable,
    *,
    all_endpoints: bool = False,
    read: Callable[[str], AppSpec] = fetch,
) -> Diff:
    """Find what has changed between two states of an app, for callers of its module.

    Each is a description, a generated module, or where to find one: the path of a
    module or of a saved description, a URL, a Space id. A description is seen as the
    module that it gives with the options of the other; and two descriptions are taken
    to be of the same app, whatever address they were read from.

    Args:
        old: What was.
        new: What is now.
        all_endpoints: Take in undocumented endpoints, if neither is a module, whose
            own options count.
        read: Reads the description of an app, or a saved one.

    Raises:
        CodegenError: One of them cannot be read.
    """
    before, after = _loaded(old, read), _loaded(new, read)
    if isinstance(before, AppSpec):
        options = BuildOptions(all_endpoints=all_endpoints)
        if isinstance(after, Surface):
            before, options = replace(before, source=after.source), after.options
        before = surface_of(before, options)
    if isinstance(after, AppSpec):
        return drift(before, after)
    if _same(before.state, before.options, after):
        return Diff(before.state, after.state)
    return compare(before, after)


def _same(state: State, options: BuildOptions, other: Surface) -> bool:
    """Return whether two modules are the same, versions of the generator aside.

    Which endpoints are the app's work goes by what runs them, too, which is no part of
    the hash.
    """
    key = (state.spec, state.source, options)
    return key == (other.state.spec, other.state.source, other.options) and (
        not options.main
    )


def _loaded(item: Comparable, read: Callable[[str], AppSpec]) -> AppSpec | Surface:
    if isinstance(item, AppSpec):
        return item
    if isinstance(item, GeneratedModule):
        return read_module(item.code, "the module")
    place = os.fspath(item)
    path = as_path(place)
    module = path.is_file() and is_generated(read_text(path))
    if place.endswith(".py") or module or (path.is_dir() and modules_in(path)):
        return read_file(path)
    return read(place)


def read_file(path: Path) -> Surface:
    """Read a generated module's file, or that of the package in a folder.

    Raises:
        UsageError: It cannot be read, or is not a generated module.
    """
    if as_path(path).is_dir():
        path = package_in(path).file
    try:
        text = read_text(as_path(path))
    except SourceError as error:
        raise UsageError(str(error)) from None
    return read_module(text, str(path))
