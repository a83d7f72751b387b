"""The decoder, on recorded conversations of each version."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from gradio_runtime._models.base import UNCHANGED
from gradio_runtime._models.updates import unwrapped
from gradio_runtime._queue.messages import (
    CloseStream,
    Completed,
    Estimation,
    Failed,
    Generating,
    Ignored,
    Log,
    Message,
    Progress,
    Started,
    StreamFault,
    decode,
)
from gradio_runtime._queue.outputs import UNKNOWN, Outputs, weigh
from gradio_runtime.description import Config
from gradio_runtime.description.dialect import Dialect
from gradio_runtime.errors import ProtocolError
from hypothesis import given
from hypothesis import strategies as st

CAPTURES = Path(__file__).parent / "captures"
DIALECTS = {
    "g5": Dialect.of(Config(version="5.50.0", protocol="sse_v3")),
    "g6": Dialect.of(Config(version="6.31.0", protocol="sse_v3")),
}
versions = pytest.mark.parametrize("version", sorted(DIALECTS))


def replay(version: str, case: str) -> list[Message]:
    lines = (CAPTURES / version / f"{case}.jsonl").read_text().splitlines()
    frames = [json.loads(line) for line in lines]
    return [
        decode(json.dumps(frame["data"]), DIALECTS[version])
        for frame in frames
        if frame["ch"].startswith("sse") and frame.get("data")
    ]


def outputs_of(messages: list[Message]) -> list[list[Any]]:
    """The values after each output of the first job."""
    outputs = Outputs()
    return [
        copy.deepcopy(outputs.update(message.data))
        for message in messages
        if isinstance(message, Generating)
    ]


def ends(messages: list[Message]) -> list[Completed | Failed]:
    return [m for m in messages if isinstance(m, Completed | Failed)]


@versions
def test_plain_call(version: str) -> None:
    messages = replay(version, "calc_success")
    kinds = [type(message) for message in messages]
    assert kinds == [Estimation, Started, Completed, CloseStream]
    first, _, completed, _ = messages
    assert isinstance(first, Estimation)
    assert (first.rank, first.queue_size) == (0, 1)
    assert isinstance(completed, Completed)
    assert completed.data == [7]
    assert type((completed.data or [None])[0]) is int


@versions
@pytest.mark.parametrize(
    ("case", "count"),
    [("gen_text", 3), ("gen_chat", 4), ("gen_multi", 3), ("gen_same", 3)],
)
def test_edits_lead_to_the_final_value(version: str, case: str, count: int) -> None:
    messages = replay(version, case)
    values = outputs_of(messages)
    assert len(values) == count
    (end,) = ends(messages)
    assert isinstance(end, Completed)
    assert values[-1] == end.data


@versions
def test_replaced_text(version: str) -> None:
    values = [value for (value,) in outputs_of(replay(version, "gen_replace"))]
    assert values == ["aaa", "bb", "cccc", "dd"][: len(values)]


@versions
def test_growing_text(version: str) -> None:
    values = [value for (value,) in outputs_of(replay(version, "gen_text"))]
    assert values == ["tok0 ", "tok0 tok1 ", "tok0 tok1 tok2 "]


@versions
def test_app_error_has_its_text(version: str) -> None:
    (end,) = ends(replay(version, "calc_gr_error"))
    assert end == Failed(
        end.event_id, "Cannot divide by zero!", "Error", duration=10, visible=True
    )


@versions
def test_hidden_error_has_none(version: str) -> None:
    (end,) = ends(replay(version, "value_error_showerror_false"))
    assert isinstance(end, Failed)
    assert end.text is None


@versions
def test_generator_that_fails(version: str) -> None:
    messages = replay(version, "gen_error")
    assert outputs_of(messages)
    (end,) = ends(messages)
    assert isinstance(end, Failed)
    assert end.text == "gen failed"


@versions
def test_cancelled_job_ends_without_data(version: str) -> None:
    cancelled = ends(replay(version, "cancel_running_generator"))
    assert Completed(cancelled[0].event_id, None) in cancelled


@versions
def test_progress_and_logs(version: str) -> None:
    units = [m.units for m in replay(version, "progress") if isinstance(m, Progress)]
    assert any(unit[0].desc == "looping" and unit[0].length for unit in units)
    assert all(0 <= (u.fraction or 0) <= 1 for unit in units for u in unit)
    logs = [m.log for m in replay(version, "logs") if isinstance(m, Log)]
    assert [log.level for log in logs] == ["info", "warning", "success"]
    assert logs[0].text == "info message"


@versions
def test_unknown_session(version: str) -> None:
    faults = [
        m for m in replay(version, "unknown_session") if isinstance(m, StreamFault)
    ]
    assert faults
    assert faults[0].session_not_found


@versions
def test_updates(version: str) -> None:
    (end,) = ends(replay(version, "update_out"))
    assert isinstance(end, Completed)
    assert end.data is not None
    assert str(unwrapped(end.data[0])).startswith("u:")
    (end,) = ends(replay(version, "skip_out"))
    assert isinstance(end, Completed)
    assert end.data is not None
    assert unwrapped(end.data[0]) is UNCHANGED
    assert unwrapped(end.data[1]) not in (None, UNCHANGED)


def test_unquotes_the_errors_of_older_servers() -> None:
    old = Dialect.of(Config(version="5.0.2", protocol="sse_v3"))
    for sent, text in [("'m'", "m"), ('"it\'s"', "it's"), ("None", None), ("m", "m")]:
        frame = {
            "msg": "process_completed",
            "event_id": "e",
            "output": {"error": sent},
            "success": False,
        }
        message = decode(json.dumps(frame), old)
        assert isinstance(message, Failed)
        assert message.text == text


def test_unknown_protocol_is_refused() -> None:
    with pytest.raises(ProtocolError, match=r"9\.0\.0.*\(sse_v9\)"):
        Dialect.of(Config(version="9.0.0", protocol="sse_v9"))


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '"x"', "\ud800"])
def test_what_is_no_message(text: str) -> None:
    with pytest.raises(ProtocolError):
        decode(text, DIALECTS["g6"])


def test_messages_of_a_later_gradio_are_ignored() -> None:
    assert decode('{"msg": "confetti"}', DIALECTS["g6"]) == Ignored()


KEYS = (
    *("event_id", "rank", "rank_eta", "progress_data", "log", "level", "title"),
    *("output", "data", "error", "success", "message", "duration"),
)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
        ),
        max_leaves=8,
    )
)
def test_any_object_decodes_or_is_refused(value: Any) -> None:
    message = value if isinstance(value, dict) else dict.fromkeys(KEYS, value)
    for kind in ("estimation", "log", "progress", "process_completed"):
        try:
            decoded = decode(json.dumps({**message, "msg": kind}), DIALECTS["g6"])
        except ProtocolError:
            continue
        assert isinstance(decoded, Estimation | Log | Progress | Completed | Failed)


# ---- edits

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)


def edits(old: Any, new: Any, path: list[Any]) -> list[list[Any]]:
    """Edits from one value to another, as Gradio's server makes them."""
    if type(old) is not type(new):
        return [["replace", path, new]]
    if isinstance(old, str):
        if old == new:
            return []
        if new.startswith(old):
            return [["append", path, new[len(old) :]]]
        return [["replace", path, new]]
    if isinstance(old, list):
        shared = min(len(old), len(new))
        found = [e for i in range(shared) for e in edits(old[i], new[i], [*path, i])]
        found += [["delete", [*path, shared], None] for _ in old[shared:]]
        return found + [
            ["add", [*path, shared + i], v] for i, v in enumerate(new[shared:])
        ]
    if isinstance(old, dict):
        found = [["delete", [*path, key], None] for key in old if key not in new]
        for key, value in new.items():
            if key not in old:
                found.append(["add", [*path, key], value])
            else:
                found += edits(old[key], value, [*path, key])
        return found
    return [] if old == new else [["replace", path, new]]


