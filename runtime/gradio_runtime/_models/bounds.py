"""How much of an app is taken: every bound of the runtime in one place.

An app is a stranger. Beyond these bounds a call ends with an error that names the
bound; below them nothing of it keeps other apps of the process waiting. Those that a
caller may have reason to raise are arguments of `Client`, with these as defaults.
"""

from __future__ import annotations

#: Bytes of one message: `Client(max_message_size=…)`. Memory of four times as much may
#: be needed to read it (text with emoji), and half a second in which Python does
#: nothing else.
MAX_MESSAGE_SIZE = 32 << 20
#: JSON values in one message: for every 20 bytes that it may have, one. An array counts
#: as two and an object as four, since they take more memory.
_BYTES_PER_VALUE = 20
#: Bytes of one that is not strictly JSON, with half characters or bytes that are no
#: UTF-8: Python itself reads those, and lets no other thread run meanwhile.
MAX_ODD_SIZE = 4 << 20
#: Arrays and objects within each other, and the length of a path into them.
MAX_DEPTH = 200
#: Bytes of `/config` and of `/info`, which may have as many values as a message; apps of
#: hundreds of endpoints have some megabytes.
MAX_CONFIG_SIZE = 32 << 20
#: Bytes of an answer that only says that something was done, and those that are read of
#: one that says why it was not.
MAX_ANSWER_SIZE = 1 << 20
MAX_ERROR_SIZE = 128 << 10
#: Seconds to log in and read an app's description: `Client(connect_timeout=…)`.
CONNECT_TIMEOUT = 60.0

#: Characters of the path or URL of a file of an app's: longer ones take Python seconds.
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
#: Bytes of messages that a job has not looked at, and of those whose job is not known
#: yet. The stream is not read meanwhile. What they hold may take thirty times as much.
MAX_UNREAD_SIZE = 1 << 20
MAX_EARLY_SIZE = 4 << 20
#: Characters of an error or a log, and of what a progress bar says: each is searched for
#: secrets. Of a longer one the middle is left out.
MAX_TEXT = 256 << 10
MAX_LABEL = 4096
#: Progress bars in one message; the others are dropped.
MAX_PROGRESS_UNITS = 100
#: Bytes that the edits of one message may move in memory: a second's work.
MAX_EDIT_WORK = 4 << 30

#: Bytes from which on something is worked on beside the event loop, and files.
LARGE = 256 << 10
MANY_FILES = 50
#: Items that are validated before others have their turn, to the first that does not fit.
STEP = 1000


def max_values(max_message_size: int) -> int:
    """Return how many JSON values a message may have."""
    return max(max_message_size, MAX_MESSAGE_SIZE) // _BYTES_PER_VALUE
