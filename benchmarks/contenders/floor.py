"""The bare protocol on a pooled httpx2 client: the least that a call can cost.

It knows this one app and nothing else: no types, no status, no files, no errors, no
reconnecting. A client that is as quick as this adds nothing.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

import httpx2

from benchmarks.contenders.measure import check_answers, read_stream, seconds_of

TIMEOUT = httpx2.Timeout(60)
DATA = "data: "


def function_ids(config: dict[str, Any]) -> dict[str, int]:
    """The number of each endpoint, by name."""
    return {entry["api_name"]: entry["id"] for entry in config["dependencies"]}


def messages(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The messages of an event stream."""
    for line in lines:
        if line.startswith(DATA):
            yield json.loads(line[len(DATA) :])


class _Caller:
    def __init__(self, url: str) -> None:
        self._http = httpx2.Client(base_url=url, timeout=TIMEOUT)
        config = self._http.get("/config").json()
        self._prefix = config["api_prefix"]
        self._ids = function_ids(config)
        self._session = uuid.uuid4().hex

    def outputs(self, name: str, *data: Any) -> Iterator[Any]:
        """Each output as it comes; the end only repeats the last one of a stream."""
        body = {
            "data": data,
            "fn_index": self._ids[name],
            "session_hash": self._session,
        }
        join = self._http.post(f"{self._prefix}/queue/join", json=body)
        join.raise_for_status()
        value: Any = None
        feed = f"{self._prefix}/queue/data?session_hash={self._session}"
        with self._http.stream("GET", feed) as response:
            for message in messages(response.iter_lines()):
                if message["msg"] == "process_generating":
                    value = _patched(value, message["output"]["data"][0])
                    yield value
                elif message["msg"] == "process_completed" and value is None:
                    yield message["output"]["data"][0]

    def close(self) -> None:
        self._http.close()


def _patched(value: Any, step: Any) -> Any:
    """The first step is a value, the later ones are edits of the text before."""
    if value is None:
        return step
    for action, _path, text in step:
        value = value + text if action == "append" else text
    return value


def sequential(url: str, n: int) -> list[float]:
    caller = _Caller(url)
    answers: list[str] = []
    seconds = [
        seconds_of(lambda: answers.extend(caller.outputs("noop"))) for _ in range(n + 1)
    ]
    caller.close()
    check_answers(answers)
    return seconds[1:]


def stream(url: str, n: int) -> tuple[float, float, float]:
    caller = _Caller(url)
    check_answers(list(caller.outputs("noop")))
    result = read_stream(caller.outputs("grow", n), n)
    caller.close()
    return result
