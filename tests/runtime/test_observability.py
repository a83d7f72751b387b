"""What logs, traces and progress bars tell of a call, and what they keep to themselves."""

from __future__ import annotations

import asyncio
import io
import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from typing import Any

import pytest
from gradio_runtime import AppError, Client, JobCancelled
from gradio_runtime._api.progress import ProgressBar
from gradio_runtime._models.status import ProgressUnit, Status, StatusUpdate
from gradio_runtime.description.addresses import shown_src
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests.runtime.wire_api import WireClient
from tests.support.misbehaving import Handler, Server
from tests.support.servers import GradioServer

_exporter = InMemorySpanExporter()


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """What a program that traces would send away. Set up once, as OpenTelemetry asks."""
    if not isinstance(trace.get_tracer_provider(), TracerProvider):
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(_exporter))
        trace.set_tracer_provider(provider)
    _exporter.clear()
    yield _exporter
    _exporter.clear()


@pytest.fixture
def live(gradio6: GradioServer) -> Iterator[WireClient]:
    with WireClient(gradio6.url) as client:
        yield client


def call_span(exporter: InMemorySpanExporter) -> ReadableSpan:
    (span,) = [s for s in exporter.get_finished_spans() if s.name.startswith("gradio")]
    return span


def attributes(span: ReadableSpan) -> dict[str, Any]:
    return dict(span.attributes or {})


# ---- logs


def test_requests_are_logged_without_what_is_private(
    live: WireClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "gradio_runtime")
    options = {"headers": {"x-secret": "header-secret", "cookie": "c=cookie-secret"}}
    with WireClient(live.src, token="hf_token-secret", **options) as client:  # type: ignore[arg-type]
        assert client.echo("payload-secret") == "payload-secret"
    lines = [record.getMessage() for record in caplog.records]
    assert any(f"GET {live.src}/config 200 in " in line for line in lines)
    joins = [line for line in lines if "POST" in line and "/queue/join 200 in" in line]
    assert joins
    assert joins[0].endswith(" ms [/echo]")
    # The stream is that of every job.
    (stream,) = [line for line in lines if "/queue/data" in line]
    assert stream.endswith(" ms")
    stages = [line.rpartition(": ")[2] for line in lines if line.startswith("/echo of")]
    assert stages == ["joined the queue", "started", "finished"]
    assert "-secret" not in caplog.text
    assert "session_hash" not in "".join(lines)


def test_ends_are_logged_by_their_kind(
    live: WireClient, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "gradio_runtime")
    with pytest.raises(AppError):
        live.fail("the app's text")
    job = live.slow_stream.submit(key, 100, 0.05)
    job.first()
    assert job.cancel()
    assert any(line.endswith("failed (AppError)") for line in caplog.messages)
    assert any(line.endswith(": cancelled") for line in caplog.messages)
    assert "the app's text" not in caplog.text


def test_another_try_is_told(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "gradio_runtime")
    tries: list[int] = []

    def join(handler: Handler) -> None:
        tries.append(1)
        if len(tries) == 1:
            handler.json({"detail": "Queue is full."}, 503)
        else:
            handler.json({"event_id": "e"})

    Handler.answers = {"/gradio_api/queue/join": join}
    with WireClient(server.url) as client:
        assert client.echo.submit("x").result(20) == "ok"
    (line,) = [m for m in caplog.messages if "joining again" in m]
    assert "QueueFull" in line


@pytest.mark.parametrize(
    ("src", "shown"),
    [
        ("owner/space", "owner/space"),
        ("http://u:p@host:7860/a?token=x#y", "http://host:7860/a"),
    ],
)
def test_an_address_is_shown_without_secrets(src: str, shown: str) -> None:
    assert shown_src(src) == shown


# ---- traces


def test_a_call_is_a_span_below_the_callers(
    live: WireClient, spans: InMemorySpanExporter
) -> None:
    with trace.get_tracer("test").start_as_current_span("mine") as mine:
        seen = live.request_info("payload")
    span = call_span(spans)
    told = attributes(span)
    assert span.name == "gradio /request_info"
    assert span.kind is trace.SpanKind.CLIENT
    assert span.parent is not None
    assert span.parent.span_id == mine.get_span_context().span_id
    assert told["gradio.endpoint"] == "/request_info"
    assert told["gradio.version"] == "6.31.0"
    assert told["gradio.outcome"] == "finished"
    assert told["gradio.outputs"] == 1
    assert told["server.address"] == "127.0.0.1"
    assert told["url.full"] == live.src
    assert "payload" not in str(told)
    # The app's function can go on with the trace: its request has the span's id.
    context = span.get_span_context()
    assert context is not None
    assert isinstance(seen["headers"], dict)


def test_the_trace_goes_to_the_app(server: Server, spans: InMemorySpanExporter) -> None:
    with WireClient(server.url) as client:
        client.echo("x")
        client.echo.with_options(headers={"traceparent": "own"})("x")
    first, second = [
        headers["traceparent"]
        for path, headers in Handler.seen
        if path.endswith("/queue/join")
    ]
    context = spans.get_finished_spans()[0].get_span_context()
    assert context is not None
    assert first.split("-")[1:3] == [
        trace.format_trace_id(context.trace_id),
        trace.format_span_id(context.span_id),
    ]
    assert second == "own"
    # A stream is that of every job, so of no single trace.
    streams = [h for path, h in Handler.seen if path.endswith("/queue/data")]
    assert streams
    assert all("traceparent" not in headers for headers in streams)


