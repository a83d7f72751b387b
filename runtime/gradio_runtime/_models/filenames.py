"""Names for files whose names come from elsewhere."""

from __future__ import annotations

import itertools
import re
import unicodedata
from pathlib import Path

from .texts import escaped, whole

#: Longest file name to write, in characters; most file systems stop at 255 bytes.
_LONGEST_NAME = 120
#: Longest file name to send: no file on a disk has a longer one.
_LONGEST_SENT = 255
#: Most characters of a given name that are looked at, of which the last may be its
#: extension: Python takes hours to normalize a megabyte of combining marks.
_READ = 4 * _LONGEST_NAME

#: Names of devices on Windows, whatever their extension and case.
_DEVICE = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(\.|$)",
    re.IGNORECASE,
)
#: Windows lets no name end with these. One that begins with a dot is hidden; a dash
#: makes it an option of a command, a tilde a user's home folder.
_LAST, _FIRST = " .", " .-~"


def safe_name(name: str) -> str:
    """Return a file name that stays in its folder, whatever the other side called it.

    It has no separators and no invisible characters (see `texts`), cannot be read as an
    option of a command or a device of Windows, and fits every file system.
    """
    name = name[max(name.rfind("/"), name.rfind("\\")) + 1 :]
    if len(name) > _READ:
        name = name[: _READ // 2] + name[-_READ // 2 :]
    name = unicodedata.normalize("NFC", escaped(name, by=lambda _: "_"))
    name = _stripped(re.sub(r"[<>:\"|?*]", "_", name))
    stem, dot, suffix = name.rpartition(".")
    if len(name) > _LONGEST_NAME:
        suffix = suffix[:20]
        name = (stem or name)[: _LONGEST_NAME - len(suffix) - 1] + dot + suffix
    while len(name.encode()) > 240:
        name = name[1:]
    name = _stripped(name)  # since the cut it begins and ends in another way
    if _DEVICE.match(name):
        name = f"_{name}"
    return name or "file"


def sent_name(name: str) -> str:
    """Return the name that an app is told of a file: its own, without its folder.

    What an app makes of a name is up to the app. A name on the disk that is not UTF-8
    has lone surrogates, which cannot be sent.
    """
    name = name[-_READ:].rpartition("/")[2][-_LONGEST_SENT:]
    return "" if name in {".", ".."} else whole(name)


def reserved_place(folder: Path, name: str) -> Path:
    """Make an empty file in a folder, of this name or, if it is taken, a numbered one."""
    place = folder / name
    for number in itertools.count(2):
        try:
            place.touch(exist_ok=False)
        except FileExistsError:
            place = folder / f"{Path(name).stem} ({number}){Path(name).suffix}"
        else:
            break
    return place


def _stripped(name: str) -> str:
    return name.rstrip(_LAST).lstrip(_FIRST)
