"""`gradio-codegen SOURCE -o FILE`: generate a module."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..options import BuildOptions
from .arguments import Force, Output, Source, target_of

if TYPE_CHECKING:
    from ..descriptions.fetch import Connect
    from .console import Talk


def generate(
    source: Source,
    *,
    output: Output = None,
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
    from ..write.file import ensure_writable, write_file
    from .connect import read_app
    from .console import err, out

    target = target_of(output)
    classify(source)
    if target is not None:
        ensure_writable(target, force=force)
    spec = read_app(source, connect, talk)
    with talk.progress("Generating"):
        file = "" if target is None else str(target)
        module = generate_from(spec, options, talk.stage, output=file)
    talk.diagnostics(module.diagnostics)
    if target is None:
        out(module.code)
    else:
        with talk.stage("write"):
            write_file(target, module.code)
        count = module.endpoint_count
        endpoints = f"{count} endpoint{'' if count == 1 else 's'}"
        talk.say(f"{target}: {endpoints}, {len(module.code.splitlines())} lines")
    if not typecheck:
        return 0
    with talk.progress("Type-checking"), talk.stage("mypy"):
        problems = _mypy(module.code, target)
    for line in problems:
        err(line)
    if not problems:
        talk.say("mypy --strict: no problems")
    return 1 if problems else 0


def _mypy(code: str, target: Path | None) -> list[str]:
    """Return what mypy --strict reports about a module."""
    from ..write.typecheck import type_check

    with tempfile.TemporaryDirectory(prefix="gradio-codegen-") as folder:
        path = target
        if path is None:
            path = Path(folder) / "generated.py"
            path.write_text(code, encoding="utf-8")
        return type_check(str(path), scratch=Path(folder))
