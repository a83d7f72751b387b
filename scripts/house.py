#!/usr/bin/env python3
"""Print the figures of the house: sizes, import circles, tables of components.

Needs nothing but Python and the sources. Imports within functions and for type checkers
count like any other.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("runtime/gradio_runtime", "codegen/gradio_codegen")
LONG_FUNCTION = 50
LONG_FILE = 450
REGISTRY = "gradio_runtime._components"

Sources = Mapping[str, ast.Module]
Graph = dict[str, set[str]]


def main() -> None:
    """Print all figures."""
    paths = [path for name in PACKAGES for path in sorted((ROOT / name).rglob("*.py"))]
    paths = [path for path in paths if "__pycache__" not in path.parts]
    templates = sorted((ROOT / "templates").rglob("*.jinja"))
    texts = {path: path.read_text("utf-8") for path in (*paths, *templates)}
    lines = {path: len(text.splitlines()) for path, text in texts.items()}
    sources = {_module(path): ast.parse(texts[path]) for path in paths}
    top = [
        path
        for path in (ROOT / PACKAGES[0]).iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    ]
    private = [p for p in top if p.stem.startswith("_") and p.stem != "__init__"]
    loops = circles(imports(sources))
    long = list(_long_functions(sources))
    files = [path for path in lines if lines[path] > LONG_FILE]
    ignores = sum(text.count("reportPrivateUsage") for text in texts.values())

    _say("product lines", sum(lines.values()))
    _say("modules at the runtime's top level", len(top), f"{len(private)} private")
    tables = list(component_tables(sources))
    _say("component tables", 1 + len(tables), REGISTRY, *tables)
    _say("import circles", len(loops), *(" ".join(loop) for loop in loops))
    _say(f"functions over {LONG_FUNCTION} lines", len(long), *long)
    listed = [f"{path.relative_to(ROOT)}: {lines[path]}" for path in files]
    _say(f"files over {LONG_FILE} lines", len(files), *listed)
    _say("reportPrivateUsage ignores", ignores)


def _say(what: str, number: int, *details: str) -> None:
    print(f"{number:6,}  {what}")
    for detail in details:
        print(f"          {detail}")


def _module(path: Path) -> str:
    package = next(ROOT / name for name in PACKAGES if path.is_relative_to(ROOT / name))
    parts = path.relative_to(package.parent).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def imports(sources: Sources) -> Graph:
    """What each module imports of the others; a package is its `__init__`."""
    packages = {name.rpartition(".")[0] for name in sources}
    graph: Graph = {}
    for name, tree in sources.items():
        package = name if name in packages else name.rpartition(".")[0]
        found = {
            target
            for node in ast.walk(tree)
            for target in _targets(node, package, sources)
        }
        graph[name] = found - {name}
    return graph


def _targets(node: ast.AST, package: str, sources: Sources) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name in sources)
    elif isinstance(node, ast.ImportFrom):
        parts = package.split(".")
        base = parts[: len(parts) - node.level + 1] if node.level else []
        origin = ".".join([*base, *([node.module] if node.module else [])])
        for alias in node.names:
            inner = f"{origin}.{alias.name}"
            target = inner if inner in sources else origin
            if target in sources:
                yield target


def circles(graph: Graph) -> list[list[str]]:
    """The sets of modules that all lead to each other, the largest first."""
    reached = {name: _reached(name, graph) for name in graph}
    sets = {
        tuple(sorted(other for other in reached[name] if name in reached[other]))
        for name in graph
    }
    return [list(loop) for loop in sorted(sets, key=lambda s: (-len(s), s)) if loop]


def _reached(start: str, graph: Graph) -> set[str]:
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        more = graph[waiting.pop()] - reached
        reached |= more
        waiting += more
    return reached


def component_tables(sources: Sources) -> Iterator[str]:
    """Where code outside of the registry goes by the names of components.

    That is a set, list or dict that is mostly of such names, a type that is compared
    with one, and any name of a component's class as a text.
    """
    components, classes = _registered(sources)
    for name, tree in sources.items():
        if name.startswith(REGISTRY):
            continue
        at_home = name.startswith("gradio_runtime.types")
        for node in ast.walk(tree):
            is_class = isinstance(node, ast.Constant) and node.value in classes
            if is_class and at_home:
                continue
            if is_class or _is_table(node, components) or _compares(node, components):
                line = getattr(node, "lineno", 0)
                yield f"{name}:{line}: {ast.unparse(node)[:60]}"


def _registered(sources: Sources) -> tuple[set[str], set[str]]:
    """The names of components, and of their classes, in the records."""
    components, classes = set[str](), set[str]()
    for name, tree in sources.items():
        for node in ast.walk(tree) if name.startswith(REGISTRY) else ():
            if not isinstance(node, ast.Call):
                continue
            words = [_words(arg) for arg in node.args]
            match ast.unparse(node.func):
                case "Kind" if words:
                    components.update(words[0])
                    classes.update(*words[4:5])
                case "Value" if words:
                    classes.update(words[0])
                case _:
                    pass
            for keyword in node.keywords:
                if keyword.arg == "names":
                    components.update(_words(keyword.value))
                elif keyword.arg == "name":
                    classes.update(_words(keyword.value))
    # Files are the runtime's own, as texts are Python's.
    return components, classes - {"File", "FileInput"}


def _words(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value.split()
    return []


def _is_table(node: ast.AST, components: set[str]) -> bool:
    if not isinstance(node, ast.Set | ast.List | ast.Tuple | ast.Dict):
        return False
    items = node.keys if isinstance(node, ast.Dict) else node.elts
    words = [word for item in items if item is not None for word in _words(item)]
    known = components.intersection(words)
    return len(known) > 1 and 2 * len(known) > len(words)


def _compares(node: ast.AST, components: set[str]) -> bool:
    """Whether it compares a `type` or a `component` with a component's name."""
    if not isinstance(node, ast.Compare):
        return False
    sides = [node.left, *node.comparators]
    asked = {
        side.attr if isinstance(side, ast.Attribute) else side.id
        for side in sides
        if isinstance(side, ast.Attribute | ast.Name)
    }
    words = {word for side in sides for part in ast.walk(side) for word in _words(part)}
    return bool(asked & {"type", "type_", "component"} and words & components)


def _long_functions(sources: Sources) -> Iterator[str]:
    for name, tree in sources.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > LONG_FUNCTION:
                    yield f"{name}.{node.name}: {lines}"


if __name__ == "__main__":
    main()
