"""What a notebook shows for files, component values and outputs.

The values are strangers' words: every text is escaped, no script and no style of theirs
is let in, and only `http` and `https` addresses become links. Nothing is downloaded, and
nothing is loaded from anywhere by looking at it: a local file is put into the page,
within `_BUDGET` for the whole of it, and any other is a link.
"""

from __future__ import annotations

import base64
import mimetypes
import re
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel

from .files import File
from .texts import brief, escaped
from .types.chat import ChatComponent, ChatFile, ChatMessage, ChatText
from .types.media import AnnotatedImageData, GalleryImage, GalleryVideo
from .types.table import DataframeData, LabelData, PlotData
from .types.text import HighlightedToken
from .values import Unchanged

__all__ = ["html_of"]

#: Bytes of files that one page may hold.
_BUDGET = 8 * 2**20
#: Rows and columns of a table, items of a list, characters of a text, that are shown.
_ROWS, _COLUMNS, _ITEMS, _CHARACTERS = 50, 30, 20, 2_000
#: How deep values within values are shown.
_DEPTH = 6
#: Kinds of files a page may hold; anything else could bring a script.
_PLAYED = re.compile(r"(image|audio|video)/[a-z0-9][a-z0-9.+-]*", re.ASCII)
_LINKED = re.compile(r"https?://[^\s]+", re.ASCII | re.IGNORECASE)
_PICTURE = re.compile(
    r"data:image/(png|jpeg|webp|gif|svg\+xml);base64,[A-Za-z0-9+/=\s]+", re.ASCII
)


def html_of(value: object) -> str:
    """A value as HTML that is safe to show."""
    return _Page().show(value)


class _Page:
    """One piece of HTML, which may hold `_BUDGET` bytes of files."""

    def __init__(self) -> None:
        self._left = _BUDGET
        self._depth = 0

    def show(self, value: object) -> str:
        if self._depth >= _DEPTH:
            return _text(brief(value, _CHARACTERS))
        self._depth += 1
        try:
            return self._show(value)
        finally:
            self._depth -= 1

    def _show(self, value: object) -> str:
        match value:
            case File():
                return self._file(value)
            case DataframeData():
                return _table(value)
            case LabelData():
                return _label(value)
            case PlotData():
                return self._plot(value)
            case ChatMessage():
                parts = "".join(self.show(part) for part in value.parts)
                return f"<div><b>{_text(value.role)}</b> {parts}</div>"
            case ChatText():
                return _paragraph(value.text)
            case ChatFile():
                return self._figure(value.file, value.alt_text)
            case ChatComponent():
                return f"<div>{_text(value.component)}: {self.show(value.value)}</div>"
            case GalleryImage():
                return self._figure(value.image, value.caption)
            case GalleryVideo():
                return self._figure(value.video, value.caption)
            case AnnotatedImageData():
                regions = [(item.label, item.image) for item in value.annotations]
                return self.show(value.image) + self._rows(regions)
            case HighlightedToken(class_or_confidence=None):
                return _text(value.token)
            case HighlightedToken():
                label = _text(value.class_or_confidence)
                return f"<mark>{_text(value.token)} <sub>{label}</sub></mark>"
            case BaseModel():
                return self._rows(value)
            case _:
                return self._plain(value)

    def _plain(self, value: object) -> str:
        match value:
            case str():
                return _paragraph(value)
            case Mapping():
                return self._rows(cast("Mapping[object, object]", value).items())
            case list() | tuple():
                items = cast("list[object]", value)
                shown = "".join(
                    f"<li>{self.show(item)}</li>" for item in items[:_ITEMS]
                )
                more = _more(len(items) - _ITEMS)
                return f"<ol start=0>{shown}</ol>{more}"
            case Unchanged():
                return _text(brief(value, _CHARACTERS))
            case _:
                return _text(value)

    def _rows(self, pairs: Iterable[tuple[object, object]]) -> str:
        rows = list(pairs)
        shown = "".join(
            f"<tr><th>{_text(name)}</th><td>{self.show(value)}</td></tr>"
            for name, value in rows[:_ROWS]
        )
        return f"<table>{shown}</table>{_more(len(rows) - _ROWS)}"

    def _figure(self, file: File, caption: str | None) -> str:
        if caption is None:
            return self.show(file)
        text = f"<figcaption>{_text(caption)}</figcaption>"
        return f"<figure>{self.show(file)}{text}</figure>"

    def _file(self, file: File) -> str:
        kind = _kind(file)
        content = self._content(file) if kind else None
        if kind is None or content is None:
            return _link(file)
        source = f"data:{kind};base64,{base64.b64encode(content).decode()}"
        match kind.partition("/")[0]:
            case "image":
                alt = _text(getattr(file, "alt_text", None) or file.orig_name or "")
                return f'<img src="{source}" alt="{alt}" style="max-width:100%">'
            case "audio":
                return f'<audio controls src="{source}"></audio>'
            case _:
                return f'<video controls src="{source}" style="max-width:100%"></video>'

    def _content(self, file: File) -> bytes | None:
        """The bytes of a file that is here and fits in."""
        content = file._content  # pyright: ignore[reportPrivateUsage]
        if file.path is not None:
            try:
                # A pipe or a device would never end.
                if not file.path.is_file() or file.path.stat().st_size > self._left:
                    return None
                content = file.path.read_bytes()
            except OSError:
                return None
        if not isinstance(content, bytes) or len(content) > self._left:
            return None
        self._left -= len(content)
        return content

    def _plot(self, plot: PlotData) -> str:
        if not _PICTURE.fullmatch(plot.plot) or len(plot.plot) > self._left:
            return _text(f"a plot of {plot.type}")
        self._left -= len(plot.plot)
        return f'<img src="{plot.plot}" alt="plot" style="max-width:100%">'


