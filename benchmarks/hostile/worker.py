"""A process that calls a healthy app while it also calls a hostile one.

Prints, as JSON, the usual call of the healthy app alone and the worst beside the other,
how many there were, by how many bytes the process grew, and what became of the hostile call.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import threading
import time
from typing import Any

from gradio_runtime import App, Call, Client, File, Input
from gradio_runtime.types import ChatMessage, DataframeData

from benchmarks.hostile.kinds import KINDS, Kind

#: Seconds of the healthy app alone.
ALONE = 1.0

_app = App("http://127.0.0.1:9", spec="sha256:0", gradio="6.31.0")


class _Value(Input):
    value: Any


@_app.stream_endpoint("/run", _Value, shape="textbox -> json")
def _json(value: Any) -> Call[Any]:
    """Run it for JSON."""
    return Call(_Value(value=value))


@_app.stream_endpoint("/run", _Value, shape="textbox -> chatbot")
def _chat(value: Any) -> Call[list[ChatMessage]]:
    """Run it for a chat."""
    return Call(_Value(value=value))


@_app.stream_endpoint("/run", _Value, shape="textbox -> dataframe")
def _table(value: Any) -> Call[DataframeData]:
    """Run it for a table."""
    return Call(_Value(value=value))


@_app.stream_endpoint("/run", _Value, shape="textbox -> file")
def _files(value: Any) -> Call[list[File]]:
    """Run it for files."""
    return Call(_Value(value=value))


@_app.endpoint("/echo", _Value, shape="textbox -> textbox")
def _echo(value: Any) -> Call[str]:
    """Say it again."""
    return Call(_Value(value=value))


class _Healthy(Client):
    app = _app
    echo = _echo


class _Hostile(Client):
    app = _app
    json = _json
    chatbot = _chat
    dataframe = _table
    file = _files


class Caller(threading.Thread):
    """Calls a healthy app without a pause.

    Attributes:
        worst: Seconds of the longest call so far, also of the one that has not ended.
        calls: How many have ended.
    """

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self._client = _Healthy(url)
        self._client.echo("x")
        self._begun = time.monotonic()
        self._worst = 0.0
        self.calls = 0

    def run(self) -> None:
        while True:
            self._begun = time.monotonic()
            assert self._client.echo("x") == "x"
            self._worst = max(self._worst, time.monotonic() - self._begun)
            self.calls += 1

    @property
    def worst(self) -> float:
        return max(self._worst, time.monotonic() - self._begun)

    def forget(self) -> None:
        """Begin to measure anew."""
        self._worst, self.calls = 0.0, 0


def suffer(kind: Kind, url: str, folder: str) -> str:
    """Call the hostile app once; returns what became of it."""
    client = _Hostile(url, download_dir=folder)
    run = getattr(client, kind.component)
    try:
        match kind.how:
            case "connect":
                client.connect()
            case "result":
                run("x")
            case "submit":
                job = run.submit("x")
                job.result()
                return f"ended, {len(job.outputs())} outputs kept"
            case "stream":
                return f"ended after {sum(1 for _ in run.stream('x'))} outputs"
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:110]}"
    return "ended"


def peak() -> int:
    """Most bytes of memory that the process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main(kind: str, hostile: str, healthy: str, seconds: str) -> None:
    caller = Caller(healthy)
    caller.start()
    time.sleep(ALONE)
    usual, before = ALONE / max(caller.calls, 1), peak()
    caller.forget()
    outcome: list[str] = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        suffering = threading.Thread(
            target=lambda: outcome.append(suffer(KINDS[kind], hostile, folder)),
            daemon=True,
        )
        begun = time.monotonic()
        suffering.start()
        suffering.join(float(seconds))
        lasted = time.monotonic() - begun
        time.sleep(0.2)  # what it leaves behind, too
        print(
            json.dumps(
                {
                    "usual": usual,
                    "worst": caller.worst,
                    "calls": caller.calls,
                    "seconds": lasted,
                    "growth": peak() - before,
                    "outcome": outcome[0] if outcome else "goes on",
                }
            ),
            flush=True,
        )
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
