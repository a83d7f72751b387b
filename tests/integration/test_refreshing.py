"""An app that changes its choices and bounds while it runs, on a real server."""

from __future__ import annotations

from pathlib import Path

import pytest
from gradio_codegen import generate
from gradio_runtime import GradioError, InputError

from tests.codegen.support import load
from tests.conftest import StartServer


@pytest.mark.parametrize("version", [5, 6])
def test_the_app_decides_what_it_takes(
    start_server: StartServer, version: int, tmp_path: Path
) -> None:
    module = generate(start_server("refreshing", version).url)
    code = " ".join(module.code.split())
    assert "def speak( model: SpeakModel | str = " in code  # a refresh button sets it
    assert "voice: Voice = " in code
    assert "text: str, image: FileInput | None = None, file: FileInput | None" in code
    api = load(module.code, tmp_path, f"refreshing_{version}_api")
    assert api.describe("hello") == "hello True True"
    assert api.speak("small", "en", "en 2", 5, "low") == "small en en 2 5 low"
    for beyond in ({"model": "new"}, {"voice": "fr 1"}, {"speed": 50}):
        with pytest.raises(GradioError) as refused:  # the app has not offered it yet
            api.speak(**beyond)
        assert not isinstance(refused.value, InputError)
    api.models()
    api.voices("fr")
    said = api.speak("new", "fr", "fr 1", 50, "low")
    assert said == "new fr fr 1 50 low"
    with pytest.raises(InputError, match="tone"):
        api.speak(tone="loud")
    with pytest.raises(GradioError) as sent:
        api.speak.with_options(strict_inputs=False)(tone="loud")
    assert not isinstance(sent.value, InputError)