@given(st.lists(values, min_size=1, max_size=5))
def test_edits_give_each_value_in_turn(steps: list[Any]) -> None:
    outputs = Outputs()
    previous = None
    for index, step in enumerate(steps):
        sent = copy.deepcopy(step) if index == 0 else edits(previous, step, [])
        got = outputs.update(json.loads(json.dumps([sent])))
        assert got == [step]
        previous = step


def test_a_value_is_unknown_until_it_comes_as_a_whole() -> None:
    """Where another job's value is what the first edits are of."""
    outputs = Outputs()
    append, replace = ["append", [], "b"], ["replace", [], "whole"]
    assert outputs.update([[append], []], mixed=True) == [UNKNOWN, UNKNOWN]
    assert outputs.update([[["replace", ["key"], 1]], [replace]], mixed=True) == [
        UNKNOWN,
        "whole",
    ]
    assert outputs.update([[replace], [append]], mixed=True) == ["whole", "wholeb"]


@pytest.mark.parametrize("data", [["text", []], [None], [[1]], [[["add", 1, 2]]]])
def test_what_cannot_be_edits_is_a_value(data: list[Any]) -> None:
    assert Outputs().update(data, mixed=True) == data


@given(st.lists(values, min_size=1, max_size=5))
def test_the_weight_is_that_of_the_values(steps: list[Any]) -> None:
    outputs = Outputs()
    previous = None
    for index, step in enumerate(steps):
        sent = copy.deepcopy(step) if index == 0 else edits(previous, step, [])
        got = outputs.update(json.loads(json.dumps([sent])))
        # Lists and dicts grow in leaps, and keep what they have grown to.
        assert outputs.weight == pytest.approx(weigh(got), rel=0.5, abs=1000)
        previous = step


