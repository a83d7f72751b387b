"""Every command and snippet of the README, run from its first to its last.

The Spaces that it names are replicas on loopback, which a small Hub of ours serves.
A `# → text` at the end of a line is what that line prints.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import wave
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.hub import Hub, Space
from tests.support.servers import GradioServer

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
REPLICAS = {
    "abidlabs/whisper": "whisper",
    "gradio/calculator": "calculator",
    "gradio/count_generator": "count_generator",
}


@dataclass(frozen=True)
class Block:
    language: str
    code: str
    line: int

    @property
    def printed(self) -> list[str]:
        return re.findall(r"# → (.*)", self.code)


def blocks() -> list[Block]:
    found = re.finditer(r"^```(bash|python)\n(.*?)^```", README, re.M | re.S)
    return [Block(m[1], m[2], README[: m.start()].count("\n") + 2) for m in found]


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    with ExitStack() as stack:
        servers = {
            space: stack.enter_context(GradioServer(f"replicas/{name}", 6))
            for space, name in REPLICAS.items()
        }
        spaces = {space: Space(server.url) for space, server in servers.items()}
        yield stack.enter_context(Hub(spaces))


def run(command: list[str], folder: Path, hub: Hub) -> subprocess.CompletedProcess[str]:
    scripts = Path(sys.executable).parent
    env = {
        **os.environ,
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
        "HF_ENDPOINT": hub.url,
        "HF_HOME": str(folder / "hf"),
        "HF_HUB_OFFLINE": "0",
        "PYTHONIOENCODING": "utf-8",
    }
    return subprocess.run(
        command,
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_every_block_runs_and_prints_what_it_says(hub: Hub, tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "audio.wav"), "wb") as audio:
        audio.setnchannels(1)
        audio.setsampwidth(2)
        audio.setframerate(8000)
        audio.writeframes(bytes(2 * 4000))
    scripts: list[str] = []
    for block in blocks():
        where = f"README.md:{block.line}"
        if block.language == "bash":
            for command in block.code.splitlines():
                result = run(["sh", "-euc", command], tmp_path, hub)
                assert result.returncode == 0, f"{where}: {command}\n{result.stderr}"
        else:
            script = f"block_{block.line}.py"
            (tmp_path / script).write_text(block.code, encoding="utf-8")
            scripts.append(script)
            result = run([sys.executable, script], tmp_path, hub)
            assert result.returncode == 0, f"{where}\n{result.stderr}"
            assert result.stdout.splitlines()[: len(block.printed)] or not block.printed
            unseen = list(block.printed)
            for line in result.stdout.splitlines():
                if unseen and line == unseen[0]:
                    del unseen[0]
            assert not unseen, f"{where} prints\n{result.stdout}\nand not {unseen}"
    assert len(scripts) >= 7
    # The snippets are type-checked together with the modules that they import.
    checked = run([sys.executable, "-m", "mypy", "--strict", *scripts], tmp_path, hub)
    assert checked.returncode == 0, checked.stdout


def test_the_two_commands_exist() -> None:
    for target in ("demo", "test"):
        assert f"`make {target}`" in README
        subprocess.run(
            ["make", "-n", target], cwd=ROOT, check=True, capture_output=True
        )


def test_links_lead_somewhere() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", README)
    assert links
    missing = [link for link in links if not (ROOT / link).exists()]
    assert not missing
