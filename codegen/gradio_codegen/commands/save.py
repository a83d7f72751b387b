"""`gradio-codegen save SOURCE -o FILE`: keep a description."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .arguments import Force, Output, Source, target_of

if TYPE_CHECKING:
    from ..descriptions.fetch import Connect
    from .console import Talk


def save(
    source: Source,
    *,
    output: Output = None,
    connect: Connect,
    force: Force = False,
    talk: Talk,
) -> None:
    """Keep an app's description, to generate offline and to review in git."""
    from ..descriptions.fetch import classify
    from ..descriptions.spec import dumps, is_saved
    from ..write.file import ensure_writable, write_file
    from .connect import read_and_warn
    from .console import out

    target = target_of(output)
    classify(source)
    if target is not None:
        ensure_writable(target, force=force, ours=is_saved)
    spec = read_and_warn(source, connect, talk)
    text = dumps(spec)
    if target is None:
        out(text)
        return
    write_file(target, text)
    talk.say(f"{target}: {len(spec.config.dependencies)} endpoints of {spec.source}")
