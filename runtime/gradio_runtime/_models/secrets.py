"""The secrets of this process, and texts without them.

`Secrets` has those of one app or one call. Texts lose them where they leave the runtime
(`_http.redaction`). Long ones are cut before that, so no cut may leave a part of one:
see `secret_at`.
"""

from __future__ import annotations

import json
import re
import weakref
from collections.abc import Iterable, Mapping
from functools import lru_cache
from urllib.parse import parse_qsl, quote, quote_plus

HIDDEN = "[secret]"
_HASH_LENGTH = 32
_HEX = re.compile(r"[0-9a-f]{32,}")
#: Digits of a text in which names are looked for; where there are more, all are struck.
_MOST_HEX = 4096
#: The latest names of sessions of this process, which guard what an app keeps for them.
_sessions: dict[str, None] = {}
_KEPT = 10_000
#: Shorter ones are struck as whole words only: "an" is a part of many words.
LONG = 8
#: Headers of the caller's that say nothing secret, and values too short to be guarded.
_PLAIN = re.compile(
    r"accept(-.*)?|user-agent|content-type|host|connection|cache-control|traceparent"
    r"|tracestate|x-gradio-user|range|if-range",
    re.IGNORECASE,
)
_TELLING = re.compile(r"auth|token|key|secret|password", re.IGNORECASE)
_SHORTEST = 4


class Secrets:
    """The secrets of one app, or of one call."""

    def __init__(self) -> None:
        self._values: set[str] = set()

    def add(self, *values: str | None) -> None:
        """Remove these from texts from now on."""
        self._values.update(filter(None, values))
        if self._values:
            _all.add(self)

    def add_headers(self, headers: Mapping[str, str]) -> None:
        """Add the secrets in headers."""
        for name, value in headers.items():
            if _PLAIN.fullmatch(name):
                continue
            if name.lower() == "cookie":
                for part in value.split(";"):
                    self.add_cookie(part.partition("=")[2].strip())
            elif _TELLING.search(name):
                self.add(value.strip(), value.strip().rpartition(" ")[2])
            elif len(value) >= _SHORTEST:
                self.add(value)

    def add_query(self, query: str) -> None:
        """Add the query of an app's address, and what in it may give access."""
        self.add(query)
        for name, value in parse_qsl(query):
            if _TELLING.search(name) or len(value) >= LONG:
                self.add(value)

    def add_cookie(self, value: str | None) -> None:
        """Add a cookie's value, unless it is as short as `1` and `on`."""
        if value and len(value) >= _SHORTEST:
            self.add(value)

    @property
    def values(self) -> list[str]:
        """Return all, the longest first: a token may start with a password."""
        return sorted(self._values, key=len, reverse=True)

    def strike(self, text: str) -> str:
        """Return a text without any of them, however they are encoded."""
        return _without_sessions(without(text, self.values))


_all: weakref.WeakSet[Secrets] = weakref.WeakSet()


def keep_session(name: str) -> str:
    """Remove a session's name from texts from now on, and return it."""
    _sessions[name] = None
    if len(_sessions) > _KEPT:
        del _sessions[next(iter(_sessions))]
    return name


def strike_all(text: str) -> str:
    """Return a text without the secrets of any app."""
    apps = list(_all)
    for secrets in apps:
        text = without(text, secrets.values)
    return _without_sessions(text) if apps else text


def secret_at(text: str, place: int) -> tuple[int, int]:
    """Return where the secret begins and ends that a cut at a place would divide.

    Without one, both are the place.
    """
    names = {text[n : n + _HASH_LENGTH] for n in range(place - _HASH_LENGTH + 1, place)}
    ways = [*(names & _sessions.keys())]
    for secrets in list(_all):
        ways += [way for value in secrets.values for way in _ways(value)]
    starts, ends = [place], [place]
    for way in ways:
        around = max(place - len(way) + 1, 0), place + len(way) - 1
        if (first := text.find(way, *around)) >= 0:
            starts.append(first)
            ends.append(text.rfind(way, *around) + len(way))
    return min(starts), max(ends)


def without(text: str, values: Iterable[str]) -> str:
    """Return a text without these, however they are encoded."""
    for value in values:
        ways = _ways(value)
        if len(value) < LONG:
            words = "|".join(map(re.escape, ways))
            pattern = rf"(?<![A-Za-z0-9])(?:{words})(?![A-Za-z0-9])"
            text = re.sub(pattern, HIDDEN, text)
            continue
        # No pattern: an app chooses its cookies and its texts, and `re` would look at
        # each character of a long text as often as a cookie is long.
        for way in ways:
            text = text.replace(way, HIDDEN)
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
        return _HEX.sub(HIDDEN, text)
    for run in runs:
        places = range(len(run) - _HASH_LENGTH + 1)
        for name in {run[n : n + _HASH_LENGTH] for n in places} & _sessions.keys():
            text = text.replace(name, HIDDEN)
    return text
