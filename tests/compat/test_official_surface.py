"""What scripts written for the official client rely on, behaviour by behaviour.

Each is something that its own test-suite checks, on an app and in words of ours. Where
we differ on purpose, the test says so: docs/migrating.md is for people who move over.
"""

from __future__ import annotations

import concurrent.futures
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from gradio_runtime import Client as OwnClient
from gradio_runtime import InputError

from tests.compat.adapter import (
    AppError,
    AuthenticationError,
    Client,
    ProgressUnit,
    QueueError,
    Status,
    StatusUpdate,
    handle_file,
)
from tests.support.misbehaving import until
from tests.support.servers import GradioServer

pytestmark = pytest.mark.slow

LOGIN = ("ada", "secret")


@pytest.fixture(scope="module", params=[5, 6])
def server(request: pytest.FixtureRequest) -> Iterator[GradioServer]:
    with GradioServer("moved", request.param) as server:
        yield server


@pytest.fixture(scope="module")
def strict() -> Iterator[GradioServer]:
    """With a login, a queue of one, and a bound on files."""
    env = {"AUTH": "ada:secret", "MAX_QUEUE": "1", "MAX_FILE_SIZE": "2kb"}
    with GradioServer("moved", 6, env) as server:
        yield server


@pytest.fixture
def client(server: GradioServer, tmp_path: Path) -> Iterator[OwnClient]:
    with Client(server.url, download_files=tmp_path / "downloads") as client:
        yield client


def api(client: OwnClient) -> dict[str, Any]:
    described: Any = client.view_api(return_format="dict")
    return dict(described)


# ---- making a client


def test_arguments_of_scripts_are_taken(server: GradioServer) -> None:
    client = OwnClient(
        server.url,
        None,
        max_workers=3,
        verbose=False,
        httpx_kwargs={"timeout": 30},
        headers={"x-own": "1"},
        download_files=False,
        ssl_verify=False,
        analytics_enabled=False,
    )
    assert client.predict(2, 3, api_name="/price") == "6 -"
    client.close()
    OwnClient(server.url, hf_token="hf_x")  # its name before 2.0
    with pytest.raises(ValueError, match="one thing"):
        OwnClient(server.url, "hf_a", hf_token="hf_b")


def test_a_login_is_asked_for_when_the_client_is_made(strict: GradioServer) -> None:
    with pytest.raises(AuthenticationError):
        Client(strict.url)
    with pytest.raises(AuthenticationError):
        Client(strict.url, auth=("ada", "wrong"))
    with Client(strict.url, auth=LOGIN) as client:
        assert client.predict(2, 3, api_name="/price") == "6 -"


# ---- which endpoint


def test_an_endpoint_by_name_or_number(client: OwnClient) -> None:
    assert client.predict(2, 3, fn_index=0) == "6 -"
    # A name says more than a number.
    assert client.predict(2, 3, api_name="/price", fn_index=1) == "6 -"
    with pytest.raises(ValueError, match="`api_name` or `fn_index`"):
        client.predict(2, 3)
    with pytest.raises(ValueError, match="slash"):
        client.predict(2, 3, api_name="price")
    with pytest.raises(ValueError, match="no endpoint"):
        client.submit(api_name="/nowhere")


def test_private_endpoints_are_nobodys(client: OwnClient) -> None:
    named = api(client)["named_endpoints"]
    assert "/visit_1" not in named
    with pytest.raises(ValueError, match="private"):
        client.submit(fn_index=3)
    assert client.predict(api_name="/visit") == 1


# ---- arguments


def test_arguments_by_name_and_defaults(client: OwnClient) -> None:
    assert client.predict(amount=3, rate=2, note="n", api_name="/price") == "6 n"
    assert client.predict(3, note="n", rate=2, api_name="/price") == "6 n"
    assert client.predict(rate=4, api_name="/price") == "40 -"  # of the component


@pytest.mark.parametrize(
    ("args", "kwargs", "match"),
    [
        ((1,), {}, "No value provided for required argument: rate"),
        ((1, 2), {"amount": 3}, "'amount' is given twice"),
        ((1, 2), {"notes": "x"}, "Did you mean 'note'"),
        ((1, 2, "x", 4), {}, "takes 3 values, not 4"),
    ],
)
def test_wrong_arguments_are_type_errors(
    client: OwnClient, args: tuple[Any, ...], kwargs: dict[str, Any], match: str
) -> None:
    with pytest.raises(TypeError, match=match) as caught:
        client.submit(*args, api_name="/price", **kwargs)
    assert isinstance(caught.value, ValueError)


# ---- results


def test_layout_and_state_are_no_outputs(client: OwnClient) -> None:
    assert client.predict(api_name="/show") == ()
    assert client.predict("Ada", api_name="/welcome") == ("Welcome Ada", 1)
    assert client.predict("Bob", api_name="/welcome") == ("Welcome Bob", 2)
    assert client.predict(api_name="/visit") == 3


