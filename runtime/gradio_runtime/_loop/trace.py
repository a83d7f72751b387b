"""Logs and traces of a call: where it stands, never what is in it.

Logging goes to `gradio_runtime`, all but retries (INFO) at DEBUG. No values, texts of
errors, headers, queries or tokens are logged.

Tracing is for programs that use OpenTelemetry: one CLIENT span for each call, below the
caller's own span, and `traceparent` sent along with the join. Nothing of it is imported
here; a program that traces has done so.
"""

from __future__ import annotations

import logging
import sys
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from .._version import __version__
from ..description.addresses import split

if TYPE_CHECKING:
    from opentelemetry.trace import Span

_log = logging.getLogger("gradio_runtime")
#: The endpoint on whose behalf a request is sent, for its line in the log.
current_endpoint: ContextVar[str | None] = ContextVar("endpoint", default=None)


class CallRecord:
    """One call, from its submission to its end.

    It is made on the caller's thread, whose span, if it has one, becomes the parent.
    """

    def __init__(self, endpoint: str, src: str) -> None:
        self._what = f"{endpoint} of {src}"
        self._endpoint = endpoint
        self._outputs = 0
        self._span = _start_span(endpoint, src)

    def enter(self) -> None:
        """Let the task that runs now count as one of this call."""
        current_endpoint.set(self._endpoint)
        if self._span is not None:
            from opentelemetry import context, trace

            context.attach(trace.set_span_in_context(self._span))

    def headers(self) -> dict[str, str]:
        """Return the headers that carry the trace to the app."""
        carrier: dict[str, str] = {}
        if self._span is not None:
            from opentelemetry import propagate, trace

            propagate.inject(carrier, context=trace.set_span_in_context(self._span))
        return carrier

    def connected(self, version: str) -> None:
        """Record which version of Gradio the app runs."""
        self._set("gradio.version", version)

    def joined(self, event_id: str) -> None:
        """Record that the app has taken the job."""
        if event_id:
            self._set("gradio.event_id", event_id)
        _log.debug("%s: joined the queue", self._what)

    def retried(self, error: Exception, pause: float) -> None:
        """Record that the job joins again after a pause."""
        reason = type(error).__name__
        _log.info("%s: %s, joining again in %.1f s", self._what, reason, pause)
        if self._span is not None:
            self._span.add_event("retry", {"error.type": reason})

    def started(self) -> None:
        """Record that the app's function has begun."""
        _log.debug("%s: started", self._what)
        if self._span is not None:
            self._span.add_event("started")

    def output(self) -> None:
        """Count an output."""
        self._outputs += 1

    def ended(self, outcome: str, error: BaseException | None = None) -> None:
        """Record the end: `finished`, `failed` or `cancelled`."""
        reason = f" ({type(error).__name__})" if error is not None else ""
        _log.debug("%s: %s%s", self._what, outcome, reason)
        if (span := self._span) is None:
            return
        span.set_attribute("gradio.outcome", outcome)
        span.set_attribute("gradio.outputs", self._outputs)
        if error is not None:
            from opentelemetry.trace import Status, StatusCode

            # The type only: an app's text may quote what was sent.
            span.set_attribute("error.type", type(error).__name__)
            span.set_status(Status(StatusCode.ERROR, type(error).__name__))
        span.end()

    def _set(self, name: str, value: str) -> None:
        if self._span is not None:
            self._span.set_attribute(name, value)


def _start_span(endpoint: str, src: str) -> Span | None:
    """Start a span in a program that traces; return None in any other."""
    if "opentelemetry.trace" not in sys.modules:
        return None
    from opentelemetry import trace

    attributes: dict[str, Any] = {"gradio.endpoint": endpoint}
    if (address := split(src)) is not None:
        attributes["url.full"] = src
        attributes["server.address"] = address.host
        if address.port is not None:
            attributes["server.port"] = address.port
    else:
        attributes["gradio.space"] = src
    tracer = trace.get_tracer("gradio_runtime", __version__)
    return tracer.start_span(
        f"gradio {endpoint}", kind=trace.SpanKind.CLIENT, attributes=attributes
    )
