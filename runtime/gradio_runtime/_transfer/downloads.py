"""Download files: a file appears when it is complete, and is continued after a failure.

Gradio 6 stores a file under the hash of its content, and writes it again while another
job's copy is being served (measured on 6.31: of 120 downloads at once 17 were cut, and
about 10 were empty). So a download that was cut is continued only if the server says
that the file is still the same, and a file that is too short is fetched again.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .._http.backoff import RETRIES, may_pass, pause_after
from .._http.offline import check_online
from .._http.transport import Transport
from .._loop.loop import overdue
from .._models.bounds import FREE_DISK, SMALLEST_FILE
from ..errors import (
    ConnectError,
    ConnectionLost,
    FileTooLarge,
    GradioError,
)

if TYPE_CHECKING:
    import httpx2

#: A try that brings fewer bytes counts as a failed one.
_STEP = 64 * 1024
#: Bytes after which the limits are checked again.
_COUNTED = 1 << 20
_PARTIAL = 206
_NO_SUCH_RANGE = 416
#: Statuses that mean something else for a file than for the app.
_ANSWERED = frozenset({403, 404, 410, _NO_SUCH_RANGE})
_BYTES = "[0-9]{1,18}"  # no file has more, and Python reads no number of 5,000 digits
CONTENT_RANGE = re.compile(rf"bytes ({_BYTES})-({_BYTES})/({_BYTES}|\*)")


@dataclass
class Allowance:
    """How many files each output of a call may have, and bytes all of them together."""

    files: int
    size: int

    def take(self, size: int) -> None:
        """Use some of the bytes up, or raise `FileTooLarge`."""
        self.size -= size
        if self.size < 0:
            raise FileTooLarge(
                "the files of the call have more bytes than this client takes in all",
                hint="Allow more: Client(max_download_total=…)",
            )


class Wanted(NamedTuple):
    """One file to download.

    Attributes:
        url: Its address.
        name: Its name on the disk: a safe one.
        size: Its bytes, if known; otherwise it must have at least one.
        limit: Most bytes to take.
        trusted: Whether the user named the URL. One that an app names leads to
            the app itself, to public addresses and to `download_hosts` only.
        allowance: What the whole call may download, if that is bounded.
    """

    url: str
    name: str
    size: int | None = None
    limit: int | None = None
    trusted: bool = False
    allowance: Allowance | None = None

    def take(self, size: int, folder: Path) -> None:
        """Count bytes that are about to be written; raise `FileTooLarge` at a bound."""
        if self.allowance is not None:
            self.allowance.take(size)
        disk = shutil.disk_usage(folder)
        least, share = FREE_DISK
        if disk.free - size < min(least, disk.total * share):
            raise FileTooLarge(
                f"{self.name} would fill the disk of the download folder",
                hint="Make room, or name another folder with download_dir=…",
            )

    def check(self, size: int) -> None:
        """Raise `FileTooLarge` if the file may not have so many bytes."""
        if self.limit is not None and size > self.limit:
            raise FileTooLarge(
                f"{self.name} has {size} bytes or more, and this client takes at most "
                f"{self.limit}",
                hint="Allow more with max_download_size=…",
            )


async def download(transport: Transport, wanted: Wanted, folder: Path) -> Path:
    """GET a file into a folder, which is made, and return its path.

    A download that is cut is continued, or started again if that is not possible. It
    fails after `RETRIES` tries in a row that brought nothing new. Raise `FileTooLarge`
    at a bound, and another `GradioError` for a file that is not served.
    """
    check_online(wanted.url)
    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240  # a local disk
    target, partial = folder / wanted.name, folder / f".{secrets.token_hex(4)}.part"
    try:
        wanted.take(SMALLEST_FILE, folder)
        await _Download(transport, wanted, partial).run()
        partial.replace(target)
    except BaseException:
        partial.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            folder.rmdir()  # noqa: ASYNC240  # unless something else is there
        raise
    return target


class _Download:
    """One download, into a file that is not complete yet."""

    def __init__(self, transport: Transport, wanted: Wanted, path: Path) -> None:
        self._transport = transport
        self._wanted = wanted
        self._path = path
        #: Bytes on the disk that belong to the server's present version.
        self._have = 0
        #: The tag of that version; None if the server gives none.
        self._version: str | None = None

    async def run(self) -> None:
        """Fetch the whole file."""
        failures, furthest = 0, 0
        while True:
            error: GradioError | None = None
            try:
                await self._fetch()
            except GradioError as failure:
                if not may_pass(failure):
                    raise
                error = failure
            else:
                least = 1 if self._wanted.size is None else self._wanted.size
                if self._have >= least:
                    return
                self._version = None  # the server has no more of this version
            if self._have >= furthest + _STEP:
                failures, furthest = 0, self._have
            if failures == RETRIES:
                if error is not None:
                    raise error
                return  # the size that the server gave was wrong
            await asyncio.sleep(pause_after(error, failures))
            failures += 1

    async def _fetch(self) -> None:
        """GET the missing part, which may be the whole file.

        Raise `ConnectionLost` if it was cut, or the server sent another part.
        """
        # Compressed content has other lengths and ranges than the file.
        headers = {"accept-encoding": "identity"}
        if continued := self._have > 0 and self._version is not None:
            headers["range"] = f"bytes={self._have}-"
            headers["if-range"] = self._version or ""
        stream = self._transport.stream(
            "GET",
            self._wanted.url,
            headers,
            expected=_ANSWERED,
            trusted=self._wanted.trusted,
        )
        async with stream as response:
            status = response.status_code
            if continued and status == _NO_SUCH_RANGE:
                self._version = None
                raise ConnectionLost("the file changed while it was downloaded")
            if response.is_error:
                raise _refused(status, self._wanted)
            if status == _PARTIAL:
                whole = self._continue(response)
            else:
                self._have, self._version = 0, _version(response)
                whole = length_of(response)
            await self._write(response, whole)

    def _continue(self, response: httpx2.Response) -> int | None:
        """Check that an answer is the missing part; return the size of the file."""
        found = CONTENT_RANGE.fullmatch(response.headers.get("content-range", ""))
        version = _version(response)
        same = self._version is not None and version in {None, self._version}
        plain = "content-encoding" not in response.headers
        if not (same and plain and found and int(found[1]) == self._have):
            self._version = None
            raise ConnectionLost(
                "the server sent another part of a file than was asked"
            )
        return None if found[3] == "*" else int(found[3])

    async def _write(self, response: httpx2.Response, whole: int | None) -> None:
        self._wanted.check(whole or 0)
        # The file is open only while an answer is read: a pause between two may
        # be long, and open files are limited.
        with self._path.open("r+b" if self._have else "wb") as file:
            file.seek(self._have)
            file.truncate()
            uncounted = 0
            async for chunk in response.aiter_bytes():
                self._wanted.check(self._have + len(chunk))
                uncounted += len(chunk)
                if uncounted >= _COUNTED:
                    self._wanted.take(uncounted, self._path.parent)
                    uncounted = 0
                file.write(chunk)
                self._have += len(chunk)
                if overdue():
                    await asyncio.sleep(0)
        self._wanted.take(uncounted, self._path.parent)
        if whole is not None and self._have != whole:
            if self._have > whole:
                self._version = None
            raise ConnectionLost(f"{self._have} of {whole} bytes of a file came")


def length_of(response: httpx2.Response) -> int | None:
    """Return the size of the file, if the answer has it."""
    if "content-encoding" in response.headers:
        return None
    length = response.headers.get("content-length", "")
    return int(length) if re.fullmatch(_BYTES, length) else None


def _version(response: httpx2.Response) -> str | None:
    """Return the value for `If-Range` (RFC 9110, 13.1.5): a strong tag, or a date."""
    if "content-encoding" in response.headers:
        return None
    tag = response.headers.get("etag", "")
    version = tag if tag.startswith('"') else response.headers.get("last-modified")
    return version if version and version.isascii() and version.isprintable() else None


def _refused(status: int, wanted: Wanted) -> GradioError:
    """Return the error of a file that is not served (docs/protocol.md#files)."""
    hint = "It may be gone by now: call the endpoint again"
    if status == 403:  # Gradio says so of a file that is not there, too
        hint += ". Or it is not for everybody: it may need a login or a token"
    return ConnectError(
        f"the app does not serve the file {wanted.name} ({status})",
        hint=hint,
        lasting=True,
        status=status,
    )
