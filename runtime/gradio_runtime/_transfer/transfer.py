"""Upload the files of a call, and download those of its result."""

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
from .._codecs.file_objects import (
    PLAYLIST,
    PLAYLIST_FILE,
    file_to_send,
    from_data_url,
    stream_path,
    unified,
)
from .._http.settings import Settings
from .._http.transport import Transport
from .._loop.callbacks import run_callback
from .._loop.loop import in_thread, overdue, run_async, run_sync
from .._models.bounds import MAX_ADDRESS, SMALLEST_FILE
from .._models.filenames import safe_name, sent_name
from .._models.files import File, UploadProgress, data_url, facts_of, set_facts
from ..description.addresses import is_url, split
from ..description.dialect import Dialect
from ..errors import ConnectError, ConnectionLost, InputError, ProtocolError
from .downloads import Allowance, Wanted, download
from .sources import Source, open_path, open_source, spend
from .uploads import Upload, upload

T = TypeVar("T")
OnProgress: TypeAlias = Callable[[UploadProgress], object]

#: Uploads, and downloads, of one client at a time: each holds a connection and an open
#: file, of which a process may have a thousand.
_AT_A_TIME = 8
#: What a playlist has for each part of a recording.
_SEGMENT = b"#EXTINF"
#: Bytes of a playlist within which its first part stands.
_HEAD = 64 << 10


