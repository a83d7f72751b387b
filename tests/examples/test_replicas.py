"""The examples beside the apps that they are made from: descriptions and pipeline."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import gradio_codegen
import pytest
from gradio_runtime import InputError

from generated_examples.en2fr_api import En2frClient
from generated_examples.pipeline import translate_recording
from generated_examples.whisper_api import WhisperClient
from tests.support.audio import write_audio
from tests.support.examples import FOLDER, SPACES
from tests.support.hub import Hub, Space
from tests.support.servers import several

pytestmark = pytest.mark.slow

TRANSLATED = "Ceci est un test of the whisper speech recognition model. (0.50 s)"


@pytest.fixture(scope="module")
def replicas() -> Iterator[dict[str, str]]:
    """The addresses of all five apps."""
    with several({name: f"replicas/{name}" for name in SPACES}) as urls:
        yield urls


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return write_audio(tmp_path / "recording.wav")


@pytest.mark.parametrize("name", sorted(SPACES))
def test_a_description_is_what_its_app_says(
    replicas: dict[str, str], name: str
) -> None:
    saved = gradio_codegen.read(str(FOLDER / f"{name}.json"))
    assert saved.source == SPACES[name]
    live = gradio_codegen.read(replicas[name])
    assert replace(live, source=saved.source) == saved, "run make examples"


def test_the_pipeline_on_clients(replicas: dict[str, str], recording: Path) -> None:
    with (
        WhisperClient(replicas["whisper"]) as whisper,
        En2frClient(replicas["en2fr"]) as en2fr,
    ):
        assert translate_recording(recording, whisper, en2fr) == TRANSLATED
        assert translate_recording(recording.read_bytes(), whisper, en2fr) == TRANSLATED
        with pytest.raises(InputError, match="audio"):
            translate_recording(7, whisper, en2fr)  # type: ignore[arg-type]


@pytest.mark.parametrize("by", ["Space", "URL"])
def test_the_pipeline_as_a_command(
    replicas: dict[str, str], recording: Path, by: str
) -> None:
    whisper, en2fr = replicas["whisper"], replicas["en2fr"]
    spaces = {SPACES["whisper"]: Space(whisper), SPACES["en2fr"]: Space(en2fr)}
    options = ["--whisper", whisper, "--en2fr", en2fr] if by == "URL" else []
    with Hub(spaces) as hub:
        done = subprocess.run(
            [sys.executable, "-m", "generated_examples.pipeline", recording, *options],
            cwd=FOLDER.parent,
            env=os.environ
            | {
                "HF_ENDPOINT": hub.url,
                "HF_HOME": str(recording.parent / "hf"),
                "HF_HUB_OFFLINE": "0",
            },
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == TRANSLATED
    assert bool(hub.tokens) == (by == "Space")
