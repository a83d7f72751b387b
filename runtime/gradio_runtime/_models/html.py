"""Show files, component values and outputs in a notebook.

A class says what it consists of in `__gradio_html__`; here is how that is written.

The values come from strangers: every text is escaped, they bring no script and no style,
and only `http` and `https` addresses become links. Nothing is downloaded, and the page
loads nothing when it is shown: a local file is put into the page, within `_BUDGET` for
the whole of it, and any other is a link.
"""

from __future__ import annotations

import base64
import mimetypes
import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel

from .texts import brief, escaped

#: Bytes of files that one page may hold.
_BUDGET = 8 * 2**20
#: Rows and columns of a table, items of a list, characters of a text, that are shown.
_ROWS, _COLUMNS, _ITEMS, _CHARACTERS = 50, 30, 20, 2_000
#: Levels of values within values that are shown.
_DEPTH = 6
#: Kinds of files a page may hold; anything else could bring a script.
_PLAYED = re.compile(r"(image|audio|video)/[a-z0-9][a-z0-9.+-]*", re.ASCII)
_LINKED = re.compile(r"https?://[^\s]+", re.ASCII | re.IGNORECASE)
_PICTURE = re.compile(
    r"data:image/(png|jpeg|webp|gif|svg\+xml);base64,[A-Za-z0-9+/=\s]+", re.ASCII
)


def _text(value: object) -> str:
    """Return a text that has no effect in HTML."""
    if isinstance(value, list | dict):  # a cell of a table may be a million values
        value = brief(cast("object", value), _CHARACTERS)
    text = "" if value is None else str(value)
    if len(text) > _CHARACTERS:
        text = f"{text[:_CHARACTERS]}…"
    return escape(escaped(text, keep="\n\t"))


def _more(count: int) -> str:
    return f"<p>… and {count:,} more</p>" if count > 0 else ""


def _image(source: str, alt: str) -> str:
    return f'<img src="{source}" alt="{_text(alt)}" style="max-width:100%">'


class Page:
    """One piece of HTML, which may hold `_BUDGET` bytes of files."""

    text = staticmethod(_text)

    def __init__(self) -> None:
        self._left = _BUDGET
        self._depth = 0

    def show(self, value: object) -> str:
        """Return a value, and what is in it, as HTML that is safe to show."""
        if self._depth >= _DEPTH:
            return _text(brief(value, _CHARACTERS))
        self._depth += 1
        try:
            return self._show(value)
        finally:
            self._depth -= 1

    def _show(self, value: object) -> str:
        # Of its class: a model's values may have any name.
        write: Any = getattr(type(value), "__gradio_html__", None)
        if write is not None:
            return str(write(value, self))
        match value:
            case BaseModel():
                return self.rows(value)
            case str():
                return self.paragraph(value)
            case Mapping():
                return self.rows(cast("Mapping[object, object]", value).items())
            case list() | tuple():
                items = cast("list[object]", value)
                shown = "".join(
                    f"<li>{self.show(item)}</li>" for item in items[:_ITEMS]
                )
                more = _more(len(items) - _ITEMS)
                return f"<ol start=0>{shown}</ol>{more}"
            case _:
                return _text(value)

    def paragraph(self, text: str) -> str:
        """Return a text with its lines as they are."""
        return f'<span style="white-space:pre-wrap">{_text(text)}</span>'

    def table(self, headers: Sequence[object], rows: Sequence[Sequence[object]]) -> str:
        """Return a table of texts."""

        def row(cells: Sequence[object], tag: str) -> str:
            shown = [f"<{tag}>{_text(cell)}</{tag}>" for cell in cells[:_COLUMNS]]
            dots = f"<{tag}>…</{tag}>" if len(cells) > _COLUMNS else ""
            return f"<tr>{''.join(shown)}{dots}</tr>"

        head = row(headers, "th")
        body = "".join(row(cells, "td") for cells in rows[:_ROWS])
        more = _more(len(rows) - _ROWS)
        return f"<table><thead>{head}</thead><tbody>{body}</tbody></table>{more}"

    def rows(self, pairs: Iterable[tuple[object, object]]) -> str:
        """Return names and their values."""
        rows = list(pairs)
        shown = "".join(
            f"<tr><th>{_text(name)}</th><td>{self.show(value)}</td></tr>"
            for name, value in rows[:_ROWS]
        )
        return f"<table>{shown}</table>{_more(len(rows) - _ROWS)}"

    def meters(self, shares: Sequence[tuple[object, float | None]]) -> str:
        """Return names with a share each, from 0 to 1."""
        rows = "".join(
            f"<tr><th>{_text(name)}</th><td>"
            f'<meter min="0" max="1" value="{share or 0:.4f}"></meter></td>'
            f"<td>{'' if share is None else format(share, '.1%')}</td></tr>"
            for name, share in shares[:_ITEMS]
        )
        return f"<table>{rows}</table>" if rows else ""

    def figure(self, value: object, caption: str | None) -> str:
        """Return a file with its caption."""
        if caption is None:
            return self.show(value)
        text = f"<figcaption>{_text(caption)}</figcaption>"
        return f"<figure>{self.show(value)}{text}</figure>"

    def link(self, place: str, name: str, url: str | None, size: int | None) -> str:
        """Return a link to a file that is not shown, or where it is."""
        told = "" if size is None else f" ({size:,} bytes)"
        if url is None or not _LINKED.fullmatch(url):
            return f"<code>{_text(place)}</code>{told}"
        return (
            f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer">'
            f"{_text(name or Path(place).name or place)}</a>{told}"
        )

    def media(
        self, source: object, name: str, mime_type: str | None, alt: str
    ) -> str | None:
        """Return an image or a player; None if the file is of another kind, or remote.

        `source` is the local path or the content, `alt` says what the image shows.
        """
        kind = (mime_type or mimetypes.guess_type(name)[0] or "").lower()
        content = self._content(source) if _PLAYED.fullmatch(kind) else None
        if content is None:
            return None
        data = f"data:{kind};base64,{base64.b64encode(content).decode()}"
        match kind.partition("/")[0]:
            case "image":
                return _image(data, alt)
            case "audio":
                return f'<audio controls src="{data}"></audio>'
            case _:
                return f'<video controls src="{data}" style="max-width:100%"></video>'

    def _content(self, source: object) -> bytes | None:
        """Return the bytes of a local file that fits into the page."""
        if isinstance(source, Path):
            try:
                # A pipe or a device would never end.
                if not source.is_file() or source.stat().st_size > self._left:
                    return None
                source = source.read_bytes()
            except OSError:
                return None
        if not isinstance(source, bytes) or len(source) > self._left:
            return None
        self._left -= len(source)
        return source

    def picture(self, url: str, otherwise: str) -> str:
        """Return the image of a `data:` URL, or a text if it is not one, or too large."""
        if not _PICTURE.fullmatch(url) or len(url) > self._left:
            return _text(otherwise)
        self._left -= len(url)
        return _image(url, "plot")
