"""The guide's code as it stands, but for the import line: the untyped `Client`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, UploadFile
from fastapi.testclient import TestClient
from gradio_runtime import AuthenticationError, Client, SpaceError, handle_file

from tests.support.hub import Hub
from tests.support.misbehaving import until

from .conftest import OWNER, PRIVATE, TOKEN, WRITER, times_copied

pytestmark = pytest.mark.slow

HEARD = "This is a test of the whisper speech recognition model. (0.50 s)"


def test_connect_to_a_space() -> None:
    client = Client("abidlabs/en2fr")
    assert client.predict("Hello", api_name="/predict") == "Bonjour"


def test_connect_to_a_private_space() -> None:
    client = Client(PRIVATE, token=TOKEN)
    assert client.predict("Hello", api_name="/predict") == "Bonjour"
    with pytest.raises(SpaceError, match="token="):
        Client(PRIVATE).predict("Hello", api_name="/predict")


def test_duplicate_a_space(hub: Hub) -> None:
    for _ in range(2):  # the second time it is there already
        client = Client.duplicate("abidlabs/whisper", "my-whisper", token=WRITER)
        assert client.src == f"{OWNER}/my-whisper"
    assert times_copied(hub, "my-whisper") == 1
    assert hub.spaces["me/my-whisper"].private


def test_duplicate_a_space_on_hardware(hub: Hub, audio: str) -> None:
    with pytest.warns(UserWarning, match="a10g-small"):
        client = Client.duplicate(
            "abidlabs/whisper", "fast-whisper", token=WRITER, hardware="a10g-small"
        )
    assert client.predict(handle_file(audio), api_name="/predict") == HEARD
    assert hub.spaces["me/fast-whisper"].hardware == "a10g-small"
    assert hub.spaces["me/fast-whisper"].sleep_time == 5 * 60


def test_connect_to_a_url(url: str) -> None:
    client = Client(url)
    assert client.predict("Hello", api_name="/predict") == "Bonjour"


def test_connect_with_a_login(locked: str) -> None:
    client = Client(locked, auth=("user", "secret"))
    assert client.predict("x", api_name="/echo") == "x"
    with pytest.raises(AuthenticationError):
        Client(locked, auth=("user", "guess")).predict("x", api_name="/echo")


def test_view_the_api(capsys: pytest.CaptureFixture[str]) -> None:
    client = Client("abidlabs/whisper")
    client.view_api()
    shown = capsys.readouterr().out
    assert "Named API endpoints: 1" in shown
    assert 'predict(audio, api_name="/predict") -> output' in shown
    info = client.view_api(return_format="dict")
    assert isinstance(info, dict)
    assert list(info["named_endpoints"]) == ["/predict"]


def test_predict_with_one_parameter() -> None:
    client = Client("abidlabs/en2fr")
    assert client.predict("Hello", api_name="/predict") == "Bonjour"


def test_predict_with_several_parameters() -> None:
    client = Client("gradio/calculator")
    assert client.predict(4, "add", 5, api_name="/predict") == 9


def test_predict_with_keywords() -> None:
    client = Client("gradio/calculator")
    given: dict[str, Any] = {"num1": 4, "operation": "add", "num2": 5}
    assert client.predict(**given, api_name="/predict") == 9


def test_predict_with_defaults() -> None:
    client = Client("gradio/count_generator")
    assert client.predict(api_name="/show") == "[0, 1, 2, 3, 4]"


def test_a_file_by_its_path(audio: str) -> None:
    client = Client("abidlabs/whisper")
    assert client.predict(audio=handle_file(audio)) == HEARD


def test_a_file_by_its_url(audio_url: str) -> None:
    client = Client("abidlabs/whisper")
    assert client.predict(audio=handle_file(audio_url)) == HEARD


def test_submit() -> None:
    client = Client("abidlabs/en2fr")
    job = client.submit("Hello", api_name="/predict")
    assert job.result() == "Bonjour"


def test_submit_several_at_once() -> None:
    client = Client("gradio/calculator")
    jobs = [client.submit(n, "add", 1, api_name="/predict") for n in range(5)]
    assert [job.result() for job in jobs] == [1, 2, 3, 4, 5]


def test_a_callback(capsys: pytest.CaptureFixture[str]) -> None:
    def print_result(x: object) -> None:
        print(f"The translated result is: {x}")

    client = Client("abidlabs/en2fr")
    job = client.submit("Hello", api_name="/predict", result_callbacks=[print_result])
    job.result()
    until(lambda: "The translated result is: Bonjour\n" in capsys.readouterr().out)


def test_several_callbacks() -> None:
    heard: list[object] = []
    client = Client("abidlabs/en2fr")
    both = [lambda x: heard.append(("one", x)), lambda x: heard.append(("two", x))]
    client.submit("Hello", api_name="/predict", result_callbacks=both).result()
    until(lambda: heard == [("one", "Bonjour"), ("two", "Bonjour")])


def test_status() -> None:
    client = Client("gradio/count_generator")
    jobs = [client.submit(100, api_name="/count") for _ in range(3)]
    # Which of them joins last is not said.
    last = until(lambda: next((s for j in jobs if (s := j.status()).rank == 1), None))
    assert last.code.name == "IN_QUEUE"
    assert last.queue_size in {2, 3}
    for job in jobs:
        job.cancel()


def test_done() -> None:
    client = Client("gradio/calculator")
    job = client.submit(5, "add", 4, api_name="/predict")
    job.result()
    assert job.done()
    assert job.status().code.name == "FINISHED"
    assert job.status().success


def test_cancel_a_job_that_waits_and_one_that_runs(
    slow_whisper: str, audio: str
) -> None:
    client = Client(slow_whisper)
    job1 = client.submit(handle_file(audio), api_name="/predict")
    until(lambda: job1.status().code.name == "PROCESSING")
    job2 = client.submit(handle_file(audio), api_name="/predict")
    until(lambda: job2.status().code.name == "IN_QUEUE")
    assert job1.cancel() is False
    assert job2.cancel() is True
    assert job1.result() == HEARD


def test_the_outputs_of_a_generator() -> None:
    client = Client("gradio/count_generator")
    job = client.submit(3, api_name="/count")
    while not job.done():
        time.sleep(0.1)
    assert job.outputs() == ["0", "1", "2"]


def test_iterate_over_a_generator() -> None:
    client = Client("gradio/count_generator")
    job = client.submit(3, api_name="/count")
    assert list(job) == ["0", "1", "2"]


def test_cancel_a_generator_while_it_runs() -> None:
    client = Client("abidlabs/test-yield")
    job = client.submit("abcdef" * 20)
    job.first()
    assert job.cancel() is True
    assert 1 <= len(job.outputs()) < 120


def test_a_file_that_comes_back(audio: str, tmp_path: Path) -> None:
    folder = tmp_path / "downloads"
    client = Client("abidlabs/music-separation", download_files=str(folder))
    vocals, accompaniment = client.predict(handle_file(audio), api_name="/predict")
    for track in (vocals, accompaniment):
        assert Path(track).is_relative_to(folder)
        assert Path(track).read_bytes()[:4] == b"RIFF"


def test_a_web_app_on_top_of_a_space(audio: str) -> None:
    client = Client("abidlabs/music-separation")
    app = FastAPI()

    @app.post("/acapella")
    def acapella(song: UploadFile) -> int:
        copy = Path(audio).with_name("copy.wav")
        copy.write_bytes(song.file.read())
        vocals, _ = client.predict(handle_file(copy), api_name="/predict")
        return len(Path(vocals).read_bytes())

    song = Path(audio).read_bytes()
    answer = TestClient(app).post("/acapella", files={"song": ("a.wav", song)})
    assert answer.status_code == 200
    assert 0 < answer.json() < len(song)
