"""The generator as a library: `generate` and `read`."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from .build import BuildOptions, build
from .check import check_code, check_user_code
from .errors import Diagnostic, UsageError
from .fetch import fetch
from .models import write_models
from .names import IMPORTS, identifier
from .render import format_code, render
from .spec import AppSpec
from .templates import Templates
from .write import ensure_writable, write_file

__all__ = ["GeneratedModule", "generate", "generate_from", "read"]

#: Called with the name of each stage; its context lasts as long as the stage.
Stages = Callable[[str], AbstractContextManager[object]]


@dataclass(frozen=True)
class GeneratedModule:
    """A generated module.

    Attributes:
        code: Its source text.
        diagnostics: What is worth knowing about single endpoints.
        spec: The description it was made from.
    """

    code: str
    diagnostics: tuple[Diagnostic, ...]
    spec: AppSpec

    def write(self, path: str | os.PathLike[str], *, force: bool = False) -> None:
        """Write the module to a file, atomically.

        Args:
            path: The file. One that was not generated is not overwritten.
            force: Overwrite it all the same.

        Raises:
            OutputError: It cannot or must not be written.
        """
        target = Path(path)
        ensure_writable(target, force=force)
        write_file(target, self.code)


def read(
    source: str | os.PathLike[str],
    *,
    token: str | None = None,
    auth: tuple[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = 30.0,
) -> AppSpec:
    """Read an app's description, undocumented endpoints included.

    Args:
        source: A URL, a Space id, or the path of a saved description.
        token: Hugging Face token; None for `HF_TOKEN` or the saved login.
        auth: User and password of the app's own login.
        headers: Extra headers.
        timeout: Seconds for all of it.

    Raises:
        CodegenError: It cannot be read, or does not describe a Gradio app.
    """
    return fetch(
        os.fspath(source), token=token, auth=auth, headers=headers, timeout=timeout
    )


def generate(
    source: str | os.PathLike[str] | AppSpec,
    *,
    token: str | None = None,
    auth: tuple[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = 30.0,
    include: Iterable[str] = (),
    exclude: Iterable[str] = (),
    all_endpoints: bool = False,
    nullable_outputs: bool = False,
    nullable: Iterable[str] = (),
    nullable_inputs: bool = False,
    class_name: str | None = None,
    rename: Mapping[str, str] | None = None,
    templates: str | os.PathLike[str] | None = None,
) -> GeneratedModule:
    """Generate a typed module for an app.

    Args:
        source: A URL, a Space id, the path of a saved description, or what `read`
            gave.
        token: Hugging Face token; None for `HF_TOKEN` or the saved login.
        auth: User and password of the app's own login.
        headers: Extra headers.
        timeout: Seconds for reading the description.
        include: Globs of endpoints to generate; all of them when empty.
        exclude: Globs of endpoints to leave out.
        all_endpoints: Whether to take in undocumented endpoints.
        nullable_outputs: Whether any output may be None.
        nullable: Globs of endpoints whose outputs may be None.
        nullable_inputs: Whether any parameter takes None, for nothing given.
        class_name: The client class; named after the source when None.
        rename: Names for endpoints (`{"/lambda_3": "translate"}`) and for parameters
            (`{"/lambda_3.param_0": "text"}`) in the module.
        templates: A folder of templates that take the place of ours.

    Raises:
        CodegenError: The app cannot be read, or nothing can be generated.
    """
    options = BuildOptions(
        include=tuple(include),
        exclude=tuple(exclude),
        nullable_outputs=nullable_outputs,
        nullable=tuple(nullable),
        nullable_inputs=nullable_inputs,
        class_name=class_name,
        all_endpoints=all_endpoints,
        rename=tuple((rename or {}).items()),
        templates=None if templates is None else os.fspath(templates),
    )
    if not isinstance(source, AppSpec):
        source = read(source, token=token, auth=auth, headers=headers, timeout=timeout)
    return generate_from(source, options)


def generate_from(
    spec: AppSpec,
    options: BuildOptions | None = None,
    stages: Stages | None = None,
    base: Path | None = None,
) -> GeneratedModule:
    """Generate a module from a description that was read already.

    Args:
        spec: The description.
        options: What shapes the module besides.
        stages: Told of each stage, for progress displays.
        base: What the path of the templates starts from; None for the current folder.

    Raises:
        CodegenError: Nothing can be generated.
    """
    options = options or BuildOptions()
    stage = stages or nullcontext
    _check_class_name(options.class_name)
    if not options.all_endpoints:
        spec = spec.documented()
    templates = None
    if options.templates is not None:
        templates = (base or Path()) / options.templates
        Templates(templates)  # before any work is done
    with stage("build"):
        module, diagnostics = build(spec, options)
    with stage("models"):
        models = write_models(module.models, [a.name for a in module.aliases])
    with stage("render"):
        code = render(module, models, templates)
    with stage("format"):
        code = _formatted(code, theirs=templates is not None)
    with stage("check"):
        (check_code if templates is None else check_user_code)(code)
    return GeneratedModule(code, tuple(diagnostics), spec)


def _formatted(code: str, *, theirs: bool) -> str:
    if not theirs:
        return format_code(code)
    from black.parsing import InvalidInput

    try:
        return format_code(code)
    except InvalidInput:
        return code  # the check says what is wrong with it


def _check_class_name(name: str | None) -> None:
    if name is not None and (
        identifier(name, "") != name or name in IMPORTS or not re.match("[^_a-z]", name)
    ):
        raise UsageError(
            f"{name!r} cannot be the name of the client class. "
            "Give one such as CalculatorClient"
        )