def test_a_text_that_grows_weighs_what_it_is() -> None:
    outputs = Outputs()
    outputs.update([""])
    for _ in range(1000):
        outputs.update([[["append", [], "a token "]]])
    assert outputs.weight == pytest.approx(8000, abs=200)


@pytest.mark.parametrize(
    "edit",
    [
        ["append", ["text"], "x" * 2000],
        ["append", ["list"], [0] * 2000],
        ["add", ["list", 0], "x" * 2000],
        ["add", ["new"], "x" * 2000],
        ["add", ["k" * 2000], 0],
        ["replace", ["list"], "x" * 2000],
        ["replace", [], "x" * 2000],
    ],
    ids=lambda edit: f"{edit[0]} {str(edit[1])[:10]}",
)
def test_edits_do_not_make_a_value_grow_without_end(edit: list[Any]) -> None:
    outputs = Outputs(limit=1500)
    outputs.update([{"text": "", "list": []}])
    with pytest.raises(ProtocolError, match=r"grown beyond 1500.*max_message_size"):
        outputs.update([[edit]])


def test_edits_do_not_nest_a_value_without_end() -> None:
    outputs = Outputs()
    outputs.update([[]])
    for depth in range(200):
        outputs.update([[["add", [0] * (depth + 1), []]]])
    with pytest.raises(ProtocolError, match="longer than 200"):
        outputs.update([[["add", [0] * 201, []]]])


def test_the_edits_of_one_message_do_not_move_things_without_end() -> None:
    outputs = Outputs()
    outputs.update([[0] * 1_000_000])
    edit = ["add", [0], 0]
    outputs.update([[edit] * 10])
    with pytest.raises(ProtocolError, match="the edits are too large"):
        outputs.update([[edit] * 1000])


def test_progress_bars_without_end() -> None:
    message = {"msg": "progress", "progress_data": [{"index": 1}] * 5000}
    progress = decode(json.dumps(message), DIALECTS["g6"])
    assert isinstance(progress, Progress)
    assert len(progress.units) == 100


def test_edits_change_the_value_in_place() -> None:
    outputs = Outputs()
    (before,) = outputs.update([[{"text": "a"}] * 1])
    (after,) = outputs.update([[["append", [0, "text"], "b"]]])
    assert after is before
    assert after == [{"text": "ab"}]


@pytest.mark.parametrize(
    "edit",
    [
        ["append", ["missing"], "x"],
        ["delete", [7], None],
        ["replace", ["a", "b", "c"], 1],
        ["fly", ["a"], 1],
        ["add", [], 1],
        ["replace"],
        "nonsense",
    ],
)
def test_an_edit_that_does_not_apply(edit: Any) -> None:
    outputs = Outputs()
    outputs.update([{"a": 1}])
    with pytest.raises(ProtocolError, match="does not apply"):
        outputs.update([[edit]])