def test_async_callers_are_parents_too(
    server: Server, spans: InMemorySpanExporter
) -> None:
    async def call() -> int:
        with trace.get_tracer("test").start_as_current_span("mine") as mine:
            async with WireClient(server.url) as client:
                await client.echo.aio("x")
            return mine.get_span_context().span_id

    parent = asyncio.run(call())
    span = call_span(spans)
    assert span.parent is not None
    assert span.parent.span_id == parent


def test_failures_and_cancels_are_outcomes(
    live: WireClient, key: str, spans: InMemorySpanExporter
) -> None:
    with pytest.raises(AppError):
        live.fail("private text")
    failed = call_span(spans)
    assert failed.status.status_code is trace.StatusCode.ERROR
    assert attributes(failed)["error.type"] == "AppError"
    assert attributes(failed)["gradio.outcome"] == "failed"
    assert "private text" not in failed.to_json()
    spans.clear()
    job = live.slow_stream.submit(key, 100, 0.05)
    job.first()
    assert job.cancel()
    with pytest.raises(JobCancelled):
        job.result()
    cancelled = attributes(call_span(spans))
    assert cancelled["gradio.outcome"] == "cancelled"
    assert cancelled["gradio.outputs"] >= 1


@pytest.mark.slow
def test_nothing_is_imported_without_need(server: Server) -> None:
    script = f"""
import sys
from tests.runtime.wire_api import WireClient
with WireClient({server.url!r}) as client:
    assert client.echo("x") == "ok"
found = [name for name in sys.modules if name.split(".")[0] in ("opentelemetry", "tqdm")]
assert not found, found
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


# ---- progress bars


class Screen(io.StringIO):
    """What a terminal would show."""

    def isatty(self) -> bool:
        return True


@contextmanager
def terminal() -> Iterator[Screen]:
    """Let stderr be one; not as a fixture, since pytest sets it for each phase."""
    with redirect_stderr(Screen()) as screen:
        yield screen


def test_a_bar_shows_the_queue_the_apps_progress_and_the_end() -> None:
    with terminal() as screen:
        steps = [ProgressUnit(index=4, length=10, unit="steps", desc="painting")]
        with ProgressBar("/draw") as bar:
            bar.show(StatusUpdate(Status.IN_QUEUE, rank=2, queue_size=7, eta=11.6))
            bar.show(StatusUpdate(Status.PROCESSING))
            bar.show(StatusUpdate(Status.PROGRESS, progress_data=steps))
            share = [ProgressUnit(progress=0.25, desc="loading")]
            bar.show(StatusUpdate(Status.PROGRESS, progress_data=share))
            bar.show(StatusUpdate(Status.PROGRESS, progress_data=[ProgressUnit()]))
            bar.show(StatusUpdate(Status.ITERATING, output="a", has_output=True))
            bar.show(StatusUpdate(Status.ITERATING, output="b", has_output=True))
            bar.show(StatusUpdate(Status.FINISHED, success=True))
        shown = screen.getvalue()
        for part in (
            "/draw: 3 of 7 queued, about 12 s",
            "/draw: running",
            "/draw: painting:  40%",
            "4/10",
            "/draw: loading:  25%",
            "/draw: 2 outputs",
            "/draw: done",
        ):
            assert part in shown


def test_a_bar_tells_of_a_job_that_does_not_succeed() -> None:
    with terminal() as screen:
        for update, word in (
            (StatusUpdate(Status.CANCELLED, success=False), "cancelled"),
            (StatusUpdate(Status.FINISHED, success=False), "failed"),
        ):
            with ProgressBar("job") as bar:
                bar.show(update)
            assert f"job: {word}" in screen.getvalue()


def test_where_nobody_looks_a_bar_prints_nothing(server: Server) -> None:
    pipe = io.StringIO()
    with redirect_stderr(pipe), WireClient(server.url) as client:
        assert client.echo.submit("x").progress_bar() == "ok"
        assert pipe.getvalue() == ""
        assert client.echo.submit("x").progress_bar(disable=False, desc="E") == "ok"
    assert "E: done" in pipe.getvalue()


def test_jobs_and_streams_behind_bars(live: WireClient) -> None:
    with terminal() as screen:
        assert live.progress.submit(3).progress_bar() == "done"
        assert "/progress: looping" in screen.getvalue()

        async def wait() -> str:
            return await live.grow.submit(2).progress_bar_async()

        assert asyncio.run(wait()) == "token0 token1 "
        assert "/grow: 2 outputs" in screen.getvalue()
        assert list(live.grow.stream(3).progress_bar(desc="G")) == list(
            live.grow.stream(3)
        )
        assert "G: 3 outputs" in screen.getvalue()

        async def stream() -> list[str]:
            return [text async for text in live.grow.stream(2).progress_bar(desc="A")]

        assert len(asyncio.run(stream())) == 2
        with pytest.raises(AppError):
            live.fail.submit("x").progress_bar()
        with pytest.raises(AppError):
            list(live.fail_after.stream(1).progress_bar())
        assert "/fail: failed" in screen.getvalue()


def test_untyped_jobs_have_bars_too(server: Server) -> None:
    with terminal() as screen:
        Handler.answers = {
            "/gradio_api/info": lambda h: h.json({"named_endpoints": {}}),
        }
        with Client(server.url) as client:
            job = client.submit("x", fn_index=0)
            assert job.progress_bar(desc="untyped") == "ok"
        assert "untyped: done" in screen.getvalue()
