"""Measure the modules of real apps, from saved descriptions.

`python -m benchmarks.apps FOLDER` takes a folder with a folder for each app, which has
`config.json` and, if the app answers it, `info.json` (and `info_all.json`, what
`/info?all_endpoints=true` says). A table says of each module how long it is, how long
it takes, and how hard it is to use.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from benchmarks.generation import run, serving

Json = dict[str, Any]

_SYNTHETIC = re.compile(r"param_\d+(_\d+)?")


@dataclass(frozen=True)
class Figures:
    """What is measured of one module.

    Attributes:
        app: The name of its folder.
        endpoints: Its functions.
        lines: Its lines.
        seconds: What generating it takes, as a whole process.
        parameters: The parameters of all functions.
        synthetic: Those that are called `param_N`.
        closed: Those that take a `Literal` and nothing else, although an event of the
            app sets their component.
        outputs: What functions give: each field of a model of outputs is one.
        nullable: Those outputs that may be None.
        keyword_only: Functions with parameters that have to be named.
    """

    app: str
    endpoints: int
    lines: int
    seconds: float
    parameters: int
    synthetic: int
    closed: int
    outputs: int
    nullable: int
    keyword_only: int


def measured(folder: Path) -> Figures:
    """Generate the module of one app, and measure it."""
    config: Json = _json(folder / "config.json")
    with (
        tempfile.TemporaryDirectory(prefix="gradio-codegen-apps-") as home,
        serving(
            config, _json(folder / "info.json"), _json(folder / "info_all.json")
        ) as url,
    ):
        target = Path(home) / "app_api.py"
        seconds = run(url, target).seconds
        text = target.read_text("utf-8")
    module = ast.parse(text)
    functions = list(_functions(module))
    parameters = [a for f in functions for a in (*f.args.args, *f.args.kwonlyargs)]
    closable = _closable(config)
    aliases = {
        ast.unparse(target): ast.unparse(node.value)
        for node in module.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    }
    outputs = list(_outputs(module, functions, aliases))
    return Figures(
        folder.name,
        len(functions),
        len(text.splitlines()),
        seconds,
        len(parameters),
        sum(bool(_SYNTHETIC.fullmatch(a.arg)) for a in parameters),
        sum(_closed(f, closable, aliases) for f in functions),
        len(outputs),
        sum("None" in _union(annotation) for annotation in outputs),
        sum(bool(f.args.kwonlyargs) for f in functions),
    )


def _json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8")) if path.exists() else None


def _functions(module: ast.Module) -> Iterator[ast.FunctionDef]:
    """Yield the functions of endpoints: those with a decorator of the app's."""
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and _endpoint(node) is not None:
            yield node


def _endpoint(function: ast.FunctionDef) -> str | int | None:
    """Return the api_name or the number in a function's decorator."""
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and decorator.args:
            name = decorator.args[0]
            if isinstance(name, ast.Constant) and isinstance(name.value, str | int):
                return name.value
    return None


def _outputs(
    module: ast.Module, functions: list[ast.FunctionDef], aliases: dict[str, str]
) -> Iterator[ast.expr]:
    """Yield the type of each output."""
    classes = {n.name: n for n in module.body if isinstance(n, ast.ClassDef)}
    for function in functions:
        given = function.returns
        if isinstance(given, ast.Subscript):
            given = given.slice  # what is in `Call[…]`
        if given is None:
            continue
        name = given.id if isinstance(given, ast.Name) else ""
        model = classes.get(aliases.get(name, name))
        if model is not None and "Output" in ast.unparse(model.bases[0]):
            yield from (
                n.annotation for n in model.body if isinstance(n, ast.AnnAssign)
            )
        else:
            yield given


def _union(annotation: ast.expr) -> list[str]:
    """Return the members of a union, as text."""
    if isinstance(annotation, ast.BinOp):
        return [*_union(annotation.left), *_union(annotation.right)]
    return [ast.unparse(annotation)]


def _closable(config: Json) -> dict[str | int, list[bool]]:
    """Return, for each endpoint's inputs, whether an event of the app sets them."""
    changing = {n for d in config["dependencies"] for n in d.get("outputs", ())}
    hidden = {c["id"] for c in config["components"] if c["type"] == "state"}
    found: dict[str | int, list[bool]] = {}
    for number, dependency in enumerate(config["dependencies"]):
        inputs = [n in changing for n in dependency["inputs"] if n not in hidden]
        found.setdefault(f"/{dependency.get('api_name')}", inputs)
        found.setdefault(dependency.get("id", number), inputs)
    return found


def _closed(
    function: ast.FunctionDef,
    closable: dict[str | int, list[bool]],
    aliases: dict[str, str],
) -> int:
    """Return how many closed choices of a function are of components that change."""
    name = _endpoint(function)
    arguments = [*function.args.args, *function.args.kwonlyargs]
    annotations = [ast.unparse(a.annotation) if a.annotation else "" for a in arguments]
    return sum(
        changes and _is_closed(_unfolded(annotation, aliases))
        for changes, annotation in zip(
            closable.get("" if name is None else name, ()), annotations, strict=False
        )
    )


def _unfolded(annotation: str, aliases: dict[str, str]) -> str:
    """Return a type with the types that its names stand for, which may be names again."""
    for _ in range(2):
        annotation = re.sub(
            r"\w+", lambda word: aliases.get(word[0], word[0]), annotation
        )
    return annotation


def _is_closed(annotation: str) -> bool:
    """Return whether a type is choices only."""
    rest = re.sub(
        r"Literal\[[^\]]*\]|\bSequence\b|\blist\b|\bNone\b|[\[\]| ]", "", annotation
    )
    return "Literal[" in annotation and not rest


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="a folder with a folder for each app")
    folder: Path = parser.parse_args().folder
    names = [field.name.replace("_", "-") for field in fields(Figures)]
    print("| " + " | ".join(names) + " |")
    print("|" + "---|" * len(names))
    for app in sorted(path.parent for path in folder.glob("*/config.json")):
        try:
            figures = measured(app)
        except RuntimeError as error:  # the words of the command
            print(f"| {app.name} | {str(error).strip().splitlines()[-1]} |", flush=True)
            continue
        cells = [
            f"{v:,.1f}"
            if isinstance(v, float)
            else f"{v:,}"
            if isinstance(v, int)
            else v
            for v in vars(figures).values()
        ]
        print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
