"""One file as a multipart request, sent while it is read.

httpx2 can send such requests too, but it reads files on the event loop in pieces of
64 KiB, and does not report progress.
"""

from __future__ import annotations

import asyncio
import mimetypes
import re
import secrets
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import NamedTuple

from .._http.transport import Transport
from ..description.json_values import is_array, load_json
from ..errors import FileTooLarge, ProtocolError
from .sources import Source

#: Characters that would end a quoted name, or its header. A backslash is none.
_UNQUOTABLE = re.compile(r'["\x00-\x1f\x7f]')


class Upload(NamedTuple):
    """One file to upload, of at most `limit` bytes.

    `tell` is called with the number of bytes sent, which starts again with each try.
    """

    name: str
    source: Source
    limit: int | None = None
    tell: Callable[[int], None] | None = None


async def upload(transport: Transport, path: str, file: Upload) -> str:
    """POST a file; return its path on the server.

    An upload changes only the server's disk, so it is repeated after a temporary
    failure, as long as the file can be read again. Raise `FileTooLarge` if it has more
    bytes than the app accepts.
    """
    if file.limit is not None and (file.source.size or 0) > file.limit:
        raise _too_large(file, f"{file.source.size} bytes")
    body = _Body(file)
    try:
        content = await transport.post_content(
            path, body, body.headers, again=lambda: file.source.readable
        )
    except FileTooLarge as error:
        error.about_file(file.name)
        raise
    except asyncio.CancelledError:
        # A request continues without its caller as long as its body does.
        file.source.give_up()
        raise
    try:
        answer = load_json(content)
    except ValueError:
        answer = None
    if not is_array(answer) or len(answer) != 1:
        raise ProtocolError(f"the app did not take the uploaded file {file.name}")
    return str(answer[0])


class _Body:
    """The body of a request, which can be sent again if the file can be read again."""

    def __init__(self, file: Upload) -> None:
        boundary = secrets.token_hex(16)
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        name = _quoted(file.name)
        self._file = file
        self._head = (
            f"--{boundary}\r\n"
            f'Content-Disposition: form-data; name="files"; filename="{name}"\r\n'
            f"Content-Type: {kind}\r\n\r\n"
        ).encode()
        self._tail = f"\r\n--{boundary}--\r\n".encode()
        self.headers = {"content-type": f"multipart/form-data; boundary={boundary}"}
        if (size := file.source.size) is not None:
            whole = len(self._head) + size + len(self._tail)
            self.headers["content-length"] = str(whole)

    async def __aiter__(self) -> AsyncGenerator[bytes, None]:
        file, sent = self._file, 0
        yield self._head
        async with aclosing(file.source.pieces()) as pieces:
            async for piece in pieces:
                if file.limit is not None and sent + len(piece) > file.limit:
                    raise _too_large(file, f"more than {file.limit} bytes")
                yield piece
                sent += len(piece)
                if file.tell is not None:
                    file.tell(sent)
        if file.tell is not None and not sent:
            file.tell(0)
        yield self._tail


def _too_large(file: Upload, size: str) -> FileTooLarge:
    error = FileTooLarge(
        f"{file.name} has {size}, which exceeds the maximum file size: the app takes "
        f"at most {file.limit}"
    )
    error.file = file.name
    return error


def _quoted(name: str) -> str:
    """Return a name in quotes, as browsers write it (HTML standard)."""
    return _UNQUOTABLE.sub(lambda found: f"%{ord(found[0]):02X}", name)
