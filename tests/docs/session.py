"""The terminal session in the docs: a module's app changes, and what tells you so.

It is no tale: `python -m tests.docs.session` runs it and writes it into
`docs/session.md`, and a test runs it again and compares. The app is a real one, before
and after its author changed it, as a Space of the tests' Hub.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.docs.snippets import environment
from tests.support.hub import Hub, Space
from tests.support.servers import GradioServer

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "session.md"
SPACE = "team/translator"
_BLOCK = re.compile(r"(?<=```text\n).*?(?=```)", re.S)

CONFIG = f"""\
[[tool.gradio-codegen.apps]]
source = "{SPACE}"
output = "translator_api.py"
"""
CALLER = """\
import translator_api

print(translator_api.translate("Good morning", language="French"))
"""


@dataclass(frozen=True)
class Step:
    """One command, and what must come of it.

    Attributes:
        command: What is typed.
        code: Its exit code.
        changed: Whether the app has changed by then.
    """

    command: str
    code: int = 0
    changed: bool = False


STEPS = (
    Step("cat pyproject.toml"),
    Step("gradio-codegen sync"),
    Step("cat report.py"),
    Step("mypy --strict report.py"),
    Step("python report.py"),
    Step("gradio-codegen check translator_api.py"),
    Step("gradio-codegen check translator_api.py", code=1, changed=True),
    Step("gradio-codegen sync --check", code=1, changed=True),
    Step("python report.py", changed=True),
    Step("gradio-codegen sync", changed=True),
    Step("mypy --strict report.py", code=1, changed=True),
)


def recorded() -> str:
    """Run the session; what the terminal shows.

    Raises:
        AssertionError: A command exits with another code.
    """
    with (
        tempfile.TemporaryDirectory(prefix="session-") as folder,
        GradioServer("changing", 6) as before,
        GradioServer("changing", 6, {"YEAR": "2026"}) as after,
        Hub({SPACE: Space(before.url)}) as hub,
    ):
        here = Path(folder)
        (here / "pyproject.toml").write_text(CONFIG, encoding="utf-8")
        (here / "report.py").write_text(CALLER, encoding="utf-8")
        return "\n".join(_lines(here, hub, after.url))


def _lines(here: Path, hub: Hub, after: str) -> Iterator[str]:
    changed = False
    for step in STEPS:
        if step.changed and not changed:
            changed = True
            hub.spaces[SPACE] = Space(after)
            yield "# Meanwhile the app's author gives it another language, a better name"
            yield "# for a parameter, and a new one."
        done = subprocess.run(
            ["sh", "-c", step.command],
            cwd=here,
            env=_environment(hub, here),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        assert done.returncode == step.code, f"{step.command}\n{done.stdout}"
        yield f"$ {step.command}"
        yield from (line.rstrip() for line in done.stdout.splitlines())
        if step.code:
            yield "$ echo $?"
            yield str(step.code)
    yield ""


def _environment(hub: Hub, here: Path) -> Mapping[str, str]:
    return {
        **environment(here),
        "HF_ENDPOINT": hub.url,
        "HF_HUB_OFFLINE": "0",
        "NO_COLOR": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def shown() -> str:
    """What the page shows."""
    found = _BLOCK.search(PAGE.read_text(encoding="utf-8"))
    return found[0] if found else ""


def main() -> None:
    """Write the page's session anew."""
    session = recorded()
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(_BLOCK.sub(lambda _: session, page, count=1), encoding="utf-8")


if __name__ == "__main__":
    main()
