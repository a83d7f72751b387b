"""The terminal session in the docs in which a run is killed, and taken up again.

`python -m tests.docs.killed` runs it and writes it into `docs/pipelines.md`; a test runs
it again and compares. The kill is a real one, once the bar has come so far; only times,
and how many rows are done by then, may differ.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from tests.docs.snippets import DOCS, ROOT, environment
from tests.support.audio import write_audio
from tests.support.hub import Hub, Space
from tests.support.servers import several
from tests.support.terminal import on_terminal, open_terminal

PAGE = DOCS / "pipelines.md"
SPACES = {"abidlabs/whisper": "replicas/whisper", "abidlabs/en2fr": "replicas/en2fr"}
#: Recordings, and how many are done at the kill.
ROWS, KILLED_AT = 40, 12
RUN = "python -m generated_examples.recordings recordings french.parquet"
READ = (
    "python -c \"import pyarrow.parquet as p; t = p.read_table('french.parquet'); "
    "print(t.num_rows, t['value'][0], t['value'][39], sep='\\n')\""
)
_BLOCK = re.compile(r"(?<=```text\n\$ ls recordings).*?(?=```)", re.S)
_COME = re.compile(rb"(\d+)/%d " % ROWS)
#: What is otherwise each time.
_MEASURED = re.compile(r"\d+%\|.*|\d+(?= of them before)|\d+\.\d+(?= s$)", re.M)


def recorded(folder: Path, env: Mapping[str, str]) -> str:
    """Run the session in a folder; what the terminal shows after `$ ls recordings`."""
    (folder / "recordings").mkdir()
    for n in range(ROWS):
        write_audio(folder / "recordings" / f"{n:03}.wav", seconds=0.5 + n / 10)
    return "\n".join(_lines(folder, env))


def _lines(folder: Path, env: Mapping[str, str]) -> Iterator[str]:
    screen = {
        "TQDM_NCOLS": "80",
        "TQDM_NROWS": "24",
        "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]),
    }
    env = {**environment(folder), **env, **screen}
    yield f" | wc -l\n{ROWS}"
    yield f"$ {RUN}"
    yield _killed(RUN.split(), env, folder)
    yield "Killed"
    for command in (RUN, READ):
        yield f"$ {command}"
        yield _last(on_terminal(["sh", "-c", command], env, folder))
    yield ""


def _killed(command: list[str], env: Mapping[str, str], folder: Path) -> str:
    """Kill a command once it has come so far; what the terminal shows by then."""
    ours, theirs = open_terminal()
    shown = b""
    with subprocess.Popen(
        command, env=env, cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        with suppress(OSError):  # so ends a terminal on Linux
            while int([b"0", *_COME.findall(shown)][-1]) < KILLED_AT:
                shown += os.read(ours, 1 << 16)
        process.kill()
    assert process.returncode == -signal.SIGKILL, shown.decode()
    os.close(ours)
    return _last(shown.decode(errors="ignore"))


def _last(shown: str) -> str:
    """What is left on the screen: a bar is written over itself."""
    lines = shown.replace("\r\n", "\n").rstrip().split("\n")
    return "\n".join(line.rstrip("\r").rpartition("\r")[2].rstrip() for line in lines)


def same(session: str) -> str:
    """What two sessions have in common."""
    return _MEASURED.sub("N", session)


def shown() -> str:
    """What the page shows."""
    found = _BLOCK.search(PAGE.read_text("utf-8"))
    return found[0] if found else ""


def main() -> None:
    """Write the page's session anew."""
    with (
        tempfile.TemporaryDirectory(prefix="killed-") as folder,
        several(SPACES, env={"DELAY": "0.05"}) as hosts,
        Hub({space: Space(host) for space, host in hosts.items()}) as hub,
    ):
        env = {"HF_ENDPOINT": hub.url, "HF_HUB_OFFLINE": "0"}
        session = recorded(Path(folder), env)
    page = PAGE.read_text("utf-8")
    PAGE.write_text(_BLOCK.sub(lambda _: session, page, count=1), "utf-8")


if __name__ == "__main__":
    main()
