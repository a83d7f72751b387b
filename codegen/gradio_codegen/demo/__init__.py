"""`gradio-codegen demo`: a real app, a module generated for it, and calls of it.

The app (`app`) runs as a process of its own (`server`). The tour (`tour`) generates
its module with the same `generate()` as everybody (`module`), uses it in every way
there is, and shows what happens (`show`).
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

from ..errors import UsageError

__all__ = ["run"]


def run(output_dir: Path, *, force: bool = False) -> None:
    """Go on the tour.

    Args:
        output_dir: Where `demo_api.py` goes; made if it is not there.
        force: Overwrite a `demo_api.py` that was not generated.

    Raises:
        gradio_codegen.CodegenError: Gradio is not installed, the app did not start, or
            the module could not be generated.
    """
    if importlib.util.find_spec("gradio") is None:
        raise UsageError("the demo needs Gradio: pip install 'gradio-codegen[demo]'")
    # Imported late: it brings the generator, the runtime and the HTTP client.
    from .tour import tour

    tour(output_dir, force=force)
