"""Some endpoints of tests/apps/wire.py, declared by hand as the generator declares.

They test the runtime on its own, and what is left out of them on purpose (a shape that
does not fit, an output type that is wrong) cannot come from a generator.
"""

from __future__ import annotations

from typing import Literal

from gradio_runtime import App, Call, Client, File, FileInput, Input, Output
from gradio_runtime.types import ChatMessage
from pydantic import Field

_app = App("http://127.0.0.1:9", spec="sha256:0", gradio="6.31.0")


class Nothing(Input):
    pass


class CalculatorInput(Input):
    a: int | float = Field(ge=-1000)
    operation: Literal["add", "subtract", "multiply", "divide"]
    b: int | float = 2


class Text(Input):
    text: str


class Whole(Input):
    n: int


class Slow(Input):
    key: str
    n: int
    delay: int | float


class Sleep(Input):
    key: str
    seconds: int | float


class OneFile(Input):
    value: FileInput


class FileSizes(Input):
    one: FileInput
    several: list[FileInput]


class By(Input):
    by: int | float


class ManyOutputs(Output):
    out: str
    length: int | float
    any_: bool


class TwoFiles(Output):
    first: File
    others: list[File]


@_app.endpoint("/calculator", CalculatorInput, shape="number, radio, number -> number")
def calculator(
    a: float,
    operation: Literal["add", "subtract", "multiply", "divide"],
    b: float = 2,
) -> Call[float]:
    """Calculate."""
    return Call(CalculatorInput(a=a, operation=operation, b=b))


@_app.endpoint(
    "/calculator", CalculatorInput, shape="number, checkbox, number -> number"
)
def drifted(a: float, operation: Literal["add"], b: float = 2) -> Call[float]:
    return Call(CalculatorInput(a=a, operation=operation, b=b))


@_app.endpoint("/echo", Text, shape="textbox -> textbox")
def echo(text: str) -> Call[str]:
    return Call(Text(text=text))


@_app.endpoint("/echo", Text, shape="textbox -> textbox")
def echo_as_number(text: str) -> Call[float]:
    return Call(Text(text=text))


@_app.endpoint("/noop", Nothing, shape="-> textbox")
def noop() -> Call[str]:
    return Call(Nothing())


@_app.endpoint("/neither", Nothing, shape="->")
def neither() -> Call[None]:
    return Call(Nothing())


@_app.endpoint("/many_outputs", Text, shape="textbox -> textbox, number, checkbox")
def many_outputs(text: str) -> Call[ManyOutputs]:
    return Call(Text(text=text))


@_app.endpoint("/none_output", Text, shape="textbox -> number")
def none_output(text: str) -> Call[float]:
    return Call(Text(text=text))


@_app.endpoint("/fail", Text, shape="textbox -> textbox")
def fail(text: str) -> Call[str]:
    return Call(Text(text=text))


@_app.endpoint("/crash", Text, shape="textbox -> textbox")
def crash(text: str) -> Call[str]:
    return Call(Text(text=text))


@_app.stream_endpoint("/grow", Whole, shape="number -> textbox")
def grow(n: int) -> Call[str]:
    return Call(Whole(n=n))


@_app.stream_endpoint("/fail_after", Whole, shape="number -> textbox")
def fail_after(n: int) -> Call[str]:
    return Call(Whole(n=n))


@_app.stream_endpoint("/empty_stream", Nothing, shape="-> textbox")
def empty_stream() -> Call[str]:
    return Call(Nothing())


@_app.stream_endpoint("/chat", Text, shape="textbox -> chatbot")
def chat(text: str) -> Call[list[ChatMessage]]:
    return Call(Text(text=text))


@_app.stream_endpoint("/file_stream", Whole, shape="number -> file")
def file_stream(n: int) -> Call[File]:
    return Call(Whole(n=n))


@_app.stream_endpoint("/slow_stream", Slow, shape="textbox, number, number -> textbox")
def slow_stream(key: str, n: int, delay: float) -> Call[str]:
    return Call(Slow(key=key, n=n, delay=delay))


@_app.stream_endpoint(
    "/parallel_stream", Slow, shape="textbox, number, number -> textbox"
)
def parallel_stream(key: str, n: int, delay: float) -> Call[str]:
    return Call(Slow(key=key, n=n, delay=delay))


@_app.endpoint("/sleep", Sleep, shape="textbox, number -> textbox")
def sleep(key: str, seconds: float) -> Call[str]:
    return Call(Sleep(key=key, seconds=seconds))


@_app.endpoint("/parallel_sleep", Sleep, shape="textbox, number -> textbox")
def parallel_sleep(key: str, seconds: float) -> Call[str]:
    return Call(Sleep(key=key, seconds=seconds))


@_app.endpoint("/marks", Text, shape="textbox -> json")
def marks(text: str) -> Call[list[str]]:
    return Call(Text(text=text))


@_app.endpoint("/progress", Whole, shape="number -> textbox")
def progress(n: int) -> Call[str]:
    return Call(Whole(n=n))


@_app.endpoint("/logs", Text, shape="textbox -> textbox")
def logs(text: str) -> Call[str]:
    return Call(Text(text=text))


@_app.endpoint("/file", OneFile, shape="file -> file")
def file(value: FileInput) -> Call[File]:
    return Call(OneFile(value=value))


@_app.endpoint("/video", OneFile, shape="video -> video")
def video(value: FileInput) -> Call[File]:
    return Call(OneFile(value=value))


@_app.endpoint("/file_sizes", FileSizes, shape="file, file -> json")
def file_sizes(one: FileInput, several: list[FileInput]) -> Call[dict[str, object]]:
    return Call(FileSizes(one=one, several=several))


@_app.endpoint("/two_files", Text, shape="textbox -> file, file")
def two_files(text: str) -> Call[TwoFiles]:
    return Call(Text(text=text))


@_app.endpoint("/counter", By, shape="number -> number")
def counter(by: float) -> Call[float]:
    return Call(By(by=by))


@_app.stream_endpoint("/counting", Whole, shape="number -> number")
def counting(n: int) -> Call[float]:
    return Call(Whole(n=n))


@_app.endpoint("/request_info", Text, shape="textbox -> json")
def request_info(text: str) -> Call[dict[str, object]]:
    return Call(Text(text=text))


@_app.endpoint("/missing", Text, shape="textbox -> textbox")
def missing(text: str) -> Call[str]:
    return Call(Text(text=text))


class WireClient(Client):
    """The same endpoints on a connection of your own."""

    app = _app

    calculator = calculator
    drifted = drifted
    echo = echo
    echo_as_number = echo_as_number
    noop = noop
    neither = neither
    many_outputs = many_outputs
    none_output = none_output
    fail = fail
    crash = crash
    grow = grow
    fail_after = fail_after
    empty_stream = empty_stream
    chat = chat
    file_stream = file_stream
    slow_stream = slow_stream
    parallel_stream = parallel_stream
    sleep = sleep
    parallel_sleep = parallel_sleep
    marks = marks
    progress = progress
    logs = logs
    file = file
    video = video
    file_sizes = file_sizes
    two_files = two_files
    counter = counter
    counting = counting
    request_info = request_info
    missing = missing
