"""Names of Spaces: ids, addresses of pages, and the Hub's own address."""

from __future__ import annotations

import os
import re

from .addresses import split

_SPACE_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+", re.ASCII)
_HUBS = frozenset({"huggingface.co", "www.huggingface.co", "hf.co", "www.hf.co"})
_PAGE = re.compile(r"/spaces/([^/]+/[^/]+)")


def endpoint() -> str:
    """Return the Hub's address, without a slash at the end."""
    return (os.environ.get("HF_ENDPOINT") or "https://huggingface.co").rstrip("/")


def page_of(space_id: str) -> str:
    """Return the address of a Space's page."""
    return f"{endpoint()}/spaces/{space_id}"


def is_space_id(src: str) -> bool:
    """Return whether `src` has the form `owner/space`."""
    return _SPACE_ID.fullmatch(src) is not None


def space_of(src: str) -> str | None:
    """Return the id of the Space in an id or a page's address, or None."""
    if is_space_id(src):
        return src
    address = split(src)
    if address is None:
        return None
    path = address.path
    if address.host not in _HUBS:
        hub = split(endpoint())
        if hub is None or hub.origin != address.origin:
            return None
        path = path.removeprefix(hub.path)
    page = _PAGE.match(path)
    return page[1] if page is not None and is_space_id(page[1]) else None
