"""Two Spaces in a row: a recording in, what was said out, in French.

python -m generated_examples.pipeline recording.wav
"""

from __future__ import annotations

import argparse

from gradio_runtime import FileInput

from . import en2fr_api, whisper_api

__all__ = ["main", "translate_recording"]


def translate_recording(
    audio: FileInput,
    whisper: whisper_api.WhisperClient | None = None,
    en2fr: en2fr_api.En2frClient | None = None,
) -> str:
    """Write down what is said in a recording, and translate it.

    Args:
        audio: English speech: a path, a URL, bytes, an open file, or a `File` that
            another app has returned.
        whisper: Where it is written down; the Space itself if None.
        en2fr: Where it is translated; the Space itself if None.

    Returns:
        The text in French.
    """
    transcribe = whisper_api.predict if whisper is None else whisper.predict
    translate = en2fr_api.predict if en2fr is None else en2fr.predict
    return translate(transcribe(audio))


def main() -> None:
    """Translate the recording that the command line names."""
    parser = argparse.ArgumentParser(description="Translate a recording into French.")
    parser.add_argument("audio", help="path or URL of English speech")
    parser.add_argument("--whisper", metavar="URL", help="a copy of abidlabs/whisper")
    parser.add_argument("--en2fr", metavar="URL", help="a copy of abidlabs/en2fr")
    options = parser.parse_args()
    with (
        whisper_api.WhisperClient(options.whisper) as whisper,
        en2fr_api.En2frClient(options.en2fr) as en2fr,
    ):
        print(translate_recording(options.audio, whisper, en2fr))  # noqa: T201


if __name__ == "__main__":
    main()
