"""The bare protocol on a pooled httpx2 client: the least that a call can cost.

It knows this one app and nothing else: no types, no status, no files, no errors, no
reconnecting. A client that is as quick as this adds nothing.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import httpx2

from benchmarks.contenders.measure import (
    StreamRun,
    check_answers,
    last_text,
    plain,
    read_stream,
    seconds_of,
)

TIMEOUT = httpx2.Timeout(120)
DATA = "data: "


class Floor:
    """What the bare callers know of the app, and one session."""

    def __init__(self, config: dict[str, Any]) -> None:
        """Read `/config`; Gradio 4 has no prefix."""
        self.prefix = config.get("api_prefix") or ""
        self._ids = {entry["api_name"]: entry["id"] for entry in config["dependencies"]}
        self._session = uuid.uuid4().hex
        self.feed = f"{self.prefix}/queue/data?session_hash={self._session}"

    def body(self, name: str, *data: Any) -> dict[str, Any]:
        """What to post to `/queue/join`."""
        return {
            "data": data,
            "fn_index": self._ids[name],
            "session_hash": self._session,
        }


class Outputs:
    """Turns the lines of one call's event stream into its outputs."""

    def __init__(self) -> None:
        self._value: Any = None

    def of(self, line: str) -> Iterator[Any]:
        """The output in this line, if any; a stream's end only repeats the last one."""
        if not line.startswith(DATA):
            return
        message = json.loads(line[len(DATA) :])
        if message["msg"] == "process_generating":
            step = message["output"]["data"][0]
            self._value = step if self._value is None else _edited(self._value, step)
            yield _copied(self._value)
        elif message["msg"] == "process_completed" and self._value is None:
            yield message["output"]["data"][0]


def _edited(value: Any, step: Any) -> Any:
    """Apply edits, in place where that is possible."""
    for action, path, text in step:
        if not path:
            value = value + text if action == "append" else text
            continue
        holder = value
        *way, last = path
        for key in way:
            holder = holder[key]
        holder[last] = holder[last] + text if action == "append" else text
    return value


def _copied(value: Any) -> Any:
    """A history that later edits leave alone; a text is like that already."""
    if isinstance(value, str):
        return value
    return [{**message, "content": _parts(message["content"])} for message in value]


def _parts(content: Any) -> Any:
    """A text (Gradio 4), or a list of objects (6)."""
    return content if isinstance(content, str) else [{**part} for part in content]


class _Caller:
    def __init__(self, url: str) -> None:
        self._http = httpx2.Client(base_url=url, timeout=TIMEOUT)
        self._floor = Floor(self._http.get("/config").json())

    def outputs(self, name: str, *data: Any) -> Iterator[Any]:
        """Each output as it comes."""
        join = f"{self._floor.prefix}/queue/join"
        body = self._floor.body(name, *data)
        self._http.post(join, json=body).raise_for_status()
        outputs = Outputs()
        with self._http.stream("GET", self._floor.feed) as response:
            for line in response.iter_lines():
                yield from outputs.of(line)

    def close(self) -> None:
        self._http.close()


def sequential(url: str, n: int) -> list[float]:
    caller = _Caller(url)
    answers: list[str] = []
    seconds = [
        seconds_of(lambda: answers.extend(caller.outputs("noop"))) for _ in range(n + 1)
    ]
    caller.close()
    check_answers(answers)
    return seconds[1:]


def stream(url: str, n: int) -> StreamRun:
    caller = _Caller(url)
    list(caller.outputs("grow", 5))
    run = read_stream(lambda: caller.outputs("grow", n), n, plain)
    caller.close()
    return run


def chat(url: str, n: int) -> StreamRun:
    caller = _Caller(url)
    list(caller.outputs("chat", 5))
    run = read_stream(lambda: caller.outputs("chat", n), n, last_text)
    caller.close()
    return run