def test_state_with_and_without_the_queue(client: OwnClient) -> None:
    assert [client.predict(api_name="/visit_now") for _ in range(2)] == [1, 2]
    client.reset_session()
    assert client.predict(api_name="/visit_now") == 1
    assert client.predict(api_name="/visit") == 2
    client.reset_session()
    assert client.predict(api_name="/visit") == 1


def test_outputs_as_they_are(client: OwnClient) -> None:
    assert client.predict(api_name="/partly") == ("“déjà vu”, l'été\n", None)
    assert client.predict(50_000, api_name="/announced") == "a\tb\n" * 50_000


def test_a_history_goes_back_in(client: OwnClient, server: GradioServer) -> None:
    def text(message: dict[str, Any]) -> Any:
        content = message["content"]
        return content if server.major == 5 else content[0]["text"]

    _, history = client.predict("hello", [], api_name="/tell")
    _, history = client.predict("again", history, api_name="/tell")
    assert [(message["role"], text(message)) for message in history] == [
        ("user", "hello"),
        ("assistant", "HELLO"),
        ("user", "again"),
        ("assistant", "AGAIN"),
    ]


# ---- files


def test_files_are_paths(client: OwnClient, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(name)
    a, b = tmp_path / "a.txt", tmp_path / "b.txt"
    one, several = client.predict(
        handle_file(a), [handle_file(str(b)), str(a)], api_name="/io"
    )
    assert isinstance(one, str)
    assert one.endswith("a.txt")
    assert [Path(path).read_text() for path in several] == ["b.txt", "a.txt"]
    assert all(tmp_path / "downloads" in Path(p).parents for p in [one, *several])


def test_files_within_other_values(client: OwnClient, tmp_path: Path) -> None:
    path = tmp_path / "five.bin"
    path.write_bytes(b"12345")
    message = {"text": "", "files": [handle_file(path)]}
    assert client.predict(message, api_name="/sizes") == [5]


def test_a_dict_names_no_local_file(client: OwnClient, tmp_path: Path) -> None:
    """It may have come from an app: the one difference to the official client here."""
    path = tmp_path / "five.bin"
    path.write_bytes(b"12345")
    theirs = {"path": str(path), "meta": {"_type": "gradio.FileData"}}
    for values in ([theirs, []], [None, [theirs]]):
        with pytest.raises(InputError, match=r"handle_file\(path\)"):
            client.predict(*values, api_name="/io")
    with pytest.raises(InputError, match=r"handle_file\(path\)"):
        client.predict({"text": "", "files": [theirs]}, api_name="/sizes")


def test_a_file_must_exist_or_be_a_url(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"nowhere\.txt"):
        handle_file(tmp_path / "nowhere.txt")
    assert handle_file("https://example.com/a.png").url == "https://example.com/a.png"


def test_a_file_that_is_too_large(strict: GradioServer, tmp_path: Path) -> None:
    path = tmp_path / "large.bin"
    path.write_bytes(b"x" * 3000)
    with Client(strict.url, auth=LOGIN, download_files=tmp_path) as client:
        with pytest.raises(ValueError, match="exceeds the maximum file size"):
            client.predict(handle_file(path), [], api_name="/io")
        path.write_bytes(b"x")
        assert client.predict(handle_file(path), [], api_name="/io")


# ---- jobs


def test_statuses_that_are_asked_for(client: OwnClient) -> None:
    job = client.submit(3, api_name="/bars")
    seen: list[StatusUpdate[Any]] = []
    while not job.done():
        seen.append(job.status())
        time.sleep(0.02)
    assert [s.time for s in seen] == sorted(s.time for s in seen)
    assert [s.code for s in seen] == sorted(s.code for s in seen)
    units = [unit for s in seen for unit in s.progress_data or []]
    bar = {"length": 3, "unit": "pages", "progress": None, "desc": None}
    assert any(ProgressUnit(index=index, **bar) in units for index in range(4))  # type: ignore[arg-type]
    assert (job.status().code, job.status().success) == (Status.FINISHED, True)


def test_a_status_can_be_made_by_hand() -> None:
    now = datetime.now(UTC)
    update: StatusUpdate[Any] = StatusUpdate(
        code=Status.IN_QUEUE,
        eta=3,
        rank=2,
        success=None,
        queue_size=2,
        time=now,
        progress_data=None,
    )
    assert (update.rank, update.log, update.time) == (2, None, now)
    codes = [Status.FINISHED, Status.STARTING, Status.IN_QUEUE]
    assert sorted(codes) == [Status.STARTING, Status.IN_QUEUE, Status.FINISHED]


def test_outputs_of_a_generator(client: OwnClient) -> None:
    job = client.submit(3, api_name="/count")
    until(job.done)
    assert job.outputs() == ["no 0", "no 1", "no 2"]
    assert list(client.submit(3, fn_index=6)) == ["no 0", "no 1", "no 2"]
    assert client.predict(3, api_name="/count") == "no 2"


def test_waiting_has_an_end(client: OwnClient) -> None:
    job = client.submit(5, api_name="/bars")
    with pytest.raises(concurrent.futures.TimeoutError):
        job.result(timeout=0.05)
    assert job.result() == "read"


def test_a_cancelled_job_and_the_next(client: OwnClient) -> None:
    job = client.submit(100, api_name="/count")
    until(lambda: len(job.outputs()) >= 3)
    job.cancel()
    with pytest.raises(concurrent.futures.CancelledError):
        job.result()
    assert job.status().code == Status.CANCELLED
    assert 3 <= len(job.outputs()) < 100
    after = client.submit(4, api_name="/count")
    assert after.outputs() == []
    assert after.result() == "no 3"
    assert len(after.outputs()) == 4
    assert after.status().code == Status.FINISHED


def test_result_callbacks_get_each_output(client: OwnClient) -> None:
    seen: list[tuple[Any, ...]] = []
    client.submit(
        "Ada",
        api_name="/welcome",
        result_callbacks=[
            lambda text, number: seen.append((text, number)),
            lambda *outputs: seen.append(outputs),
        ],
    ).result()
    until(lambda: seen == [("Welcome Ada", 1)] * 2)


def test_a_full_queue(strict: GradioServer) -> None:
    with Client(strict.url, auth=LOGIN) as client:
        jobs = [client.submit(100, api_name="/bars")]
        until(lambda: jobs[0].status().code >= Status.PROGRESS)
        jobs += [client.submit(100, api_name="/bars") for _ in range(2)]
        failed, _ = concurrent.futures.wait(
            jobs, timeout=20, return_when=concurrent.futures.FIRST_EXCEPTION
        )
        assert len(failed) == 1
        (full,) = [job for job in jobs if job in failed]
        assert isinstance(full.exception(), QueueError)
        # It is not tried again, as a typed endpoint would.
        codes = [update.code for update in full.updates()]
        assert codes.count(Status.QUEUE_FULL) == 1


def test_iterating_a_failed_job_ends_without_a_word(client: OwnClient) -> None:
    """As scripts expect it; a typed endpoint's job raises."""
    job = client.submit("ten", 1, api_name="/price")
    assert list(job) == job.outputs() == []
    with pytest.raises(AppError):
        job.result()


# ---- where we differ on purpose


def test_cancel_is_true_only_when_it_is(client: OwnClient) -> None:
    """Theirs is True always, and a plain function's result is lost."""
    job = client.submit(4, api_name="/bars")
    until(lambda: job.status().code >= Status.PROGRESS)
    assert job.cancel() is False
    assert job.result() == "read"
    assert job.cancel() is False


# ---- view_api


def test_the_description_as_a_dict(client: OwnClient) -> None:
    described = api(client)
    assert described["unnamed_endpoints"] == {}
    price = described["named_endpoints"]["/price"]
    assert set(price) - {"description"} == {"parameters", "returns"}
    assert price["parameters"][0] == {
        "label": "Amount",
        "parameter_name": "amount",
        "parameter_has_default": True,
        "parameter_default": 10,
        "type": {"type": "number"},
        "python_type": {"type": "float", "description": ""},
        "component": "Number",
        "example_input": 3,
    }
    welcome = described["named_endpoints"]["/welcome"]
    assert [p["component"] for p in welcome["parameters"]] == ["Textbox"]
    assert [r["component"] for r in welcome["returns"]] == ["Textbox", "Number"]
    show = described["named_endpoints"]["/show"]
    assert (show["parameters"], show["returns"]) == ([], [])
    io = described["named_endpoints"]["/io"]
    types = [slot["python_type"]["type"] for slot in io["parameters"]]
    assert types == ["filepath", "list[filepath]"]


def test_the_description_as_text(
    client: OwnClient, capsys: pytest.CaptureFixture[str]
) -> None:
    client.view_api()
    printed = capsys.readouterr().out
    text = client.view_api(return_format="str")
    assert text == printed.removesuffix("\n")
    assert capsys.readouterr().out == ""
    assert isinstance(text, str)
    assert text.startswith("Client.predict() Usage Info\n")
    assert "fn_index" not in text
    for line in (
        ' - predict(amount, rate, note, api_name="/price") -> Out',
        "     - [Number] amount: float (not required, defaults to: 10)",
        "     - [Number] rate: float (required)",
        "     - [Textbox] Out: str",
        ' - predict(name, api_name="/welcome") -> (Out, Number)',
        ' - predict(api_name="/show") ->',
        "     - None",
    ):
        assert line in text.splitlines(), line
