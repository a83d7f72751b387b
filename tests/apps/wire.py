"""The app of the integration tests: one endpoint per thing a client must get right.

Runs on Gradio 5.50 and 6.31. Environment: PORT; optional AUTH (`user:password`),
SHOW_ERROR (`1`), MAX_FILE_SIZE (`2kb`), ROOT_PATH (`/sub/path`), MAX_QUEUE (`1`).

Endpoints that take a `key` leave marks under it, and `/marks` gives them back: so a
test proves what ran, and what never did.
"""

from __future__ import annotations

import asyncio
import math
import os
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr
from gradio import events

GRADIO_MAJOR = int(gr.__version__.split(".")[0])
Message = dict[str, Any]

_marks: defaultdict[str, list[str]] = defaultdict(list)
_marks_lock = threading.Lock()


def mark(key: str, what: str) -> None:
    with _marks_lock:
        _marks[key].append(what)


def marks(key: str) -> list[str]:
    """What has run so far under this key, oldest first."""
    with _marks_lock:
        return list(_marks[key])


# Values


def calculator(a: float, operation: str, b: float) -> float:
    """Run one arithmetic operation."""
    if operation == "divide" and b == 0:
        raise gr.Error("Cannot divide by zero!")
    if operation == "add":
        return a + b
    if operation == "subtract":
        return a - b
    return a * b if operation == "multiply" else a / b


def count_to(n: int) -> list[int]:
    """The whole numbers below n: fails when n is not an int."""
    return list(range(n))


def echo(text: str) -> str:
    return text


def choices(
    pick: str, level: int, many: list[int], colours: list[str], size: float, on: bool
) -> dict[str, Any]:
    return {
        "pick": pick,
        "level": level,
        "many": many,
        "colours": colours,
        "size": size,
        "on": on,
    }


def same(value: Any) -> Any:
    return value


def table(value: Any) -> Any:
    return value


def label(text: str) -> dict[str, float]:
    return {text: 0.75, "other": 0.25}


def multimodal(message: dict[str, Any]) -> dict[str, Any]:
    sizes = [Path(file).stat().st_size for file in message["files"]]
    return {"text": message["text"], "sizes": sizes}


def file_sizes(one: str | None, several: list[str] | None) -> dict[str, Any]:
    return {
        "one": None if one is None else Path(one).stat().st_size,
        "several": [Path(path).stat().st_size for path in several or []],
    }


def two_files(text: str) -> tuple[str, list[str]]:
    folder = Path(tempfile.mkdtemp(dir=os.environ.get("GRADIO_TEMP_DIR")))
    paths = [
        folder / name for name in ("first file.txt", "zweite Ä.txt", "third#3.txt")
    ]
    for path in paths:
        path.write_text(f"{path.name}: {text}\n", encoding="utf-8")
    return str(paths[0]), [str(path) for path in paths[1:]]


def not_a_number() -> tuple[float, dict[str, Any]]:
    return math.inf, {"nan": math.nan, "big": 2**53 + 1}


def big_text(n: int) -> str:
    return "x" * n


def sparse(a: str, b: float, c: str) -> list[Any]:
    """Two inputs have a default; the one between them has none."""
    return [a, b, c]


def odd_names(from_: str, class_: str, 名前: str, camelCase: str) -> list[str]:
    return [from_, class_, 名前, camelCase]


def typed(
    count: int, name: str = "x", weights: list[float] | None = None
) -> dict[str, int]:
    """Declared with gr.api: types come from the annotations."""
    return {name: count + len(weights or [])}


# Shapes of a call


def noop() -> str:
    return "ok"


def no_inputs() -> str:
    return "nothing in"


def no_outputs(key: str) -> None:
    mark(key, "ran")


def neither() -> None:
    return None


def none_output(text: str) -> None:
    return None


def many_outputs(text: str) -> tuple[str, int, bool]:
    return text, len(text), bool(text)


def update(text: str) -> Any:
    return gr.Textbox(value=f"updated {text}", label="new label")


def skip_first(text: str) -> tuple[Any, str]:
    return gr.skip(), text


