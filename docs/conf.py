"""How Sphinx builds this folder: `make docs` writes build/docs/.

Nothing is fetched, neither while it is built nor by the pages: no inventories of other
projects, no fonts or scripts from elsewhere.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

from gradio_codegen import __version__

project = "gradio-codegen"
author = "the authors of gradio-codegen"
copyright = "the authors of gradio-codegen"  # noqa: A001  # Sphinx's name for it
version = release = __version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "api_reference",
    "cli_reference",
    "docstrings",
]
exclude_patterns = ["_ext"]
html_theme = "furo"
html_title = f"gradio-codegen {version}"
html_copy_source = False
html_show_sphinx = False
html_theme_options: dict[str, object] = {"footer_icons": []}

# What is copied of a session are its commands, without their prompts.
copybutton_prompt_text = "$ "
copybutton_exclude = ".linenos, .gp"

# Links to a heading: as GitHub makes their names.
myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence"]

autodoc_member_order = "groupwise"
autodoc_preserve_defaults = True
autodoc_typehints_format = "short"
add_module_names = False
napoleon_numpy_docstring = False
napoleon_use_ivar = True
