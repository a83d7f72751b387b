"""Translate the errors of httpx2 into those of this package."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Generator
from typing import NamedTuple

import httpx2

from ..errors import ConnectError, ConnectionLost, GradioError

#: The hint if a certificate is not trusted. Repeating the request does not help.
_TRUST = "If it is your own authority's, name it: Client(ssl_verify='ca.pem')"


class Waiting(NamedTuple):
    """What a request waited for.

    Attributes:
        base: The app's URL.
        connect: Seconds for the connection.
        answer: Seconds for the answer, or between the parts of a stream.
        lasting: Whether it is a stream that jobs wait for.
        opening: Whether no part of the answer has come.
    """

    base: str
    connect: float
    answer: float | None
    lasting: bool = False
    opening: bool = False


@contextlib.contextmanager
def translated(waiting: Waiting) -> Generator[None]:
    """Translate the errors of httpx2 in a block."""
    try:
        yield
    except httpx2.HTTPError as error:
        raise _meaning(error, waiting) from _bare(error)
    except httpx2.InvalidURL as error:
        raise ConnectError(
            f"cannot reach {waiting.base}: {error}", not_sent=True
        ) from None


def _meaning(error: httpx2.HTTPError, waiting: Waiting) -> GradioError:
    base, text = waiting.base, str(error) or type(error).__name__
    match error:
        case httpx2.ConnectTimeout():
            return ConnectError(
                f"{base} does not answer within {waiting.connect:g} s", not_sent=True
            )
        case httpx2.ConnectError() | httpx2.ProxyError():
            untrusted = _is_of_trust(error)
            return ConnectError(
                f"cannot reach {base}: {text}",
                not_sent=True,
                lasting=untrusted,
                hint=_TRUST if untrusted else None,
            )
        case httpx2.UnsupportedProtocol():
            return ConnectError(f"cannot reach {base}: {text}", not_sent=True)
        case httpx2.TimeoutException():
            return _timed_out(error, waiting)
        case _:
            return ConnectionLost(
                f"the connection to the app broke: {text}", unanswered=waiting.opening
            )


def _is_of_trust(error: BaseException | None) -> bool:
    """Whether a certificate that is not trusted is behind it."""
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error is not None


def _timed_out(error: httpx2.TimeoutException, waiting: Waiting) -> GradioError:
    if waiting.lasting:
        return ConnectionLost(f"the app's stream was silent for {waiting.answer:g} s")
    text = f"{waiting.base} did not answer within {waiting.answer:g} s"
    if error.request.method == "GET":
        return ConnectError(text)
    return ConnectionLost(text)


def _bare(error: BaseException) -> BaseException:
    """Return an error without its frames and request, which contain our headers."""
    link: BaseException | None = error
    while link is not None:
        link.__traceback__ = None
        vars(link).pop("_request", None)
        link = link.__cause__ or link.__context__
    return error
