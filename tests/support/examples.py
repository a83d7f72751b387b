"""Write generated_examples/ again: `make examples`.

The examples are the five apps of Gradio's Python client guide. Stand-ins for them
(tests/apps/replicas) run on a real Gradio server; each one's description is saved
under the name of its Space, and the module is generated from that.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import gradio_codegen
from gradio_codegen.descriptions.spec import dumps

from tests.support.servers import GradioServer

FOLDER = Path(__file__).parents[2] / "generated_examples"
SPACES = {
    "whisper": "abidlabs/whisper",
    "en2fr": "abidlabs/en2fr",
    "calculator": "gradio/calculator",
    "count_generator": "gradio/count_generator",
    "test_yield": "abidlabs/test-yield",
}


def main() -> None:
    for name, space in SPACES.items():
        with GradioServer(f"replicas/{name}") as server:
            spec = gradio_codegen.read(server.url)
        description = FOLDER / f"{name}.json"
        description.write_text(dumps(replace(spec, source=space)), "utf-8")
        gradio_codegen.generate(str(description)).write(FOLDER / f"{name}_api.py")
        print(f"{space} -> generated_examples/{name}_api.py")


if __name__ == "__main__":
    main()
