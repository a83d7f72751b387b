"""`gradio-codegen SOURCE -o FILE`: generate a module, or a package with it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import UsageError
from ..options import BuildOptions
from .arguments import Force, Output, PackageFolder, Source, target_of

if TYPE_CHECKING:
    from ..api import GeneratedModule
    from ..descriptions.fetch import Connect
    from ..write.package import Target
    from .console import Talk


def generate(
    source: Source,
    *,
    output: Output = None,
    package: PackageFolder = None,
    connect: Connect,
    options: BuildOptions,
    typecheck: Annotated[
        bool,
        typer.Option(
            "--typecheck", help="Run mypy --strict on the module; 1 if it fails."
        ),
    ] = False,
    force: Force = False,
    talk: Talk,
) -> int:
    """Generate a typed module for an app."""
    from ..api import generate_from
    from ..descriptions.fetch import classify
    from .connect import read_app
    from .console import err, out

    target = _target(output, package)
    classify(source)
    if target is not None:
        target.ensure_writable(force=force)
    spec = read_app(source, connect, talk)
    with talk.progress("Generating"):
        file = "" if target is None else str(target.file)
        module = generate_from(spec, options, talk.stage, output=file)
    talk.diagnostics(module.diagnostics)
    if target is None:
        out(module.code)
    else:
        _write(target, module, options, talk)
    if not typecheck:
        return 0
    with talk.progress("Type-checking"), talk.stage("mypy"):
        problems = _mypy(module.code, None if target is None else target.file)
    for line in problems:
        err(line)
    if not problems:
        talk.say("mypy --strict: no problems")
    return 1 if problems else 0


def _target(output: str | None, package: str | None) -> Target | None:
    """Return where the module goes; None for stdout."""
    from ..write.package import Target, package_in

    if output is not None and package is not None:
        raise UsageError("-o and --package exclude each other. Give one")
    if package is not None:
        return package_in(Path(package))
    path = target_of(output)
    return None if path is None else Target(path)


def _write(
    target: Target, module: GeneratedModule, options: BuildOptions, talk: Talk
) -> None:
    """Write the module's files, and say what they are."""
    from ..write.file import write_files

    talk.diagnostics(target.advice())
    files = target.files(module.code, module.spec, options)
    with talk.stage("write"):
        write_files(files)
    count = module.endpoint_count
    endpoints = f"{count} endpoint{'' if count == 1 else 's'}"
    talk.say(f"{target.file}: {endpoints}, {len(module.code.splitlines())} lines")


def _mypy(code: str, target: Path | None) -> list[str]:
    """Return what mypy --strict reports about a module."""
    from ..write.typecheck import type_check

    with tempfile.TemporaryDirectory(prefix="gradio-codegen-") as folder:
        path = target
        if path is None:
            path = Path(folder) / "generated.py"
            path.write_text(code, encoding="utf-8")
        return type_check(str(path), scratch=Path(folder))
