"""What an editor shows of generated modules: asked of pyright's language server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.syntax import Syntax
from rich.text import Text

ROOT = Path(__file__).parents[2]
_SERVER = Path(sys.executable).with_name("pyright-langserver")
_MODULES = ("calculator_api", "whisper_api")
CODE = """\
import calculator_api
import whisper_api

text = whisper_api.predict("audio.wav")
calculator_api.predict(6, "", 7)
calculator_api.predict(6, "times", 7)
text + 1
"""
#: Lines of it, counted from 0.
_HOVERED, _COMPLETED = 3, 4
_PROSE = "#8b949e"


class LanguageServer:
    """A conversation with a language server about one file."""

    def __init__(self, process: subprocess.Popen[bytes], folder: Path) -> None:
        self._process, self._uri = process, folder.as_uri()
        self._file = (folder / "report.py").as_uri()
        self._asked = 0
        folders = [{"uri": self._uri, "name": "docs"}]
        plain = {"contentFormat": ["plaintext"]}
        can = {"workspace": {"configuration": True}, "textDocument": {"hover": plain}}
        known = {"processId": os.getpid(), "rootUri": self._uri}
        self._ask(
            "initialize", {**known, "workspaceFolders": folders, "capabilities": can}
        )
        self._send(method="initialized", params={})

    def open(self, text: str) -> list[dict[str, Any]]:
        """Show it a file; return what it finds wrong, from the first line on."""
        document = {"uri": self._file, "languageId": "python", "version": 1}
        self._send(
            method="textDocument/didOpen",
            params={"textDocument": {**document, "text": text}},
        )
        found = self._until(lambda m: m.get("params", {}).get("uri") == self._file)
        problems: list[dict[str, Any]] = found["params"]["diagnostics"]
        return sorted(problems, key=lambda item: item["range"]["start"]["line"])

    def at(self, what: str, line: int, character: int) -> Any:
        """Ask something about a place, such as `hover`."""
        place = {"line": line, "character": character}
        return self._ask(
            f"textDocument/{what}",
            {"textDocument": {"uri": self._file}, "position": place},
        )

    def close(self) -> None:
        """End it."""
        self._ask("shutdown", None)
        self._send(method="exit")

    def _ask(self, method: str, params: object) -> Any:
        self._asked += 1
        asked = self._asked
        self._send(id=asked, method=method, params=params)
        return self._until(lambda m: m.get("id") == asked and "method" not in m)[
            "result"
        ]

    def _until(self, wanted: Any) -> dict[str, Any]:
        while not wanted(message := self._read()):
            if "id" in message and "method" in message:
                self._send(id=message["id"], result=_answer(message))
        return message

    def _send(self, **message: object) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        pipe = _pipe(self._process.stdin)
        pipe.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        pipe.flush()

    def _read(self) -> dict[str, Any]:
        pipe, length = _pipe(self._process.stdout), 0
        while line := pipe.readline().strip().lower():
            if line.startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        assert length, "the language server has ended"
        message: dict[str, Any] = json.loads(pipe.read(length))
        return message


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe


def _answer(message: dict[str, Any]) -> Any:
    """Answer what the server asks for: how this editor is set up."""
    if message["method"] != "workspace/configuration":
        return None
    mode = {"typeCheckingMode": "strict"}
    one = {"pythonPath": sys.executable, "analysis": mode}
    return [one for _ in message["params"]["items"]]


@contextmanager
def language_server() -> Iterator[LanguageServer]:
    """Start pyright's, in a folder with the modules of `generated_examples`."""
    with tempfile.TemporaryDirectory(prefix="editor-") as name:
        for module in _MODULES:
            shutil.copy(ROOT / "generated_examples" / f"{module}.py", name)
        with subprocess.Popen(
            [_SERVER, "--stdio"],
            cwd=name,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"},
        ) as process:
            server = LanguageServer(process, Path(name).resolve())
            try:
                yield server
                server.close()
            except BaseException:
                process.kill()
                raise


def editor() -> RenderableType:
    """Return the file as an editor shows it: a type, completion, and mistakes."""
    with language_server() as server:
        problems = server.open(CODE)
        hover = server.at("hover", _HOVERED, 0)["contents"]["value"]
        quotes = CODE.splitlines()[_COMPLETED].index('""') + 1
        offered = server.at("completion", _COMPLETED, quotes)["items"]
    lines = Syntax("", "python", theme="ansi_dark").highlight(CODE).split()
    numbered = [Text(f"{i:>3}  ", _PROSE) + line for i, line in enumerate(lines, 1)]
    shown = {
        _HOVERED: _box([hover], 0, "blue"),
        _COMPLETED: _box([item["label"] for item in offered], quotes - 1, "cyan"),
    }
    for problem in problems:
        if problem["range"]["start"]["line"] in shown:
            continue  # not written to its end
        place = problem["range"]
        line, start = place["start"]["line"], place["start"]["character"]
        numbered[line].stylize(
            "underline red", 5 + start, 5 + place["end"]["character"]
        )
        shown[line] = _box(problem["message"].splitlines()[:1], start, "red")
    parts: list[RenderableType] = []
    for line, text in enumerate(numbered):
        parts += [text, shown[line]] if line in shown else [text]
    return Group(*parts)


def _box(lines: Sequence[str], column: int, colour: str) -> RenderableType:
    panel = Panel(Text("\n".join(lines)), border_style=colour, expand=False)
    return Padding(panel, (0, 0, 0, 4 + column))
