"""Decode Gradio's queue messages, without any I/O.

Every protocol family decodes to the same few messages, so that nothing else of the
runtime knows them.

See docs/protocol.md#versions, docs/protocol.md#messages and
docs/protocol.md#errors-of-a-job.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeAlias

from .._models.bounds import MAX_MESSAGE_SIZE, MAX_PROGRESS_UNITS, MAX_TEXT, max_values
from .._models.status import LogMessage, ProgressUnit, number
from .._models.texts import beginning, brief, shortened
from ..description.dialect import Dialect
from ..description.json_values import ExcessiveJson, is_array, is_object, load_json
from ..errors import ProtocolError

# Messages are not frozen: that would more than double the time to define and to make
# one.


@dataclass(slots=True)
class Estimation:
    """The job is in the queue, at `rank` (0 is next) of `queue_size`."""

    event_id: str | None
    rank: int | None
    queue_size: int | None
    eta: float | None


@dataclass(slots=True)
class Started:
    """The app's function has been called."""

    event_id: str | None
    eta: float | None


@dataclass(slots=True)
class Progress:
    """The app's progress bars moved."""

    event_id: str | None
    units: list[ProgressUnit]


@dataclass(slots=True)
class Log:
    """A message of the app to its user."""

    event_id: str | None
    log: LogMessage


@dataclass(slots=True)
class Generating:
    """A new output: full values the first time, then edits (see `Outputs`)."""

    event_id: str | None
    data: list[Any]
    size: int = field(default=0, compare=False)  # bytes of the message


@dataclass(slots=True)
class Completed:
    """The job has ended without an error; `data` is None if it was cancelled."""

    event_id: str | None
    data: list[Any] | None
    size: int = field(default=0, compare=False)  # bytes of the message


class Paused(Completed):
    """An event of the page has a result, and waits for more of the page's data.

    That never comes from here, so the result is the job's last.
    """

    __slots__ = ()


@dataclass(slots=True)
class Failed:
    """The app's function raised an error; `text` is None if the app hides it."""

    event_id: str | None
    text: str | None
    title: str = "Error"
    duration: float | None = 10
    visible: bool = True


@dataclass(slots=True)
class CloseStream:
    """The session has no more pending jobs; the server closes the stream."""


@dataclass(slots=True)
class StreamFault:
    """The stream is lost, with every job that waits for it."""

    text: str
    session_not_found: bool


@dataclass(slots=True)
class Ignored:
    """A heartbeat, or an unknown message of a later Gradio."""


@dataclass(slots=True)
class Asked:
    """The server asks for the session's name (3.x) or the job's data (before 4.9)."""

    data: bool
    event_id: str | None = None


@dataclass(slots=True)
class Refused:
    """The queue is full; the server refuses the job (before 4.9)."""


OfJob: TypeAlias = (
    Estimation | Started | Progress | Log | Generating | Completed | Paused | Failed
)
Message: TypeAlias = OfJob | Asked | Refused | CloseStream | StreamFault | Ignored


#: An escape that `repr` writes, and a whole text.
_ESCAPE = re.compile(
    r"""\\(?:[nrt'"\\]|x[0-9a-f]{2}|u[0-9a-f]{4}|U000[0-9a-f]{5}|U0010[0-9a-f]{4})"""
)
_REPR = re.compile(
    rf"""'(?:[^'\\\n]++|{_ESCAPE.pattern})*+'|"(?:[^"\\\n]++|{_ESCAPE.pattern})*+\""""
)
_PLAIN = {"n": "\n", "r": "\r", "t": "\t"}
#: So much of a message is read to quote its beginning: more than a secret is long.
_START = 8192
#: How many values a message may have by default.
_MAX_VALUES = max_values(MAX_MESSAGE_SIZE)


def decode(text: bytes | str, dialect: Dialect, most: int = _MAX_VALUES) -> Message:
    """Decode the data of one server-sent event, or one message of a WebSocket.

    `most` is how many values it may have.

    Raises:
        ProtocolError: It is not a JSON object, or it is too large.
    """
    message = _object(text, most)
    event_id = _text(message.get("event_id"))
    match message.get("msg"):
        case "process_generating" | "process_streaming" as kind:
            output = _output(message)
            if message.get("success") is False or "data" not in output:
                return _failed(event_id, output, message, dialect)
            made = Paused if kind == "process_streaming" else Generating
            return made(event_id, _values(output["data"]), len(text))
        case "send_hash" | "send_data" as asked:
            return Asked(asked == "send_data", event_id)
        case "queue_full":
            return Refused()
        case "estimation":
            return Estimation(
                event_id,
                number(message.get("rank")),
                number(message.get("queue_size")),
                number(message.get("rank_eta")),
            )
        case "process_starts":
            return Started(event_id, number(message.get("eta")))
        case "progress":
            return Progress(event_id, _units(message.get("progress_data")))
        case "log":
            return Log(event_id, _log(message))
        case "process_completed":
            output = _output(message)
            if message.get("success") is False or output.get("error") is not None:
                return _failed(event_id, output, message, dialect)
            data = output.get("data")
            values = None if data is None else _values(data)
            return Completed(event_id, values, len(text))
        case "close_stream":
            return CloseStream()
        case "unexpected_error" | "server_stopped":
            fault = _words(message.get("message") or "unexpected error")
            return StreamFault(fault, message.get("session_not_found") is True)
        case _:
            return Ignored()


