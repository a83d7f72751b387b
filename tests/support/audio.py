"""A recording for tests: silence, in a WAV file."""

from __future__ import annotations

import wave
from pathlib import Path

__all__ = ["write_audio"]


def write_audio(path: Path, seconds: float = 0.5) -> Path:
    """Write silence."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(2 * round(8000 * seconds)))
    return path