def direct(text: str) -> str:
    return f"direct {text}"


def batched(texts: list[str]) -> list[list[str]]:
    return [[f"{text}:{len(texts)}" for text in texts]]


def undocumented(text: str) -> str:
    return text


def validated(name: str, age: float) -> str:
    return f"{name} is {age}"


def check_person(name: str, age: float) -> list[Any]:
    return [
        gr.validate(len(name) > 2, "Name too short"),
        gr.validate(age >= 18, "Must be an adult"),
    ]


def fail(message: str) -> str:
    raise gr.Error(message, duration=3, title="Our title")


def crash(message: str) -> str:
    raise ValueError(message)


def request_info(text: str, request: gr.Request) -> dict[str, Any]:
    headers = {name.lower(): value for name, value in dict(request.headers).items()}
    shown = {
        n: v for n, v in headers.items() if n.startswith("x-") or n == "authorization"
    }
    return {
        "text": text,
        "headers": shown,
        "user_agent": headers.get("user-agent"),
        "cookies": dict(request.cookies),
        "query": dict(request.query_params),
        "session": request.session_hash,
        "username": request.username,
    }


def counter(by: float, total: float) -> tuple[float, float]:
    return total + by, total + by


def counting(n: int, total: float) -> Iterator[tuple[float, float]]:
    for _ in range(n):
        total += 1
        yield total, total


# Streams


def grow(n: int) -> Iterator[str]:
    """One more token each time, as fast as it goes."""
    text = ""
    for i in range(n):
        text += f"token{i} "
        yield text


def replacing(n: int) -> Iterator[str]:
    for i in range(n):
        yield ("aaa", "bb", "cccc", "dd")[i % 4]


def repeating(n: int) -> Iterator[str]:
    for _ in range(n):
        yield "same"


def many_steps(n: int) -> Iterator[tuple[str, int, dict[str, Any]]]:
    for i in range(n):
        yield f"step {i}", i, {"i": i, "items": list(range(i))}


def fail_after(n: int) -> Iterator[str]:
    for i in range(n):
        yield f"step {i}"
    raise gr.Error("failed midway")


def crash_after(n: int) -> Iterator[str]:
    for i in range(n):
        yield f"step {i}"
    raise ValueError("crashed midway")


def empty_stream() -> Iterator[str]:
    yield from ()


def slow_stream(key: str, n: int, delay: float) -> Iterator[str]:
    for i in range(n):
        time.sleep(delay)
        mark(key, f"step {i}")
        yield f"step {i}"


def parallel_stream(key: str, n: int, delay: float) -> Iterator[str]:
    yield from slow_stream(key, n, delay)


async def async_stream(n: int) -> AsyncIterator[str]:
    for i in range(n):
        await asyncio.sleep(0.01)
        yield f"async {i}"


async def async_slow_stream(key: str, n: int, delay: float) -> AsyncIterator[str]:
    for i in range(n):
        await asyncio.sleep(delay)
        mark(key, f"step {i}")
        yield f"step {i}"


def chat(message: str) -> Iterator[list[Message]]:
    """A chat history whose last message grows."""
    reply = ""
    for token in ("Hel", "lo ", "wor", "ld"):
        reply += token
        yield [
            {"role": "user", "content": message},
            {"role": "assistant", "content": reply},
        ]


def file_stream(n: int) -> Iterator[str]:
    for i in range(n):
        yield two_files(str(i))[0]


# Time


def sleep(key: str, seconds: float) -> str:
    mark(key, "start")
    time.sleep(seconds)
    mark(key, "end")
    return f"slept {seconds:g}"


async def async_sleep(key: str, seconds: float) -> str:
    mark(key, "start")
    await asyncio.sleep(seconds)
    mark(key, "end")
    return f"slept {seconds:g}"


def parallel_sleep(key: str, seconds: float) -> str:
    return sleep(key, seconds)


def progress(n: int, report: gr.Progress = gr.Progress()) -> str:  # noqa: B008
    report(0, desc="starting")
    time.sleep(0.1)
    report((1, 10), desc="counted", unit="steps")
    time.sleep(0.1)
    for _ in report.tqdm(range(n), desc="looping"):
        time.sleep(0.1)
    return "done"


