"""Tour, first half: the app is started and its module made. `calls` is the other."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack
from pathlib import Path

from ..api import generate
from ..errors import CheckError, OutputError
from ..write.file import ensure_writable
from ..write.typecheck import type_check
from .calls import make_calls
from .module import load
from .server import serve
from .show import Screen, open_screen

_MISTAKE = """\
from demo_api import calculate

calculate(6, "times", 7)
"""


def tour(output_dir: Path, *, force: bool) -> None:
    """Start the app, generate its module, and use it in every way there is.

    Args:
        output_dir: Where `demo_api.py` and `demo_api.png` go; made if it is not there.
        force: Overwrite a `demo_api.py` that was not generated.

    Raises:
        gradio_codegen.CodegenError: The app did not start, or the module could not be
            generated or is not clean.
    """
    begun = time.monotonic()
    _bypass_proxies()
    path = output_dir / "demo_api.py"
    _prepare(path, force=force)
    image = path.with_suffix(".png")
    screen = open_screen()
    with ExitStack() as stack:
        screen.section("A Gradio app, on this machine only")
        with screen.waiting("Starting it"):
            server = stack.enter_context(serve())
        screen.say(f"It runs at {server.url}")
        lines = _generate(screen, server.url, path, force=force)
        _check(screen, server.folder, path)
        client_class = load(path)
        client = stack.enter_context(client_class(download_dir=server.folder))
        make_calls(screen, client, server.folder, image)
    screen.section("That was it")
    screen.say(f"{path}  {lines} lines, clean under mypy --strict")
    screen.say(f"{image}  an image that the app painted")
    screen.say("The app has been stopped. The same for another one:")
    screen.say("    gradio-codegen owner/space -o space_api.py")
    screen.say(f"{time.monotonic() - begun:.1f} s in all")


def _prepare(path: Path, *, force: bool) -> None:
    """Find out before anything is started whether the module can be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"the folder {path.parent} cannot be made: {error.strerror}. "
            "Choose another one with --output-dir"
        ) from None
    ensure_writable(path, force=force)


def _bypass_proxies() -> None:
    """Let no proxy of the user come between us and loopback."""
    for name in ("NO_PROXY", "no_proxy"):
        others = os.environ.get(name)
        os.environ[name] = f"{others},127.0.0.1" if others else "127.0.0.1"


def _generate(screen: Screen, url: str, path: Path, *, force: bool) -> int:
    """Generate the module, and return how many lines it has."""
    screen.section(f"Its module, as of gradio-codegen {url} -o {path.name}")
    begun = time.monotonic()
    with screen.waiting("Generating"):
        module = generate(url, class_name="DemoClient")
        module.write(path, force=force)
    seconds = time.monotonic() - begun
    screen.module(module.code)
    lines = len(module.code.splitlines())
    screen.say(f"\n{path}: {lines} lines in {seconds:.1f} s")
    return lines


def _check(screen: Screen, folder: Path, path: Path) -> None:
    screen.section("Its types: mypy --strict")
    with screen.waiting("Checking the module"):
        problems = type_check(path.name, scratch=folder, cwd=path.parent)
    if problems:
        raise CheckError(f"mypy is not content with {path}: {'; '.join(problems)}")
    screen.say(f"{path.name}: no problems. And a caller with a mistake:\n")
    mistake = folder / "caller.py"
    mistake.write_text(_MISTAKE, "utf-8")
    screen.module(_MISTAKE)
    found = type_check(mistake.name, scratch=folder, cwd=folder, imports=path.parent)
    for line in found:
        screen.say(line)
