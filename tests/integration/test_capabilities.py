"""The table of docs/versions.md: a test for each row, on every version of it.

Each runs on the servers that other tests share, `old.py` or `wire.py`, and on two more
of the same version: one that is strict (a login, a queue of one, a `root_path`), and one
that is mounted in a FastAPI app. A module of ours declares their common endpoints.
"""

from __future__ import annotations

import asyncio
import json
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from gradio_runtime import (
    AppError,
    AuthenticationError,
    InputError,
    JobCancelled,
    QueueFull,
    Status,
    connect,
)

from tests.conftest import StartServer
from tests.integration.capabilities import VERSIONS
from tests.runtime.test_live_jobs import GROWN, started, wait_for_rank
from tests.runtime.wire_api import WireClient
from tests.support.generate import generated
from tests.support.misbehaving import until
from tests.support.prefix_proxy import prefix_proxy
from tests.support.servers import GradioServer

pytestmark = pytest.mark.slow

_FIXTURES = {
    "3.50": "gradio3",
    "4.8": "gradio48",
    "4.44": "gradio4",
    "5.50": "gradio5",
    "6.31": "gradio6",
}
_STRICT = {"AUTH": "ada:pass word", "MAX_QUEUE": "1", "ROOT_PATH": "/outer"}
_LOGIN = ("ada", "pass word")


@dataclass(frozen=True)
class Place:
    """The servers of one version.

    Attributes:
        label: The column of the table.
        server: The shared one.
    """

    label: str
    server: GradioServer
    _strict: Future[GradioServer]
    _mounted: Future[GradioServer]

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def old(self) -> bool:
        """Whether it is `old.py`."""
        return self.server.major < 5

    @property
    def strict(self) -> GradioServer:
        """With a login, a queue of one, and a `root_path` that nothing serves."""
        return self._strict.result()

    @property
    def mounted(self) -> GradioServer:
        """Under `/sub/app` of another app."""
        return self._mounted.result()


@pytest.fixture(scope="module", params=VERSIONS)
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    """Each version in turn; its further servers start while the first tests run."""
    label: str = request.param
    shared: GradioServer = request.getfixturevalue(_FIXTURES[label])
    which = label if label == "4.8" else shared.major
    app = "old" if shared.major < 5 else "wire"
    servers = [GradioServer(app, which, _STRICT), GradioServer("mounted", which)]
    with ThreadPoolExecutor(1) as pool:
        strict, mounted = [pool.submit(server.start) for server in servers]
        try:
            yield Place(label, shared, strict, mounted)
        finally:
            for starting in (strict, mounted):
                with suppress(RuntimeError):
                    starting.result().stop()


@pytest.fixture
def client(place: Place, tmp_path: Path) -> Iterator[WireClient]:
    with WireClient(place.url, download_dir=tmp_path / "downloads") as client:
        yield client


@pytest.fixture
def key() -> str:
    """A name under which the app marks what ran for this test."""
    return uuid.uuid4().hex


