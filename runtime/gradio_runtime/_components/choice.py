"""Choices, and what is any value or none of a caller's."""

from __future__ import annotations

from dataclasses import replace

from .kind import Kind

#: What `gradio_runtime.types` has from here.
__all__: list[str] = []

_ANY = Kind(names=("browserstate", "paramviewer"), takes="Any", gives="Any")
_CHOICE = Kind(
    names=("radio",),
    takes="choice",
    gives="str",  # most choices are texts
    keeps=("choices",),
)

KINDS = (
    Kind(names=("checkbox",), takes="bool", gives="bool"),
    _CHOICE,
    replace(_CHOICE, names=("checkboxgroup",), title="CheckboxGroup", several=True),
    replace(
        _CHOICE,
        names=("dropdown",),
        keeps=("allow_custom_value", "choices", "max_choices", "multiselect"),
    ),
    Kind(
        names=("fileexplorer",),  # names of files on the server
        takes="list[list[str]]",
        gives="list[list[str]]",
        title="FileExplorer",
    ),
    _ANY,
    replace(_ANY, names=("json",), title="JSON", parses_text=True),
    Kind(names=("api",), of_function=True),
    Kind(names=("dataset", "interpretation"), hidden=True),
    Kind(names=("state",), hidden=True, stateful=True),
)
