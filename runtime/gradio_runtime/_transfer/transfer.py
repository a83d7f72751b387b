"""Uploading a call's files, and downloading a result's."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import mimetypes
import os
import re
import secrets
import stat
import tempfile
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, TypeAlias, TypeVar, cast
from urllib.parse import quote

from .._codecs.codec import files_in, replace_files
from .._codecs.file_objects import file_to_send, from_data_url, stream_path, unified
from .._http.settings import Settings
from .._http.transport import Transport
from .._loop.callbacks import run_callback
from .._loop.loop import in_thread, overdue, run_async, run_sync
from .._models.bounds import MAX_ADDRESS
from .._models.filenames import safe_name
from .._models.files import File, UploadProgress, data_url, facts_of, set_facts
from ..description.addresses import is_url, split
from ..description.dialect import Dialect
from ..errors import InputError, ProtocolError
from .downloads import Allowance, Wanted, download
from .sources import open_path, open_source
from .uploads import Upload, upload

T = TypeVar("T")
OnProgress: TypeAlias = Callable[[UploadProgress], object]

#: Uploads, and downloads, of one client at a time: each holds a connection and an open
#: file, of which a process may have a thousand.
_AT_A_TIME = 8


def default_download_dir() -> Path:
    """Where downloads go unless a client says otherwise: a folder of this user's.

    It is in the system's folder for temporary files, and what is in it stays there until
    the user or the system removes it.
    """
    user = os.getuid() if hasattr(os, "getuid") else None
    name = "user" if user is None else str(user)
    folder = Path(tempfile.gettempdir()) / f"gradio_runtime-{name}"
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    if not _is_private(folder, user):
        # Somebody else was there first, and could read or replace what we write.
        return Path(tempfile.mkdtemp(prefix="gradio_runtime-"))
    return folder


def _is_private(folder: Path, user: int | None) -> bool:
    """Whether it is a folder, no link to one, that nobody else can write to.

    What is seen stays so: of what is a user's own in a folder for temporary files,
    others can neither change the mode nor put something else in its place.
    """
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return False
    if not stat.S_ISDIR(found.st_mode):
        return False
    return user is None or (found.st_uid == user and not found.st_mode & 0o022)


class Transfer:
    """Moves files between one app and this machine.

    Args:
        transport: HTTP to the app.
        dialect: How the server speaks of files, and the path of its API.
        settings: Where downloads go, each into a folder of its own, and their bounds.
        max_file_size: The app's own bound on an upload, in bytes.
    """

    def __init__(
        self,
        transport: Transport,
        dialect: Dialect,
        settings: Settings,
        max_file_size: int | None = None,
    ) -> None:
        self._transport = transport
        self._dialect = dialect
        self._prefix = dialect.prefix
        self._settings = settings
        self._folder = settings.download_folder or default_download_dir()
        self._max_file_size = max_file_size
        self._uploading = asyncio.Semaphore(_AT_A_TIME)
        self._downloading = asyncio.Semaphore(_AT_A_TIME)

    # ---- up

    async def upload_all(
        self, data: list[Any], progress: OnProgress | None = None
    ) -> list[Any]:
        """Upload every `File` in the values; returns the values as JSON.

        Different files go at the same time, the same one goes once: the same path, URL,
        bytes or stream, under the same name.

        Args:
            data: Values with `File`s in them.
            progress: Told how far each upload is, on the thread for callbacks.

        Raises:
            InputError: A file cannot be read, or is too large.
        """
        files = {id(file): file for file in files_in(data)}
        if not files:
            return data
        keys = {index: _identity(file) for index, file in files.items()}
        firsts: dict[object, File] = {}
        for index, file in files.items():
            firsts.setdefault(keys[index], file)
        placing = (self._place(file, progress) for file in firsts.values())
        places = dict(zip(firsts, await _together(placing), strict=True))
        wire = {
            index: self._wire(places[keys[index]], file)
            for index, file in files.items()
        }
        return cast("list[Any]", replace_files(data, wire))

    def _wire(self, place: str, file: File) -> dict[str, Any] | str:
        """A file as the server takes it."""
        if facts_of(file).inline:
            return place
        return file_to_send(place, file.orig_name, self._dialect)

    async def _place(self, file: File, progress: OnProgress | None) -> str:
        """Where the server finds a file, uploaded if it cannot read it by itself.

        A path on the server, a URL, or, of a file that goes inline, its content.
        """
        facts = facts_of(file)
        if facts.inline:
            return await self._data_url(file)
        if facts.remote_path is not None and facts.origin == self._transport.base:
            return facts.remote_path
        url = file.url
        if url is not None and file.path is None:
            if url.startswith("data:"):
                held = _of_data_url(url, InputError)
                held.orig_name = file.orig_name
                return await self._upload(held, file, progress)
            if self._server_reads(file, url):
                return url
            async with self._here(file) as copy:
                held = File(path=copy, orig_name=file.orig_name)
                return await self._upload(held, file, progress)
        return await self._upload(file, file, progress)

    def _server_reads(self, file: File, url: str) -> bool:
        """Whether the server can read a URL by itself. Gradio 3 often cannot."""
        facts = facts_of(file)
        for_all = facts.origin is None or facts.shared
        return for_all and not self._dialect.file_dicts and _public(url)

    @contextlib.asynccontextmanager
    async def _here(self, file: File) -> AsyncGenerator[Path]:
        """A copy of a remote file, for as long as it takes to pass it on."""
        fetcher = facts_of(file).fetcher or self
        path = await fetcher.afetch(file)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                path.parent.rmdir()

    async def _data_url(self, file: File) -> str:
        if file.url is not None and file.url.startswith("data:"):
            return file.url
        async with contextlib.AsyncExitStack() as stack:
            content = facts_of(file).content
            if content is None:
                path = file.path
                if path is None:
                    path = await stack.enter_async_context(self._here(file))
                content = stack.enter_context(await open_path(path))
            source = await open_source(content)
            held = b"".join([piece async for piece in source.pieces()])
        name = file.orig_name or (file.path.name if file.path else "")
        return data_url(held, file.mime_type or mimetypes.guess_type(name)[0])

    async def _upload(
        self, held: File, given: File, progress: OnProgress | None
    ) -> str:
        """Upload what is here, in memory or on the disk.

        Args:
            held: The file that is here.
            given: The same as the caller gave it.
            progress: Told how far it is.
        """
        content = facts_of(held).content
        async with contextlib.AsyncExitStack() as stack:
            if content is None:
                if held.path is None:
                    raise InputError("a file has neither a path, a URL nor any content")
                await stack.enter_async_context(self._uploading)
                content = stack.enter_context(await open_path(held.path))
            source = await open_source(content)
            if held.path is None and source.prompt:
                # Whoever waits for a user's stream must not keep others waiting.
                await stack.enter_async_context(self._uploading)
            tell = _Reporter(given, source.size, progress) if progress else None
            file = Upload(_name(held), source, self._max_file_size, tell)
            return await upload(self._transport, f"{self._prefix}/upload", file)

    # ---- down

    def file_of(self, value: dict[str, Any]) -> File:
        """The `File` for one that the server sent, still remote or in memory."""
        value = unified(value)
        url = value.get("url")
        if isinstance(url, str) and url.startswith("data:"):
            file = _of_data_url(url, ProtocolError)
            stem = str(value.get("orig_name") or "file")
            suffix = mimetypes.guess_extension(file.mime_type or "") or ""
            file.orig_name = stem if PurePosixPath(stem).suffix else stem + suffix
        else:
            file = self._remote(value)
        set_facts(file, fetcher=self, named=False)
        return file

    def _remote(self, value: dict[str, Any]) -> File:
        path, url = str(value.get("path") or ""), value.get("url")
        if max(len(path), len(url) if isinstance(url, str) else 0) > MAX_ADDRESS:
            raise ProtocolError(
                f"the app names a file by more than {MAX_ADDRESS} characters"
            )
        stream = value.get("is_stream") is True
        served = f"{self._transport.base}{self._prefix}"
        # The server builds `url` from what it believes its address to be; behind a
        # proxy or a root_path it may not resolve, the address we connected to does.
        if not isinstance(url, str) or not is_url(url):
            url = None
        if is_url(path):
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
        set_facts(
            file,
            remote_path=None if stream else path or None,
            origin=self._transport.base,
            lazy=stream,
            shared=not stream and not self._transport.personal,
        )
        return file

    def allowance(self) -> Allowance:
        """What a call may bring here."""
        return Allowance(self._settings.max_files, self._settings.max_download_total)

    async def download_all(self, files: list[File], allowance: Allowance) -> None:
        """Fetch every one of the files, at the same time; streams stay remote."""
        await _together(self._localise(file, allowance) for file in files)

    async def _localise(self, file: File, allowance: Allowance) -> None:
        facts = facts_of(file)
        here = facts.content is not None
        wanted = here or (file.url is not None and not facts.lazy)
        if file.path is None and wanted:
            file.path = await self._fetch(file, allowance)
            file.size = file.path.stat().st_size

    def fetch(self, file: File) -> Path:
        """Bring a file into a new folder of its own and return its path."""
        return run_sync(self._fetch(file, self.allowance()))

    async def afetch(self, file: File) -> Path:
        """The same, from any event loop."""
        return await run_async(self._fetch(file, self.allowance()))

    async def _fetch(self, file: File, allowance: Allowance) -> Path:
        facts = facts_of(file)
        folder = self._folder / secrets.token_hex(8)
        path = re.split("[?#]", file.url or "", maxsplit=1)[0]
        name = safe_name(file.orig_name or PurePosixPath(path).name)
        wanted = Wanted(
            file.url or "",
            name,
            file.size,
            self._settings.max_download_size,
            trusted=facts.named,
            allowance=allowance,
        )
        content = facts.content
        if isinstance(content, bytes):
            wanted.check(len(content))
            self._folder.mkdir(parents=True, exist_ok=True)
            async with self._downloading:
                wanted.begin()
                wanted.take(len(content), self._folder)
                await in_thread(partial(_write, folder / name, content))
            return folder / name
        if file.url is None:
            raise FileNotFoundError(f"{file} is not served anywhere")
        with self._transport.struck():
            if facts.lazy:
                return await self._fetch_stream(wanted, folder)
            async with self._downloading:
                return await download(self._transport, wanted, folder)

    async def _fetch_stream(self, wanted: Wanted, folder: Path) -> Path:
        """Fetch a recording, which may last as long as its job: nobody waits for it."""
        try:
            return await download(self._transport, wanted, folder)
        except ProtocolError as error:
            raise ProtocolError(
                f"the app could not make one file of the recording {wanted.name}: "
                f"{error.message}",
                hint="Its machine may have no ffmpeg; the app's own log says more",
            ) from error


class _Reporter:
    """Tells a caller how far the upload of a file is, on the thread for callbacks.

    A caller that is slow hears of the latest step only, so that nothing piles up.
    """

    def __init__(self, file: File, total: int | None, tell: OnProgress) -> None:
        self._file = file
        self._total = total
        self._tell = tell
        self._latest = UploadProgress(file, 0, total)
        self._waiting = False

    def __call__(self, sent: int) -> None:
        """Tell that so many bytes have been sent."""
        self._latest = UploadProgress(self._file, sent, self._total)
        if not self._waiting:
            self._waiting = True
            run_callback(self._deliver, None)

    def _deliver(self, _: None) -> None:
        # In this order: what comes between the two is delivered now, or once more.
        self._waiting = False
        self._tell(self._latest)


async def _together(actions: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Run all of them at once; if one fails, the others end before its error goes on."""
    tasks: list[asyncio.Task[T]] = []
    try:
        for action in actions:
            tasks.append(asyncio.create_task(action))
            if overdue():
                await asyncio.sleep(0)
        return await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)


def _identity(file: File) -> object:
    """What two files have in common that need to be uploaded only once."""
    facts = facts_of(file)
    content = facts.content
    where: object
    if content is not None:
        where = id(content)
    elif file.path is not None:
        where = os.path.abspath(file.path)  # noqa: PTH100  # a text, without any I/O
    else:
        where = (file.url, facts.fetcher)
    remote = facts.remote_path, facts.origin
    return where, remote, facts.inline, file.orig_name, file.mime_type


def _name(file: File) -> str:
    """What to call a file when it is uploaded; servers look at its suffix."""
    if name := file.orig_name or (file.path.name if file.path else None):
        return safe_name(name)
    return f"file{mimetypes.guess_extension(file.mime_type or '') or ''}"


def _of_data_url(url: str, error: type[InputError | ProtocolError]) -> File:
    try:
        return from_data_url(url)
    except ValueError:
        raise error("a data: URL holds no valid base64") from None


def _public(url: str) -> bool:
    """Whether another machine may be able to read the URL.

    Gradio 5 and 6 refuse to fetch from private addresses; those go through us.
    """
    address = split(url)
    host = address.host if address is not None else ""
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host
