"""Saved descriptions: the same each time, and with nothing that is nobody's business."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.request import urlopen

import pytest
from gradio_codegen import generate
from gradio_codegen.descriptions.spec import AppSpec, dumps, loads

from tests.conftest import StartServer
from tests.support.servers import GradioServer

from .support import Slot, describe, endpoint, spec_of
from .test_cli import run

#: What a server's own paths, addresses, sessions and secrets look like.
TRACES = (
    "secret-folder",
    "/tmp",
    f"{Path.home()}/",
    "/file=",
    "session",
    "cookie",
    "password",
    "hunter2",
    "hf_",
    "127.0.0.1",
    "localhost",
)


def traces(text: str, *more: str) -> list[str]:
    return [word for word in (*TRACES, *more) if word.lower() in text.lower()]


def saved(url: str, folder: Path, *words: str) -> str:
    target = folder / "app.json"
    done = run("save", url, "-o", str(target), "--force", *words)
    assert done.returncode == 0, done.stderr
    assert "hunter2" not in done.stderr
    return target.read_text("utf-8")


def test_a_hand_written_source_keeps_no_secret_either() -> None:
    document = json.loads(dumps(spec_of(endpoint("f"))))
    document["source"] = "https://user:hunter2@example.org/sub/?token=hf_abc#part"
    spec = loads(json.dumps(document), "app.json")
    assert spec.source == "https://example.org/sub"
    assert not traces(dumps(spec))
    assert not traces(generate(spec).code)


@pytest.mark.parametrize(
    ("default", "words"),
    [
        ("/home/me/model.bin", "a path on the app's server"),
        ("C:\\Users\\me\\x.txt", "a path on the app's server"),
        ("file:///srv/x", "a path on the app's server"),
        ('<img src="/gradio_api/file=/srv/x.png">', "a file"),
        ("/v1/chat", None),
        ("see /home/page", None),
        ("homework", None),
    ],
)
def test_texts_that_are_paths_are_not_kept(default: str, words: str | None) -> None:
    spec = spec_of(endpoint("f", [Slot("textbox", "text", default=default)]))
    (parameter,) = spec.info.named_endpoints["/f"].parameters
    assert parameter.has_default
    assert parameter.live == words
    assert parameter.default == (default if words is None else None)


def test_a_page_that_grows_around_the_api_changes_nothing() -> None:
    config, info = describe(endpoint("f", [Slot("textbox", "text")]))
    before = dumps(AppSpec.from_raw("owner/app", config, info))
    config["components"].insert(0, {"id": 900, "type": "markdown", "props": {}})
    config |= {"css": "body {color: red}", "root": "http://10.0.0.1", "username": "me"}
    config |= {"session_hash": "abc", "app_id": 77, "space_id": "owner/app"}
    config |= {"app_id": 78, "layout": {"id": 5}}
    assert dumps(AppSpec.from_raw("owner/app", config, info)) == before


@pytest.mark.slow
@pytest.mark.parametrize("gradio", [3, 4, 6])
def test_a_real_app_keeps_its_paths_and_addresses(
    start_server: StartServer, tmp_path: Path, gradio: int
) -> None:
    one = start_server("secretive", gradio)
    # What is to be kept out is there indeed.
    assert "secret-folder" in json.dumps(read_raw(one))
    first = saved(one.url, tmp_path)
    bare = first.replace(f'"source": "{one.url}"', "")
    port = one.url.rpartition(":")[2]
    assert not traces(bare, port)
    assert '"a file: picture.png"' in bare
    assert '"a file: note.txt"' in bare
    assert '"a file: note.txt, picture.png"' in bare
    assert not re.search(r"tmp[a-z0-9_]{8}", bare)
    assert '"/v1/chat"' in bare
    code = generate(one.url).code
    assert not traces(code.replace(one.url, ""), port)
    # Read again, and read from the app after a restart.
    assert saved(one.url, tmp_path) == first
    two = start_server("secretive", gradio)
    assert two.url != one.url
    assert saved(two.url, tmp_path).replace(two.url, one.url) == first


def read_raw(server: GradioServer) -> object:
    with urlopen(f"{server.url}/config", timeout=60) as response:
        return json.load(response)


@pytest.mark.slow
def test_who_reads_an_app_leaves_no_trace_in_what_is_saved(
    start_server: StartServer, tmp_path: Path
) -> None:
    server = start_server("secretive", 6, env={"AUTH": "me:hunter2"})
    host = server.url.removeprefix("http://")
    words = ["--auth", "me:hunter2", "--header", "Cookie: a=hunter2"]
    words += ["--token", "hf_hunter2"]
    plain = saved(server.url, tmp_path, *words)
    assert not traces(plain.replace(server.url, ""))
    rich = f"http://me:hunter2@{host}/?token=hunter2&__theme=dark"
    assert saved(rich, tmp_path, *words) == plain
    wrong = run("save", rich, "-o", "-", "--auth", "me:wrong")
    assert wrong.returncode == 3
    assert "hunter2" not in wrong.stderr
