"""`gradio-codegen save SOURCE -o FILE`: keep a description."""

from __future__ import annotations

from pathlib import Path

from ..descriptions.fetch import Connect, classify
from ..descriptions.spec import dumps, is_saved
from ..write.file import ensure_writable, write_file
from .connect import read_app
from .console import Talk, out


def save_description(
    source: str,
    target: Path | None,
    *,
    connect: Connect,
    force: bool,
    talk: Talk,
) -> None:
    """Write an app's description to a file, or to stdout.

    Raises:
        CodegenError: It cannot be done; nothing has been written.
    """
    classify(source)
    if target is not None:
        ensure_writable(target, force=force, ours=is_saved)
    spec = read_app(source, connect, talk)
    text = dumps(spec)
    if target is None:
        out(text)
        return
    write_file(target, text)
    talk.say(f"{target}: {len(spec.config.dependencies)} endpoints of {spec.source}")
