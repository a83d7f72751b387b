"""Round trips as data: a call of a generated function, and what must come back."""

from __future__ import annotations

import io
import wave
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from gradio_runtime import File
from gradio_runtime.types import (
    AnnotatedImageData,
    ChatComponent,
    ChatFile,
    ChatMessage,
    ChatText,
    DataframeData,
    EditorData,
    GalleryImage,
    GalleryVideo,
)

Check = Callable[[Any], bool]

TEXT = b"some text\n"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408"
    "d763f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)
MP4 = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2\0\0\0\x08mdat"
SRT = b"1\n00:00:00,000 --> 00:00:01,000\nHello\n"
OBJ = b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"


#: The name of a file that addresses and shells would read otherwise.
ODD_NAME = "a b#ü%20.txt"


@dataclass(frozen=True)
class Made:
    """An argument that is made for each call anew, since a call uses it up."""

    make: Callable[[], Any]

    def __call__(self) -> Any:
        return self.make()


class _Same:
    """Expect the first argument back."""


@dataclass(frozen=True)
class Trip:
    """One call of an endpoint.

    Attributes:
        endpoint: The function of the generated module.
        args: What it is called with.
        gives: The value that must come back, or a check of it; an exception's class if
            the call must fail.
        since: The first major version of Gradio with this behaviour.
        until: The last one.
        kwargs: Arguments by name.
    """

    endpoint: str
    args: tuple[Any, ...]
    gives: Any
    since: int = 3
    until: int = 6
    kwargs: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        shown = ", ".join(str(arg)[:20] for arg in self.args)
        return f"{self.endpoint}({shown})"


def trip(
    endpoint: str, *args: Any, gives: Any = _Same, since: int = 3, until: int = 6
) -> Trip:
    return Trip(endpoint, args, args[0] if gives is _Same else gives, since, until)


def each(
    endpoints: str, *values: Any, gives: Any = _Same, since: int = 3, until: int = 6
) -> list[Trip]:
    """Every endpoint with every value."""
    return [
        trip(endpoint, value, gives=gives, since=since, until=until)
        for endpoint in endpoints.split()
        for value in values
    ]


# --- Checks


def file(content: bytes | None = None, name: str | None = None) -> Check:
    """A downloaded file with this content or, where Gradio makes it anew, with any."""

    def check(value: Any) -> bool:
        assert isinstance(value, File)
        assert value.path is not None
        got = value.read_bytes()
        assert got == content if content is not None else got
        # Beside one of the same name, in a store of `map`, it has another.
        assert name is None or name in {value.path.name, value.orig_name}
        return True

    return check


def image(value: Any) -> bool:
    """A downloaded image: WebP where Gradio encodes it anew, else PNG."""
    assert isinstance(value, File)
    head = value.read_bytes()[:12]
    return head.startswith(b"\x89PNG") or head[8:] == b"WEBP"


def sound(value: Any) -> bool:
    return isinstance(value, File) and value.read_bytes().startswith(b"RIFF")


def items(*checks: Check) -> Check:
    """A list or tuple whose items pass these checks."""
    return lambda value: (
        len(value) == len(checks)
        and all(check(item) for check, item in zip(checks, value, strict=True))
    )


def nothing(value: Any) -> bool:
    return value is None


def one_of(*allowed: Any) -> Check:
    return lambda value: value in allowed


def picture(caption: str | None = None) -> Check:
    return lambda value: (
        isinstance(value, GalleryImage)
        and value.caption == caption
        and image(value.image)
    )


def clip(caption: str | None = None) -> Check:
    return lambda value: (
        isinstance(value, GalleryVideo)
        and value.caption == caption
        and value.video.read_bytes() == MP4
    )


def message(role: str, *parts: Check, **others: Any) -> Check:
    def check(value: Any) -> bool:
        assert isinstance(value, ChatMessage)
        assert value.role == role
        assert isinstance(value.content, list)
        for name, expected in others.items():
            assert getattr(value, name) == expected
        return items(*parts)(value.content)

    return check


def text_part(text: str) -> Check:
    return lambda part: isinstance(part, ChatText) and part.text == text


def file_part(alt_text: str | None) -> Check:
    return lambda part: (
        isinstance(part, ChatFile) and part.alt_text == alt_text and image(part.file)
    )


def component_part(part: Any) -> bool:
    return isinstance(part, ChatComponent) and part.component == "image"


def editor(layers: int) -> Check:
    def check(value: Any) -> bool:
        assert isinstance(value, EditorData)
        assert value.background is not None
        assert len(value.layers) == layers
        return image(value.background) and all(map(image, value.layers))

    return check


def annotated(*labels: str) -> Check:
    def check(value: Any) -> bool:
        assert isinstance(value, AnnotatedImageData)
        assert [item.label for item in value.annotations] == list(labels)
        return image(value.image) and all(image(a.image) for a in value.annotations)

    return check


def table(headers: Iterable[Any], rows: list[list[Any]]) -> Check:
    def check(value: Any) -> bool:
        assert isinstance(value, DataframeData)
        return (value.headers, value.data) == (list(headers), rows)

    return check


def output(**fields: Any) -> Check:
    """Several outputs, by the names of their fields; values may be checks."""

    def check(value: Any) -> bool:
        assert list(type(value).model_fields) == list(fields)
        for name, expected in fields.items():
            actual = getattr(value, name)
            assert expected(actual) if callable(expected) else exactly(actual, expected)
        return True

    return check


def exactly(actual: Any, expected: Any) -> bool:
    """Whether two values are equal, and an int is an int and a bool a bool."""
    if isinstance(expected, list | tuple):
        return len(actual) == len(expected) and all(map(exactly, actual, expected))
    if isinstance(expected, dict):
        return actual.keys() == expected.keys() and all(
            exactly(actual[key], value) for key, value in expected.items()
        )
    return type(actual) is type(expected) and bool(actual == expected)


def tone() -> bytes:
    """A WAV file of a tenth of a second."""
    content = io.BytesIO()
    with wave.open(content, "wb") as target:
        target.setnchannels(1)
        target.setsampwidth(2)
        target.setframerate(8000)
        target.writeframes(bytes(1600))
    return content.getvalue()
