"""Uploading a call's files, and downloading a result's."""

from __future__ import annotations

import asyncio
import ipaddress
import mimetypes
import os
import secrets
import tempfile
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast
from urllib.parse import quote, urlsplit

from .errors import FileTooLarge, InputError
from .filedata import data_url, file_to_send, from_data_url, stream_path, unified
from .filenames import safe_name
from .files import File
from .http.transport import Transport, Upload
from .queue.protocol import Dialect
from .wire import files_in, replace_files

__all__ = ["Transfer", "default_download_dir"]


def default_download_dir() -> Path:
    """Where downloads go unless a client says otherwise: a folder of this user's."""
    user = os.getuid() if hasattr(os, "getuid") else "user"
    folder = Path(tempfile.gettempdir()) / f"gradio_runtime-{user}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if hasattr(os, "getuid") and folder.stat().st_uid != user:
        # Somebody else was there first, and could read or replace what we write.
        return Path(tempfile.mkdtemp(prefix="gradio_runtime-"))
    return folder


class Transfer:
    """Moves files between one app and this machine.

    Args:
        transport: HTTP to the app.
        dialect: How the server speaks of files, and the path of its API.
        folder: Where downloads go; each gets a folder of its own below it.
        max_file_size: The app's own bound on an upload, in bytes.
    """

    def __init__(
        self,
        transport: Transport,
        dialect: Dialect,
        folder: Path,
        *,
        max_file_size: int | None = None,
    ) -> None:
        self._transport = transport
        self._dialect = dialect
        self._prefix = dialect.prefix
        self._folder = folder
        self._max_file_size = max_file_size

    async def upload_all(self, data: list[Any]) -> list[Any]:
        """Upload every `File` in the values; returns the values as JSON.

        The same `File` is uploaded once, different ones at the same time.

        Raises:
            InputError: A file does not exist or is too large.
        """
        files = {id(file): file for file in files_in(data)}
        if not files:
            return data
        sent = await asyncio.gather(*(self._wire(file) for file in files.values()))
        return cast(
            "list[Any]", replace_files(data, dict(zip(files, sent, strict=True)))
        )

    async def _wire(self, file: File) -> dict[str, Any] | str:
        """A file as the server takes it, uploaded if it cannot read it by itself."""
        if file._inline:  # pyright: ignore[reportPrivateUsage]
            return await self._data_url(file)
        remote = file.model_copy()
        if file._remote_path is not None and file._origin == self._transport.base:  # pyright: ignore[reportPrivateUsage]
            return self._filedata(file._remote_path, file)  # pyright: ignore[reportPrivateUsage]
        url = file.url
        if url is not None and file.path is None:
            if url.startswith("data:"):
                remote = _of_data_url(url)
            elif self._server_reads(file, url):
                return self._filedata(url, file)
            else:
                fetch = file._fetch or self.fetch  # pyright: ignore[reportPrivateUsage]
                remote.path = await fetch(file)
        path = await self._upload(remote)
        return self._filedata(path, file)

    def _server_reads(self, file: File, url: str) -> bool:
        """Whether the server can read a URL by itself. Gradio 3 often cannot."""
        own = file._fetch is not None  # pyright: ignore[reportPrivateUsage]
        return not own and not self._dialect.file_dicts and _public(url)

    def _filedata(self, path: str, file: File) -> dict[str, Any]:
        return file_to_send(path, file.orig_name, self._dialect)

    async def _data_url(self, file: File) -> str:
        if file.url is not None and file.url.startswith("data:"):
            return file.url
        content = file._content  # pyright: ignore[reportPrivateUsage]
        if content is None:
            fetch = file._fetch or self.fetch  # pyright: ignore[reportPrivateUsage]
            path = file.path or await fetch(file)
            with _opened(path) as stream:
                content = stream.read()
        elif not isinstance(content, bytes):
            content = content.read()
        name = file.orig_name or (file.path.name if file.path else "")
        return data_url(content, file.mime_type or mimetypes.guess_type(name)[0])

    async def _upload(self, file: File) -> str:
        content = file._content  # pyright: ignore[reportPrivateUsage]
        name = file.orig_name or (file.path.name if file.path else None)
        if content is not None:
            if isinstance(content, bytes):
                self._check_size(len(content), name)
            name = (
                name or f"file{mimetypes.guess_extension(file.mime_type or '') or ''}"
            )
            return await self._send(Upload(name, content))
        if file.path is None:
            raise InputError("a file has neither a path, a URL nor any content")
        with _opened(file.path) as stream:
            self._check_size(os.fstat(stream.fileno()).st_size, name)
            return await self._send(Upload(name or "file", stream))

    def _check_size(self, size: int, name: str | None) -> None:
        if self._max_file_size is not None and size > self._max_file_size:
            raise FileTooLarge(
                f"{name or 'the file'} has {size} bytes, which exceeds the maximum "
                f"file size: the app takes at most {self._max_file_size}"
            )

    async def _send(self, upload: Upload) -> str:
        return await self._transport.upload(f"{self._prefix}/upload", upload)

    def file_of(self, value: dict[str, Any]) -> File:
        """The `File` for one that the server sent, still remote or in memory."""
        value = unified(value)
        url = value.get("url")
        if isinstance(url, str) and url.startswith("data:"):
            file = _of_data_url(url)
            stem = str(value.get("orig_name") or "file")
            suffix = mimetypes.guess_extension(file.mime_type or "") or ""
            file.orig_name = stem if PurePosixPath(stem).suffix else stem + suffix
        else:
            file = self._remote(value)
        file._fetch = self.fetch  # pyright: ignore[reportPrivateUsage]
        return file

    def _remote(self, value: dict[str, Any]) -> File:
        path, url = str(value.get("path") or ""), value.get("url")
        stream = value.get("is_stream") is True
        served = f"{self._transport.base}{self._prefix}"
        # The server builds `url` from what it believes its address to be; behind a
        # proxy or a root_path it may not resolve, the address we connected to does.
        if path.startswith(("http://", "https://")):
            url = url or path
        elif stream:
            url = f"{served}/stream/{quote(stream_path(path))}"
        elif path:
            url = f"{served}/file={quote(path)}"
        name = value.get("orig_name") or PurePosixPath(path).name or None
        file = File(
            url=url,
            orig_name=name,
            mime_type=value.get("mime_type") or mimetypes.guess_type(name or "")[0],
            size=value.get("size"),
        )
        file._remote_path = None if stream else path or None  # pyright: ignore[reportPrivateUsage]
        file._origin = self._transport.base  # pyright: ignore[reportPrivateUsage]
        file._lazy = stream  # pyright: ignore[reportPrivateUsage]
        return file

    async def download_all(self, value: Any) -> None:
        """Fetch every `File` in a value, at the same time; streams stay remote."""
        await asyncio.gather(*(self._localise(file) for file in files_in(value)))

    async def _localise(self, file: File) -> None:
        here = file._content is not None  # pyright: ignore[reportPrivateUsage]
        wanted = here or (file.url is not None and not file._lazy)  # pyright: ignore[reportPrivateUsage]
        if file.path is None and wanted:
            file.path = await self.fetch(file)
            file.size = file.path.stat().st_size

    async def fetch(self, file: File) -> Path:
        """Bring a file into a new folder of its own and return its path."""
        folder = self._folder / secrets.token_hex(8)
        content = file._content  # pyright: ignore[reportPrivateUsage]
        if isinstance(content, bytes):
            path = folder / safe_name(file.orig_name or "file")
            folder.mkdir(parents=True)
            path.write_bytes(content)
            return path
        if file.url is None:
            raise FileNotFoundError(f"{file} is not served anywhere")
        name = file.orig_name or PurePosixPath(urlsplit(file.url).path).name
        return await self._transport.download(
            file.url, folder, safe_name(name), file.size
        )


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise InputError(
            f"cannot read the file {path}: {error.strerror}",
            hint="Pass the path of a file that exists, a URL, or bytes",
        ) from None


def _of_data_url(url: str) -> File:
    try:
        return from_data_url(url)
    except ValueError:
        raise InputError("a data: URL holds no valid base64") from None


def _public(url: str) -> bool:
    """Whether another machine may be able to read the URL.

    Gradio 5 and 6 refuse to fetch from private addresses; those go through us.
    """
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host
