"""The classes of component values: JSON, JSON Schema, pickles, copies, tables."""

from __future__ import annotations

import copy
import pickle
import sys
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import gradio_runtime.types
import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import polars as pl
import pytest
from gradio_runtime import File, FileInput, GradioError, Input
from gradio_runtime._models.file_inputs import FILE_TEXT
from gradio_runtime._models.files import facts_of, set_facts
from gradio_runtime.types import (
    AnnotatedImageData,
    Annotation,
    ChatComponent,
    ChatFile,
    ChatMessage,
    ChatPair,
    ChatPairInput,
    ChatText,
    DataframeData,
    DataframeInput,
    DescribedFile,
    DialogueLine,
    EditorData,
    EditorInput,
    GalleryImage,
    GalleryInput,
    GalleryVideo,
    HighlightedInput,
    HighlightedToken,
    ImagePairInput,
    LabelConfidence,
    LabelData,
    MultimodalData,
    MultimodalInput,
    NativePlotData,
    PlotData,
    VideoFile,
    chat_messages,
    chat_pairs,
)
from pydantic import BaseModel, TypeAdapter, ValidationError

A = File(path=Path("a.png"), orig_name="a.png", size=3)
B = File(url="http://host/b.png")

VALUES: list[BaseModel] = [
    A,
    VideoFile(url="http://host/v.mp4", subtitles=B),
    DescribedFile(path=Path("a.png"), alt_text="an a"),
    ChatText(text="hi"),
    ChatFile(file=B, alt_text="a b"),
    ChatComponent(component="plot", value={"type": "altair"}, constructor_args={}),
    ChatMessage(role="user", content=[ChatText(text="hi"), ChatFile(file=A)]),
    GalleryImage(image=A, caption="a"),
    GalleryVideo(video=B),
    MultimodalData(text="hi", files=[A, B]),
    AnnotatedImageData(image=A, annotations=[Annotation(image=B, label="b")]),
    EditorData(background=A, layers=[B], composite=A),
    HighlightedToken(token="a", class_or_confidence=0.5),
    DialogueLine(speaker="a", text="b"),
    LabelData(label="a", confidences=[LabelConfidence(label="a", confidence=1)]),
    DataframeData(headers=["a", 1], data=[[1, None]]),
    PlotData(type="altair", plot="{}"),
    NativePlotData(columns=["a"], data=[[1]], datatypes={"a": "nominal"}, mark="bar"),
]


#: The context of JSON that the reader has written himself.
OWN = {"local_files": True}


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_every_value_survives(value: BaseModel) -> None:
    again = type(value).model_validate_json(value.model_dump_json(), context=OWN)
    assert again == value
    assert pickle.loads(pickle.dumps(value)) == value
    assert copy.deepcopy(value) == value
    assert copy.copy(value) == value


@pytest.mark.parametrize(
    "value",
    [value for value in VALUES if not isinstance(value, File)],
    ids=lambda value: type(value).__name__,
)
def test_unknown_keys_are_kept(value: BaseModel) -> None:
    more = {**value.model_dump(), "later": [1]}
    again = type(value).model_validate(more)
    assert again.model_dump() == more
    assert pickle.loads(pickle.dumps(again)) == again


