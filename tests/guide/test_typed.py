"""The guide with generated modules: the cases of `test_untyped.py`, typed."""

from __future__ import annotations

import time
from pathlib import Path
from types import ModuleType
from typing import get_type_hints

import gradio_codegen
import pytest
from fastapi import FastAPI, UploadFile
from fastapi.testclient import TestClient
from gradio_runtime import AuthenticationError, InputError, SpaceError, Status

from generated_examples import (
    calculator_api,
    count_generator_api,
    en2fr_api,
    whisper_api,
)
from generated_examples import test_yield_api as yield_api
from tests.runtime.wire_api import WireClient
from tests.support.generate import generated
from tests.support.hub import Hub
from tests.support.misbehaving import until

from . import test_untyped
from .conftest import OWNER, PRIVATE, TOKEN, WRITER, times_copied
from .test_untyped import HEARD

pytestmark = pytest.mark.slow

MODULES = (calculator_api, count_generator_api, en2fr_api, whisper_api, yield_api)


@pytest.fixture(autouse=True)
def new_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """The modules' own clients are of this test; other servers are behind the next."""
    for module in MODULES:
        monkeypatch.delitem(vars(module._app), "_default", raising=False)


@pytest.fixture
def separation(hosts: dict[str, str], tmp_path: Path) -> ModuleType:
    """The module that the command makes of `abidlabs/music-separation`."""
    url = hosts["abidlabs/music-separation"]
    options = ("--class-name", "MusicSeparationClient")
    return generated(url, "music_separation_api", tmp_path, *options)


def test_connect_to_a_space() -> None:
    assert en2fr_api.predict("Hello") == "Bonjour"


def test_connect_to_a_private_space() -> None:
    with en2fr_api.En2frClient(PRIVATE, token=TOKEN) as client:
        assert client.predict("Hello") == "Bonjour"
    stranger = en2fr_api.En2frClient(PRIVATE)
    with stranger, pytest.raises(SpaceError, match="token="):
        stranger.predict("Hello")


def test_duplicate_a_space(hub: Hub, audio: str) -> None:
    to_id = "typed-whisper"
    for _ in range(2):  # the second time it is there already
        with whisper_api.WhisperClient.duplicate(to_id=to_id, token=WRITER) as client:
            assert client.src == f"{OWNER}/{to_id}"
            heard: str = client.predict(audio)
        assert heard == HEARD
    assert times_copied(hub, to_id) == 1


def test_duplicate_a_space_on_hardware(hub: Hub) -> None:
    with pytest.warns(UserWarning, match="a10g-small"):
        client = whisper_api.WhisperClient.duplicate(
            to_id="fast-typed", token=WRITER, hardware="a10g-small"
        )
    client.close()
    assert hub.spaces["me/fast-typed"].hardware == "a10g-small"
    assert hub.spaces["me/fast-typed"].sleep_time == 5 * 60


def test_connect_to_a_url(url: str) -> None:
    with en2fr_api.En2frClient(url) as client:
        assert client.predict("Hello") == "Bonjour"


def test_connect_with_a_login(locked: str) -> None:
    with WireClient(locked, auth=("user", "secret")) as client:
        assert client.echo("x") == "x"
    stranger = WireClient(locked, auth=("user", "guess"))
    with stranger, pytest.raises(AuthenticationError):
        stranger.echo("x")


def test_view_the_api(capsys: pytest.CaptureFixture[str]) -> None:
    from gradio_codegen.cli import main

    with pytest.raises(SystemExit, match="0"):
        main(["inspect", "abidlabs/whisper"])
    shown = capsys.readouterr().out
    assert "/predict" in shown
    assert "FileInput" in shown
    spec = gradio_codegen.read("abidlabs/whisper")
    assert list(spec.documented().info.named_endpoints) == ["/predict"]
    hints = get_type_hints(whisper_api.predict.__wrapped__)  # type: ignore[attr-defined]
    assert list(hints) == ["audio", "return"]


def test_predict_with_one_parameter() -> None:
    text: str = en2fr_api.predict("Hello")
    assert text == "Bonjour"


def test_predict_with_several_parameters() -> None:
    number: float = calculator_api.predict(4, "add", 5)
    assert number == 9


def test_predict_with_keywords() -> None:
    assert calculator_api.predict(num1=4, operation="add", num2=5) == 9
    with pytest.raises(InputError, match="operation"):
        calculator_api.predict(4, "power", 5)  # type: ignore[arg-type]


