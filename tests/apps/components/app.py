"""The components app: every component of Gradio as an input and as an output.

Runs on 3.50, 4.44, 5.50 and 6.31, each with what it has. Environment: PORT. An endpoint
called `<component>[_<variant>]_echo` gives back what it was given; `_make` has no
input, and `_in` says something about an input whose component cannot show it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[3]))  # it is run by path, as a user's is

from tests.apps.components import media, presets, shapes, typed, values
from tests.apps.components.kit import ASSETS, MAJOR, add, gr

if MAJOR < 5:
    # A later Starlette than theirs breaks their page, which they look at when they start.
    gr.networking.url_ok = lambda url: True

with gr.Blocks(title="Components") as demo:
    for row in (*values.ROWS, *values.late_rows(), *media.ROWS, *presets.ROWS):
        add(row)
    shapes.add_all()
    if hasattr(gr, "api"):
        typed.add_all()


def main() -> None:
    demo.queue()
    ssr = {} if MAJOR < 5 else {"ssr_mode": False}
    demo.launch(
        server_name="127.0.0.1",
        server_port=int(os.environ["PORT"]),
        show_error=True,
        quiet=True,
        allowed_paths=[str(ASSETS)],
        **ssr,
    )


if __name__ == "__main__":
    main()
