"""The error of each HTTP status (docs/protocol.md#statuses)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import TYPE_CHECKING, Any

from .._models.texts import beginning, brief
from ..description.json_values import is_array, is_object, load_json
from ..errors import (
    AuthenticationError,
    ConnectError,
    ConnectionLost,
    FileTooLarge,
    GradioError,
    ProtocolError,
    QueueFull,
    RateLimited,
    ServerValidationError,
)

if TYPE_CHECKING:
    import httpx2

#: The hint if the answer is not that of a Gradio app.
CHECK_URL = "Check that the URL is that of a running Gradio app"


def status_error(response: httpx2.Response, content: bytes = b"") -> GradioError:
    """Return the error for the status of an answer, of whose body this was read."""
    status, detail = response.status_code, _detail(response, content)
    url = response.url.copy_with(query=None, userinfo=None)
    match status:
        case 401 | 403:
            return AuthenticationError(
                f"the app refuses access ({status}): {_text(detail)}"
            )
        case 407:
            return ConnectError(
                f"the proxy needs a login ({status})",
                not_sent=True,
                lasting=True,
                hint="Give it in the proxy's URL: http://user:password@host:port",
            )
        case 413:
            return FileTooLarge(f"the app takes no more data: {_text(detail)}")
        case 422:
            fields = _invalid_fields(detail)
            what = "; ".join(f"{k}: {v}" for k, v in fields.items()) or _text(detail)
            return ServerValidationError(
                f"the app refuses the values: {what}", fields=fields
            )
        case 429:
            return RateLimited("too many requests", retry_after=retry_after(response))
        case 503 if "queue is full" in _text(detail).lower():
            return QueueFull(_text(detail).rstrip("."))
        case 502 | 504 if response.request.method == "POST":
            return ConnectionLost(
                f"a gateway lost the app's answer ({status}), so the call may have run"
            )
        case 404 | 502 | 503 | 504:
            return ConnectError(
                f"{url} answers {status} {response.reason_phrase}",
                not_sent=status == 503,
                lasting=status == 404,
                status=status,
                hint=_next_step(url),
            )
        case _:
            text = f"{url.path} answers {status}: {_text(detail)}"
            return ProtocolError(text, status=status)


def not_json(response: httpx2.Response) -> ConnectError:
    """Return the error for a page instead of JSON, such as that of a sleeping Space."""
    url = response.url.copy_with(query=None, userinfo=None)
    return ConnectError(
        f"{url} answers with {content_kind(response)}, not JSON",
        lasting=True,
        hint=_next_step(url),
    )


def _next_step(url: httpx2.URL) -> str:
    """Return the hint if the answer is not that of a Gradio app."""
    if url.host.endswith(".hf.space"):
        return (
            "The Space may be private (token=…), asleep or paused: "
            "use its id, owner/name, to wake it or to see its state"
        )
    return CHECK_URL


def _detail(response: httpx2.Response, content: bytes) -> Any:
    try:
        body = load_json(content)
    except ValueError:
        # A traceback or an HTML page: the last line says most.
        html = "html" in content_kind(response).lower()
        text = "" if html else content.decode("utf-8", "replace").strip()
        if not text:
            return response.reason_phrase
        return beginning(text.splitlines()[-1], 300)
    return body.get("detail", body.get("error", body)) if is_object(body) else body


def _text(detail: Any) -> str:
    if is_object(detail):
        detail = detail.get("error") or detail.get("auth_message") or detail
    return beginning(detail, 300) if isinstance(detail, str) else brief(detail, 300)


def _invalid_fields(detail: Any) -> dict[str, str]:
    """Return the messages of a `validator=` function, or of FastAPI, by field."""
    fields: dict[str, str] = {}
    for index, item in enumerate(detail if is_array(detail) else []):
        if not is_object(item) or item.get("is_valid") is True:
            continue
        path = item.get("loc")
        path = ".".join(map(str, path)) if is_array(path) else path
        where = item.get("parameter_name") or path
        fields[str(where or index)] = str(item.get("message") or item.get("msg", ""))
    return fields


def retry_after(response: httpx2.Response) -> float | None:
    """Return the seconds in `Retry-After`, if the answer has it.

    It is a number, or a date (RFC 9110, 10.2.3).
    """
    return seconds_of(response.headers.get("retry-after", ""))


def seconds_of(value: str) -> float | None:
    """Return the seconds of a `Retry-After`; None if it cannot be read."""
    try:
        seconds = float(value)
    except ValueError:
        try:
            then = parsedate_to_datetime(value)
            seconds = (then.astimezone(UTC) - datetime.now(UTC)).total_seconds()
        except (ValueError, OverflowError):  # not a date, or one after the year 9999
            return None
    return max(0.0, seconds) if isfinite(seconds) else None


def content_kind(response: httpx2.Response) -> str:
    """Return the media type of an answer, or words for it, for a message."""
    kind = response.headers.get("content-type", "").partition(";")[0]
    return {"text/html": "an HTML page", "": "nothing"}.get(kind, kind)
