"""Remove secrets from every text that leaves the runtime.

`Secrets` has those of one connection: errors and warnings are cleaned where they leave
it (`Connection.leaving`). Logs are cleaned here, at every level: httpx2 logs the URL of
each request at INFO, and httpcore2 the headers of each answer at DEBUG.
"""

from __future__ import annotations

import json
import logging
import re
import weakref
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import quote, quote_plus

from .._models.bounds import MAX_TEXT
from .._models.status import StatusUpdate
from .._models.texts import escaped, printable, shortened
from ..description.json_values import is_array, is_object
from ..errors import GradioError

_HIDDEN = "[secret]"
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
_HASH_LENGTH = 32
_HEX = re.compile(r"[0-9a-f]{32,}")
#: Digits of a text in which names are looked for; where there are more, all are struck.
_MOST_HEX = 4096
#: The latest names of sessions of this process, which guard what an app keeps for them.
_sessions: dict[str, None] = {}
_KEPT = 10_000
#: Shorter ones are struck as whole words only: "an" is a part of many words.
_LONG = 8
#: Headers of the caller's that say nothing secret, and values too short to be guarded.
_PLAIN = re.compile(
    r"accept(-.*)?|user-agent|content-type|host|connection|cache-control|traceparent"
    r"|tracestate|x-gradio-user|range|if-range",
    re.IGNORECASE,
)
_TELLING = re.compile(r"auth|token|key|secret|password", re.IGNORECASE)
_SHORTEST = 4
#: Modules whose frames have secrets in their variables, or what an app said.
_LIBRARIES = ("httpx2", "httpcore2", "wsproto", "anyio", "h11", "h2", "http.cookiejar")
_HOLDERS = (
    *("gradio_runtime._transfer", "gradio_runtime._http", "gradio_runtime._queue"),
    *("gradio_runtime.description.addresses", "gradio_runtime._engine.connection"),
    *("gradio_runtime._engine.execution", "gradio_runtime._engine.reader"),
    *("gradio_runtime._engine.heartbeat", *_LIBRARIES),
)
#: The frames of an error that is not ours are those of a mistake, and show where it is;
#: one of ours says all in its text.
_OURS = ("gradio_runtime", *_LIBRARIES)

T = TypeVar("T")

Strike = Callable[[str], str]


class Secrets:
    """The secrets of one app."""

    def __init__(self) -> None:
        self._values: set[str] = set()

    def add(self, *values: str | None) -> None:
        """Remove these from texts from now on."""
        self._values.update(filter(None, values))
        if self._values:
            _all.add(self)

    def add_header(self, name: str, value: str) -> None:
        """Add the secret in a header."""
        if _PLAIN.fullmatch(name):
            return
        if name.lower() == "cookie":
            for part in value.split(";"):
                self.add_cookie(part.partition("=")[2].strip())
        elif _TELLING.search(name):
            self.add(value.strip(), value.strip().rpartition(" ")[2])
        elif len(value) >= _SHORTEST:
            self.add(value)

    def add_cookie(self, value: str | None) -> None:
        """Add a cookie's value, unless it is as short as `1` and `on`."""
        if value and len(value) >= _SHORTEST:
            self.add(value)

    def add_headers(self, headers: Mapping[str, str]) -> None:
        """Add the secrets in several headers."""
        for name, value in headers.items():
            self.add_header(name, value)

    def strike(self, text: str) -> str:
        """Return a text without any of them, however they are encoded."""
        # The longest first: a token may start with a password.
        for value in sorted(self._values, key=len, reverse=True):
            text = _without_value(text, value)
        return _without_sessions(text)

    def strike_description(self, value: Any) -> Any:
        """Return an app's description without any of them, keys included.

        Short ones stay: they may be words of any description.
        """
        found = sorted(
            (v for v in self._values if len(v) >= _LONG), key=len, reverse=True
        )

        def strike(text: str) -> str:
            for secret in found:
                text = _without_value(text, secret)
            return text

        return _struck(value, strike) if found else value


_all: weakref.WeakSet[Secrets] = weakref.WeakSet()


def keep_session(name: str) -> str:
    """Remove a session's name from texts from now on, and return it."""
    _sessions[name] = None
    if len(_sessions) > _KEPT:
        del _sessions[next(iter(_sessions))]
    return name


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
            # Not what was cut of a text that had the secret whole.
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
    hidden = _SESSION.sub(rf"\1{_HIDDEN}", _HEADER.sub(rf"\1b'{_HIDDEN}'", text))
    for secrets in list(_all):
        hidden = secrets.strike(hidden)
    # Cut when nothing secret is left: of a secret at the cut a part would stay.
    hidden = escaped(shortened(hidden, MAX_TEXT), keep="\n\t")
    if hidden != text:
        record.msg, record.args = hidden, ()
    return True


def _without_value(text: str, value: str) -> str:
    ways = _ways(value)
    if len(value) < _LONG:
        words = "|".join(map(re.escape, ways))
        pattern = rf"(?<![A-Za-z0-9])(?:{words})(?![A-Za-z0-9])"
        return re.sub(pattern, _HIDDEN, text)
    # No pattern: an app chooses its cookies and its texts, and `re` would look at each
    # character of a long text as often as a cookie is long.
    for way in ways:
        text = text.replace(way, _HIDDEN)
    return text


@lru_cache(maxsize=256)
def _ways(value: str) -> list[str]:
    """Return the encodings of a secret, the longest first."""
    ways = {value, quote(value, safe=""), quote_plus(value), json.dumps(value)[1:-1]}
    ways |= {repr(value)[1:-1], quote(value)}
    return sorted(ways, key=len, reverse=True)


def _without_sessions(text: str) -> str:
    runs = _HEX.findall(text)
    if sum(map(len, runs)) > _MOST_HEX:
        # To look for a name at each place would take seconds.
        return _HEX.sub(_HIDDEN, text)
    for run in runs:
        places = range(len(run) - _HASH_LENGTH + 1)
        for name in {run[n : n + _HASH_LENGTH] for n in places} & _sessions.keys():
            text = text.replace(name, _HIDDEN)
    return text


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
