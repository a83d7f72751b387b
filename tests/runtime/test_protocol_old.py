"""The decoder, on recorded conversations of Gradio 3 and the first of Gradio 4."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from gradio_runtime._models.base import UNCHANGED
from gradio_runtime._models.updates import unwrapped
from gradio_runtime._queue.messages import (
    Asked,
    Completed,
    Estimation,
    Failed,
    Generating,
    Log,
    Message,
    Progress,
    Refused,
    Started,
    decode,
    decode_answer,
)
from gradio_runtime._queue.outputs import Outputs
from gradio_runtime.description import Config
from gradio_runtime.description.dialect import Dialect
from gradio_runtime.errors import ProtocolError

CAPTURES = Path(__file__).parent / "captures"
GRADIO3 = Dialect.of(Config(version="3.50.2"))
DIALECTS = {
    "g3": GRADIO3,
    "v48": Dialect.of(Config(version="4.8.0", protocol="sse")),
    "v416": Dialect.of(Config(version="4.16.0", protocol="sse_v1")),
    "v419": Dialect.of(Config(version="4.19.2", protocol="sse_v2")),
    "v421": Dialect.of(Config(version="4.21.0", protocol="sse_v2.1")),
}
versions = pytest.mark.parametrize("version", sorted(DIALECTS))
fours = pytest.mark.parametrize("version", ["v416", "v419", "v421"])


def replay(version: str, case: str, channel: str | None = None) -> list[Message]:
    lines = (CAPTURES / version / f"{case}.jsonl").read_text().splitlines()
    frames = [json.loads(line) for line in lines]
    stream = channel or ("ws" if version == "g3" else "sse")
    return [
        decode(json.dumps(frame["data"]), DIALECTS[version])
        for frame in frames
        if frame["ch"] == stream and isinstance(frame.get("data"), dict)
    ]


def outputs_of(version: str, messages: list[Message]) -> list[list[Any]]:
    outputs = Outputs(edits=DIALECTS[version].edits)
    return [
        copy.deepcopy(outputs.update(message.data))
        for message in messages
        if isinstance(message, Generating)
    ]


def end(messages: list[Message]) -> Completed | Failed:
    (last,) = [m for m in messages if isinstance(m, Completed | Failed)]
    return last


# ---- Gradio 3


def test_a_socket_asks_before_it_takes() -> None:
    messages = replay("g3", "calc_success")
    kinds = [type(message) for message in messages]
    assert kinds == [Asked, Estimation, Asked, Started, Completed]
    assert [m.data for m in messages if isinstance(m, Asked)] == [False, True]
    estimation, completed = messages[1], messages[-1]
    assert isinstance(estimation, Estimation)
    assert (estimation.rank, estimation.queue_size, estimation.eta) == (0, 1, None)
    assert isinstance(completed, Completed)
    assert completed.data == [7.0]


def test_an_event_stream_of_gradio_4_0_asks_too() -> None:
    messages = replay("v48", "calc")
    kinds = [type(message) for message in messages]
    assert kinds == [Estimation, Asked, Started, Completed]
    asked = messages[1]
    assert isinstance(asked, Asked)
    assert asked.data
    assert asked.event_id


def test_a_full_queue_refuses() -> None:
    messages = replay("g3", "queue_full_and_api_open_false", "wsc")
    assert messages == [Asked(data=False), Refused()]


def test_a_hidden_error_after_an_output_is_no_text() -> None:
    failed = end(replay("g3", "gen_value_error"))
    assert isinstance(failed, Failed)
    assert failed.text is None


def test_no_outputs_end_with_null() -> None:
    messages = replay("g3", "gen_empty")
    assert outputs_of("g3", messages) == []
    assert end(messages) == Completed(None, [None])


def test_updates_of_gradio_3() -> None:
    updated = end(replay("g3", "update_out"))
    assert isinstance(updated, Completed)
    assert updated.data is not None
    assert str(unwrapped(updated.data[0])).startswith("u:")
    skipped = end(replay("g3", "skip_out"))
    assert isinstance(skipped, Completed)
    assert skipped.data is not None
    assert unwrapped(skipped.data[0]) is UNCHANGED


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"data": [1], "is_generating": False, "duration": 0.1}, Completed(None, [1])),
        ({"data": ["a"], "is_generating": True}, Generating(None, ["a"])),
        ({"error": '"it\'s"'}, Failed(None, "it's")),
        ({"error": None}, Failed(None, None)),
    ],
)
def test_answers_of_a_call_without_a_queue(
    answer: dict[str, Any], message: Message
) -> None:
    assert decode_answer(json.dumps(answer).encode(), GRADIO3) == message


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"detail": "x"}', b"<html>"])
def test_what_is_no_answer(content: bytes) -> None:
    with pytest.raises(ProtocolError, match=r"with a result|malformed|not a message"):
        decode_answer(content, GRADIO3)


# ---- all of them


@versions
def test_growing_text(version: str) -> None:
    messages = replay(version, "gen_text")
    values = [value for (value,) in outputs_of(version, messages)]
    assert values == ["tok0 ", "tok0 tok1 ", "tok0 tok1 tok2 "]
    last = end(messages)
    assert isinstance(last, Completed)
    assert last.data == [values[-1]]


@versions
def test_several_outputs_lead_to_the_final_values(version: str) -> None:
    messages = replay(version, "gen_multi")
    values = outputs_of(version, messages)
    assert len(values) == 3
    last = end(messages)
    assert isinstance(last, Completed)
    assert values[-1] == last.data
    assert values[0] != values[1] != values[2]


def test_a_chat_of_gradio_3_comes_whole_each_time() -> None:
    values = [value for (value,) in outputs_of("g3", replay("g3", "gen_chat"))]
    assert [pairs[-1][1] for pairs in values] == [
        "Hel",
        "Hello ",
        "Hello wor",
        "Hello world",
    ]


@versions
def test_errors_are_unquoted(version: str) -> None:
    case = "calc_gr_error" if version == "g3" else "gr_error"
    failed = end(replay(version, case))
    assert isinstance(failed, Failed)
    assert failed.text is not None
    assert failed.text[0] not in "'\""
    failed = end(replay(version, "gen_error"))
    assert isinstance(failed, Failed)
    assert failed.text is not None
    assert "failed" in failed.text


@versions
def test_a_hidden_error_has_no_text(version: str) -> None:
    case = "value_error_showerror_false" if version == "g3" else "value_error"
    failed = end(replay(version, case))
    assert isinstance(failed, Failed)
    assert failed.text is None


@versions
def test_progress_and_logs(version: str) -> None:
    units = [m.units for m in replay(version, "progress") if isinstance(m, Progress)]
    assert any(unit[0].length for unit in units)
    logs = [m.log for m in replay(version, "logs") if isinstance(m, Log)]
    assert [log.level for log in logs] == ["info", "warning"]


@fours
def test_two_jobs_of_one_stream_are_told_apart(version: str) -> None:
    messages = replay(version, "two_events_one_stream")
    ids = {m.event_id for m in messages if isinstance(m, Completed)}
    assert len(ids) == 2
    assert {m.event_id for m in messages if isinstance(m, Generating)} < ids


def test_what_each_version_can_do() -> None:
    def those(name: str) -> set[str]:
        return {v for v, dialect in DIALECTS.items() if getattr(dialect, name)}

    assert those("sockets") == {"g3"}
    assert those("file_dicts") == {"g3"}
    assert those("asks") == {"g3", "v48"}
    assert those("edits") == {"v419", "v421"}
    assert those("file_marks") == {"v421"}
    assert those("drops") == {"g3", "v48", "v416"}
    assert those("closes_streams") == those("cancels") == set()
    assert those("quoted_errors") == set(DIALECTS)
