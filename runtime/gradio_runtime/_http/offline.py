"""Offline: a test that calls what it has not faked fails before any connection."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

_scopes: list[object] = []


class FakeError(AssertionError):
    """A test calls what it has not faked, or its fake does not fit.

    It is not a `GradioError`, so that code under test does not take it for one.
    """


@contextmanager
def offline() -> Generator[None]:
    """Make every call that is not faked raise `FakeError`, in the whole process."""
    scope = object()
    _scopes.append(scope)
    try:
        yield
    finally:
        _scopes.remove(scope)


def check_online(what: str) -> None:
    """Raise if there is to be no connection."""
    if _scopes:
        raise FakeError(
            f"offline: {what} would need a connection. Fake the endpoint that is called: "
            "endpoint.fake(returns=…)"
        )
