"""Files that go to an app and come from it.

`File` is the one type for both directions. A parameter typed `FileInput` takes what
people have at hand (a path, a URL, bytes, an open file, a `File` from another
endpoint) and holds a `File` once it is validated; an output is a `File` whose `path`
is the downloaded copy.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    BinaryIO,
    Self,
    TypeAlias,
    TypeVar,
    cast,
)

from pydantic import (
    ConfigDict,
    GetCoreSchemaHandler,
    PrivateAttr,
    ValidationInfo,
    field_serializer,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

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
    from pydantic import GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue

__all__ = [
    "FILE_META",
    "FILE_TEXT",
    "AppText",
    "File",
    "FileInput",
    "UploadProgress",
    "as_file",
    "one_file",
    "recast",
]

#: How Gradio marks a file among other objects, in both directions.
FILE_META: dict[str, str] = {"_type": "gradio.FileData"}

#: How a text begins that is an address, and no path.
_REMOTE = ("http://", "https://", "data:")

#: Fetches a remote file to a local path; given by the connection it came through.
Fetch = Callable[["File"], Coroutine[Any, Any, Path]]

F = TypeVar("F", bound="File")


@dataclass(frozen=True, slots=True, repr=False)
class AppText(BriefFields):
    """A text of the app at a place where a file is due: data, and never a path.

    `str(value)` is the text. It is no `str` itself, so that nothing takes it for the
    name of a file that the caller has chosen.
    """

    text: str

    def __str__(self) -> str:
        """The text."""
        return self.text


@dataclass(frozen=True, repr=False)
class UploadProgress(BriefFields):
    """How far the upload of one file has come; see `Endpoint.with_options`.

    Attributes:
        file: The file: what the caller gave, as a `File`.
        sent: Bytes on their way. It begins again at 0 if the upload is tried again.
        total: Bytes of the file; None for a stream whose length nobody knows.
    """

    file: File
    sent: int
    total: int | None


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
    `data:` URL. What is read back knows where the file is, but no longer the client
    that could fetch it: download before, or use its `url`.

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

    _content: bytes | BinaryIO | None = PrivateAttr(default=None)
    _remote_path: str | None = PrivateAttr(default=None)
    _origin: str | None = PrivateAttr(default=None)
    _fetch: Fetch | None = PrivateAttr(default=None)
    #: A stream that may still grow: fetched when wanted, and never before.
    _lazy: bool = PrivateAttr(default=False)
    #: Whether `url` is for everybody, as far as its app knows: other apps may read it.
    _shared: bool = PrivateAttr(default=False)
    #: Sent as a data URL, and not uploaded.
    _inline: bool = PrivateAttr(default=False)
    #: Whether the caller named it himself, and no app and no JSON.
    _named: bool = PrivateAttr(default=False)

    if not TYPE_CHECKING:

        def __init__(self, /, **data: Any) -> None:
            super().__init__(**data)
            self._named = not isinstance(data.get("url"), AppStr)

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
            # No JSON has a Path: it is the caller's, or that of a download of ours.
            own = path is None or isinstance(path, os.PathLike)
            if not own or (isinstance(url, str) and not _is_remote(url)):
                raise local_file_refused()
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
            case str() if _is_remote(value):
                scheme, colon, rest = value.partition(":")
                file = cls(url=scheme.lower() + colon + rest)
                file._named = not isinstance(value, AppStr)
                return file
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
                file._content = content
                return file
            case _ if callable(getattr(value, "read", None)) and not isinstance(
                value, type | io.TextIOBase
            ):
                name = getattr(value, "name", None)
                file = cls(orig_name=Path(name).name if isinstance(name, str) else None)
                file._content = cast("BinaryIO", value)
                return file
            case _:
                raise TypeError(
                    "expected a path, a URL, bytes, a binary file or a File, "
                    f"not {type(value).__name__}"
                )

    @field_serializer("url", when_used="json")
    def _json_url(self, url: str | None) -> str | None:
        """Of content in memory, the `data:` URL."""
        if url is None and self.path is None and self._content is not None:
            return _data_url(self)
        return url

    def __eq__(self, other: object) -> bool:
        """Whether both are the same file, however it is fetched."""
        if not isinstance(other, File):
            return NotImplemented
        return (
            type(self) is type(other)
            and self.__dict__ == other.__dict__
            and self._content == other._content
        )

    def __getstate__(self) -> dict[Any, Any]:
        """All but the connection, which no other process could use."""
        state = super().__getstate__()
        private: dict[str, Any] = state["__pydantic_private__"] or {}
        private = {**private, "_fetch": None}
        return {**state, "__pydantic_private__": private}

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        """A copy that shares the connection and the content."""
        import copy

        copied = self.__copy__()
        for name, value in vars(self).items():
            vars(copied)[name] = copy.deepcopy(value, memo)
        return copied

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Where it is, in short, and what else is known."""
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
        """What a notebook shows: the image, a player, or the name."""
        from .notebook import html_of

        return html_of(self)

    def __fspath__(self) -> str:
        """The local path, downloading the file first if it is remote."""
        return str(self.download())

    def __str__(self) -> str:
        """Where the file is: its path, else its URL."""
        if self.path is not None:
            return str(self.path)
        return printable(self.url or self.orig_name or "<file in memory>")

    def download(self) -> Path:
        """Fetch the file, unless it is local already, and return its path.

        Raises:
            FileNotFoundError: It is neither local nor served anywhere.
            gradio_runtime.errors.GradioError: It could not be fetched.
        """
        if self.path is None:
            if self._fetch is None:
                raise FileNotFoundError(
                    f"{self} has no local copy, and no client to fetch it with"
                )
            from .loop import run_sync

            self.path = run_sync(self._fetch(self))
        return self.path

    async def adownload(self) -> Path:
        """Like `download`, for async code: its event loop goes on meanwhile.

        Afterwards `read_bytes`, `save` and `open` have the local copy at hand.
        """
        if self.path is None and self._fetch is not None:
            from .loop import run_async

            self.path = await run_async(self._fetch(self))
        return self.download()

    def read_bytes(self) -> bytes:
        """The whole content."""
        if isinstance(self._content, bytes):
            return self._content
        return self.download().read_bytes()

    def save(self, to: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
        """Copy the file to `to` (a file name, or an existing folder).

        Nothing is left at `to` unless the whole file could be written.

        Args:
            to: Where to. In a folder it gets the name that the app gave it; a file
                that is there already stays, and the copy gets a number: `a (2).png`.
            overwrite: Whether to replace that file instead. One that `to` itself names
                is always replaced.

        Returns:
            The path of the copy.
        """
        target, reserved = Path(to), False
        if target.is_dir():
            # The name is the server's word, and may try to lead elsewhere.
            name = safe_name(self.orig_name or "file")
            reserved = not overwrite
            target = reserved_place(target, name) if reserved else target / name
        import secrets

        temporary = target.with_name(f".{secrets.token_hex(8)}.part")
        try:
            if isinstance(self._content, bytes):
                temporary.write_bytes(self._content)
            else:
                import shutil

                shutil.copyfile(self.download(), temporary)
            temporary.replace(target)
        except BaseException:
            if reserved:
                target.unlink(missing_ok=True)
            raise
        finally:
            temporary.unlink(missing_ok=True)
        return target


def _is_remote(text: str) -> bool:
    return text[:8].lower().startswith(_REMOTE)


def recast(file: File, cls: type[F], **fields: Any) -> F:
    """The same file as another class of file, with further fields."""
    same = {name: getattr(file, name) for name in File.model_fields}
    other = cls.model_construct(**same, **fields)
    other.__pydantic_private__ = dict(file.__pydantic_private__ or {})
    return other


def _data_url(file: File) -> str:
    import base64

    if not isinstance(file._content, bytes):  # pyright: ignore[reportPrivateUsage]
        raise ValueError("an open file cannot be written as JSON; give its path")  # noqa: TRY004
    text = base64.b64encode(file._content).decode()  # pyright: ignore[reportPrivateUsage]
    return f"data:{file.mime_type or 'application/octet-stream'};base64,{text}"


def _address(file: File) -> str:
    """Path, URL or `data:` URL: what a `FileInput` is read from."""
    return str(file.path or file.url or _data_url(file))


#: The JSON Schema of a file that is given by its address.
FILE_TEXT: dict[str, Any] = {
    "type": "string",
    "description": "A file: its URL. From Python, also its path.",
}


def as_file(value: Any, info: ValidationInfo) -> Any:
    """A `File` of whatever a file parameter takes; objects are left to pydantic."""
    if isinstance(value, dict | File):
        return cast("Any", value)
    if is_of_the_app(info.context):
        raise PydanticCustomError(
            "file", "expected a file of the app, not {kind}", {"kind": _kind(value)}
        )
    own = not isinstance(value, str) or may_name_local_file(value, info.context)
    if not own and not _is_remote(value):
        raise local_file_refused()
    try:
        file = File.of(value)
    except TypeError as error:
        raise PydanticCustomError(
            "file", "{problem}", {"problem": str(error)}
        ) from None
    file._named = own  # pyright: ignore[reportPrivateUsage]
    return file


def _kind(value: object) -> str:
    return "a text" if isinstance(value, str | AppText) else type(value).__name__


def one_file(value: Any, info: ValidationInfo) -> File:
    """The same, of the JSON of a file too."""
    return File.model_validate(as_file(value, info), context=info.context)


class _FileInputSchema:
    """Tells pydantic to validate a `FileInput` into a `File`."""

    @classmethod
    def __get_pydantic_core_schema__(
        cls, _source: Any, _handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(
            one_file,
            serialization=core_schema.plain_serializer_function_ser_schema(
                _address, return_schema=core_schema.str_schema(), when_used="json"
            ),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, _schema: CoreSchema, _handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return dict(FILE_TEXT)


#: What a file parameter takes: a path, a URL, bytes, an open binary file, or a
#: `File`. Models hold it as a `File`.
FileInput: TypeAlias = Annotated[
    str | os.PathLike[str] | bytes | BinaryIO | File, _FileInputSchema
]
