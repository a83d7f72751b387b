"""The app of the tests against Gradio 3 and 4: one endpoint per thing to get right.

Runs on Gradio 3.50, 4.8 and 4.44. Environment: PORT; optional AUTH (`user:password`),
NO_QUEUE (`1`, Gradio 3 only), MAX_QUEUE (`1`), ROOT_PATH (`/sub/path`). Endpoints have
the names that wire.py gives to the same things.

Endpoints that take a `key` leave marks under it, and `/marks` gives them back: so a
test proves what ran, and what never did.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import threading
import time
import wave
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr

GRADIO_MAJOR = int(gr.__version__.split(".")[0])
QUEUE = os.environ.get("NO_QUEUE") != "1"
#: After one call of a batch endpoint the queue of Gradio 4.8 serves nobody any more.
BATCHES = QUEUE and not gr.__version__.startswith("4.8.")

_marks: defaultdict[str, list[str]] = defaultdict(list)
_marks_lock = threading.Lock()


def mark(key: str, what: str) -> None:
    with _marks_lock:
        _marks[key].append(what)


def marks(key: str) -> list[str]:
    """What has run so far under this key, oldest first."""
    with _marks_lock:
        return list(_marks[key])


# Values and shapes


def calculator(a: float, operation: str, b: float) -> float:
    if operation == "divide" and b == 0:
        raise gr.Error("Cannot divide by zero!")
    if operation == "add":
        return a + b
    if operation == "subtract":
        return a - b
    return a * b if operation == "multiply" else a / b


def same(value: Any) -> Any:
    return value


def label(text: str) -> dict[str, float]:
    return {text: 0.75, "other": 0.25}


def noop() -> str:
    return "ok"


def no_outputs(key: str) -> None:
    mark(key, "ran")


def many_outputs(text: str) -> tuple[str, int, bool]:
    return text, len(text), bool(text)


def panel(text: str) -> tuple[Any, str]:
    return gr.update(visible=True), text


def update(text: str) -> Any:
    make: Any = gr.Textbox
    if GRADIO_MAJOR == 3:
        make = make.update
    return make(value=f"updated {text}", label="new label")


def skip_first(text: str) -> tuple[Any, str]:
    return gr.update(), text


def direct(text: str) -> str:
    return f"direct {text}"


def batched(texts: list[str]) -> list[list[str]]:
    return [[f"{text}:{len(texts)}" for text in texts]]


def fail(message: str) -> str:
    raise gr.Error(message)


def crash(message: str) -> str:
    raise ValueError(message)


def request_info(text: str, request: gr.Request) -> dict[str, Any]:
    headers = {name.lower(): value for name, value in dict(request.headers).items()}
    return {
        "text": text,
        "headers": {n: v for n, v in headers.items() if n.startswith("x-")},
        "user_agent": headers.get("user-agent"),
        "query": dict(request.query_params or {}),
        "username": request.username,
    }


def counter(by: float, total: float) -> tuple[float, float]:
    return total + by, total + by


# Files


def path_of(file: Any) -> str:
    """The path of a file input, which Gradio 3 gives as an open file."""
    return file if isinstance(file, str) else str(file.name)


def file(one: Any) -> str | None:
    return None if one is None else path_of(one)


def files(several: list[Any] | None) -> list[str]:
    return [path_of(each) for each in several or []]


def two_files(text: str) -> tuple[str, list[str]]:
    base = Path(os.environ.get("GRADIO_TEMP_DIR") or tempfile.gettempdir())
    base.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=base))
    names = ("first file.txt", "zweite Ä.txt", "third#3.txt")
    paths = [folder / name for name in names]
    for path in paths:
        path.write_text(f"{path.name}: {text}\n", encoding="utf-8")
    return str(paths[0]), [str(path) for path in paths[1:]]


def gallery(picture: str) -> list[Any]:
    """One picture without a caption, and once more with one."""
    return [picture, (picture, "a caption")]


def chat_file(file: Any) -> list[list[Any]]:
    """A history in which the user has sent a file."""
    return [[(path_of(file),), "seen"]]


# Streams and time


def grow(n: float) -> Iterator[str]:
    text = ""
    for i in range(int(n)):
        text += f"token{i} "
        yield text


def repeating(n: float) -> Iterator[str]:
    for _ in range(int(n)):
        yield "same"


def many_steps(n: float) -> Iterator[tuple[str, int, dict[str, Any]]]:
    for i in range(int(n)):
        yield f"step {i}", i, {"i": i, "items": list(range(i))}


def fail_after(n: float) -> Iterator[str]:
    for i in range(int(n)):
        yield f"step {i}"
    raise gr.Error("failed midway")


def crash_after(n: float) -> Iterator[str]:
    for i in range(int(n)):
        yield f"step {i}"
    raise ValueError("crashed midway")


def empty_stream() -> Iterator[str]:
    yield from ()


def slow_stream(key: str, n: float, delay: float) -> Iterator[str]:
    for i in range(int(n)):
        time.sleep(delay)
        mark(key, f"step {i}")
        yield f"step {i}"


async def async_stream(n: float) -> AsyncIterator[str]:
    for i in range(int(n)):
        await asyncio.sleep(0.01)
        yield f"async {i}"


async def async_slow_stream(key: str, n: float, delay: float) -> AsyncIterator[str]:
    for i in range(int(n)):
        await asyncio.sleep(delay)
        mark(key, f"step {i}")
        yield f"step {i}"


def chat(message: str) -> Iterator[list[list[str]]]:
    """A chat history whose last message grows."""
    reply = ""
    for token in ("Hel", "lo ", "wor", "ld"):
        reply += token
        yield [[message, reply]]


def file_stream(n: float) -> Iterator[str]:
    for i in range(int(n)):
        yield two_files(str(i))[0]


def recite(n: float) -> Iterator[str]:
    """A recording that is heard while it is made, a second for each step."""
    for i in range(int(n)):
        path = Path(two_files("")[0]).with_name(f"{i}.wav")
        with wave.open(str(path), "wb") as recording:
            recording.setnchannels(1)
            recording.setsampwidth(2)
            recording.setframerate(8000)
            recording.writeframes(bytes([i, 0]) * 8000)
        yield str(path)


def counting(n: float, total: float) -> Iterator[tuple[float, float]]:
    for _ in range(int(n)):
        total += 1
        yield total, total


def slow_counting(
    n: float, delay: float, total: float
) -> Iterator[tuple[float, float]]:
    for _ in range(int(n)):
        time.sleep(delay)
        total += 1
        yield total, total


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


def progress(n: float, report: gr.Progress = gr.Progress()) -> str:  # noqa: B008
    report(0, desc="starting")
    time.sleep(0.3)
    report((1, 10), desc="counted", unit="steps")
    time.sleep(0.3)
    for _ in report.tqdm(range(int(n)), desc="looping"):
        time.sleep(0.3)
    return "done"


def logs(text: str) -> str:
    gr.Info("an info message")
    gr.Warning("a warning")
    time.sleep(0.3)
    return f"logged {text}"


# The page


def expose(
    function: Callable[..., Any],
    inputs: list[Any] | None = None,
    outputs: list[Any] | None = None,
    **options: Any,
) -> Any:
    """An endpoint named like the function, on a button of its own."""
    options.setdefault("api_name", function.__name__)
    button = gr.Button(options["api_name"])
    return button.click(function, inputs, outputs, **options)


def text(name: str = "Text", **options: Any) -> gr.Textbox:
    return gr.Textbox(label=name, **options)


def number(name: str, **options: Any) -> gr.Number:
    return gr.Number(label=name, **options)


def add_values() -> None:
    names = ["add", "subtract", "multiply", "divide"]
    operation = gr.Radio(names, label="Operation", value="add")
    inputs = [number("A"), operation, number("B", value=2)]
    expose(calculator, inputs, [number("Result")])
    for name, kind in (
        ("echo", gr.Textbox),
        ("json", gr.JSON),
        ("table", gr.Dataframe),
        ("chat_echo", gr.Chatbot),
    ):
        expose(same, [kind(label="In")], [kind(label="Out")], api_name=name)
    expose(label, [text()], [gr.Label(label="Class")])
    expose(noop, None, [text("Out")])
    expose(marks, [text("Key")], [gr.JSON(label="Marks")], queue=False)
    expose(no_outputs, [text("Key")])
    any_ = gr.Checkbox(label="Any")
    expose(many_outputs, [text()], [text("Out"), number("Length"), any_])
    with gr.Column() as column:
        expose(panel, [text()], [column, text("Out")])
    expose(update, [text()], [text("Out")])
    expose(skip_first, [text()], [text("Skipped"), text("Kept")])
    expose(fail, [text("Message")], [text("Out")])
    expose(crash, [text("Message")], [text("Out")])
    expose(request_info, [text()], [gr.JSON(label="Request")])
    if QUEUE:  # without one Gradio 3 refuses to batch, and to show progress
        expose(progress, [number("N")], [text("Out")])
    if BATCHES:
        expose(batched, [text()], [text("Out")], batch=True, max_batch_size=4)


def add_files() -> None:
    picture = gr.Image(label="In", type="filepath")
    recording = gr.Audio(label="In", type="filepath")
    for name, source, out in (
        ("image", picture, gr.Image(label="Out")),
        ("audio", recording, gr.Audio(label="Out")),
        ("video", gr.Video(label="In"), gr.Video(label="Out")),
    ):
        expose(same, [source], [out], api_name=name)
    several = gr.File(label="Out", file_count="multiple")
    expose(file, [gr.File(label="In")], [gr.File(label="Out")])
    expose(files, [gr.File(label="In", file_count="multiple")], [several])
    expose(two_files, [text()], [gr.File(label="First"), several])
    expose(gallery, [picture], [gr.Gallery(label="Pictures")])
    expose(chat_file, [gr.File(label="In")], [gr.Chatbot(label="History")])


def add_streams() -> None:
    for function in (grow, repeating, fail_after, crash_after, async_stream):
        expose(function, [number("N", value=3)], [text("Out")])
    data = gr.JSON(label="Data")
    expose(many_steps, [number("N")], [text("Step"), number("Index"), data])
    expose(empty_stream, None, [text("Out")])
    expose(chat, [text("Message")], [gr.Chatbot(label="History")])
    expose(file_stream, [number("N")], [gr.File(label="File")])
    heard = gr.Audio(label="Heard", streaming=True)
    expose(recite, [number("N")], [heard])
    for slow in (slow_stream, async_slow_stream):
        expose(slow, [text("Key"), number("N"), number("Delay")], [text("Out")])
    for sleeping in (sleep, async_sleep):
        expose(sleeping, [text("Key"), number("Seconds")], [text("Out")])
    expose(logs, [text()], [text("Out")])
    total = gr.State(0)
    expose(counter, [number("By"), total], [number("Total"), total])
    expose(counting, [number("N"), total], [number("Total"), total])
    inputs = [number("N"), number("Delay"), total]
    counted = expose(slow_counting, inputs, [number("Total"), total])
    if QUEUE:
        gr.Button("stop").click(None, None, None, cancels=[counted], api_name="stop")


def add_unqueued() -> None:
    """Endpoints that their author keeps out of the queue."""

    def expose_now(function: Callable[..., Any], *inputs: Any, out: Any = None) -> None:
        outputs = [out or text("Out")]
        name = f"{function.__name__}_now"
        expose(function, list(inputs), outputs, api_name=name, queue=False)

    expose_now(direct, text())
    expose_now(fail, text())
    expose_now(crash, text())
    expose_now(request_info, text(), out=gr.JSON(label="Request"))
    expose_now(grow, number("N"))
    expose_now(fail_after, number("N"))
    expose_now(empty_stream)
    for slow in (slow_stream, async_slow_stream):
        expose_now(slow, text("Key"), number("N"), number("Delay"))


with gr.Blocks(title="Old") as demo:
    add_values()
    add_files()
    add_streams()
    add_unqueued()


def main() -> None:
    if QUEUE:
        limit = os.environ.get("MAX_QUEUE")
        demo.queue(max_size=int(limit) if limit else None)
    auth = os.environ.get("AUTH")
    demo.launch(
        server_name="127.0.0.1",
        server_port=int(os.environ["PORT"]),
        auth=tuple(auth.split(":", 1)) if auth else None,
        root_path=os.environ.get("ROOT_PATH"),
        quiet=True,
    )


if __name__ == "__main__":
    main()
