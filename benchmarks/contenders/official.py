"""gradio_client, the client that Gradio itself publishes."""

from __future__ import annotations

from collections.abc import Iterator

from gradio_client import Client  # type: ignore[import-untyped]

from benchmarks.contenders.measure import (
    Burst,
    burst_of,
    check_answers,
    read_stream,
    seconds_of,
)


def _connect(url: str) -> Client:
    client = Client(url, verbose=False, analytics_enabled=False)
    check_answers([client.predict(api_name="/noop")])
    return client


def sequential(url: str, n: int) -> list[float]:
    client = _connect(url)
    return [seconds_of(lambda: client.predict(api_name="/noop")) for _ in range(n)]


def burst(url: str, n: int) -> Burst:
    client = _connect(url)
    return burst_of(lambda: [client.submit(api_name="/noop") for _ in range(n)])


def stream(url: str, n: int) -> tuple[float, float, float]:
    client = _connect(url)
    return read_stream(_grow(client, n), n)


def _grow(client: Client, n: int) -> Iterator[str]:
    yield from client.submit(n, api_name="/grow")
