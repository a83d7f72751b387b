"""Forks, pickles, Ctrl-C and the end of an interpreter."""

from __future__ import annotations

import copy
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import gradio_runtime
import pytest
from gradio_runtime import (
    App,
    AppError,
    Call,
    Client,
    ConnectError,
    ConnectionLost,
    FileTooLarge,
    GradioError,
    InputError,
    JobCancelled,
    JobTimeout,
    OutputMismatch,
    RateLimited,
    SchemaDrift,
    ServerValidationError,
    SpaceError,
)
from gradio_runtime._api.job import Job
from gradio_runtime._api.stream import Stream
from gradio_runtime._engine.outcome import Outcome

from tests.runtime import wire_api
from tests.runtime.wire_api import WireClient
from tests.support.misbehaving import (
    Handler,
    count,
    forget_all,
    sent,
    serving,
    until,
)
from tests.support.servers import GradioServer


@pytest.fixture
def client(gradio6: GradioServer) -> Iterator[WireClient]:
    """One version: what these tests are about knows no protocol."""
    with WireClient(gradio6.url) as client:
        yield client


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def run(body: str, client: Client, *arguments: str) -> str:
    """Run a script with a client of its own; it must end well and say nothing bad."""
    result = subprocess.run(
        command(body, client, *arguments), timeout=60, capture_output=True, text=True
    )
    assert not result.stderr, result.stderr
    assert result.returncode == 0
    return result.stdout


def command(body: str, client: Client, *arguments: str) -> list[str]:
    head = (
        "import asyncio, os, sys, threading, time\n"
        "from tests.runtime.wire_api import WireClient\n"
        f"client = WireClient({client.src!r})\n"
        "key = sys.argv[1] if len(sys.argv) > 1 else ''\n"
    )
    return [sys.executable, "-c", head + textwrap.dedent(body), *arguments]


# ---- pickles


def again(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))


def test_an_endpoint_is_pickled_by_name() -> None:
    assert again(wire_api.echo) is wire_api.echo
    assert copy.copy(wire_api.grow) is wire_api.grow
    assert copy.deepcopy(wire_api.grow) is wire_api.grow


def test_options_and_the_client_go_along() -> None:
    forget_all()
    with serving() as server:
        with WireClient(server.url, token="hf_x", auth=("u", "p")) as client:
            options = wire_api.echo.with_options(timeout=9, headers={"x-a": "1"})
            with client.use():
                assert again(options)("x") == "ok"
            assert sent("/join")["x-a"] == "1"
            bound = again(client.echo)
            slow = again(client.echo.with_options(timeout=0.05, retries=0))
        # They have clients of their own, which are like the other.
        assert bound("x") == "ok"
        assert sent("/join")["x-hf-authorization"] == "Bearer hf_x"
        assert count("/login") == 2
        Handler.answers["/gradio_api/queue/join"] = lambda h: h.rfile.read(1)
        with pytest.raises(JobTimeout):
            slow("x")


def test_an_endpoint_without_a_name_says_so() -> None:
    def local(text: str) -> Call[str]:
        return wire_api.echo.call(text)

    app = App("http://127.0.0.1:9", spec="sha256:0", gradio="6.31.0")
    endpoint = app.endpoint("/echo", wire_api.Text, shape="")(local)
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(endpoint)


def test_a_call_and_an_app_are_pickled() -> None:
    call = again(wire_api.echo.call("x"))
    assert call.inputs == wire_api.Text(text="x")
    app = again(wire_api.echo.app)
    assert (app.src, app.spec, app.gradio) == (
        "http://127.0.0.1:9",
        "sha256:0",
        "6.31.0",
    )


def test_a_client_with_a_named_session_is_not_pickled() -> None:
    with pytest.raises(TypeError, match="session_hash"):
        pickle.dumps(Client("http://127.0.0.1:9", session_hash="mine"))


def test_what_is_under_way_is_not_pickled() -> None:
    outcome: Outcome[str] = Outcome()
    job = Job(outcome)
    with pytest.raises(TypeError, match="Job cannot be pickled"):
        pickle.dumps(job)
    with pytest.raises(TypeError, match="Job cannot be pickled"):
        copy.copy(job)
    stream = Stream(job)
    with pytest.raises(TypeError, match="Stream cannot be pickled"):
        pickle.dumps(stream)
    outcome.succeed("x")


