"""Fakes: one answer, seen through every face of an endpoint; and `gradio_offline`."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from gradio_runtime import (
    AppError,
    Client,
    File,
    InputError,
    Job,
    JobCancelled,
    QueueFull,
    Status,
    connect,
    duplicate,
)
from gradio_runtime.testing import FakeError, offline

from tests.golden.calculator.expected import (
    CalculatorClient,
    ClassifyOutput,
    classify,
    clear,
    count,
    predict,
)

ROOT = Path(__file__).parents[2]
_opened: list[tuple[str, Any]] = []
_watching = False


def _watch(event: str, args: Any) -> None:
    # An event loop of the caller's has a pair of its own, to wake itself.
    own = event == "socket.__new__" and args[1] == socket.AF_UNIX
    if _watching and event.startswith("socket.") and not own:
        _opened.append((event, args))


sys.addaudithook(_watch)


@pytest.fixture(autouse=True)
def no_sockets() -> Generator[None]:
    """No test here may look up a name, or open a socket."""
    global _watching
    _opened.clear()
    _watching = True
    with offline():
        yield
    _watching = False
    assert _opened == []


async def _aio() -> float:
    return await predict.aio(1, "add")


async def _awaited() -> float:
    return await predict.submit(1, "add")


def _in_a_thread(call: Callable[[], float]) -> float:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call).result()


def _on_client() -> float:
    with CalculatorClient("owner/other", token="t") as client:
        return client.predict(1, "add")


def _in_use() -> float:
    with CalculatorClient("owner/other").use():
        return predict(1, "add")


def _by_callback() -> float:
    seen, told = list[float](), threading.Event()

    def take(result: float) -> None:
        seen.append(result)
        told.set()

    predict.with_options(result_callbacks=[take]).submit(1, "add")
    assert told.wait(5)
    return seen[0]


def _by_done_callback() -> float:
    seen, told = list[Any](), threading.Event()

    def take(job: Any) -> None:
        seen.append(job.result())
        told.set()

    predict.submit(1, "add").add_done_callback(take)
    assert told.wait(5)
    return float(seen[0])


FACES: dict[str, Callable[[], float]] = {
    "call": lambda: predict(1, "add"),
    "submit": lambda: predict.submit(1, "add").result(timeout=5),
    "outputs": lambda: predict.submit(1, "add").outputs()[0],
    "first": lambda: predict.submit(1, "add").first(timeout=5),
    "iteration": lambda: next(iter(predict.submit(1, "add"))),
    "updates": lambda: list(predict.submit(1, "add").updates())[-1].outputs()[0],
    "status": lambda: predict.submit(1, "add").status().outputs()[0],
    "progress bar": lambda: predict.submit(1, "add").progress_bar(disable=True),
    "with_options": lambda: predict.with_options(timeout=5)(1, "add"),
    "aio": lambda: asyncio.run(_aio()),
    "await": lambda: asyncio.run(_awaited()),
    "thread": lambda: _in_a_thread(lambda: predict(1, "add")),
    "aio in a thread": lambda: _in_a_thread(lambda: asyncio.run(_aio())),
    "client": _on_client,
    "client in use": _in_use,
    "result_callbacks": _by_callback,
    "add_done_callback": _by_done_callback,
}


@pytest.mark.parametrize("face", FACES)
def test_one_fake_is_seen_through_every_face(face: str) -> None:
    with predict.fake(returns=2.5) as fake:
        assert FACES[face]() == 2.5
        fake.assert_called_with(1, "add")
        assert [call.num2 for call in fake.calls] == [100]
    with pytest.raises(FakeError, match="offline"):
        FACES[face]()


#: Those that have no result to raise in place of.
TELLING = {"updates", "status", "outputs", "result_callbacks", "add_done_callback"}


@pytest.mark.parametrize("face", sorted(FACES.keys() - TELLING))
def test_an_error_is_seen_through_every_face(face: str) -> None:
    with (
        predict.fake(raises=QueueFull("full")),
        pytest.raises(QueueFull, match=r"full \[/predict of "),
    ):
        FACES[face]()


def test_streams() -> None:
    with count.fake(streams=[1, 2, 3]) as fake:
        assert list(count.stream(3)) == [1, 2, 3]
        assert count(3) == 3
        assert count.submit(3).outputs() == [1, 2, 3]
        codes = [update.code for update in count.submit(3).updates()]
        assert codes[-4:] == [*[Status.ITERATING] * 3, Status.FINISHED]
        with CalculatorClient() as client, client.count.stream(3) as stream:
            assert next(stream) == 1

        async def read() -> list[float]:
            return [value async for value in count.stream(3)]

        assert asyncio.run(read()) == [1, 2, 3]
        assert len(fake.calls) == 6


def test_a_stream_that_fails_and_one_of_a_function() -> None:
    with count.fake(streams=[1, AppError("no")]):
        stream = count.stream(3)
        assert next(stream) == 1
        with pytest.raises(AppError, match="no"):
            next(stream)
    with count.fake(streams=lambda n=10: [n, n + 1]):
        assert list(count.stream(3)) == [3, 4]
    with count.fake(streams=[]):
        assert list(count.submit(3).updates())[-1].code is Status.FINISHED


def test_answers_in_turn() -> None:
    with predict.fake(returns_each=[1, AppError("no"), 2.5]):
        assert predict(1, "add") == 1
        with pytest.raises(AppError, match="no"):
            predict(1, "add")
        assert predict(1, "add") == 2.5


def test_a_function_has_the_validated_inputs() -> None:
    with predict.fake(lambda num1, operation, num2=1: num1 + num2):
        assert predict(1, "add") == 101
        assert predict(1, "add", num2=2) == 3
    with (
        predict.fake(lambda **given: _in_a_thread(lambda: count(given["num1"]))),
        count.fake(returns=7),
    ):
        assert predict(1, "add") == 7


def test_several_outputs_none_and_files(tmp_path: Path) -> None:
    output = ClassifyOutput.model_validate(
        {"label": {"label": "cat"}, "confidences": {"headers": [], "data": []}}
    )
    picture = tmp_path / "a.png"
    picture.write_bytes(b"png")
    with classify.fake(returns=output) as fake:
        assert classify(picture).label.label == "cat"
        fake.assert_called_with(str(picture))
        assert isinstance(fake.calls[0].img, File)
    with clear.fake(returns=None) as cleared:
        clear()
        assert len(cleared.calls) == 1


def test_inputs_are_validated() -> None:
    with predict.fake(returns=1, optional=True) as fake:
        with pytest.raises(InputError, match="operation"):
            predict(1, "modulo")  # type: ignore[arg-type]
        assert fake.calls == []


def test_errors_are_new_each_time() -> None:
    with predict.fake(raises=AppError("no", title="Sorry", duration=3)):
        errors = [predict.submit(1, "add").exception() for _ in range(2)]
    first, second = errors
    assert first is not second
    assert isinstance(second, AppError)
    assert (second.title, second.duration, second.endpoint) == ("Sorry", 3, "/predict")


def test_a_cancelled_job() -> None:
    with predict.fake(raises=JobCancelled("gone")):
        job = predict.submit(1, "add")
        assert (job.cancelled(), job.status().code) == (True, Status.CANCELLED)
        with pytest.raises(JobCancelled):
            job.result()


def test_fakes_nest_and_are_restored() -> None:
    with predict.fake(returns=1):
        with predict.fake(returns=2):
            assert predict(1, "add") == 2
        assert predict(1, "add") == 1
        with pytest.raises(RuntimeError), predict.fake(returns=3):
            raise RuntimeError
        assert predict(1, "add") == 1
    with pytest.raises(FakeError):
        predict(1, "add")


WRONG: dict[str, Callable[[], Any]] = {
    "returns": lambda: predict.fake(returns="x"),  # type: ignore[call-overload]
    "several": lambda: classify.fake(returns=3),  # type: ignore[call-overload]
    "none": lambda: clear.fake(returns=3),  # type: ignore[call-overload]
    "streams": lambda: count.fake(streams=["x"]),  # type: ignore[list-item]
}


@pytest.mark.parametrize("way", WRONG)
def test_what_does_not_fit_is_refused_where_it_is_given(way: str) -> None:
    with pytest.raises(FakeError, match="no output of it"):
        WRONG[way]()


@pytest.mark.parametrize(
    "given",
    [{}, {"returns": 1, "raises": QueueFull("full")}, {"result": 1}, {"streams": [1]}],
)
def test_a_fake_answers_in_one_way(given: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="in one way"):
        predict.fake(**given)


FAILING: dict[str, tuple[Callable[[], Any], int, str]] = {
    "not called": (lambda: predict.fake(returns=1), 0, "was not called"),
    "left": (lambda: predict.fake(returns_each=[1, 2]), 1, "1 of the answers"),
    "too many": (lambda: predict.fake(returns_each=[1]), 2, "no answer is left"),
    "misfit": (lambda: predict.fake(lambda **_: "x"), 1, "no output of it"),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("case", FAILING)
def test_what_is_unused_or_unexpected_fails_at_the_end(case: str) -> None:
    make, calls, text = FAILING[case]

    def swallowing() -> None:
        for _ in range(calls):
            with suppress(Exception):
                predict(1, "add")

    with pytest.raises(FakeError, match=text), make():
        swallowing()


def test_optional_answers_may_be_left() -> None:
    with (
        predict.fake(returns=1, optional=True),
        count.fake(returns_each=[1, 2], optional=True),
    ):
        assert count(1) == 1


def test_assert_called_with_says_what_the_call_was() -> None:
    with predict.fake(returns=1) as fake:
        with pytest.raises(AssertionError, match="there was no call"):
            fake.assert_called_with(1, "add")
        predict(1, "add")
        with pytest.raises(AssertionError, match=r"num1=2.*the last was .*num1=1"):
            fake.assert_called_with(2, "add")


def test_many_threads_share_the_answers() -> None:
    with predict.fake(returns_each=range(200)), ThreadPoolExecutor(16) as pool:
        jobs = [pool.submit(predict, 1, "add") for _ in range(200)]
        assert sorted(job.result() for job in jobs) == list(range(200))


async def _connecting() -> None:
    async with Client("http://127.0.0.1:9") as client:
        await asyncio.wrap_future(client.submit("hi", api_name="/chat"))


DOORS: dict[str, Callable[[], Any]] = {
    "endpoint": lambda: predict(1, "add"),
    "client's endpoint": lambda: CalculatorClient("owner/other").predict(1, "add"),
    "stream": lambda: count.stream(1),
    "submit": lambda: predict.submit(1, "add"),
    "aio": lambda: asyncio.run(_aio()),
    "untyped": lambda: Client("owner/app").predict("hi", api_name="/chat"),
    "untyped, async": lambda: asyncio.run(_connecting()),
    "connect": lambda: connect("http://127.0.0.1:9"),
    "client.connect": lambda: CalculatorClient().connect(),
    "view_api": lambda: Client("owner/app").view_api(),
    "duplicate": lambda: duplicate("owner/app", token="t"),
    "duplicate of a class": lambda: CalculatorClient.duplicate(token="t"),
}


@pytest.mark.parametrize("door", DOORS)
def test_offline_no_door_opens_a_socket(door: str) -> None:
    with pytest.raises(FakeError, match="offline"):
        DOORS[door]()


def test_offline_ends() -> None:
    """Outside of it, the same call does open a socket."""
    code = """
        import sys, threading
        from tests.golden.calculator.expected import CalculatorClient
        from gradio_runtime.testing import FakeError, offline
        opened = threading.Event()
        watch = lambda event, _: opened.set() if event == "socket.connect" else None
        sys.addaudithook(watch)
        predict = CalculatorClient("http://127.0.0.1:9").predict
        try:
            with offline():
                predict.submit(1, "add")
        except FakeError:
            print(opened.wait(0.2))
        job = predict.submit(1, "add")
        print(opened.wait(20))
        job.cancel()
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["False", "True"], done.stderr


def test_a_job_is_a_job() -> None:
    with predict.fake(returns=1):
        job = predict.submit(1, "add")
    assert isinstance(job, Job)
    assert (job.done(), job.cancel(), job.running()) == (True, False, False)
