"""An agent with two endpoints as its tools: it hears a recording and translates it.

python -m generated_examples.agent openai:gpt-5 "What does recording.wav say, in French?"

Needs `pip install pydantic-ai-slim` and a model; any of pydantic-ai will do.
"""

from __future__ import annotations

import argparse

from pydantic_ai import Agent, Tool

from . import en2fr_api, whisper_api

__all__ = ["main", "make_agent"]


def make_agent(
    whisper: whisper_api.WhisperClient | None = None,
    en2fr: en2fr_api.En2frClient | None = None,
) -> Agent[None, str]:
    """Return an agent that writes down recordings and translates texts.

    Args:
        whisper: Where recordings are written down; the Space itself if None.
        en2fr: Where texts are translated; the Space itself if None.
    """
    transcribe = whisper_api.predict if whisper is None else whisper.predict
    translate = en2fr_api.predict if en2fr is None else en2fr.predict
    # Both endpoints are called `predict`; a model has to tell them apart.
    return Agent(
        tools=[
            Tool(transcribe.aio, name="transcribe"),
            Tool(translate.aio, name="translate"),
        ]
    )


def main() -> None:
    """Ask the agent what the command line says."""
    parser = argparse.ArgumentParser(description="Ask an agent about a recording.")
    parser.add_argument("model", help="a model of pydantic-ai, such as openai:gpt-5")
    parser.add_argument("question")
    options = parser.parse_args()
    print(make_agent().run_sync(options.question, model=options.model).output)  # noqa: T201


if __name__ == "__main__":
    main()