def config(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{url}/config", timeout=30) as answer:
        read: dict[str, Any] = json.load(answer)
    return read


# ---- description, typed modules


def test_view_api(place: Place) -> None:
    assert config(place.url).get("protocol", "ws") == VERSIONS[place.label]
    with connect(place.url) as client:
        described: Any = client.view_api(return_format="dict")
        components = [
            slot["component"]
            for slot in described["named_endpoints"]["/calculator"]["parameters"]
        ]
        assert components == ["Number", "Radio", "Number"]
        text: Any = client.view_api(return_format="str")
    assert 'api_name="/calculator") -> Result' in text
    assert "- [Radio] " in text


def test_generated_module(place: Place, tmp_path: Path) -> None:
    name = f"capable_{place.label.replace('.', '_')}_api"
    api: Any = generated(place.url, name, tmp_path)
    assert api.calculator(1, "multiply", 3) == 3
    assert api.calculator(5, "add") == 7  # B has a value on the page
    with pytest.raises(InputError, match="operation"):
        api.calculator(1, "power", 3)
    assert list(api.grow.stream(2)) == GROWN[:2]
    assert api.file(b"typed").read_bytes() == b"typed"


def test_parameter_names(place: Place) -> None:
    with connect(place.url) as client:
        if place.label in {"3.50", "4.8"}:
            assert (
                client.predict(A=1, Operation="add", B=2, api_name="/calculator") == 3
            )
            with pytest.raises(TypeError, match="argument: B"):
                client.predict(1, "add", api_name="/calculator")
        else:
            assert client.predict(a=1, operation="add", api_name="/calculator") == 3


# ---- calls


def test_predict(client: WireClient) -> None:
    assert client.calculator(1, "add", 2) == 3
    assert client.predict(1, "add", 2, api_name="/calculator") == 3


def test_aio(client: WireClient) -> None:
    async def together() -> list[float]:
        calls = (client.calculator.aio(n, "add", 1) for n in range(5))
        return await asyncio.gather(*calls)

    assert asyncio.run(together()) == [1, 2, 3, 4, 5]


def test_submit(client: WireClient) -> None:
    seen: list[float] = []
    job = client.calculator.with_options(result_callbacks=[seen.append]).submit(
        7, "subtract", 2
    )
    assert job.result(20) == 5
    assert (job.done(), job.outputs()) == (True, [5])
    until(lambda: seen == [5])


def test_several_outputs(client: WireClient, key: str) -> None:
    assert client.many_outputs("abc").astuple()[1:] == (3, True)
    assert client.predict("abc", api_name="/many_outputs") == ("abc", 3, True)
    assert client.predict(key, api_name="/no_outputs") == ()
    assert client.marks(key) == ["ran"]


def test_outputs(client: WireClient) -> None:
    job = client.grow.submit(3)
    assert list(job) == GROWN
    assert (job.first(), job.result(), job.outputs()) == (GROWN[0], GROWN[-1], GROWN)


def test_stream(client: WireClient, key: str) -> None:
    assert list(client.grow.stream(3)) == GROWN

    async def left_early() -> str:
        async with client.slow_stream.stream(key, 100, 0.05) as stream:
            return await anext(stream)

    assert asyncio.run(left_early()) == "step 0"
    assert client.slow_stream(f"{key}next", 1, 0) == "step 0"
    assert len(client.marks(key)) < 100


def test_chat(client: WireClient, place: Place) -> None:
    if place.old:
        *_, last = client.submit("hi", api_name="/chat")
        assert last == [["hi", "Hello world"]]
    else:
        *_, messages = client.chat.stream("hi")
        assert [message.role for message in messages] == ["user", "assistant"]
        assert [message.text for message in messages] == ["hi", "Hello world"]


def test_many_jobs(client: WireClient) -> None:
    jobs = [client.echo.submit(str(n)) for n in range(40)]
    assert [job.result(60) for job in jobs] == [str(n) for n in range(40)]


# ---- status


def test_stages(client: WireClient) -> None:
    updates = list(client.grow.submit(3).updates())
    codes = [update.code for update in updates]
    assert codes == sorted(codes)
    assert (codes[0], codes[-1]) == (Status.STARTING, Status.FINISHED)
    assert {Status.JOINING_QUEUE, Status.IN_QUEUE, Status.PROCESSING} <= set(codes)
    assert [u.output for u in updates if u.code is Status.ITERATING] == GROWN


def test_rank(client: WireClient, key: str) -> None:
    client.sleep(key, 0.1)  # from which the app estimates
    jobs = [client.sleep.submit(f"{key}{i}", 0.3) for i in range(3)]
    for job in jobs:
        job.result(20)
    waiting = [u for job in jobs for u in job.updates() if u.code is Status.IN_QUEUE]
    assert max(update.rank or 0 for update in waiting) >= 1
    assert max(update.queue_size or 0 for update in waiting) >= 2
    assert max(update.eta or 0 for update in waiting) > 0


def test_progress(client: WireClient) -> None:
    job = client.progress.submit(4)
    bars = [u.progress_data for u in job.updates() if u.code is Status.PROGRESS]
    said = {unit.desc for bar in bars if bar for unit in bar}
    # The app looks now and then; a busy one misses what does not last.
    assert "looping" in said
    assert said & {"starting", "counted"}
    assert job.result() == "done"


def test_logs(client: WireClient) -> None:
    logs = [u.log for u in client.logs.submit("x").updates() if u.log]
    assert [(log.text, log.level) for log in logs] == [
        ("an info message", "info"),
        ("a warning", "warning"),
    ]


# ---- cancelling


def test_cancel_queued(client: WireClient, key: str) -> None:
    running = client.sleep.submit(f"{key}a", 0.6)
    started(client, f"{key}a")
    queued = client.sleep.submit(f"{key}b", 0.1)
    behind = client.sleep.submit(f"{key}c", 0.1)
    wait_for_rank(queued)
    assert queued.cancel() is True
    with pytest.raises(JobCancelled):
        queued.result()
    assert (running.result(20), behind.result(20)) == ("slept 0.6", "slept 0.1")
    assert client.marks(f"{key}b") == []


def test_cancel_generator(client: WireClient, key: str) -> None:
    job = client.slow_stream.submit(key, 100, 0.05)
    job.first(20)
    assert job.cancel() is True
    with pytest.raises(JobCancelled):
        job.result()
    assert job.status().code is Status.CANCELLED
    assert client.slow_stream(f"{key}next", 1, 0) == "step 0"
    assert len(client.marks(key)) < 100


def test_cancel_plain(client: WireClient, key: str) -> None:
    job = client.sleep.submit(key, 0.4)
    started(client, key)
    until(lambda: job.status().code >= Status.PROCESSING)
    assert job.cancel() is False
    assert job.result() == "slept 0.4"


# ---- State, files, errors


def test_state(client: WireClient, place: Place) -> None:
    assert [client.counter(2), client.counter(3)] == [2, 5]
    assert list(client.counting.stream(2)) == [6, 7]
    with WireClient(place.url) as other:
        assert other.counter(1) == 1
    client.reset_session()
    assert client.counter(1) == 1


def test_files(client: WireClient, tmp_path: Path) -> None:
    _check_files(client, tmp_path)
    outputs = client.two_files("t")
    names = ["first file.txt", "zweite Ä.txt", "third#3.txt"]
    files = [outputs.first, *outputs.others]
    assert [file.orig_name for file in files] == names
    assert [f.read_bytes().decode() for f in files] == [f"{n}: t\n" for n in names]


def _check_files(client: WireClient, folder: Path) -> None:
    source = folder / "a b é#%.txt"
    source.write_text("hello file")
    result = client.file(source)
    assert result.path != source
    assert result.read_bytes() == b"hello file"


def test_remote_files(place: Place, tmp_path: Path) -> None:
    with WireClient(place.url, download_files=False) as client:
        result = client.file(b"later")
        assert (result.path, bool(result.url)) == (None, True)
        assert client.file(result).save(tmp_path / "kept").read_bytes() == b"later"


def test_app_error(client: WireClient, place: Place) -> None:
    with pytest.raises(AppError) as caught:
        client.fail('it\'s "boo"')
    assert caught.value.message == 'it\'s "boo"'
    assert (caught.value.endpoint, caught.value.src) == ("/fail", place.url)
    job = client.fail_after.submit(2)
    with pytest.raises(AppError, match="failed midway"):
        job.result(20)
    assert job.outputs() == ["step 0", "step 1"]


def test_hidden_error(client: WireClient) -> None:
    with pytest.raises(AppError, match="hides") as caught:
        client.crash("secret")
    assert "secret" not in str(caught.value)


def test_headers(place: Place) -> None:
    with WireClient(place.url, headers={"x-mine": "1"}, token="hf_secret") as client:
        asked = client.request_info.with_options(headers={"x-call": "2"})
        headers: Any = asked("t")["headers"]
    assert (headers["x-mine"], headers["x-call"]) == ("1", "2")
    assert headers["x-gradio-user"] == "api"
    assert headers["x-hf-authorization"] == "Bearer hf_secret"


def test_login(place: Place, tmp_path: Path) -> None:
    url = place.strict.url
    with WireClient(url, auth=_LOGIN, download_dir=tmp_path) as client:
        assert client.request_info("t")["username"] == "ada"
        assert client.file(b"private").read_bytes() == b"private"
    with WireClient(url) as client, pytest.raises(AuthenticationError):
        client.echo("x")
    with (
        WireClient(url, auth=("ada", "no")) as client,
        pytest.raises(AuthenticationError, match="ada"),
    ):
        client.echo("x")


# ---- queues


def test_queue_full(place: Place, key: str) -> None:
    with WireClient(place.strict.url, auth=_LOGIN) as client:
        running = client.sleep.submit(key, 0.8)
        until(lambda: running.status().code >= Status.PROCESSING)
        waiting = client.sleep.submit(key, 0.0)
        until(lambda: waiting.status().code >= Status.IN_QUEUE)
        refused = client.sleep.with_options(retries=0).submit(key, 0.0)
        with pytest.raises(QueueFull):
            refused.result(20)
        assert (running.result(20), waiting.result(20)) == ("slept 0.8", "slept 0")


def test_unqueued(client: WireClient, place: Place) -> None:
    name = "/direct_now" if place.old else "/direct"
    job = client.submit("d", api_name=name)
    assert job.result(20) == "direct d"
    waited = Status.IN_QUEUE in {update.code for update in job.updates()}
    assert waited is (place.label != "3.50")


def test_no_queue(place: Place, start_server: StartServer) -> None:
    if place.label != "3.50":
        assert config(place.url)["enable_queue"] is True
        return
    server = start_server("old", 3, {"NO_QUEUE": "1"})
    with WireClient(server.url) as client:
        assert client.calculator(1, "add", 2) == 3
        assert [client.counter(2), client.counter(3)] == [2, 5]
        with pytest.raises(AppError):
            client.grow(2)


# ---- mounted apps and proxies


def _check_all(client: WireClient, folder: Path) -> None:
    """A call, a stream, State, and files both ways."""
    assert client.calculator(1, "add", 2) == 3
    assert list(client.grow.stream(3)) == GROWN
    assert [client.counter(2), client.counter(3)] == [2, 5]
    _check_files(client, folder)


Check = Callable[[str], None]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """All of an app at a URL, with files that are read and files that are fetched."""

    def run(url: str, **options: Any) -> None:
        with WireClient(url, download_dir=tmp_path / "down", **options) as client:
            _check_all(client, tmp_path)
        with WireClient(url, download_files=False, **options) as client:
            remote = client.file(b"remote")
            assert str(remote.url).startswith(f"{url}/")
            assert remote.read_bytes() == b"remote"

    return run


def test_mounted(place: Place, check: Any) -> None:
    check(f"{place.mounted.url}/sub/app")


def test_root_path(place: Place, check: Any) -> None:
    check(place.strict.url, auth=_LOGIN)


def test_proxy(place: Place, check: Any) -> None:
    with prefix_proxy(place.strict.url, "/outer") as url:
        check(url, auth=_LOGIN)


def test_mounted_proxy(place: Place, check: Any) -> None:
    with prefix_proxy(place.mounted.url, "/company") as url:
        check(f"{url}/sub/app")
