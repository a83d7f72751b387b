"""generated_examples/: up to date, and right about apps like those they are made for."""

from __future__ import annotations

from pathlib import Path

import gradio_codegen
import pytest
from gradio_runtime import AppError, InputError, JobCancelled

from generated_examples import (
    calculator_api,
    count_generator_api,
    en2fr_api,
    test_yield_api,
    whisper_api,
)
from tests.conftest import StartServer
from tests.support.audio import write_audio
from tests.support.examples import FOLDER, SPACES


@pytest.mark.parametrize("name", sorted(SPACES))
def test_an_example_is_what_its_description_gives(name: str) -> None:
    module = gradio_codegen.generate(str(FOLDER / f"{name}.json"))
    written = (FOLDER / f"{name}_api.py").read_text("utf-8")
    assert written == module.code, "run make examples"


def test_whisper_takes_a_recording(start_server: StartServer, tmp_path: Path) -> None:
    path = write_audio(tmp_path / "recording.wav")
    with whisper_api.WhisperClient(start_server("replicas/whisper").url) as client:
        heard = client.predict(path)
        assert heard.endswith("(0.50 s)")
        assert client.predict(path.read_bytes()) == heard


def test_en2fr_translates(start_server: StartServer) -> None:
    with en2fr_api.En2frClient(start_server("replicas/en2fr").url) as client:
        assert client.predict("Hello") == "Bonjour"


def test_the_calculator_calculates(start_server: StartServer) -> None:
    server = start_server("replicas/calculator")
    with calculator_api.CalculatorClient(server.url) as client:
        assert client.predict(6, "multiply", 7) == 42
        assert client.predict.submit(1, "divide", num2=4).result() == 0.25
        with pytest.raises(AppError, match="Cannot divide by zero!"):
            client.predict(1, "divide", 0)
        with pytest.raises(InputError, match="operation"):
            client.predict(1, "modulo", 2)  # type: ignore[arg-type]


def test_the_count_comes_number_by_number(start_server: StartServer) -> None:
    server = start_server("replicas/count_generator", env={"DELAY": "0.01"})
    with count_generator_api.CountGeneratorClient(server.url) as client:
        assert list(client.count.stream(3)) == ["0", "1", "2"]
        assert client.count.submit(4).result() == "3"
        assert client.show(3) == "[0, 1, 2]"


def test_a_text_comes_letter_by_letter_until_cancelled(
    start_server: StartServer,
) -> None:
    server = start_server("replicas/test_yield", env={"DELAY": "0.2"})
    with test_yield_api.TestYieldClient(server.url) as client:
        job = client.predict.submit("abcdefghijklmnopqrstuvwxyz")
        assert job.first() == "a"
        assert job.cancel()
        with pytest.raises(JobCancelled):
            job.result()
        assert list(client.predict.stream("abc")) == ["a", "ab", "abc"]