ERRORS: list[GradioError] = [
    AppError("m", title="t", duration=None, visible=False, print_exception=False),
    ConnectError("m", not_sent=True),
    ConnectionLost("m", may_have_run=False),
    FileTooLarge("m", fields={"a": "b"}),
    InputError("m", fields={"a": "b"}),
    OutputMismatch("m", raw={"data": [1]}, field="f"),
    RateLimited("m", retry_after=2.5),
    SchemaDrift("m", parameter="prompt"),
    ServerValidationError("m", fields={"a": "b"}),
    SpaceError("m", stage="PAUSED"),
]


def every_error() -> list[GradioError]:
    """One of each public class; those with attributes of their own have them set."""
    special = {type(error): error for error in ERRORS}
    public = [getattr(gradio_runtime, name) for name in gradio_runtime.__all__]
    kinds = [kind for kind in public if isinstance(kind, type)]
    return [
        special.get(kind) or kind("m", endpoint="/e", src="s", hint="h")
        for kind in kinds
        if issubclass(kind, GradioError)
    ]


@pytest.mark.parametrize("error", every_error(), ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("way", [again, copy.copy, copy.deepcopy])
def test_errors_cross_processes_whole(error: GradioError, way: Any) -> None:
    error.add_note("a note")
    other = way(error)
    assert type(other) is type(error)
    assert str(other) == str(error)
    assert other.args == error.args
    assert vars(other) == vars(error)


def test_there_is_an_error_of_each_class() -> None:
    kinds = {type(error) for error in every_error()}
    assert JobCancelled in kinds
    assert len(kinds) >= 16


# ---- processes


def test_a_pool_of_processes_calls(client: WireClient) -> None:
    assert client.echo("connected") == "connected"
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=spawn) as pool:
        assert list(pool.map(client.echo, ["a", "b", "c"])) == ["a", "b", "c"]
        with pytest.raises(AppError) as caught:
            pool.submit(client.fail, "far away").result(60)
    assert (caught.value.endpoint, caught.value.src) == ("/fail", client.src)


@needs_fork
def test_forks_of_a_busy_process(client: WireClient, key: str) -> None:
    """Like gunicorn's workers: the parent calls, and so do its children and theirs."""
    body = """
    from gradio_runtime import GradioError
    assert client.echo("parent") == "parent"
    jobs = [client.parallel_sleep.submit(key, 1.0) for _ in range(4)]
    stream = client.parallel_stream.stream(key, 30, 0.05)
    next(stream)
    stopping = threading.Event()

    def busy():
        while not stopping.is_set():
            client.noop()

    threads = [threading.Thread(target=busy) for _ in range(4)]
    for thread in threads:
        thread.start()

    def child(depth):
        assert client.echo("child") == "child"
        many = [client.echo.submit(str(n)) for n in range(5)]
        assert [job.result(20) for job in many] == list("01234")
        for refused in (jobs[0].result, jobs[0].cancel, lambda: next(iter(stream))):
            try:
                refused()
            except GradioError as error:
                assert "from which this one was forked" in str(error), error
            else:
                raise AssertionError("a job of the parent was waited for")
        if depth:
            wait(fork(depth - 1))

    def fork(depth):
        pid = os.fork()
        if not pid:
            child(depth)
            sys.exit(0)  # the whole way out, as a worker goes
        return pid

    def wait(pid):
        assert os.waitpid(pid, 0)[1] == 0

    for pid in [fork(depth) for depth in (0, 0, 1)]:
        wait(pid)
    stopping.set()
    for thread in threads:
        thread.join()
    assert [job.result(20) for job in jobs] == ["slept 1"] * 4
    assert len(list(stream)) == 29
    assert client.echo("parent") == "parent"
    """
    run(body, client, key)


@needs_fork
def test_multiprocessing_by_fork(client: WireClient) -> None:
    body = """
    import multiprocessing
    assert client.echo("parent") == "parent"
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map(client.echo, ["a", "b", "c"]) == ["a", "b", "c"]
    assert client.echo("parent") == "parent"
    """
    run(body, client)


# ---- Ctrl-C

#: Seconds in which a process must be gone. What it leaves behind would last twice as
#: long, so whoever waits for that is found out.
PATIENCE = 20
#: The arguments of a stream that lasts that long, and its last mark.
LONG = "key, 800, 0.05"
LAST_STEP = "step 799"

