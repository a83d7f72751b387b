"""Choices, and components that take any value, or none from callers."""

from __future__ import annotations

from .kind import Kind

#: What `gradio_runtime.types` has from here.
__all__: list[str] = []

_PATHS = "list[list[str]]"  # of files on the server
_DROPDOWN = "allow_custom_value choices max_choices multiselect"

KINDS = (
    Kind("checkbox", "bool", "bool"),
    # Most choices are texts.
    Kind(
        "checkboxgroup",
        "choice",
        "str",
        keeps="choices",
        title="CheckboxGroup",
        several=True,
        never_null=True,
    ),
    Kind("dropdown", "choice", "str", keeps=_DROPDOWN),
    Kind("radio", "choice", "str", keeps="choices"),
    Kind("browserstate paramviewer", "Any", "Any"),
    Kind("json", "Any", "Any", title="JSON", parses_text=True),
    Kind("fileexplorer", _PATHS, _PATHS, title="FileExplorer"),
    Kind("api", of_function=True),
    Kind("dataset interpretation", hidden=True),
    # Layout, which an event may show or hide. Gradio 3 does not say that it is none of
    # the API, and leaves it out of `/info`.
    Kind("accordion box column form group row tab tabitem tabs", hidden=True),
    Kind("state", hidden=True, stateful=True),
)
