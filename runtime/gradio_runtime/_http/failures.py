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
    """What a request to the app at `base` waited for, and for how many seconds."""

    base: str
    connect: float
    #: For the answer, or between the parts of a stream.
    answer: float | None
    #: Whether it is a stream that jobs wait for.
    lasting: bool = False
    #: Whether no part of the answer has come.
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
        case httpx2.ConnectError() | httpx2.ProxyError() | httpx2.UnsupportedProtocol():
            untrusted = _is_of_trust(error)
            return ConnectError(
                f"cannot reach {base}: {text}",
                not_sent=True,
                lasting=untrusted,
                hint=_TRUST if untrusted else None,
            )
        case httpx2.TimeoutException() if waiting.lasting:
            return ConnectionLost(
                f"the app's stream was silent for {waiting.answer:g} s"
            )
        case httpx2.TimeoutException():
            kind = ConnectError if error.request.method == "GET" else ConnectionLost
            return kind(f"{base} did not answer within {waiting.answer:g} s")
        case _:
            return ConnectionLost(
                f"the connection to the app broke: {text}", unanswered=waiting.opening
            )


def _is_of_trust(error: BaseException | None) -> bool:
    """Return whether its cause is a certificate that is not trusted."""
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error is not None


def _bare(error: BaseException) -> BaseException:
    """Return an error without its frames and request, which contain our headers."""
    link: BaseException | None = error
    while link is not None:
        link.__traceback__ = None
        vars(link).pop("_request", None)
        link = link.__cause__ or link.__context__
    return error