def test_every_exported_name_is_there() -> None:
    for name in gradio_runtime.types.__all__:
        assert getattr(gradio_runtime.types, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = gradio_runtime.types.Nothing


# ---- inputs


class Everything(Input):
    chat: list[ChatMessage]
    editor: EditorInput
    file: FileInput
    gallery: list[GalleryInput]
    pairs: list[ChatPairInput]
    pieces: list[HighlightedInput]
    slider: ImagePairInput
    table: DataframeInput
    text: MultimodalInput


PLAIN: dict[str, Any] = {
    "chat": [{"role": "user", "content": "hi"}],
    "editor": "a.png",
    "file": "http://host/a.png",
    "gallery": ["a.png", "b.mp4", {"image": "c.png", "caption": "c"}],
    "pairs": [["hi", None], [{"path": "a.png", "alt_text": "an a"}, "yo"]],
    "pieces": [["a", "X"], {"token": "b"}],
    "slider": ["a.png", None],
    "table": [{"a": 1}, {"a": 2}],
    "text": "hi",
}


def test_json_of_inputs_can_be_as_short_as_what_callers_write() -> None:
    inputs = Everything.model_validate(PLAIN, context=OWN)
    kinds = [type(item).__name__ for item in inputs.gallery]
    assert kinds == ["GalleryImage", "GalleryVideo", "GalleryImage"]
    assert inputs.pairs[1][0] == DescribedFile(path=Path("a.png"), alt_text="an a")
    assert inputs.table == DataframeData(headers=["a"], data=[[1], [2]])
    again = Everything.model_validate_json(inputs.model_dump_json(), context=OWN)
    assert again == inputs


def test_the_schema_of_inputs_says_so() -> None:
    schema = Everything.model_json_schema()
    properties = schema["properties"]
    text = {"type": "string", "description": FILE_TEXT["description"]}
    assert properties["file"] == {**text, "title": "File"}
    for item in (properties["editor"], properties["gallery"]["items"]):
        assert text in item["anyOf"]
    assert text in schema["$defs"]["ChatFile"]["properties"]["file"]["anyOf"]
    assert text in schema["$defs"]["GalleryImage"]["properties"]["image"]["anyOf"]
    assert {"type": "string"} in properties["text"]["anyOf"]
    rows = {"type": "array", "items": {"type": "object"}}
    assert rows in properties["table"]["anyOf"]
    assert {"$ref": "#/$defs/DataframeData"} in properties["table"]["anyOf"]
    assert any(
        option.get("type") == "array"
        for option in properties["pieces"]["items"]["anyOf"]
    )
    # What is read back is what the values are held as.
    output = Everything.model_json_schema(mode="serialization")["properties"]
    assert output["table"] == {"$ref": "#/$defs/DataframeData"}
    assert output["editor"] == {"$ref": "#/$defs/EditorData"}


# ---- files


def test_a_file_from_a_server_is_pickled_without_its_connection() -> None:
    class Fetcher:
        def fetch(self, _file: File) -> Path:
            return Path("fetched.png")

        async def afetch(self, file: File) -> Path:
            return self.fetch(file)

    fetcher = Fetcher()
    file = File(url="http://host/a.png", orig_name="a.png")
    set_facts(file, fetcher=fetcher, remote_path="/srv/a.png")
    again = pickle.loads(pickle.dumps(file))
    assert again == file
    assert facts_of(again).remote_path == "/srv/a.png"
    with pytest.raises(FileNotFoundError, match="no client to fetch it with"):
        again.download()
    assert facts_of(copy.deepcopy(file)).fetcher is fetcher  # still of this process
    assert file.download() == Path("fetched.png")


def test_content_in_memory_becomes_a_data_url() -> None:
    class Inputs(Input):
        file: FileInput

    inputs = Inputs(file=b"abc")
    text = "data:application/octet-stream;base64,YWJj"
    assert inputs.model_dump_json() == f'{{"file":"{text}"}}'
    assert Inputs.model_validate_json(inputs.model_dump_json()).file == File(url=text)
    file = File.of(b"abc")
    assert file.model_dump(mode="json")["url"] == text
    assert pickle.loads(pickle.dumps(file)).read_bytes() == b"abc"
    assert file != File.of(b"abd")


def test_an_open_file_cannot_be_json(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("a")
    with path.open("rb") as stream, pytest.raises(ValueError, match="give its path"):
        File.of(stream).model_dump_json()


def test_the_repr_of_a_file_is_short() -> None:
    file = File(path=Path("/tmp/a.png"), url="http://x", mime_type="image/png", size=3)
    assert repr(file) == "File(path='/tmp/a.png', size=3)"
    assert repr(B) == "File(url='http://host/b.png')"
    assert repr(File.of(b"abc")) == "File(size=3)"
    assert len(repr(File(url="data:image/png;base64," + "A" * 9999))) < 250
    assert "subtitles=File" in repr(VideoFile(url="http://v", subtitles=B))


# ---- chats


def test_pairs_and_messages_turn_into_each_other() -> None:
    file = DescribedFile(path=Path("a.png"), alt_text="an a")
    part = ChatComponent(component="plot")
    pairs: list[ChatPair] = [("hi", "yo"), (file, None), (None, part), ("bye", A)]
    messages = chat_messages(pairs)
    assert [message.role[0] for message in messages] == ["u", "a", "u", "a", "u", "a"]
    assert messages[2].content == [ChatFile(file=file, alt_text="an a")]
    assert messages[3].content == [part]
    # What follows a question without an answer is its answer.
    assert chat_pairs(messages) == [("hi", "yo"), (file, part), ("bye", A)]
    system = ChatMessage(role="system", content="be kind")
    assert chat_pairs([system]) == []
    long = ChatMessage(role="assistant", content=[ChatText(text="a"), part])
    assert chat_pairs([long]) == [(None, "a"), (None, part)]


# ---- tables


class Colour(Enum):
    RED = "red"


def test_a_table_of_pandas() -> None:
    frame = pd.DataFrame(
        {
            "i": [1, 2],
            "f": [1.5, float("nan")],
            "t": [pd.Timestamp("2026-01-02 03:04"), pd.NaT],
            "s": pd.array(["x", pd.NA], dtype="string"),
            "n": pd.array([1, None], dtype="Int64"),
            "o": [np.array([1, 2]), Colour.RED],
            7: [float("inf"), np.float32(0.5)],
        }
    )
    table = DataframeData.of(frame)
    assert table.headers == ["i", "f", "t", "s", "n", "o", 7]
    assert table.data == [
        [1, 1.5, "2026-01-02T03:04:00", "x", 1, [1, 2], None],
        [2, None, None, None, None, "red", 0.5],
    ]
    assert DataframeData.model_validate_json(table.model_dump_json()) == table
    assert list(table.to_pandas().columns) == table.headers
    assert DataframeData.of(table.to_pandas()[["i", "s"]]).data == [[1, "x"], [2, None]]


def test_a_table_with_two_columns_of_one_name() -> None:
    frame = pd.DataFrame([[1, 2]], columns=["a", "a"])
    assert DataframeData.of(frame).data == [[1, 2]]
    assert DataframeData.of(frame).headers == ["a", "a"]


def test_a_table_of_polars() -> None:
    frame = pl.DataFrame(
        {
            "i": [1, None],
            "d": [date(2026, 1, 2), None],
            "l": [[1, 2], [3]],
            "m": [{"q": 1}, {"q": None}],
            "u": [timedelta(days=1), None],
        }
    )
    table = DataframeData.of(frame)
    assert table.data == [
        [1, "2026-01-02", [1, 2], {"q": 1}, "1 day, 0:00:00"],
        [None, None, [3], {"q": None}, None],
    ]
    plain = DataframeData.of(frame.select("i", "d"))
    assert plain.to_polars().columns == ["i", "d"]
    assert DataframeData.of(plain.to_polars()) == plain


def test_a_table_of_dicts() -> None:
    rows: list[dict[str, Any]] = [{"a": 1, "b": Decimal("1.5")}, {"a": 2, "c": 3}]
    table = DataframeData.of(rows)
    assert table.headers == ["a", "b", "c"]
    assert table.data == [[1, 1.5, None], [2, None, 3]]
    assert table.records()[0] == {"a": 1, "b": 1.5, "c": None}
    assert DataframeData.of([]) == DataframeData(headers=[], data=[])
    assert DataframeData.of({"headers": ["a"], "data": [[1]]}).data == [[1]]
    assert DataframeData.of(table) is table


def test_what_is_no_table() -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(DataframeInput)
    for wrong, text in (
        (3, "not int"),
        (["a"], "a dict for each row"),
        ("a", "not str"),
    ):
        with pytest.raises(ValidationError, match=text):
            adapter.validate_python(wrong)


def test_a_library_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(GradioError, match="pip install polars"):
        DataframeData().to_polars()