def default_download_dir() -> Path:
    """Return where downloads go by default: a folder of this user's, which is made.

    It is in the system's folder for temporary files, and its content stays until the
    user or the system removes it.
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
    """Return whether it is a folder, not a link, that nobody else can write to.

    It stays so: in a folder for temporary files, nobody can change the mode of what
    another user owns, nor put something else in its place.
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

    Each download has a folder of its own. `max_file_size` is the app's own bound on an
    upload, in bytes.
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
        self._settings = settings
        self._folder = settings.download_folder or default_download_dir()
        self._max_file_size = max_file_size
        self._uploading = asyncio.Semaphore(_AT_A_TIME)
        self._downloading = asyncio.Semaphore(_AT_A_TIME)
        #: Streams of Gradio 3 and 4 that have been asked for: they come once.
        self._read_once: set[str] = set()

    # ---- up

    async def upload_all(
        self, data: list[Any], progress: OnProgress | None = None
    ) -> list[Any]:
        """Upload every `File` in the values, and return the values as JSON.

        Different files go at the same time, the same one goes once: the same path, URL,
        bytes or stream, under the same name. `progress` is called on the thread for
        callbacks. Raise `InputError` for a file that cannot be read, or is too large.
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
        """Return a file as the server takes it."""
        facts = facts_of(file)
        if facts.inline:
            return place
        return {
            **file_to_send(place, file.orig_name, self._dialect),
            **(facts.extra or {}),
        }

    async def _place(self, file: File, progress: OnProgress | None) -> str:
        """Return where the server finds a file, which is uploaded if it has to be.

        A path on the server, a URL, or, of a file that goes inline, its content.
        """
        facts = facts_of(file)
        if facts.inline:
            return await self._data_url(file)
        if facts.remote_path is not None and facts.origin == self._transport.base:
            return facts.remote_path
        if file.url is not None and self._server_reads(file, file.url):
            return file.url
        async with self._held(file) as held, self._opened(held) as source:
            tell = _reporter(file, source.size, progress) if progress else None
            sent = Upload(_name(held), source, self._max_file_size, tell)
            return await upload(self._transport, f"{self._dialect.prefix}/upload", sent)

    def _server_reads(self, file: File, url: str) -> bool:
        """Return whether the server can read a URL by itself. Gradio 3 often cannot."""
        facts = facts_of(file)
        for_all = facts.origin is None or facts.shared
        readable = for_all and not self._dialect.file_dicts
        return readable and file.path is None and _public(url)

    async def _data_url(self, file: File) -> str:
        if file.url is not None and file.url.startswith("data:"):
            return file.url
        async with self._held(file) as held, self._opened(held) as source:
            content = b"".join([piece async for piece in source.pieces()])
        kind = file.mime_type or mimetypes.guess_type(_name(file))[0]
        return data_url(content, kind)

    @contextlib.asynccontextmanager
    async def _held(self, file: File) -> AsyncGenerator[File]:
        """Give the file as it is here; a remote one is fetched, for this time only."""
        if file.url is None or file.path is not None:
            yield file
        elif file.url.startswith("data:"):
            held = _of_data_url(file.url, InputError)
            held.orig_name = file.orig_name
            yield held
        else:
            path = await (facts_of(file).fetcher or self).afetch(file)
            try:
                yield File(path=path, orig_name=file.orig_name)
            finally:
                path.unlink(missing_ok=True)
                with contextlib.suppress(OSError):
                    path.parent.rmdir()

    @contextlib.asynccontextmanager
    async def _opened(self, file: File) -> AsyncGenerator[Source]:
        """Give the content of a file that is here, when its turn to be read comes."""
        content = facts_of(file).content
        async with contextlib.AsyncExitStack() as stack:
            if content is None:
                if file.path is None:
                    raise InputError("a file has neither a path, a URL nor any content")
                await stack.enter_async_context(self._uploading)
                content = stack.enter_context(await open_path(file.path))
            source = await open_source(content)
            if source.size is None:
                spend(file)
            if file.path is None and source.prompt:
                # A user's stream may wait for anything, and others not for it.
                await stack.enter_async_context(self._uploading)
            yield source

    # ---- down

    def file_of(self, value: dict[str, Any]) -> File:
        """Return a `File` for one that the server sent, still remote or in memory."""
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
        served = f"{self._transport.base}{self._dialect.prefix}"
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
            shared=not stream and not self._transport.gate.personal,
        )
        return file

    def allowance(self) -> Allowance:
        """Return what one call may download."""
        return Allowance(self._settings.max_files, self._settings.max_download_total)

    async def download_all(self, files: list[File], allowance: Allowance) -> None:
        """Fetch every one of the files, at the same time; streams stay remote."""
        await _together(self._localise(file, allowance) for file in files)

    async def _localise(self, file: File, allowance: Allowance) -> None:
        facts = facts_of(file)
        served = file.url is not None and not facts.lazy
        if file.path is None and (served or facts.content is not None):
            file.path = await self._fetch(file, allowance)
            file.size = file.path.stat().st_size

    async def download_streams(
        self, files: list[File], allowance: Allowance
    ) -> list[File]:
        """Fetch the recordings among files of a job that has ended.

        One that the app cannot put together stays remote, and says why when it is read.

        Returns:
            Those that have no content: nothing was ever recorded.
        """
        streams = [f for f in files if facts_of(f).lazy and f.path is None]
        filled = await _together(self._is_recorded(f, allowance) for f in streams)
        return [f for f, any_ in zip(streams, filled, strict=True) if not any_]

    async def _is_recorded(self, file: File, allowance: Allowance) -> bool:
        url = file.url or ""
        if url in self._read_once:
            return True
        try:
            if url.endswith(PLAYLIST_FILE) and not await self._has_segments(url):
                return False
            path = await self._fetch(file, allowance)
        except (ConnectError, ConnectionLost, ProtocolError):
            return True
        file.size = path.stat().st_size  # a local disk
        file.path = path if file.size else None
        return file.path is not None

    async def _has_segments(self, url: str) -> bool:
        url = url.removesuffix(PLAYLIST_FILE) + PLAYLIST
        head = b""
        async with self._transport.stream("GET", url) as playlist:
            async for chunk in playlist.aiter_bytes():
                head += chunk
                if _SEGMENT in head or len(head) > _HEAD:
                    return True
        return False

    def fetch(self, file: File) -> Path:
        """Download a file into a new folder of its own and return its path."""
        return run_sync(self._fetch(file, self.allowance()))

    async def afetch(self, file: File) -> Path:
        """Do the same, from any event loop."""
        return await run_async(self._fetch(file, self.allowance()))

    async def _fetch(self, file: File, allowance: Allowance) -> Path:
        facts = facts_of(file)
        folder = self._folder / secrets.token_hex(8)
        path = re.split("[?#]", file.url or "", maxsplit=1)[0]
        name = safe_name(file.orig_name or PurePosixPath(path).name)
        wanted = Wanted(
            file.url or "",
            name,
            0 if facts.lazy else file.size,  # nothing may have been recorded
            self._settings.max_download_size,
            trusted=facts.named,
            allowance=allowance,
        )
        content = facts.content
        if isinstance(content, bytes):
            wanted.check(len(content))
            self._folder.mkdir(parents=True, exist_ok=True)
            async with self._downloading:
                wanted.take(SMALLEST_FILE + len(content), self._folder)
                await in_thread(partial(_write, folder / name, content))
            return folder / name
        if file.url is None:
            raise FileNotFoundError(f"{file} is not served anywhere")
        with self._transport.struck():
            if not facts.lazy:
                async with self._downloading:
                    return await download(self._transport, wanted, folder)
            if not wanted.url.endswith(PLAYLIST_FILE):
                self._read_once.add(wanted.url)
            try:
                # A recording may last as long as its job: others do not wait for it.
                return await download(self._transport, wanted, folder)
            except ProtocolError as error:
                raise ProtocolError(
                    f"the app could not make one file of the recording {name}: "
                    f"{error.message}",
                    hint="Its machine may have no ffmpeg; the app's own log says more",
                ) from error


def _reporter(file: File, total: int | None, tell: OnProgress) -> Callable[[int], None]:
    """Return what tells a caller, on the thread for callbacks, how much has been sent.

    A slow caller hears of the latest step only, so that nothing piles up.
    """
    latest, waiting = UploadProgress(file, 0, total), False

    def deliver(_: None) -> None:
        nonlocal waiting
        # In this order: what comes between the two is delivered now, or once more.
        waiting = False
        tell(latest)

    def report(sent: int) -> None:
        nonlocal latest, waiting
        latest = UploadProgress(file, sent, total)
        if not waiting:
            waiting = True
            run_callback(deliver, None)

    return report


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
    """Return what two files have in common just if one upload serves both."""
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
    """Return the name for the upload of a file; servers look at its suffix."""
    name = sent_name(file.orig_name or (file.path.name if file.path else ""))
    return name or f"file{mimetypes.guess_extension(file.mime_type or '') or ''}"


def _of_data_url(url: str, error: type[InputError | ProtocolError]) -> File:
    try:
        return from_data_url(url)
    except ValueError:
        raise error("a data: URL holds no valid base64") from None


def _public(url: str) -> bool:
    """Return whether another machine may be able to read the URL.

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
