"""A recording that is streamed while it is made, on Gradio 5 and 6.

Gradio encodes each part with ffmpeg, which the machines of the tests have not: here the
parts are what the function yields. The routes that serve them are Gradio's own.
Environment: PORT.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any
from unittest import mock

import gradio as gr


async def stream_output(
    _audio: gr.Audio, value: Any, output_id: str, first_chunk: bool
) -> tuple[Any, Any]:
    """A part of the recording as it is, for `Audio.stream_output`."""
    described = {
        "path": output_id,
        "is_stream": True,
        "orig_name": "audio-stream.mp3",
        "meta": {"_type": "gradio.FileData"},
    }
    part = {"data": value, "duration": 1.0, "extension": ".aac"}
    return (None if value is None else part), described


def recite(n: float) -> Iterator[bytes]:
    for index in range(int(n)):
        yield bytes([65 + index]) * 100_000


def silence(n: float) -> Iterator[None]:
    for _ in range(int(n)):
        yield None


with gr.Blocks() as demo:
    number = gr.Number(label="N")
    recording = gr.Audio(label="Recording", streaming=True)
    number.submit(recite, number, recording, api_name="recite")
    number.submit(silence, number, recording, api_name="silence")

if __name__ == "__main__":
    with mock.patch.object(gr.Audio, "stream_output", stream_output):
        demo.launch(
            server_name="127.0.0.1",
            server_port=int(os.environ["PORT"]),
            quiet=True,
            ssr_mode=False,
        )
