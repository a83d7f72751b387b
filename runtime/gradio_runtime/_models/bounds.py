"""How much the runtime takes from an app: every bound in one place.

An app is a stranger. Beyond these bounds a call ends with an error that names the
bound; below them an app does not keep other apps of the process waiting. Those that a
caller may have reason to raise are arguments of `Client`, with these as defaults.
"""

from __future__ import annotations

#: Bytes of one message: `Client(max_message_size=…)`. To read it may take four times as
#: much memory (text with emoji), and half a second in which Python does nothing else.
MAX_MESSAGE_SIZE = 32 << 20
#: JSON values in one message: for every 20 bytes that it may have, one. An array counts
#: as two and an object as four, since they take more memory.
_BYTES_PER_VALUE = 20
#: Bytes of one that is not strict JSON, with lone surrogates or bytes that are not UTF-8:
#: Python's own parser reads it, and lets no other thread run meanwhile.
MAX_ODD_SIZE = 4 << 20
#: Arrays and objects within each other, and the length of a path into them.
MAX_DEPTH = 200
#: Bytes of `/config` and of `/info`, which may have as many values as a message; apps of
#: hundreds of endpoints have some megabytes.
MAX_CONFIG_SIZE = 32 << 20
#: Bytes of an answer that only confirms something, and those that are read of an error.
MAX_ANSWER_SIZE = 1 << 20
MAX_ERROR_SIZE = 128 << 10
#: Seconds to log in and read an app's description: `Client(connect_timeout=…)`.
CONNECT_TIMEOUT = 60.0

#: Characters of the path or URL of an app's file: longer ones take Python seconds.
MAX_ADDRESS = 8192

#: Files in one output: `Client(max_files=…)`.
MAX_FILES = 1000
#: Bytes of all files of one call: `Client(max_download_total=…)`. A file counts as
#: `SMALLEST_FILE` at least, which is what it takes on a disk.
MAX_DOWNLOAD_TOTAL = 8 << 30
SMALLEST_FILE = 4096
#: Bytes, and share of the disk, that downloads leave free; the smaller of the two.
FREE_DISK = (1 << 30, 0.05)

#: Bytes of outputs and other updates that a job keeps: `Client(max_kept_size=…)`.
MAX_KEPT_SIZE = 64 << 20
#: Bytes of messages that a job has not read, and of those whose job is not known yet.
#: The stream is not read meanwhile. Parsed they may take thirty times as much memory.
MAX_UNREAD_SIZE = 1 << 20
MAX_EARLY_SIZE = 4 << 20
#: Characters of an error or a log, and of the label of a progress bar: each is searched
#: for secrets. The middle of a longer one is left out.
MAX_TEXT = 256 << 10
MAX_LABEL = 4096
#: Progress bars in one message; the others are dropped.
MAX_PROGRESS_UNITS = 100
#: Bytes that the edits of one message may move in memory: a second's work.
MAX_EDIT_WORK = 4 << 30

#: Bytes, and files, from which on work is done beside the event loop.
LARGE = 256 << 10
MANY_FILES = 50
#: Items that are validated before other threads have their turn.
STEP = 1000


def max_values(max_message_size: int) -> int:
    """Return how many JSON values a message may have."""
    return max(max_message_size, MAX_MESSAGE_SIZE) // _BYTES_PER_VALUE
