"""Names for files whose names come from elsewhere."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["safe_name"]

#: Longest file name to write, in characters; most file systems stop at 255 bytes.
_LONGEST_NAME = 120


#: Names of devices on Windows, whatever their extension and case.
_DEVICE = re.compile(
    r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])\s*(\.|$)", re.IGNORECASE
)


def safe_name(name: str) -> str:
    """A file name that stays in its folder, whatever the other side called it.

    It has no separators, control characters or marks that turn the direction of text,
    is no device of Windows, and fits every file system.
    """
    name = unicodedata.normalize("NFC", name)
    name = re.split(r"[/\\]", name)[-1]
    name = re.sub(
        r"[\x00-\x1f\x7f<>:\"|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]", "_", name
    )
    name = name.encode("utf-8", "replace").decode().strip(" .")
    stem, dot, suffix = name.rpartition(".")
    if len(name) > _LONGEST_NAME:
        suffix = suffix[:20]
        name = (stem or name)[: _LONGEST_NAME - len(suffix) - 1] + dot + suffix
    while len(name.encode()) > 240:
        name = name[1:]
    if _DEVICE.match(name):
        name = f"_{name}"
    return name or "file"
