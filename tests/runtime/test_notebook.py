"""What a notebook shows, and that nobody's words get into it as HTML."""

from __future__ import annotations

import base64
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from gradio_runtime import UNCHANGED, File, Output, types
from gradio_runtime.types import (
    AnnotatedImageData,
    Annotation,
    ChatComponent,
    ChatFile,
    ChatMessage,
    ChatText,
    DataframeData,
    DescribedFile,
    GalleryImage,
    GalleryItem,
    GalleryVideo,
    HighlightedToken,
    LabelConfidence,
    LabelData,
    PlotData,
    VideoFile,
)
from IPython.core.formatters import DisplayFormatter
from pydantic import BaseModel

EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>"
#: All that a page may hold.
TAGS = {
    *("a", "audio", "b", "code", "div", "figcaption", "figure", "img", "li", "mark"),
    *("meter", "ol", "p", "span", "sub", "video"),
    *("table", "tbody", "td", "th", "thead", "tr"),
}
ATTRIBUTES = {
    *("alt", "controls", "href", "max", "min", "rel", "src", "start", "style"),
    *("target", "value"),
}


class _Reader(HTMLParser):
    """Takes HTML apart, and refuses what may not be in it."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS
        assert {name for name, _ in attrs} <= ATTRIBUTES
        self.tags.append((tag, dict(attrs)))
        if tag not in {"img"}:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def close(self) -> None:
        super().close()
        assert not self._open


def shown(value: object) -> _Reader:
    """What IPython makes of a value, as a notebook gets it."""
    formatter: Any = DisplayFormatter()
    data, _ = formatter.format(value)
    assert data["text/plain"]
    reader = _Reader()
    reader.feed(data["text/html"])
    reader.close()
    return reader


@pytest.fixture
def image(tmp_path: Path) -> File:
    path = tmp_path / "a.png"
    path.write_bytes(b"\x89PNG")
    return File(path=path, orig_name="a.png")


@pytest.mark.parametrize(
    ("name", "tag", "kind"),
    [
        ("a.png", "img", "image/png"),
        ("a.svg", "img", "image/svg+xml"),
        ("a.wav", "audio", "audio/"),
        ("a.mp4", "video", "video/mp4"),
    ],
)
def test_a_local_file_is_played(tmp_path: Path, name: str, tag: str, kind: str) -> None:
    (tmp_path / name).write_bytes(b"content")
    ((found, attributes),) = shown(File(path=tmp_path / name)).tags
    source = attributes["src"]
    assert found == tag
    assert source is not None
    assert source.startswith(f"data:{kind}")
    assert base64.b64decode(source.partition(",")[2]) == b"content"


def test_bytes_are_played_by_their_type() -> None:
    file = File.of(b"GIF89a")
    file.mime_type = "image/gif"
    assert shown(file).tags[0][0] == "img"


def test_other_files_are_named(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(EVIL)
    for file in (File(path=page), File(path=tmp_path / "gone.png")):
        reader = shown(file)
        assert [tag for tag, _ in reader.tags] == ["code"]
        assert reader.text == str(file.path)


def test_a_remote_file_is_a_link_and_loads_nothing() -> None:
    file = File(url="https://host/a.png?x='\"", orig_name="a.png", size=12345)
    ((tag, attributes),) = shown(file).tags
    assert tag == "a"
    assert attributes["href"] == "https://host/a.png?x='\""
    assert shown(file).text == "a.png (12,345 bytes)"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScript:alert(1)//https://host",
        "data:text/html,<script>alert(1)</script>",
        "https://host/\njavascript:alert(1)",
        "vbscript:x",
        "file:///etc/passwd",
    ],
)
def test_only_web_addresses_become_links(url: str) -> None:
    assert [tag for tag, _ in shown(File(url=url)).tags] == ["code"]


def test_a_type_that_is_no_type_plays_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"x")
    for kind in (f'image/png"{EVIL}', "text/html", "image/png;x", "image/"):
        tags = [tag for tag, _ in shown(File(path=path, mime_type=kind)).tags]
        assert tags == ["code"]


def test_a_page_holds_so_much(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(bytes(3 << 20))  # two of them are within 8 MiB
    image = File(path=path)
    gallery: list[GalleryItem] = [GalleryImage(image=image) for _ in range(3)]

    class Pictures(Output):
        gallery: list[GalleryItem]

    kinds = [tag for tag, _ in shown(Pictures(gallery=gallery)).tags]
    assert kinds.count("img") == 2
    assert kinds.count("code") == 1


def test_a_table_is_bounded() -> None:
    table = DataframeData(headers=["a"] * 40, data=[[EVIL] * 40] * 60)
    reader = shown(table)
    cells = [tag for tag, _ in reader.tags].count("td")
    assert cells == 50 * 31  # 30 columns and the dots
    assert "… and 10 more" in reader.text
    assert EVIL in reader.text


def test_a_label_has_bars() -> None:
    label = LabelData(
        label="cat", confidences=[LabelConfidence(label="cat", confidence=0.75)]
    )
    meters = [attrs["value"] for tag, attrs in shown(label).tags if tag == "meter"]
    assert meters == ["0.7500"]
    assert "75.0%" in shown(label).text
    assert shown(LabelData()).text == ""


def test_a_plot_is_its_picture() -> None:
    plot = PlotData(type="matplotlib", plot="data:image/png;base64,AAAA")
    assert shown(plot).tags[0][1]["src"] == plot.plot
    for text in ('data:image/png;base64,"onload="alert(1)', "{}"):
        assert shown(PlotData(type="plotly", plot=text)).text == "a plot of plotly"


def test_an_output_is_a_table_of_its_fields(image: File) -> None:
    class Everything(Output):
        image: File
        message: ChatMessage
        annotated: AnnotatedImageData
        score: float
        same: Any

    output = Everything(
        image=image,
        message=ChatMessage(
            role="user", content=[ChatText(text="hi"), ChatFile(file=image)]
        ),
        annotated=AnnotatedImageData(
            image=image, annotations=[Annotation(image=image, label="region")]
        ),
        score=0.5,
        same=UNCHANGED,
    )
    reader = shown(output)
    assert [tag for tag, _ in reader.tags].count("img") == 4
    for text in (
        "image",
        "message",
        "user",
        "hi",
        "region",
        "score",
        "0.5",
        "UNCHANGED",
    ):
        assert text in reader.text


EVIL_VALUES: list[BaseModel] = [
    File(url=f"https://host/{EVIL}", orig_name=EVIL),
    File(path=Path("/no/where"), orig_name=EVIL, mime_type=EVIL),
    DescribedFile(url="https://host/a.png", orig_name=EVIL, alt_text=EVIL),
    VideoFile(url=EVIL, subtitles=File(url=EVIL)),
    ChatMessage(role="user", content=EVIL, metadata={EVIL: EVIL}),
    ChatText(text=EVIL),
    ChatComponent(component=EVIL, value={EVIL: [EVIL]}, props={EVIL: EVIL}),
    ChatFile(file=File(url=EVIL, orig_name=EVIL), alt_text=EVIL),
    GalleryImage(image=File(url=EVIL), caption=EVIL),
    GalleryVideo(video=File(url=EVIL), caption=EVIL),
    AnnotatedImageData(
        image=File(url=EVIL), annotations=[Annotation(image=File(url=EVIL), label=EVIL)]
    ),
    HighlightedToken(token=EVIL, class_or_confidence=EVIL),
    LabelData(label=EVIL, confidences=[LabelConfidence(label=EVIL, confidence=1)]),
    DataframeData(headers=[EVIL], data=[[EVIL, {EVIL: EVIL}]]),
    PlotData(type=EVIL, plot=EVIL),
    Output.model_validate({EVIL: {EVIL: [EVIL, {EVIL}]}}),
    Output.model_validate({"__gradio_html__": EVIL, "_repr_html_": EVIL}),
]  # fmt: skip


@pytest.mark.parametrize("value", EVIL_VALUES, ids=lambda value: type(value).__name__)
def test_nobodys_words_become_html(value: BaseModel) -> None:
    reader = shown(value)  # refuses scripts, handlers and the like
    assert "javascript" not in str(reader.tags)
    if any(tag == "img" for tag, _ in reader.tags):
        pytest.fail("an image that is nowhere")


def test_every_class_with_html_of_its_own_is_tried() -> None:
    known = [File, *(getattr(types, name) for name in types.__all__)]
    own = {cls for cls in known if "__gradio_html__" in getattr(cls, "__dict__", {})}
    assert len(own) > 10
    assert own <= {type(value) for value in EVIL_VALUES}


def test_an_image_describes_itself_in_its_own_words(image: File) -> None:
    described = DescribedFile(path=image.path, alt_text=EVIL)
    ((_, attributes),) = shown(described).tags
    assert attributes["alt"] == EVIL


def test_values_within_values_end_somewhere() -> None:
    value: dict[str, Any] = {}
    value["again"] = value
    assert "again" in shown(Output.model_validate({"loop": value})).text
