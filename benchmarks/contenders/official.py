"""gradio_client, the client that Gradio itself publishes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gradio_client import Client, handle_file  # type: ignore[import-untyped]

from benchmarks.contenders.measure import (
    Burst,
    StreamRun,
    Transfer,
    burst_of,
    check_answers,
    last_text,
    plain,
    read_stream,
    seconds_of,
    transfer_of,
)


def _connect(url: str, folder: str | None = None) -> Client:
    kept = {} if folder is None else {"download_files": folder}
    client = Client(url, verbose=False, analytics_enabled=False, **kept)
    check_answers([client.predict(api_name="/noop")])
    return client


def sequential(url: str, n: int) -> list[float]:
    client = _connect(url)
    return [seconds_of(lambda: client.predict(api_name="/noop")) for _ in range(n)]


def burst(url: str, n: int) -> Burst:
    client = _connect(url)
    return burst_of(lambda: [client.submit(api_name="/noop") for _ in range(n)])


def stream(url: str, n: int) -> StreamRun:
    client = _connect(url)
    list(_outputs(client, "/grow", 5))
    return read_stream(lambda: _outputs(client, "/grow", n), n, plain)


def chat(url: str, n: int) -> StreamRun:
    client = _connect(url)
    list(_outputs(client, "/chat", 5))
    return read_stream(lambda: _outputs(client, "/chat", n), n, last_text)


def _outputs(client: Client, api_name: str, n: int) -> Iterator[Any]:
    yield from client.submit(n, api_name=api_name)


def transfer(url: str, n: int) -> Transfer:
    with tempfile.TemporaryDirectory() as folder:
        client = _connect(url, folder)
        return transfer_of(
            lambda source: Path(
                client.predict(handle_file(str(source)), api_name="/echo")
            ),
            n,
        )