CTRL_C = {
    "predict": f"client.slow_stream({LONG})",
    "untyped": f"client.predict({LONG}, api_name='/slow_stream')",
    "stream": f"list(client.slow_stream.stream({LONG}))",
    "async": f"asyncio.run(client.slow_stream.aio({LONG}))",
    "held": """
job = client.slow_stream.submit(key, 30, 0.05)
try:
    {wait}
except KeyboardInterrupt:
    print("interrupted", job.done(), flush=True)
    assert job.result(20) == "step 29"
    raise
""",
}
HELD = (
    "job.result()",
    "list(job)",
    "__import__('concurrent.futures').futures.wait([job])",
)


def interrupted(script: str, client: WireClient, key: str) -> str:
    """Press Ctrl-C once the app runs; what the process prints before it is gone."""
    process = subprocess.Popen(
        command(script, client, key),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # As in a shell, whatever the tests are started by.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    until(lambda: len(client.marks(key)) >= 2, PATIENCE)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=PATIENCE)
    assert process.returncode == -signal.SIGINT
    assert stderr.rstrip().endswith("KeyboardInterrupt")
    return stdout


@pytest.mark.parametrize("way", ["predict", "untyped", "stream", "async"])
def test_ctrl_c_in_a_blocking_call_cancels_it(
    client: WireClient, key: str, way: str
) -> None:
    interrupted(CTRL_C[way], client, key)
    # The process has not waited for the job, and the next job has its place.
    assert client.slow_stream(f"{key}next", 1, 0) == "step 0"
    assert LAST_STEP not in client.marks(key)


@pytest.mark.parametrize("wait", HELD)
def test_ctrl_c_leaves_a_job_that_one_holds(
    client: WireClient, key: str, wait: str
) -> None:
    stdout = interrupted(CTRL_C["held"].format(wait=wait), client, key)
    assert stdout == "interrupted False\n"


# ---- the end

ENDS = {
    "jobs and streams": f"""
plain = client.parallel_sleep.submit(key, 60)
stream = client.slow_stream.stream({LONG})
next(stream)
waiting = [client.slow_stream.submit({LONG}) for _ in range(3)]
""",
    "a callback that blocks": """
client.echo.submit("x").add_done_callback(lambda _: time.sleep(60))
client.echo("x")
""",
    "an async stream": f"""
async def main():
    async for _ in client.parallel_stream.stream({LONG}):
        break
    asyncio.ensure_future(client.parallel_stream.aio({LONG}))
    await asyncio.sleep(0.1)
asyncio.run(main())
""",
    "sys.exit in a thread": f"""
def work():
    client.parallel_stream.submit({LONG}).first()
    sys.exit(3)
thread = threading.Thread(target=work)
thread.start()
thread.join()
""",
}


@pytest.mark.parametrize("body", ENDS.values(), ids=ENDS)
def test_an_interpreter_ends_at_once(client: WireClient, key: str, body: str) -> None:
    process = subprocess.Popen(
        command(body, client, key),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.communicate(timeout=PATIENCE)[1] == ""
    assert process.returncode == 0
    assert not {"end", LAST_STEP} & set(client.marks(key))


def test_tasks_that_have_not_begun_end_quietly(client: WireClient) -> None:
    """As anyio's, which wait to await what they were given."""
    body = """
    from gradio_runtime._loop import loop

    async def given():
        pass

    async def begin(given):
        await given

    async def begin_others():
        running = asyncio.get_running_loop()
        kept.append(running.create_task(begin(given())))

    async def end():
        running = asyncio.get_running_loop()
        kept.extend(running.create_task(c) for c in (begin(given()), begin_others()))
        await loop._end_all()

    kept = []
    loop.run_sync(end())
    print(len(kept))
    """
    assert run(body, client) == "3\n"


def test_sigterm_ends_it_too(client: WireClient, key: str) -> None:
    body = f"client.slow_stream({LONG})"
    process = subprocess.Popen(command(body, client, key), stderr=subprocess.PIPE)
    until(lambda: client.marks(key), 4 * PATIENCE)  # what others left may run yet
    process.terminate()
    assert process.communicate(timeout=PATIENCE)[1] == b""
    assert process.returncode == -signal.SIGTERM
    assert client.slow_stream(f"{key}next", 1, 0) == "step 0"
    assert LAST_STEP not in client.marks(key)


def test_callbacks_of_ended_jobs_are_not_lost(client: WireClient) -> None:
    body = """
    def told(result):
        time.sleep(0.1)
        print(result, client.echo("from a callback"), flush=True)
    endpoint = client.echo.with_options(result_callbacks=[told])
    assert endpoint("done") == "done"
    """
    assert run(body, client) == "done from a callback\n"
