"""From descriptions to surfaces: a description is what its module would say."""

from __future__ import annotations

from dataclasses import replace

from ..build import BuildOptions, build
from ..errors import SourceError, SpecError, UsageError
from ..models import write_models
from ..render import render
from ..spec import AppSpec
from .changes import Diff, State
from .compare import compare
from .surface import Surface, read_module

__all__ = ["drift", "surface_of"]


def surface_of(spec: AppSpec, options: BuildOptions | None = None) -> Surface:
    """What a module generated from a description would say to its callers.

    An app that has nothing left to generate has an empty surface.

    Args:
        spec: The description.
        options: What shapes the module besides.

    Raises:
        CodegenError: The module cannot be made.
    """
    options = options or BuildOptions()
    if not options.all_endpoints:
        spec = spec.documented()
    try:
        module, diagnostics = build(spec, options, stale_names=True)
    except SpecError:
        raise
    except (SourceError, UsageError):
        if options.rename and build_without_names(spec, options):
            raise  # the names are to blame
        return Surface(spec.source, spec.version, spec.hash, options)
    models = write_models(module.models, [alias.name for alias in module.aliases])
    surface = read_module(render(module, models), spec.source)
    left_out = {d.endpoint: d.message for d in diagnostics if d.level == "error"}
    return replace(surface, left_out=left_out)


def build_without_names(spec: AppSpec, options: BuildOptions) -> bool:
    """Whether there is a module if the names in the options are left out."""
    try:
        build(spec, replace(options, rename=()))
    except (SourceError, UsageError):
        return False
    return True


def drift(old: Surface, spec: AppSpec, options: BuildOptions | None = None) -> Diff:
    """What has changed in an app since a module was generated for it.

    Args:
        old: The module.
        spec: What the app says now.
        options: What to generate it with now; None for what it was generated with, and
            for the same app, even if it was read from another address.

    Raises:
        CodegenError: The module cannot be made anew.
    """
    if options is None:
        options, spec = old.options, replace(spec, source=old.source)
    new = spec if options.all_endpoints else spec.documented()
    if (new.hash, new.source, options) == (old.spec, old.source, old.options):
        state = State(new.source, new.version, new.hash)
        return Diff(State(old.source, old.gradio, old.spec), state)
    return compare(old, surface_of(spec, options))
