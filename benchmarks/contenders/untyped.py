"""The runtime without a generated module: what the types cost shows beside it."""

from __future__ import annotations

from gradio_runtime import Client

from benchmarks.contenders.measure import StreamRun, last_text, plain, read_stream


def stream(url: str, n: int) -> StreamRun:
    with Client(url) as client:
        list(client.submit(5, api_name="/grow"))
        return read_stream(lambda: client.submit(n, api_name="/grow"), n, plain)


def chat(url: str, n: int) -> StreamRun:
    with Client(url) as client:
        list(client.submit(5, api_name="/chat"))
        return read_stream(lambda: client.submit(n, api_name="/chat"), n, last_text)
