"""`gradio-codegen SOURCE -o FILE`: generate a module."""

from __future__ import annotations

import tempfile
from pathlib import Path

from ..api import GeneratedModule, generate_from
from ..descriptions.fetch import Connect, classify
from ..options import BuildOptions
from ..write.file import ensure_writable, write_file
from ..write.typecheck import type_check
from .connect import read_app
from .console import Talk, err, out


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
    spec = read_app(source, connect, talk)
    with talk.progress("Generating"):
        module = generate_from(spec, options, talk.stage)
    talk.diagnostics(module.diagnostics)
    if target is None:
        out(module.code)
    else:
        with talk.stage("write"):
            write_file(target, module.code)
        count = len(module.code.splitlines())
        talk.say(f"{target}: {_endpoints(module)}, {count} lines")
    if not typecheck:
        return 0
    with talk.progress("Type-checking"), talk.stage("mypy"):
        problems = _mypy(module.code, target)
    for line in problems:
        err(line)
    if not problems:
        talk.say("mypy --strict: no problems")
    return 1 if problems else 0


def _endpoints(module: GeneratedModule) -> str:
    count = module.endpoint_count
    return f"{count} endpoint{'' if count == 1 else 's'}"


def _mypy(code: str, target: Path | None) -> list[str]:
    """What mypy --strict has to say of a module."""
    with tempfile.TemporaryDirectory(prefix="gradio-codegen-") as folder:
        path = target
        if path is None:
            path = Path(folder) / "generated.py"
            path.write_text(code, encoding="utf-8")
        return type_check(str(path), scratch=Path(folder))
