"""An app's address as it may be shown; it is imported with every generated module."""

from __future__ import annotations

__all__ = ["shown_src", "without_userinfo"]


def without_userinfo(src: str) -> str:
    """An address without the user and password that it may have."""
    scheme, mark, rest = src.partition("://")
    if not mark:
        return src
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"


def shown_src(src: str) -> str:
    """The same without a query or a fragment either; of a Space id, all of it."""
    return without_userinfo(src).partition("#")[0].partition("?")[0]