def logs(text: str) -> str:
    gr.Info("an info message")
    gr.Warning("a warning", title="Careful", duration=3)
    time.sleep(0.1)
    return f"logged {text}"


# The page


def expose(
    function: Callable[..., Any],
    inputs: list[Any] | None = None,
    outputs: list[Any] | None = None,
    **options: Any,
) -> None:
    """An endpoint named like the function, on a button of its own."""
    options.setdefault("api_name", function.__name__)
    button = gr.Button(options["api_name"])
    button.click(function, inputs, outputs, **options)


def text(name: str = "Text", **options: Any) -> gr.Textbox:
    return gr.Textbox(label=name, **options)


def whole(name: str = "N", **options: Any) -> gr.Number:
    return gr.Number(label=name, precision=0, **options)


def chatbot(name: str) -> gr.Chatbot:
    options: dict[str, Any] = {"type": "messages"} if GRADIO_MAJOR < 6 else {}
    return gr.Chatbot(label=name, **options)


def add_values() -> None:
    operations = ["add", "subtract", "multiply", "divide"]
    expose(
        calculator,
        [
            gr.Number(label="A"),
            gr.Radio(operations, label="Operation", value="add"),
            gr.Number(label="B", value=2, minimum=-1000, maximum=1000),
        ],
        [gr.Number(label="Result")],
    )
    expose(count_to, [whole()], [gr.JSON(label="Numbers")])
    expose(echo, [text()], [text("Out")])
    expose(
        choices,
        [
            gr.Dropdown([("Alpha", "a"), ("Beta", "b"), "c"], label="Pick"),
            gr.Dropdown([("Low", 1), ("High", 9)], label="Level", value=9),
            gr.Dropdown([1, 2, 3], label="Many", multiselect=True, value=[1]),
            gr.CheckboxGroup(["red", "green"], label="Colours", value=["red"]),
            gr.Slider(1, 10, step=0.5, value=3, label="Size"),
            gr.Checkbox(label="On", value=True),
        ],
        [gr.JSON(label="Chosen")],
    )
    expose(same, [gr.JSON(label="In")], [gr.JSON(label="Out")], api_name="json")
    expose(
        table,
        [gr.Dataframe(headers=["name", "score"], datatype=["str", "number"])],
        [gr.Dataframe(label="Table")],
    )
    expose(label, [text()], [gr.Label(label="Class")])
    expose(same, [chatbot("In")], [chatbot("Out")], api_name="chat_echo")
    expose(not_a_number, None, [gr.Number(label="Infinite"), gr.JSON(label="Data")])
    expose(big_text, [whole()], [text("Out")])
    expose(
        sparse,
        [text("A", value="a"), gr.Number(label="B"), text("C", value="c")],
        [gr.JSON(label="Out")],
    )
    labels = ("from", "class", "名前 Ünïcode", "What's this? (100%)")
    expose(odd_names, [text(name) for name in labels], [gr.JSON(label="Out")])
    events.api(typed, api_name="typed")


def add_files() -> None:
    for name, kind, options in (
        ("image", gr.Image, {"type": "filepath", "format": "png"}),
        ("audio", gr.Audio, {"type": "filepath"}),
        ("video", gr.Video, {}),
        ("file", gr.File, {}),
        ("text_file", gr.File, {"file_types": [".txt"]}),
        ("files", gr.File, {"file_count": "multiple"}),
        ("gallery", gr.Gallery, {"type": "filepath"}),
    ):
        expose(
            same,
            [kind(label="In", **options)],
            [kind(label="Out", **options)],
            api_name=name,
        )
    expose(
        file_sizes,
        [gr.File(label="One"), gr.File(label="Several", file_count="multiple")],
        [gr.JSON(label="Sizes")],
    )
    expose(
        two_files,
        [text()],
        [gr.File(label="First"), gr.File(label="Others", file_count="multiple")],
    )
    expose(
        multimodal,
        [gr.MultimodalTextbox(label="Message", file_count="multiple")],
        [gr.JSON(label="Seen")],
    )


