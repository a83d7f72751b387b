"""What must hold for any description, and a look at modules that trusts nobody.

Nothing here uses the generator's own check: what a module may consist of is written
down a second time, in other words.
"""

from __future__ import annotations

import ast
import contextlib
import json
import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any

from gradio_codegen import CodegenError, SpecError
from gradio_codegen.api import generate_from
from gradio_codegen.decide.build import build
from gradio_codegen.decide.objects import write_models
from gradio_codegen.descriptions.spec import AppSpec, dumps, loads
from gradio_codegen.errors import Diagnostic
from gradio_codegen.options import BuildOptions
from gradio_codegen.write.check import check_code
from gradio_codegen.write.format import format_code
from gradio_codegen.write.render import render
from gradio_runtime import types

from .strategies import CANARY

__all__ = ["check_import", "check_tree", "judge"]

_MODULES = {
    "__future__",
    "typing",
    "pydantic",
    "gradio_runtime",
    "gradio_runtime.types",
}
_NODES = (
    ast.Module, ast.Expr, ast.ImportFrom, ast.alias, ast.Assign, ast.AnnAssign,
    ast.ClassDef, ast.FunctionDef, ast.Return, ast.arguments, ast.arg, ast.keyword,
    ast.Constant, ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Tuple,
    ast.List, ast.Dict, ast.BinOp, ast.BitOr, ast.UnaryOp, ast.USub, ast.IfExp,
    ast.Compare, ast.Is, ast.Load, ast.Store,
)  # fmt: skip
_ATTRIBUTES = {"endpoint", "stream_endpoint", "of"}
_PLAIN = {"bool", "int", "float", "str", "list", "dict", "tuple", "locals"}


def check_tree(code: str) -> None:
    """Nothing but declarations, made of nothing but known names."""
    tree = ast.parse(code)
    imported: set[str] = set()
    defined = {"__all__", "_app"}
    classes = {"Input"}
    for node in tree.body:
        match node:
            case ast.ImportFrom(module=module, names=names, level=0):
                assert module in _MODULES
                assert all(item.asname is None for item in names)
                imported |= {item.name for item in names}
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                assert name not in imported | defined | _PLAIN, name
                if isinstance(node, ast.ClassDef):
                    classes.add(name)
                defined.add(name)
            case ast.AnnAssign(target=ast.Name(id=name)):
                assert name not in imported | defined, name
                defined.add(name)
            case ast.Assign(targets=[ast.Name(id="__all__" | "_app")]):
                pass
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Name(id=first)):
                assert name not in imported | defined | _PLAIN, name
                assert first in classes, first
                defined.add(name)
            case _:
                assert isinstance(node, ast.Expr)
    for part in ast.walk(tree):
        assert isinstance(part, _NODES), type(part)
    _check_names(tree, imported | defined | _PLAIN)
    _check_calls(tree, imported | defined)


def _check_names(tree: ast.Module, known: set[str]) -> None:
    for top in tree.body:
        local: set[str] = set()
        for node in ast.walk(top):
            match node:
                case ast.arg(arg=name):
                    local.add(name)
                case ast.Name(id=name, ctx=ast.Store()):
                    local.add(name)
                case _:
                    pass
        for node in ast.walk(top):
            if isinstance(node, ast.Name):
                assert node.id in known | local, node.id


def _check_calls(tree: ast.Module, known: set[str]) -> None:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="locals"), args=[], keywords=[]):
                pass
            case ast.Call(func=ast.Name(id=name)):
                assert name in known, name
                assert name[0].isupper() or not name.isascii(), name
            case ast.Call(func=ast.Attribute(value=ast.Name(), attr=attribute)):
                assert attribute in _ATTRIBUTES, attribute
            case ast.Call() | ast.Attribute(value=ast.Call()):
                raise AssertionError(ast.dump(node))
            case ast.Attribute(value=ast.Name(id=name), attr=attribute):
                assert name == "self" or attribute in _ATTRIBUTES, attribute
            case _:
                pass


