"""What an HTTP status means: the error of each (`protocol.md` §7, join statuses)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
from ..jsontext import is_array, is_object, load_json

if TYPE_CHECKING:
    import httpx2

__all__ = ["CHECK_URL", "content_kind", "retry_after", "status_error"]

#: The next step when what answers is not a Gradio app.
CHECK_URL = "Check that the URL is that of a running Gradio app"


def status_error(response: httpx2.Response) -> GradioError:
    """The error that the status of an answer means."""
    status, detail = response.status_code, _detail(response)
    match status:
        case 401 | 403:
            return AuthenticationError(
                f"the app refuses access ({status}): {_text(detail)}",
                hint="Use a client with auth=(user, password), or token=… for a private Space",
            )
        case 413:
            return FileTooLarge(f"the app refuses the upload: {_text(detail)}")
        case 422:
            fields = _invalid_fields(detail)
            what = "; ".join(f"{k}: {v}" for k, v in fields.items()) or _text(detail)
            return ServerValidationError(
                f"the app refuses the values: {what}", fields=fields
            )
        case 429:
            return RateLimited("too many requests", retry_after=retry_after(response))
        case 503 if "queue is full" in _text(detail).lower():
            return QueueFull(_text(detail).rstrip("."), hint="Try again later")
        case 502 | 504 if response.request.method == "POST":
            return ConnectionLost(
                f"a gateway lost the app's answer ({status}), so the call may have run"
            )
        case 404 | 502 | 503 | 504:
            return ConnectError(
                f"{response.url.copy_with(query=None)} answers {status} "
                f"{response.reason_phrase}",
                not_sent=status == 503,
                hint=CHECK_URL,
            )
        case _:
            return ProtocolError(
                f"{response.url.path} answers {status}: {_text(detail)}"
            )


def _detail(response: httpx2.Response) -> Any:
    try:
        body = load_json(response.content)
    except ValueError:
        # A traceback or an HTML page: its last line says most.
        text = (
            response.text.strip()
            if "html" not in content_kind(response).lower()
            else ""
        )
        return text.splitlines()[-1][:300] if text else response.reason_phrase
    return body.get("detail", body.get("error", body)) if is_object(body) else body


def _text(detail: Any) -> str:
    if is_object(detail):
        detail = detail.get("error") or detail.get("auth_message") or detail
    return str(detail)[:300]


def _invalid_fields(detail: Any) -> dict[str, str]:
    """The messages of a `validator=` function, or of FastAPI, by field."""
    fields: dict[str, str] = {}
    for index, item in enumerate(detail if is_array(detail) else []):
        if not is_object(item) or item.get("is_valid") is True:
            continue
        where = item.get("parameter_name") or ".".join(map(str, item.get("loc", [])))
        fields[str(where or index)] = str(item.get("message") or item.get("msg", ""))
    return fields


def retry_after(response: httpx2.Response) -> float | None:
    """Seconds after which the server wants to be asked again, if it says so."""
    value = response.headers.get("retry-after", "")
    try:
        return max(0.0, float(value))
    except ValueError:
        return None


def content_kind(response: httpx2.Response) -> str:
    """What was answered, for a message: a media type, or in words."""
    kind = response.headers.get("content-type", "").partition(";")[0]
    return {"text/html": "an HTML page", "": "nothing"}.get(kind, kind)
