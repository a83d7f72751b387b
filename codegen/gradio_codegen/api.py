"""The generator as a library: `generate` and `read`."""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from .decide.build import build
from .decide.names import IMPORTS, identifier
from .decide.objects import write_models
from .descriptions.fetch import Connect, fetch
from .descriptions.spec import AppSpec
from .errors import Diagnostic, UsageError
from .options import OPTIONS, BuildOptions
from .write.check import check_code, check_user_code
from .write.file import ensure_writable, write_file
from .write.format import format_any, format_code
from .write.render import render
from .write.templates import Templates

_P = ParamSpec("_P")
_T = TypeVar("_T")
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

    @property
    def endpoint_count(self) -> int:
        """Return how many endpoints it has."""
        return self.code.count("\n@_app.")

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
    connect = Connect(token=token, auth=auth, headers=headers, timeout=timeout)
    return fetch(os.fspath(source), connect)


@dataclass(frozen=True, kw_only=True)
class _Request(BuildOptions, Connect):
    """The arguments of `generate`."""

    source: str | os.PathLike[str] | AppSpec = field(kw_only=False)


def _taking(
    request: Callable[_P, _Request],
) -> Callable[[Callable[[_Request], _T]], Callable[_P, _T]]:
    """Give a function the arguments that a request is made of."""

    def decorate(function: Callable[[_Request], _T]) -> Callable[_P, _T]:
        @wraps(function)
        def call(*args: _P.args, **kwargs: _P.kwargs) -> _T:
            return function(request(*args, **kwargs))

        returned = inspect.signature(function).return_annotation
        signature = inspect.signature(request).replace(return_annotation=returned)
        call.__dict__["__signature__"] = signature
        options = [f"    {name}: {item.help}" for name, item in OPTIONS.items()]
        doc = inspect.cleandoc(function.__doc__ or "")
        call.__doc__ = doc.replace("\nRaises:", "\n".join([*options, "", "Raises:"]), 1)
        return call

    return decorate


@_taking(_Request)
def generate(_request: _Request) -> GeneratedModule:
    """Generate a typed module for an app.

    Args:
        source: A URL, a Space id, the path of a saved description, or what `read`
            gave.
        token: Hugging Face token; None for `HF_TOKEN` or the saved login.
        auth: User and password of the app's own login.
        headers: Extra headers.
        timeout: Seconds for reading the description.

    Raises:
        CodegenError: The app cannot be read, or nothing can be generated.
    """
    spec = _request.source
    if not isinstance(spec, AppSpec):
        spec = fetch(os.fspath(spec), _request)
    return generate_from(spec, _request)


def generate_from(
    spec: AppSpec,
    options: BuildOptions | None = None,
    stages: Stages | None = None,
    base: Path | None = None,
    output: str = "",
) -> GeneratedModule:
    """Generate a module from a description that was read already.

    Args:
        spec: The description.
        options: What shapes the module besides.
        stages: Called with the name of each stage, for progress displays.
        base: What the path of the templates starts from; None for the current folder.
        output: The file that the module is for, which names it.

    Raises:
        CodegenError: Nothing can be generated.
    """
    options = options or BuildOptions()
    stage = stages or nullcontext
    _check_class_name(options.class_name)
    whole, spec = spec, spec.within(all_endpoints=options.all_endpoints)
    templates = None
    if options.templates is not None:
        templates = (base or Path()) / options.templates
        Templates(templates)  # before any work is done
    with stage("build"):
        module, diagnostics = build(spec, options, output=output)
    nameless = whole.nameless - spec.nameless
    if nameless and not options.include:
        text = f"{nameless} without a name left out; --all-endpoints takes them in"
        diagnostics.append(Diagnostic("note", "", text))
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
        return format_any(code)
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
