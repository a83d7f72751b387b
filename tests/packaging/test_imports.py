"""What an import loads: production code pays for it at every start."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# What only the generator needs, and what only a call needs.
NEVER_LOADED = {
    *("gradio_codegen", "jinja2", "black", "typer", "huggingface_hub"),
    *("httpx2", "asyncio", "ssl"),
    # What pydantic loads to look for its plugins once a model is built.
    *("email", "zipfile"),
    # What `OnBatch` works with.
    *("pandas", "pyarrow", "numpy", "ray", "dask", "datasets", "pyspark"),
}


def loaded_by(statement: str) -> set[str]:
    """The top-level names of what a fresh interpreter has loaded after it."""
    code = (
        f"import sys; {statement}; print(*{{n.partition('.')[0] for n in sys.modules}})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "module",
    ["gradio_runtime", "gradio_runtime.batch", "generated_examples.whisper_api"],
)
def test_an_import_loads_only_what_it_must(module: str) -> None:
    loaded = loaded_by(f"import {module}")
    assert "gradio_runtime" in loaded
    assert not loaded & NEVER_LOADED


@pytest.mark.parametrize(
    "package", ["gradio_codegen", "gradio_runtime", "gradio_runtime.batch"]
)
def test_each_public_name_is_there(package: str) -> None:
    module = importlib.import_module(package)
    for name in module.__all__:
        assert getattr(module, name) is not None, name
