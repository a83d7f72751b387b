"""Remove secrets from every text that leaves the runtime.

Errors and warnings are cleaned where they leave a connection (`Connection.leaving`). Logs
are cleaned here, at every level: httpx2 logs the URL of each request at INFO, and
httpcore2 the headers of each answer at DEBUG.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import TracebackType
from typing import Any, TypeVar

from .._models.bounds import MAX_TEXT
from .._models.secrets import HIDDEN, LONG, Secrets, strike_all, without
from .._models.status import StatusUpdate
from .._models.texts import escaped, printable, shortened
from ..description.json_values import is_array, is_object
from ..errors import GradioError

#: Loggers whose records are cleaned; a filter sees only its own logger's records.
LOGGERS = (
    "httpx2",
    *(f"httpcore2.{name}" for name in ("connection", "http11", "http2", "proxy")),
    "httpcore2.socks",
    *("gradio_runtime" + name for name in ("", ".http", ".hub")),
)
#: A header whose value gives access, in the repr of a list of pairs of bytes. Its name
#: is bounded, so that looking for one takes no time that is quadratic.
_HEADER = re.compile(
    r"""(\(b['"][\w-]{0,99}(?:cookie|authorization|authenticate|token)[\w-]{0,99}['"],\s*)"""
    r"""(?:b'(?:[^'\\]|\\.)*'|b"(?:[^"\\]|\\.)*")""",
    re.IGNORECASE,
)
#: Where a session stands in a URL: in a query, and in the path of the heartbeat.
_SESSION = re.compile(r"(session_hash=|/heartbeat/)[^&\s\"'?#]+")
#: Modules whose frames have secrets in their variables, or what an app said.
_LIBRARIES = ("httpx2", "httpcore2", "wsproto", "anyio", "h11", "h2", "http.cookiejar")
_HOLDERS = (
    *("gradio_runtime._transfer", "gradio_runtime._http", "gradio_runtime._queue"),
    *("gradio_runtime.description.addresses", "gradio_runtime._engine.connection"),
    *("gradio_runtime._engine.execution", "gradio_runtime._engine.reader"),
    *("gradio_runtime._engine.heartbeat", "gradio_runtime._models.secrets"),
    *_LIBRARIES,
)
#: The frames of an error that is not ours are those of a mistake, and show where it is;
#: one of ours says all in its text.
_OURS = ("gradio_runtime", *_LIBRARIES)

T = TypeVar("T")

Strike = Callable[[str], str]


def strike_description(value: Any, secrets: Secrets) -> Any:
    """Return an app's description without its secrets, keys included.

    Short ones stay: they may be words of any description.
    """
    long = [secret for secret in secrets.values if len(secret) >= LONG]
    return _struck(value, lambda text: without(text, long)) if long else value


def cleaned(error: BaseException, strike: Strike) -> None:
    """Clean an error and its causes: their texts, and frames that hold secrets."""
    links = list(_links(error))
    for link in links:
        holders = _OURS if isinstance(link, GradioError) else _HOLDERS
        link.__traceback__ = _without(holders, link.__traceback__)
        if link.__suppress_context__ and link.__cause__ is None:
            link.__context__ = None  # which is not shown
        link.args = tuple(_struck(part, strike) for part in link.args)
        if hasattr(link, "__notes__"):
            link.__notes__ = [strike(str(note)) for note in link.__notes__]
        if isinstance(link, GradioError):
            for name, value in vars(link).items():
                # `src` is already safe; `raw` is what the app sent, not a text.
                if name not in {"src", "raw"}:
                    setattr(link, name, _struck(value, strike))
            link.args = (printable(link.message),)
    for link in links:
        # What makes its text of something else than `args` cannot be struck: pydantic's
        # errors, say, quote the value that does not fit.
        if link.__cause__ is not None and _tells(link.__cause__, strike):
            link.__cause__ = None
        if link.__context__ is not None and _tells(link.__context__, strike):
            link.__context__ = None


def without_secrets(update: StatusUpdate[T], strike: Strike) -> StatusUpdate[T]:
    """Return an update whose messages and progress texts are cleaned."""

    def struck(text: str | None) -> str | None:
        return None if text is None else strike(text)

    units, log = update.progress_data, update.log
    if units is not None:
        units = [replace(u, desc=struck(u.desc), unit=struck(u.unit)) for u in units]
    if log is not None:
        log = replace(log, text=strike(log.text), title=struck(log.title))
    return replace(update, progress_data=units, log=log)


def hide_secrets() -> None:
    """Install the filters of the loggers. May be called again."""
    for name in LOGGERS:
        logging.getLogger(name).addFilter(_hide)


def _hide(record: logging.LogRecord) -> bool:
    text = record.getMessage()
    hidden = _SESSION.sub(rf"\1{HIDDEN}", _HEADER.sub(rf"\1b'{HIDDEN}'", text))
    hidden = escaped(shortened(strike_all(hidden), MAX_TEXT), keep="\n\t")
    if hidden != text:
        record.msg, record.args = hidden, ()
    return True


def _links(error: BaseException) -> Iterator[BaseException]:
    """Iterate over an error and all its causes, each once."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        link = waiting.pop()
        if id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        waiting += filter(None, (link.__cause__, link.__context__))


def _tells(error: BaseException, strike: Strike) -> bool:
    text = f"{error} {error!r}"
    return strike(text) != text


def _struck(value: Any, strike: Strike) -> Any:
    if isinstance(value, str):
        return strike(value)
    if is_object(value):
        return {strike(name): _struck(part, strike) for name, part in value.items()}
    if is_array(value):
        return [_struck(part, strike) for part in value]
    return value


def _without(
    modules: tuple[str, ...], traceback: TracebackType | None
) -> TracebackType | None:
    """Return a traceback without the frames of some modules."""
    kept: list[TracebackType] = []
    while traceback is not None:
        module = str(traceback.tb_frame.f_globals.get("__name__", ""))
        if not any(module == m or module.startswith(f"{m}.") for m in modules):
            kept.append(traceback)
        traceback = traceback.tb_next
    rebuilt: TracebackType | None = None
    for part in reversed(kept):
        rebuilt = TracebackType(rebuilt, part.tb_frame, part.tb_lasti, part.tb_lineno)
    return rebuilt
