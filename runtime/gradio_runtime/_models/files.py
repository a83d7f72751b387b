"""Files that go to an app and come from it.

`File` is the one type for both directions. A parameter holds one of whatever it was given
(`file_inputs`); an output is a `File` whose `path` is the downloaded copy.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, TypeVar, cast

from pydantic import (
    ConfigDict,
    PrivateAttr,
    ValidationInfo,
    field_serializer,
    model_validator,
)
from pydantic_core import PydanticCustomError

from .filenames import reserved_place, safe_name
from .provenance import (
    AppStr,
    Constructed,
    is_of_the_app,
    local_file_refused,
    may_name_local_file,
)
from .texts import BriefFields, BriefModel, printable

if TYPE_CHECKING:
    from .html import Page

#: How Gradio marks a file among other objects, in both directions.
FILE_META: dict[str, str] = {"_type": "gradio.FileData"}

#: How a text begins that is an address, and not a path.
_REMOTE = ("http://", "https://", "data:")

F = TypeVar("F", bound="File")


@dataclass(frozen=True, slots=True, repr=False)
class AppText(BriefFields):
    """A text of the app at a place where a file is due: data, and never a path.

    `str(value)` is the text. The object itself is not a `str`, so that nothing takes it
    for the name of a file that the caller has chosen.
    """

    text: str

    def __str__(self) -> str:
        """Return the text."""
        return self.text


@dataclass(frozen=True, repr=False)
class UploadProgress(BriefFields):
    """The progress of the upload of one file; see `Endpoint.with_options`.

    Attributes:
        file: What the caller gave, as a `File`.
        sent: Bytes sent. It begins again at 0 if the upload is tried again.
        total: Bytes of the file; None for a stream of unknown length.
    """

    file: File
    sent: int
    total: int | None


class Fetcher(Protocol):
    """Downloads remote files: the connection that they came through."""

    def fetch(self, file: File, /) -> Path: ...
    async def afetch(self, file: File, /) -> Path: ...


@dataclass(frozen=True, eq=False)
class FileFacts:
    """What the runtime knows of a file besides what users see of it.

    Two files are the same however they are fetched, so only the content is compared.
    Copies of a file share it, and the connection.

    Attributes:
        content: What it holds in memory, or an open stream.
        remote_path: Where its app has it.
        origin: The base URL of that app.
        fetcher: What can fetch it.
        lazy: Whether it is a stream that may still grow: fetched only when wanted.
        shared: Whether `url` is for everybody, as far as its app knows: other apps may
            read it.
        inline: Whether it is sent as a data URL, and not uploaded.
        extra: Further keys of the object that it is sent as.
        named: Whether the caller named it, and neither an app nor JSON.
        spent: Whether it is a stream that has been read, and cannot go back.
    """

    content: bytes | BinaryIO | None = None
    remote_path: str | None = None
    origin: str | None = None
    fetcher: Fetcher | None = None
    lazy: bool = False
    shared: bool = False
    inline: bool = False
    extra: Mapping[str, Any] | None = None
    named: bool = False
    spent: bool = False

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FileFacts) and self.content == other.content

    def __deepcopy__(self, _memo: object) -> FileFacts:
        return self


class File(BriefModel, Constructed):
    """A file: local, remote, or both.

    It is an `os.PathLike`, so `open(file)` and `Path(file)` work on a downloaded one.

    Attributes:
        path: The local copy, or None while it is remote only.
        url: Where the app serves it, or any URL that the app can read.
        orig_name: The name it had where it came from.
        mime_type: Its media type, when known.
        size: Bytes, when known.

    It can be pickled, copied, and written as JSON, where content in memory becomes a
    `data:` URL. What is read back knows where the file is, but not the client that could
    fetch it: download before, or use its `url`.

    JSON never names a file of this machine, since it may be a stranger's: a `path` in it
    is refused. Read JSON of your own with
    `File.model_validate_json(text, context={"local_files": True})`.
    """

    model_config = ConfigDict(extra="ignore", defer_build=True)

    path: Path | None = None
    url: str | None = None
    orig_name: str | None = None
    mime_type: str | None = None
    size: int | None = None

    _facts: FileFacts = PrivateAttr(default_factory=FileFacts)

    if not TYPE_CHECKING:

        def __init__(self, /, **data: Any) -> None:
            super().__init__(**data)
            self._facts = FileFacts(named=not isinstance(data.get("url"), AppStr))

        __init__.__pydantic_base_init__ = True

    @model_validator(mode="before")
    @classmethod
    def _is_known(cls, value: Any, info: ValidationInfo) -> Any:
        """Refuse an object that names a file which its author may not name."""
        if not isinstance(value, dict):
            return value
        if is_of_the_app(info.context):
            raise PydanticCustomError(
                "file", "expected a file of the app, not an object of another kind"
            )
        known = cast("dict[str, Any]", value)
        path, url = known.get("path"), known.get("url")
        if isinstance(path, AppStr) or not may_name_local_file(known, info.context):
            # No JSON has a Path: it is the caller's, or that of our download.
            own = path is None or isinstance(path, os.PathLike)
            if not own or (isinstance(url, str) and not is_remote(url)):
                raise local_file_refused()
        if isinstance(url, str):
            known = {**known, "url": plain_scheme(url)}
        return known

    @classmethod
    def of(cls, value: object) -> File:
        """Make a `File` of a path, a URL, bytes, a binary stream or a `File`.

        Raises:
            TypeError: `value` is none of these, or a text of an app's that is no URL.
        """
        match value:
            case File():
                return value
            case str() if is_remote(value):
                return cls(url=value)
            case AppStr():
                raise TypeError(
                    "expected a path that the caller named, not a text of an app's; "
                    "str(text) makes it your own"
                )
            case str() | os.PathLike():
                path = Path(cast("str | os.PathLike[str]", value))
                return cls(path=path, orig_name=path.name)
            case bytes() | bytearray() | memoryview():
                content = bytes(cast("bytes", value))
                file = cls(size=len(content))
                file._facts = FileFacts(content, named=True)
                return file
            case _ if callable(getattr(value, "read", None)) and not isinstance(
                value, type | io.TextIOBase
            ):
                name = getattr(value, "name", None)
                file = cls(orig_name=Path(name).name if isinstance(name, str) else None)
                file._facts = FileFacts(cast("BinaryIO", value), named=True)
                return file
            case _:
                raise TypeError(
                    "expected a path, a URL, bytes, a binary file or a File, "
                    f"not {type(value).__name__}"
                )

    @field_serializer("url", when_used="json")
    def _json_url(self, url: str | None) -> str | None:
        """Write content in memory as a `data:` URL."""
        if url is None and self.path is None and self._facts.content is not None:
            return content_url(self)
        return url

    def __getstate__(self) -> dict[Any, Any]:
        """Return all but the connection, which no other process could use."""
        state = super().__getstate__()
        facts = replace(self._facts, fetcher=None)
        private = {**state["__pydantic_private__"], "_facts": facts}
        return {**state, "__pydantic_private__": private}

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Yield where it is, in short, and what else is known."""
        shown = {name: getattr(self, name) for name in type(self).model_fields}
        if self.path is not None:
            shown["path"] = str(self.path)
            del shown["url"]
        if self.path is not None or self.url is not None:
            del shown["orig_name"], shown["mime_type"]
        for name, value in shown.items():
            if value is not None:
                yield name, value

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        from .html import Page

        return Page().show(self)

    def __gradio_html__(self, page: Page) -> str:
        """Return the image, a player, or a link."""
        name = self.orig_name or (self.path.name if self.path else "")
        alt = getattr(self, "alt_text", None) or self.orig_name or ""
        content = self.path or self._facts.content
        return page.media(content, name, self.mime_type, alt) or page.link(
            str(self), name, self.url, self.size
        )

    def __fspath__(self) -> str:
        """Return the local path, after a download if the file is remote."""
        return str(self.download())

    def __str__(self) -> str:
        """Return where the file is: its path, else its URL."""
        if self.path is not None:
            return str(self.path)
        return printable(self.url or self.orig_name or "<file in memory>")

    def download(self) -> Path:
        """Download the file, unless it is local already, and return its path.

        Raises:
            FileNotFoundError: It is neither local nor served anywhere.
            gradio_runtime.errors.GradioError: It could not be fetched.
        """
        if self.path is None:
            if self._facts.fetcher is None:
                raise FileNotFoundError(
                    f"{self} has no local copy, and no client to fetch it with"
                )
            self.path = self._facts.fetcher.fetch(self)
        return self.path

    async def adownload(self) -> Path:
        """Do the same as `download`, without blocking the event loop.

        Afterwards `read_bytes`, `save` and `open` use the local copy.
        """
        if self.path is None and self._facts.fetcher is not None:
            self.path = await self._facts.fetcher.afetch(self)
        return self.download()

    def read_bytes(self) -> bytes:
        """Return the whole content."""
        if isinstance(self._facts.content, bytes):
            return self._facts.content
        return self.download().read_bytes()

    def save(self, to: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
        """Copy the file to `to` (a file name, or an existing folder).

        Nothing is left at `to` unless the whole file could be written.

        Args:
            to: The place. In a folder the copy gets the name that the app gave; a file
                that is there already stays, and the copy gets a number: `a (2).png`.
            overwrite: Whether to replace that file instead. One that `to` itself names
                is always replaced.

        Returns:
            The path of the copy.
        """
        import secrets
        import shutil

        target, reserved = Path(to), False
        if target.is_dir():
            # The name is the server's, and may try to lead elsewhere.
            name = safe_name(self.orig_name or "file")
            reserved = not overwrite
            target = reserved_place(target, name) if reserved else target / name
        temporary = target.with_name(f".{secrets.token_hex(8)}.part")
        try:
            if isinstance(self._facts.content, bytes):
                temporary.write_bytes(self._facts.content)
            else:
                shutil.copyfile(self.download(), temporary)
            temporary.replace(target)
        except BaseException:
            if reserved:
                target.unlink(missing_ok=True)
            raise
        finally:
            temporary.unlink(missing_ok=True)
        return target


def is_source(value: object) -> bool:
    """Return whether a value is a file by itself, as a text is not."""
    readable = callable(getattr(value, "read", None))
    content = isinstance(value, os.PathLike | bytes | bytearray | memoryview)
    return content or readable


def is_remote(text: str) -> bool:
    """Return whether a text is an address, and not a path."""
    return text[:8].lower().startswith(_REMOTE)


def plain_scheme(text: str) -> str:
    """Return an address with its scheme in lower case; a path stays as it is."""
    end = text.find(":") if is_remote(text) else 0
    return text[:end].lower() + text[end:] if not text[:end].islower() else text


def facts_of(file: File) -> FileFacts:
    """Return what is known of a file besides what users see of it."""
    private = cast("dict[str, FileFacts]", file.__pydantic_private__)
    return private["_facts"]


def set_facts(file: File, **changes: Any) -> None:
    """Change some of what is known of a file; see `FileFacts`."""
    private: Any = file.__pydantic_private__
    private["_facts"] = replace(private["_facts"], **changes)


def recast(file: File, cls: type[F], **fields: Any) -> F:
    """Return the same file as another class of file, with further fields."""
    same = {name: getattr(file, name) for name in File.model_fields}
    other = cls.model_construct(**same, **fields)
    other.__pydantic_private__ = dict(file.__pydantic_private__ or {})
    return other


def content_url(file: File) -> str:
    """Return the `data:` URL of a file in memory."""
    content = facts_of(file).content
    if not isinstance(content, bytes):
        raise ValueError("an open file cannot be written as JSON; give its path")  # noqa: TRY004
    return data_url(content, file.mime_type)


def data_url(content: bytes, mime_type: str | None) -> str:
    """Return a `data:` URL with some content."""
    import base64

    kind = mime_type or "application/octet-stream"
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