def test_predict_with_defaults() -> None:
    assert count_generator_api.show() == "[0, 1, 2, 3, 4]"


def test_a_file_by_its_path(audio: str) -> None:
    assert whisper_api.predict(audio) == HEARD
    assert whisper_api.predict(Path(audio)) == HEARD


def test_a_file_by_its_url(audio_url: str) -> None:
    assert whisper_api.predict(audio_url) == HEARD


def test_submit() -> None:
    job = en2fr_api.predict.submit("Hello")
    assert job.result() == "Bonjour"


def test_submit_several_at_once() -> None:
    jobs = [calculator_api.predict.submit(n, "add", 1) for n in range(5)]
    assert [job.result() for job in jobs] == [1, 2, 3, 4, 5]


def test_a_callback(capsys: pytest.CaptureFixture[str]) -> None:
    def print_result(x: str) -> None:
        print(f"The translated result is: {x}")

    predict = en2fr_api.predict.with_options(result_callbacks=[print_result])
    predict.submit("Hello").result()
    until(lambda: "The translated result is: Bonjour\n" in capsys.readouterr().out)


def test_several_callbacks() -> None:
    heard: list[tuple[str, str]] = []

    def one(x: str) -> None:
        heard.append(("one", x))

    def two(x: str) -> None:
        heard.append(("two", x))

    predict = en2fr_api.predict.with_options(result_callbacks=[one, two])
    predict.submit("Hello").result()
    until(lambda: heard == [("one", "Bonjour"), ("two", "Bonjour")])


def test_status() -> None:
    jobs = [count_generator_api.count.submit(100) for _ in range(3)]
    # Which of them joins last is not said.
    last = until(lambda: next((s for j in jobs if (s := j.status()).rank == 1), None))
    assert last.code is Status.IN_QUEUE
    assert last.queue_size in {2, 3}
    for job in jobs:
        job.cancel()


def test_done() -> None:
    job = calculator_api.predict.submit(5, "add", 4)
    job.result()
    assert job.done()
    assert job.status().code is Status.FINISHED
    assert job.status().success


def test_cancel_a_job_that_waits_and_one_that_runs(
    slow_whisper: str, audio: str
) -> None:
    with whisper_api.WhisperClient(slow_whisper) as client:
        job1 = client.predict.submit(audio)
        until(lambda: job1.status().code is Status.PROCESSING)
        job2 = client.predict.submit(audio)
        until(lambda: job2.status().code is Status.IN_QUEUE)
        assert job1.cancel() is False
        assert job2.cancel() is True
        assert job1.result() == HEARD


def test_the_outputs_of_a_generator() -> None:
    job = count_generator_api.count.submit(3)
    while not job.done():
        time.sleep(0.1)
    assert job.outputs() == ["0", "1", "2"]


def test_iterate_over_a_generator() -> None:
    assert list(count_generator_api.count.submit(3)) == ["0", "1", "2"]
    assert list(count_generator_api.count.stream(3)) == ["0", "1", "2"]


def test_cancel_a_generator_while_it_runs() -> None:
    job = yield_api.predict.submit("abcdef" * 20)
    job.first()
    assert job.cancel() is True
    assert 1 <= len(job.outputs()) < 120


def test_a_file_that_comes_back(
    separation: ModuleType, audio: str, tmp_path: Path
) -> None:
    folder = tmp_path / "downloads"
    with separation.MusicSeparationClient(download_dir=folder) as client:
        tracks = client.predict(audio)
    for track in (tracks.vocals, tracks.accompaniment):
        assert track.path.is_relative_to(folder)
        assert track.read_bytes()[:4] == b"RIFF"


def test_a_web_app_on_top_of_a_space(separation: ModuleType, audio: str) -> None:
    app = FastAPI()

    @app.post("/acapella")
    async def acapella(song: UploadFile) -> int:
        tracks = await separation.predict.aio(await song.read())
        return len(tracks.vocals.read_bytes())

    song = Path(audio).read_bytes()
    answer = TestClient(app).post("/acapella", files={"song": ("a.wav", song)})
    assert answer.status_code == 200
    assert 0 < answer.json() < len(song)


def test_every_case_is_told_in_both_forms() -> None:
    def cases(module: object) -> set[str]:
        return {name for name in vars(module) if name.startswith("test_")}

    ours = {name for name in globals() if name.startswith("test_")}
    ours -= {"test_untyped", "test_every_case_is_told_in_both_forms"}
    assert ours == cases(test_untyped)