def _kind(file: File) -> str | None:
    """The media type of a file that a page can show or play."""
    name = file.orig_name or (file.path.name if file.path else "")
    kind = (file.mime_type or mimetypes.guess_type(name)[0] or "").lower()
    return kind if _PLAYED.fullmatch(kind) else None


def _link(file: File) -> str:
    name = file.orig_name or Path(str(file)).name or str(file)
    size = "" if file.size is None else f" ({file.size:,} bytes)"
    if file.url is not None and _LINKED.fullmatch(file.url):
        target = escape(file.url)
        return (
            f'<a href="{target}" target="_blank" rel="noopener noreferrer">'
            f"{_text(name)}</a>{size}"
        )
    return f"<code>{_text(file)}</code>{size}"


def _table(table: DataframeData) -> str:
    def row(cells: list[Any], tag: str) -> str:
        shown = [f"<{tag}>{_text(cell)}</{tag}>" for cell in cells[:_COLUMNS]]
        dots = f"<{tag}>…</{tag}>" if len(cells) > _COLUMNS else ""
        return f"<tr>{''.join(shown)}{dots}</tr>"

    head = row(list(table.headers), "th")
    body = "".join(row(cells, "td") for cells in table.data[:_ROWS])
    more = _more(len(table.data) - _ROWS)
    return f"<table><thead>{head}</thead><tbody>{body}</tbody></table>{more}"


def _label(label: LabelData) -> str:
    rows = "".join(
        f"<tr><th>{_text(item.label)}</th><td>"
        f'<meter min="0" max="1" value="{item.confidence or 0:.4f}"></meter></td>'
        f"<td>{'' if item.confidence is None else format(item.confidence, '.1%')}</td>"
        "</tr>"
        for item in (label.confidences or [])[:_ITEMS]
    )
    return f"<b>{_text(label.label)}</b>" + (f"<table>{rows}</table>" if rows else "")


def _text(value: object) -> str:
    text = "" if value is None else str(value)
    if len(text) > _CHARACTERS:
        text = f"{text[:_CHARACTERS]}…"
    return escape(escaped(text, keep="\n\t"))


def _paragraph(text: str) -> str:
    return f'<span style="white-space:pre-wrap">{_text(text)}</span>'


def _more(count: int) -> str:
    return f"<p>… and {count:,} more</p>" if count > 0 else ""