def decode_answer(
    content: bytes, dialect: Dialect, most: int = _MAX_VALUES
) -> Generating | Completed | Failed:
    """Decode the answer to a call that is not queued.

    Raises:
        ProtocolError: It is not such an answer.
    """
    output = _object(content, most)
    if not ("data" in output or "error" in output):
        raise ProtocolError(
            f"the app answered with {_start(content)}, not with a result"
        )
    if "data" not in output:
        return _failed(None, output, {}, dialect)
    data = _values(output["data"])
    if output.get("is_generating") is True:
        return Generating(None, data, len(content))
    return Completed(None, data, len(content))


def _object(text: bytes | str, most: int) -> dict[str, Any]:
    """Return the JSON object that a message is."""
    try:
        message = load_json(text, most)
    except ExcessiveJson as error:
        raise ProtocolError(
            f"the app sent a message that is not read: {error}",
            hint="Allow larger ones: Client(max_message_size=…)"
            if error.allowable
            else None,
        ) from None
    except ValueError:
        raise ProtocolError(f"the app sent malformed JSON: {_start(text)}") from None
    if not is_object(message):
        raise ProtocolError(f"the app sent {_start(text)}, not a message")
    return message


def _start(text: bytes | str) -> str:
    """Return the repr of what a message begins with."""
    start = (
        text[:_START]
        if isinstance(text, str)
        else text[:_START].decode(errors="replace")
    )
    return repr(beginning(start, 80))


def _units(data: object) -> list[ProgressUnit]:
    known = filter(is_object, data) if is_array(data) else ()
    return ProgressUnit.from_msg(list(islice(known, MAX_PROGRESS_UNITS)))


def _output(message: dict[str, Any]) -> dict[str, Any]:
    output = message.get("output")
    if output is None:
        return {}
    if not is_object(output):
        raise ProtocolError(f"the app sent {brief(output, 80)} as the output of a job")
    return output


def _values(data: object) -> list[Any]:
    """Return the values of the output slots."""
    if not is_array(data):
        raise ProtocolError(f"the app sent {brief(data, 80)}, not a list of outputs")
    return data


def _text(value: object) -> str | None:
    return shortened(value, MAX_TEXT) if isinstance(value, str) else None


def _words(value: object) -> str:
    """Return a text; for anything else, a short description."""
    return shortened(value, MAX_TEXT) if isinstance(value, str) else brief(value)


def _log(message: dict[str, Any]) -> LogMessage:
    return LogMessage(
        text=_words(message.get("log", "")),
        level=_words(message.get("level", "info")),
        title=_text(message.get("title")),
        duration=number(message.get("duration")),
    )


def _failed(
    event_id: str | None,
    output: dict[str, Any],
    message: dict[str, Any],
    dialect: Dialect,
) -> Failed:
    text = output.get("error")
    if isinstance(text, str) and dialect.quoted_errors:
        text = _unquoted(shortened(text, MAX_TEXT))
    return Failed(
        event_id,
        None if text is None else _words(text),
        title=_words(output.get("title") or message.get("title") or "Error"),
        duration=number(output.get("duration", 10)),
        visible=output.get("visible", True) is not False,
    )


def _unquoted(text: str) -> str | None:
    """Return the message in a Python repr; None for `"None"`, a hidden message.

    Gradio before 5.3 sends error texts so. They are untrusted, so a pattern reads them
    and not Python's parser. A text that is not such a repr is returned unchanged.
    """
    if text == "None":
        return None
    if not _REPR.fullmatch(text):
        return text
    return _ESCAPE.sub(_unescaped, text[1:-1])


def _unescaped(found: re.Match[str]) -> str:
    kind, digits = found[0][1], found[0][2:]
    return chr(int(digits, 16)) if digits else _PLAIN.get(kind, kind)