# --- Importing

_FORBIDDEN = ("open", "os.", "socket.", "subprocess.", "shutil.", "ctypes.", "import")
_guarded = False


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if _guarded and event.startswith(_FORBIDDEN):
        raise AssertionError(f"importing the module did {event} {arguments!r}")


@contextlib.contextmanager
def _guard() -> Iterator[None]:
    """Forbid what reaches outside the interpreter, for as long as it lasts."""
    global _guarded
    if not _hooked:
        _hooked.append(True)
        for item in types.__all__:  # lazy, as is some of pydantic
            _schema(getattr(types, item))
        sys.addaudithook(_hook)
    _guarded = True
    try:
        yield
    finally:
        _guarded = False


_hooked: list[bool] = []


def check_import(code: str) -> None:
    """Import a module in memory; nothing may happen, and everything must be there."""
    name = "adversarial_module_under_test"
    module = ModuleType(name)
    sys.modules[name] = module
    try:
        with _guard(), warnings.catch_warnings():
            warnings.simplefilter("error")
            exec(compile(code, name, "exec", dont_inherit=True), module.__dict__)
            schemas = [_schema(v) for v in vars(module).values() if _is_own(v, name)]
    finally:
        del sys.modules[name]
    assert CANARY not in os.environ
    public = module.__dict__["__all__"]
    assert len(public) == len(set(public))
    assert all(hasattr(module, item) for item in public)
    own = {k for k, v in vars(module).items() if _is_own(v, name)}
    assert own <= set(public), own - set(public)
    json.dumps(schemas)


def _is_own(value: object, name: str) -> bool:
    return isinstance(value, type) and value.__module__ == name


def _schema(value: object) -> Any:
    make = getattr(value, "model_json_schema", None)
    if make is None or not isinstance(value, type):
        return None
    return make()


# --- The whole of it


def unformatted(
    spec: AppSpec, options: BuildOptions
) -> tuple[str, Sequence[Diagnostic]]:
    """All but the formatting, which depends on nothing else."""
    if not options.all_endpoints:
        spec = spec.documented()
    module, diagnostics = build(spec, options)
    models = write_models(module.models, [a.name for a in module.aliases])
    return render(module, models), diagnostics


def judge(
    config: Any,
    info: Any,
    options: BuildOptions | None = None,
    *,
    formatted: bool = True,
) -> str | None:
    """Generate, and make sure of all that must hold.

    Args:
        config: What the app sends as `/config`.
        info: What it sends as `/info`.
        options: Of the generator.
        formatted: Whether to generate the module to the end, and once more from the
            saved description. Both take more time than all the rest.

    Returns:
        The module; None if the description was refused.
    """
    options = options or BuildOptions()
    try:
        spec = AppSpec.from_raw("owner/app", config, info)
        code, diagnostics = unformatted(spec, options)
    except SpecError as error:
        _check_refusal(error, error.place.startswith(("config", "info", "source")))
        return None
    except CodegenError as error:
        # All that is left to go wrong: nothing to generate.
        nothing = "endpoint" in str(error) and "report" not in str(error)
        _check_refusal(error, nothing)
        return None
    for item in diagnostics:
        _check_message(str(item))
    raw = code
    if formatted:
        code = format_code(raw)
        assert generate_from(spec, options).code == code
    assert all(char.isprintable() or char == "\n" for char in code)
    check_code(code)
    check_tree(code)
    check_import(code)
    saved = dumps(spec)
    again = loads(saved, "saved.json")
    assert dumps(again) == saved
    assert again.hash == spec.hash
    if formatted:
        assert unformatted(again, options)[0] == raw
    return code


def _check_refusal(error: CodegenError, known: bool) -> None:
    _check_message(str(error))
    assert known, error


def _check_message(text: str) -> None:
    assert text.isprintable(), text
    assert len(text) < 2000
