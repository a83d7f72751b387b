"""What an import loads: production code pays for it at every start."""

from __future__ import annotations

import subprocess
import sys

NEVER_LOADED = {
    "gradio_codegen",
    "jinja2",
    "black",
    "typer",
    "huggingface_hub",
}


def loaded_by(statement: str) -> set[str]:
    """The top-level names of what a fresh interpreter has loaded after it."""
    code = (
        f"import sys; {statement}; print(*{{n.partition('.')[0] for n in sys.modules}})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_the_runtime_loads_nothing_that_only_the_generator_needs() -> None:
    loaded = loaded_by("import gradio_runtime")
    assert "gradio_runtime" in loaded
    assert not loaded & NEVER_LOADED
