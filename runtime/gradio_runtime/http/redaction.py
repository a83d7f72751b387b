"""Keeps tokens and cookies out of logs, whatever level the user turns on.

At DEBUG httpcore2 logs the headers of every answer, and an app's login is a cookie.
Requests' headers are logged by neither library.
"""

from __future__ import annotations

import logging
import re

__all__ = ["hide_secrets"]

#: The loggers that httpcore2 writes to; a filter sees only its own logger's records.
_LOGGERS = ("connection", "http11", "http2", "proxy", "socks")
#: A header whose value gives access, in the repr of a list of pairs of bytes.
_SECRET = re.compile(
    r"""(\(b['"][\w-]*(?:cookie|authorization|authenticate|token)[\w-]*['"],\s*)"""
    r"""(?:b'(?:[^'\\]|\\.)*'|b"(?:[^"\\]|\\.)*")""",
    re.IGNORECASE,
)


def _hide(record: logging.LogRecord) -> bool:
    text = record.getMessage()
    hidden = _SECRET.sub(r"\1b'[secret]'", text)
    if hidden != text:
        record.msg, record.args = hidden, ()
    return True


def hide_secrets() -> None:
    """Have it done; once is enough, more does no harm."""
    for name in _LOGGERS:
        logging.getLogger(f"httpcore2.{name}").addFilter(_hide)
