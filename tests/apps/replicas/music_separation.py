"""A stand-in for the Space abidlabs/music-separation: halves in place of a model."""

import os
import tempfile
import wave

import gradio as gr


def predict(audio: str) -> tuple[str, str]:
    """Separate the voices from the rest."""
    with wave.open(audio) as song:
        settings, frames = song.getparams(), song.readframes(song.getnframes())
    middle = len(frames) // 2
    names: list[str] = []
    for part in (frames[:middle], frames[middle:]):
        handle, name = tempfile.mkstemp(suffix=".wav")
        os.close(handle)
        with wave.open(name, "wb") as track:
            track.setparams(settings)
            track.writeframes(part)
        names.append(name)
    return names[0], names[1]


demo = gr.Interface(
    predict,
    gr.Audio(type="filepath", label="audio"),
    [gr.Audio(label="vocals"), gr.Audio(label="accompaniment")],
    api_name="predict",
)

if __name__ == "__main__":
    demo.launch(server_name="127.0.0.1", server_port=int(os.environ["PORT"]))
