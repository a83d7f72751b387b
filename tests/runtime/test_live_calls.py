"""Calls on real servers: values, errors, State, files, options."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from gradio_runtime import (
    AppError,
    AuthenticationError,
    Client,
    ConnectError,
    File,
    InputError,
    JobTimeout,
    OutputMismatch,
    QueueFull,
    SchemaDrift,
    ServerValidationError,
    Status,
    connect,
)
from gradio_runtime.types import ChatText

from tests.runtime.wire_api import ManyOutputs, WireClient
from tests.support.misbehaving import until
from tests.support.servers import GradioServer

pytestmark = pytest.mark.slow


def test_a_call_sync_async_and_as_a_job(client: WireClient) -> None:
    assert client.calculator(1, "add", 2) == 3
    assert client.calculator(a=3, operation="multiply") == 6
    assert client.calculator.submit(7, "subtract", 2).result() == 5

    async def together() -> list[float]:
        return await asyncio.gather(
            *(client.calculator.aio(n, "add", 1) for n in range(20))
        )

    assert asyncio.run(together()) == list(range(1, 21))
    assert asyncio.run(together()) == list(range(1, 21))


def test_ints_stay_ints(client: WireClient) -> None:
    result = client.calculator(1, "add", 2)
    assert type(result) is int
    assert client.predict(3, api_name="/count_to") == [0, 1, 2]


def test_no_output_and_several(client: WireClient) -> None:
    assert client.neither() is None
    outputs = client.many_outputs("abc")
    assert isinstance(outputs, ManyOutputs)
    assert outputs.astuple() == (outputs.out, 3, True)


def test_a_wrong_value_is_not_sent(client: WireClient) -> None:
    with pytest.raises(InputError) as caught:
        client.calculator("x", "add")  # type: ignore[arg-type]
    assert "a" in str(caught.value.fields)
    assert caught.value.endpoint == "/calculator"
    with pytest.raises(InputError, match="operation"):
        client.calculator(1, "power")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="greater than or equal to -1000"):
        client.calculator(-1001, "add")


def test_a_call_can_be_looked_at_without_sending_it() -> None:
    from tests.runtime import wire_api

    call = wire_api.calculator.call(1, "add")
    assert call.data == (1, "add", 2)
    assert "operation='add'" in repr(call)


def test_app_errors(client: WireClient, gradio: GradioServer) -> None:
    with pytest.raises(AppError, match="boo") as caught:
        client.fail("boo")
    assert caught.value.message == "boo"
    assert (caught.value.title, caught.value.duration) == ("Our title", 3)
    assert (caught.value.endpoint, caught.value.src) == ("/fail", gradio.url)
    with pytest.raises(AppError, match="hides"):
        client.crash("secret")
    with pytest.raises(AppError, match="divide"):
        client.calculator(1, "divide", 0)


def test_a_changed_app_is_noticed_before_anything_is_sent(client: WireClient) -> None:
    with pytest.raises(SchemaDrift, match=r"operation.*gradio-codegen") as caught:
        client.drifted(1, "add")
    assert caught.value.parameter == "parameter 'operation'"
    with pytest.raises(SchemaDrift, match="no endpoint /missing any more"):
        client.missing("x")


def test_an_output_of_another_type(client: WireClient) -> None:
    with pytest.raises(OutputMismatch) as caught:
        client.echo_as_number("text")
    assert caught.value.raw == "text"
    assert caught.value.endpoint == "/echo"
    lenient = client.echo_as_number.with_options(strict_outputs=False)
    assert lenient("text") == "text"  # type: ignore[comparison-overlap]
    with pytest.raises(OutputMismatch):
        client.none_output("x")


def test_state_belongs_to_the_client(client: WireClient, gradio: GradioServer) -> None:
    assert [client.counter(2), client.counter(3)] == [2, 5]
    assert list(client.counting.stream(2)) == [6, 7]
    with WireClient(gradio.url) as other:
        assert other.counter(1) == 1
    client.reset_session()
    assert client.counter(1) == 1


def test_headers_reach_the_function(gradio: GradioServer) -> None:
    with WireClient(gradio.url, headers={"x-mine": "1"}, token="hf_secret") as client:
        seen: Any = client.request_info.with_options(headers={"x-call": "2"})("t")
        headers = seen["headers"]
        assert headers["x-mine"] == "1"
        assert headers["x-call"] == "2"
        assert headers["x-gradio-user"] == "api"
        assert headers["x-hf-authorization"] == "Bearer hf_secret"
        assert "hf_secret" not in repr(client)


def test_the_query_of_the_address_reaches_the_function(gradio: GradioServer) -> None:
    with WireClient(f"{gradio.url}/?user=bob&team=%C3%A4") as client:
        seen: Any = client.request_info("t")
        assert (seen["query"]["user"], seen["query"]["team"]) == ("bob", "ä")
        sent = client.file(b"x")  # uploads and downloads work with it, too
        assert sent.read_bytes() == b"x"


def test_chat_is_the_same_on_every_version(client: WireClient) -> None:
    *_, last = client.chat.stream("hi")
    assert [message.role for message in last] == ["user", "assistant"]
    assert [message.text for message in last] == ["hi", "Hello world"]
    assert last[1].content == [ChatText(text="Hello world")]


def test_a_call_that_takes_too_long_is_cancelled(client: WireClient, key: str) -> None:
    slow = client.slow_stream.with_options(timeout=0.5)
    with pytest.raises(JobTimeout, match=r"0\.5 s"):
        slow(key, 100, 0.1)
    assert client.slow_stream(key + "after", 1, 0) == "step 0"
    assert len(client.marks(key)) < 100


def test_result_callbacks(client: WireClient) -> None:
    seen: list[float] = []
    bad = client.calculator.with_options(
        result_callbacks=[seen.append, lambda _: 1 / 0, seen.append]
    )
    assert bad(1, "add", 1) == 2
    done = client.calculator.submit(2, "add", 2)
    ended: list[float] = []
    done.add_done_callback(lambda job: ended.append(job.result()))
    done.result()
    # A callback may itself call endpoints: it is on a thread of its own.
    nested: list[str] = []
    job = client.echo.submit("a")
    job.add_done_callback(lambda job: nested.append(client.echo(job.result() + "b")))
    finished = client.echo.with_options(result_callbacks=[nested.append])
    finished("c")
    until(lambda: sorted(nested) == ["ab", "c"] and seen == [2, 2] and ended == [4])


# ---- files


def test_files_go_up_and_come_down(client: WireClient, tmp_path: Path) -> None:
    source = tmp_path / "a b é#%.txt"
    source.write_text("hello file")
    result = client.file(source)
    assert isinstance(result, File)
    assert result.path is not None
    assert result.path != source
    assert Path(result).read_text() == "hello file"
    assert result.size == 10
    assert result.mime_type == "text/plain"
    assert (tmp_path / "downloads") in result.path.parents
    assert not list((tmp_path / "downloads").rglob("*.part"))
    # A result goes back as it is, without another upload.
    assert client.file(result).read_bytes() == b"hello file"


def test_bytes_streams_and_several_files(client: WireClient, tmp_path: Path) -> None:
    path = tmp_path / "x.bin"
    path.write_bytes(b"12345")
    with path.open("rb") as stream:
        assert client.file_sizes(b"123", [path, str(path), b"", stream]) == {
            "one": 3,
            "several": [5, 5, 0, 5],
        }
    outputs = client.two_files("t")
    assert all(
        file.path and file.path.exists() for file in [outputs.first, *outputs.others]
    )
    assert client.video(path).read_bytes() == b"12345"


def test_a_missing_file_is_named(client: WireClient) -> None:
    with pytest.raises(InputError, match=r"/no/such/file\.txt.*No such file"):
        client.file("/no/such/file.txt")


def test_files_can_stay_remote(gradio: GradioServer, tmp_path: Path) -> None:
    with WireClient(gradio.url, download_files=False) as client:
        result = client.file(b"later")
        assert result.path is None
        assert result.url
        assert result.save(tmp_path / "kept").read_bytes() == b"later"


def test_files_between_two_apps(
    gradio5: GradioServer, gradio6: GradioServer, tmp_path: Path
) -> None:
    with (
        WireClient(gradio5.url) as five,
        WireClient(gradio6.url, download_files=False) as six,
    ):
        remote = six.file(b"over")
        assert five.file(remote).read_bytes() == b"over"
        assert six.file(five.file(b"back")).read_bytes() == b"back"


def test_untyped_files_can_stay_remote_too(client: WireClient) -> None:
    """As the official client has them; they can be handed on, also after JSON."""
    src, name = client.src, "/file"
    with Client(src, download_files=False) as later, Client(src) as now:
        remote: Any = later.predict(b"later", api_name=name)
        assert remote["path"] == remote["url"]
        assert remote["url"].startswith(src)
        for given in (remote, json.loads(json.dumps(remote))):
            assert Path(now.predict(given, api_name=name)).read_bytes() == b"later"


def test_a_stream_of_files(client: WireClient) -> None:
    files = list(client.file_stream.stream(3))
    assert len({file.path for file in files}) == 3
    assert all(file.path and file.path.exists() for file in files)


# ---- connecting


def test_login(start_server: Any) -> None:
    server: GradioServer = start_server("wire", 6, {"AUTH": "ada:pass word"})
    with WireClient(server.url, auth=("ada", "pass word")) as client:
        assert client.calculator(1, "add", 1) == 2
        assert client.file(b"private").read_bytes() == b"private"
    with WireClient(server.url) as client, pytest.raises(AuthenticationError):
        client.calculator(1, "add", 1)
    with WireClient(server.url, auth=("ada", "no")) as client:
        with pytest.raises(AuthenticationError, match="ada") as caught:
            client.calculator(1, "add", 1)
        assert "no" not in caught.value.message.split()


def test_a_file_that_is_too_large(start_server: Any) -> None:
    server: GradioServer = start_server("wire", 6, {"MAX_FILE_SIZE": "2kb"})
    with WireClient(server.url) as client:
        assert client.file(b"x" * 100).size == 100
        with pytest.raises(InputError, match="at most"):
            client.file(b"x" * 3000)


def test_a_root_path_that_does_not_resolve(start_server: Any) -> None:
    server: GradioServer = start_server("wire", 6, {"ROOT_PATH": "/sub/path"})
    with WireClient(server.url) as client:
        assert client.file(b"rooted").read_bytes() == b"rooted"


@pytest.mark.parametrize(
    ("src", "match"),
    [
        ("http://127.0.0.1:9", "cannot reach"),
        ("not a source", "neither a URL nor a Space id"),
        ("http://", "not a valid URL"),
    ],
)
def test_what_cannot_be_connected_to(src: str, match: str) -> None:
    with pytest.raises(ConnectError, match=match):
        connect(src)
    with pytest.raises(ConnectError, match=match):
        Client(src).predict(api_name="/x")


# ---- untyped


def test_untyped_calls(gradio: GradioServer, tmp_path: Path) -> None:
    client = connect(gradio.url)
    assert client.predict(1, "add", 2, api_name="/calculator") == 3
    assert client.predict(a=1, api_name="/calculator") == 3
    assert client.predict("abc", api_name="/many_outputs")[1:] == (3, True)
    assert client.predict(api_name="/neither") == ()
    path = client.predict(b"data", api_name="/file")
    assert isinstance(path, str)
    assert Path(path).read_bytes() == b"data"
    seen: list[Any] = []
    client.submit(
        "abc",
        api_name="/many_outputs",
        result_callbacks=lambda *args: seen.append(args),
    ).result()
    until(lambda: bool(seen))
    assert seen[0][1:] == (3, True)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"api_name": "/calculatr"}, "Did you mean /calculator"),
        ({"api_name": "calculator"}, "Did you mean '/calculator'"),
        ({"api_name": "/calculator", "aa": 1}, "Did you mean 'a'"),
        ({"api_name": "/calculator"}, "No value provided for required argument: a"),
        ({}, "several endpoints"),
    ]
    for bad, match in wrong:
        with pytest.raises(InputError, match=match):
            client.predict(**bad)
    client.close()


def test_view_api(client: WireClient, capsys: pytest.CaptureFixture[str]) -> None:
    client.view_api()
    assert (
        'predict(a, operation, b, api_name="/calculator") -> Result'
        in capsys.readouterr().out
    )
    described: Any = client.view_api(return_format="dict")
    assert "/calculator" in described["named_endpoints"]


# ---- what a server refuses


def test_a_full_queue(start_server: Any) -> None:
    server: GradioServer = start_server("wire", 6, {"MAX_QUEUE": "1"})
    with WireClient(server.url) as client:
        running = client.sleep.submit("full", 1.0)
        until(lambda: running.status().code >= Status.PROCESSING)
        waiting = client.sleep.submit("full", 0.0)
        until(lambda: waiting.status().code >= Status.IN_QUEUE)
        refused = client.sleep.with_options(retries=0).submit("full", 0.0)
        with pytest.raises(QueueFull, match="Queue is full"):
            refused.result(timeout=10)
        codes = [update.code for update in refused.updates()]
        assert Status.QUEUE_FULL in codes
        assert [running.result(), waiting.result()] == ["slept 1", "slept 0"]


def test_a_validator_names_the_parameter(gradio: GradioServer) -> None:
    client = Client(gradio.url)
    with pytest.raises(ServerValidationError, match="age") as caught:
        client.predict("Ann", 3, api_name="/validated")
    assert list(caught.value.fields) == ["age"]
    assert client.predict("Ann", 30, api_name="/validated")


def test_an_app_that_shows_its_errors(start_server: Any) -> None:
    server: GradioServer = start_server("wire", 6, {"SHOW_ERROR": "1"})
    with WireClient(server.url) as client, pytest.raises(AppError, match="shown"):
        client.crash("shown")
