"""The reference of the command line and of the config, made of these themselves.

`<!-- commands -->` on a page becomes a section for each command, with what its `--help`
says, `<!-- exit codes -->` the table of those, `<!-- keys of one app -->` that of the
config's keys for one app alone, and `<!-- keys of all apps -->` that of the others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import typer
import typer.main
from gradio_codegen import cli
from gradio_codegen.commands.config import json_schema

__all__ = ["commands", "exit_codes", "keys", "setup"]


def setup(app: Any) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("source-read", _fill)
    return {"version": "1", "parallel_read_safe": True}


def _fill(_app: Any, _page: str, source: list[str]) -> None:
    for marker, make in _MARKERS.items():
        if f"<!-- {marker} -->" in source[0]:
            source[0] = source[0].replace(f"<!-- {marker} -->", make())


def commands() -> str:
    """All commands as Markdown; first the hidden one, which needs no name."""
    group: Any = typer.main.get_command(cli.app)
    every = sorted(group.commands.items(), key=lambda item: not item[1].hidden)
    context = typer.Context(group, info_name=group.name, **group.context_settings)
    lines: list[str] = []
    for name, command in every:
        call = group.name if command.hidden else f"{group.name} {name}"
        lines += _section(call, command, context)
    # Not what the group shows as its own: these are the first section's.
    options = [p for p in group.get_params(context) if p.param_type_name == "option"]
    lines += ["## Options of the program", "", *_table(options, context)]
    return "\n".join(lines)


def exit_codes() -> str:
    """The exit codes that the help pages end with, as a table."""
    text = str(typer.main.get_command(cli.app).epilog)
    found: list[tuple[str, str]] = re.findall(r"(\d+) ([^·]+?)(?: ·|\.$)", text)
    rows = [f"| {code} | {meaning} |" for code, meaning in found]
    return "\n".join(["| code | meaning |", "|---|---|", *rows])


def keys(*, one_app: bool) -> str:
    """The keys of the config, of one app alone or of all, as a table."""
    schema = json_schema()
    of_all: dict[str, Any] = schema["properties"]
    of_one: dict[str, Any] = schema["$defs"]["AppConfig"]["properties"]
    rows = [
        f"| `{key}` | {_type(item)} | {_cell(item['description'])} |"
        for key, item in of_one.items()
        if (key in of_all) != one_app
    ]
    return "\n".join(["| key | type | meaning |", "|---|---|---|", *rows])


def _type(schema: Any) -> str:
    if "anyOf" in schema:
        return _type(schema["anyOf"][0])
    kinds = {
        "array": "list of strings",
        "object": "table of strings",
        "boolean": "true or false",
    }
    return kinds.get(schema["type"], str(schema["type"]))


_MARKERS: dict[str, Callable[[], str]] = {
    "commands": commands,
    "exit codes": exit_codes,
    "keys of one app": partial(keys, one_app=True),
    "keys of all apps": partial(keys, one_app=False),
}


def _section(call: str, command: Any, parent: Any) -> Iterator[str]:
    context = typer.Context(command, info_name=call, parent=parent)
    usage = re.sub(r"[{}]", "", " ".join(command.collect_usage_pieces(context)))
    yield from (f"## {call}", "", _prose(command.help), "")
    yield from ("```text", f"{call} {usage}", "```", "")
    for kind in ("argument", "option"):
        yield from _table(
            [p for p in command.get_params(context) if p.param_type_name == kind],
            context,
        )


def _table(params: list[Any], context: Any) -> Iterator[str]:
    records = [p.get_help_record(context) for p in params]
    rows = [record for record in records if record is not None]
    if params and params[0].param_type_name == "argument":
        rows = [(left.partition(" ")[0], right) for left, right in rows]  # no type
    if rows:
        yield from (f"| {params[0].param_type_name} | meaning |", "|---|---|")
        yield from (f"| `{_cell(left)}` | {_cell(right)} |" for left, right in rows)
        yield ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _prose(text: str) -> str:
    """A help text; its paragraphs stay apart."""
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))