def add_shapes() -> None:
    expose(noop, None, [text("Out")], concurrency_limit=None)
    expose(marks, [text("Key")], [gr.JSON(label="Marks")], concurrency_limit=None)
    expose(no_inputs, None, [text("Out")])
    expose(no_outputs, [text("Key")])
    expose(neither)
    expose(none_output, [text()], [gr.Number(label="Nothing")])
    expose(
        many_outputs,
        [text()],
        [text("Out"), gr.Number(label="Length"), gr.Checkbox(label="Any")],
    )
    expose(update, [text()], [text("Out")])
    expose(skip_first, [text()], [text("Skipped"), text("Kept")])
    expose(direct, [text()], [text("Out")], queue=False)
    expose(batched, [text()], [text("Out")], batch=True, max_batch_size=4)
    expose(
        validated,
        [text("Name"), gr.Number(label="Age")],
        [text("Out")],
        validator=check_person,
    )
    hidden = (
        {"show_api": False} if GRADIO_MAJOR < 6 else {"api_visibility": "undocumented"}
    )
    expose(undocumented, [text()], [text("Out")], **hidden)
    expose(fail, [text("Message")], [text("Out")])
    expose(crash, [text("Message")], [text("Out")])
    expose(request_info, [text()], [gr.JSON(label="Request")])


def seen(key: str) -> str:
    """What the page calls every half second with what its camera sees."""
    mark(key, "seen")
    return f"seen {key}"


def add_page_streams() -> None:
    camera: Any = gr.Image(label="Camera", sources=["webcam"], streaming=True)
    key, shown = text("Key"), text("Shown")
    camera.stream(seen, key, shown, api_name="seen", time_limit=60)
    yielding = {"api_name": "seen_again", "time_limit": 60}
    camera.stream(grow, whole(value=3), shown, **yielding)


def add_streams() -> None:
    for function in (grow, replacing, repeating, fail_after, crash_after, async_stream):
        expose(function, [whole(value=3)], [text("Out")])
    expose(
        many_steps,
        [whole()],
        [text("Step"), gr.Number(label="Index"), gr.JSON(label="Data")],
    )
    expose(empty_stream, None, [text("Out")])
    expose(chat, [text("Message")], [chatbot("History")])
    expose(file_stream, [whole()], [gr.File(label="File")])
    for slow, limit in (
        (slow_stream, 1),
        (async_slow_stream, 1),
        (parallel_stream, None),
    ):
        expose(
            slow,
            [text("Key"), whole(), gr.Number(label="Delay")],
            [text("Out")],
            concurrency_limit=limit,
        )


def add_time_and_state() -> None:
    for function, limit in ((sleep, 1), (async_sleep, 1), (parallel_sleep, None)):
        expose(
            function,
            [text("Key"), gr.Number(label="Seconds")],
            [text("Out")],
            concurrency_limit=limit,
        )
    expose(progress, [whole()], [text("Out")])
    expose(logs, [text()], [text("Out")])
    total = gr.State(0)
    expose(counter, [gr.Number(label="By"), total], [gr.Number(label="Total"), total])
    expose(counting, [whole(), total], [gr.Number(label="Total"), total])


with gr.Blocks(title="Wire") as demo:
    add_values()
    add_files()
    add_shapes()
    add_streams()
    add_page_streams()
    add_time_and_state()


def main() -> None:
    limit = os.environ.get("MAX_QUEUE")
    demo.queue(max_size=int(limit) if limit else None)
    auth = os.environ.get("AUTH")
    demo.launch(
        server_name="127.0.0.1",
        server_port=int(os.environ["PORT"]),
        show_error=os.environ.get("SHOW_ERROR") == "1",
        auth=tuple(auth.split(":", 1)) if auth else None,
        max_file_size=os.environ.get("MAX_FILE_SIZE"),
        root_path=os.environ.get("ROOT_PATH"),
        quiet=True,
        ssr_mode=False,
    )


if __name__ == "__main__":
    main()
