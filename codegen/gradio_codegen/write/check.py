"""The generator's check of its own work.

Names, labels, choices and descriptions come from strangers' apps. They are escaped
where they are written; this makes sure of it, by a list of what a generated module
may consist of. Whatever else turns up stops the generator: a module declares, and
does nothing when it is imported.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence

from ..decide.names import HOLD_FILES, IMPORTS
from ..decide.shared import NO_INPUTS
from ..errors import CheckError
from .file import is_generated
from .render import HEADER_MARK

_TYPES = frozenset({"bool", "dict", "float", "int", "list", "str", "tuple"})
_BASES = frozenset({"Input", "Output", "Model"})
_FIELD_KEYWORDS = frozenset(
    {"alias", "default", "ge", "le", "max_length", "multiple_of", "validate_default"}
)


def check_code(code: str) -> None:
    """Make sure that a module compiles and consists of declarations alone.

    Raises:
        CheckError: It does not.
    """
    _Checker(_compiled(code, "Please report it")).check()


def check_user_code(code: str) -> None:
    """Make sure of what must hold with a user's templates, whose code may do anything.

    Raises:
        CheckError: It does not compile, or would not be known as generated.
    """
    _compiled(code, "Look at your templates")
    if not is_generated(code):
        raise CheckError(
            f"the module has no header {HEADER_MARK}… with the hash of its `_app`, by "
            "which it is known later. Keep the `comments` in your header.py.jinja, above "
            "the first statement, and `app.spec`"
        )


def _compiled(code: str, advice: str) -> ast.Module:
    try:
        tree = ast.parse(code)
        compile(tree, "<generated>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise CheckError(
            f"the generated module does not compile ({error}). {advice}"
        ) from None
    return tree


class _Checker:
    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        # What annotations and calls may name.
        self._names = set(_TYPES)
        #: The fields of the models of inputs and outputs.
        self._models: dict[str, list[str]] = {NO_INPUTS: []}
        #: Other names of these models.
        self._shared: dict[str, str] = {}
        #: Types whose values can hold files, and so have no default that is written.
        self._hold_files = set(HOLD_FILES)

    def check(self) -> None:
        if not self._tree.body or not _is_doc(self._tree.body[0]):
            raise CheckError("the generated module has no docstring. Please report it")
        self._collect()
        for node in self._tree.body[1:]:
            if not self._statement(node):
                line = ast.unparse(node).partition("\n")[0]
                raise CheckError(
                    f"line {node.lineno} of the generated module is not a declaration "
                    f"({line[:80]!r}). Please report it"
                )

    def _collect(self) -> None:
        fields: dict[str, list[ast.expr]] = {}
        for node in self._tree.body:
            match node:
                case ast.ImportFrom(names=names):
                    self._names.update(name.name for name in names)
                case ast.ClassDef(name=name, body=body):
                    declared = [
                        item for item in body if isinstance(item, ast.AnnAssign)
                    ]
                    fields[name] = [item.annotation for item in declared]
                    if {"Input", "Output"} & set(map(ast.unparse, node.bases)):
                        named = [ast.unparse(item.target) for item in declared]
                        self._models[name] = named
                case ast.AnnAssign(target=ast.Name(id=name)):
                    self._names.add(name)
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Name(id=first)):
                    self._shared[name] = first
                case _:
                    pass
        for name, first in self._shared.items():
            fields.setdefault(name, fields.get(first, []))
        self._names |= fields.keys()
        while found := {
            name
            for name in fields.keys() - self._hold_files
            if any(map(self._holds_files, fields[name]))
        }:
            self._hold_files |= found

    def _holds_files(self, annotation: ast.expr | None) -> bool:
        """Return whether a value of a type can hold a file."""
        return annotation is not None and any(
            isinstance(part, ast.Name) and part.id in self._hold_files
            for part in ast.walk(annotation)
        )

    def _statement(self, node: ast.stmt) -> bool:
        match node:
            case ast.ImportFrom(module=module, names=names, level=0):
                return all(
                    name.asname is None
                    and (
                        (module, name.name) == ("__future__", "annotations")
                        or IMPORTS.get(name.name) == module
                    )
                    for name in names
                )
            case ast.Assign(
                targets=[ast.Name(id="__all__")], value=ast.List(elts=names)
            ):
                return all(map(_is_string, names))
            case ast.Assign(
                targets=[ast.Name(id="_app")],
                value=ast.Call(func=ast.Name(id="App"), args=args, keywords=keywords),
            ):
                return all(map(_is_string, args)) and _all_named(keywords, _is_string)
            case ast.AnnAssign(
                target=ast.Name(), annotation=ast.Name(id="TypeAlias"), value=value
            ):
                return self._type(value)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Name(id=first)):
                known = {*self._models, *IMPORTS, *_TYPES}
                return first in self._models and name not in known
            case ast.ClassDef(
                bases=[ast.Name(id=base)],
                keywords=[],
                decorator_list=[],
                body=[doc, *body],
            ):
                return _is_doc(doc) and self._class(base, body)
            case ast.FunctionDef():
                return self._endpoint(node)
            case _:
                return False

    def _class(self, base: str, body: Sequence[ast.stmt]) -> bool:
        if base == "Client":
            return all(map(_is_client_member, body))
        return base in _BASES and all(
            self._field(node) or (base == "Output" and self._astuple(node))
            for node in body
        )

    def _field(self, node: ast.stmt) -> bool:
        match node:
            case ast.AnnAssign(target=ast.Name(), annotation=type_, value=value):
                return self._declares(type_, value) and (
                    value is None or _is_field(value) or _is_value(value)
                )
            case _:
                return False

    def _declares(self, type_: ast.expr | None, default: ast.expr | None) -> bool:
        """Return whether a type is known, and its default names no file."""
        return self._type(type_) and not (
            self._holds_files(type_) and _names_something(default)
        )

    def _astuple(self, node: ast.stmt) -> bool:
        match node:
            case ast.FunctionDef(
                name="astuple",
                args=arguments,
                body=[doc, ast.Return(value=ast.Tuple(elts=values))],
                decorator_list=[],
                returns=type_,
            ):
                return (
                    ast.unparse(arguments) == "self"
                    and _is_doc(doc)
                    and self._type(type_)
                    and all(map(_is_own_attribute, values))
                )
            case _:
                return False

    def _endpoint(self, node: ast.FunctionDef) -> bool:
        match node:
            case ast.FunctionDef(
                decorator_list=[
                    ast.Call(
                        func=ast.Attribute(
                            value=ast.Name(id="_app"),
                            attr="endpoint" | "stream_endpoint",
                        ),
                        args=[ast.Constant(value=str() | int()), ast.Name(id=model)],
                        keywords=[
                            ast.keyword(arg="shape", value=ast.Constant(value=str())),
                            *facts,
                        ],
                    )
                ],
                args=ast.arguments(posonlyargs=[], vararg=None, kwarg=None) as args,
                returns=type_,
                body=[
                    doc,
                    ast.Return(
                        value=ast.Call(
                            func=ast.Attribute(value=ast.Name(id="Call"), attr="of"),
                            args=[
                                ast.Name(id=made),
                                ast.Call(
                                    func=ast.Name(id="locals"), args=[], keywords=[]
                                ),
                            ],
                            keywords=[],
                        )
                    ),
                ],
            ):
                return (
                    model == made
                    and [item.arg for item in _every(args)] == self._fields(model)
                    and all(map(_is_fact, facts))
                    and self._parameters(args)
                    and self._type(type_)
                    and _is_doc(doc)
                )
            case _:
                return False

    def _fields(self, model: str) -> list[str] | None:
        return self._models.get(self._shared.get(model, model))

    def _parameters(self, node: ast.arguments) -> bool:
        required = len(node.args) - len(node.defaults)
        defaults = [*[None] * required, *node.defaults, *node.kw_defaults]
        return all(
            self._declares(item.annotation, default)
            and (default is None or _is_value(default))
            for item, default in zip(_every(node), defaults, strict=True)
        )

    def _type(self, node: ast.expr | None) -> bool:
        match node:
            case ast.Name(id=name):
                return name in self._names
            case ast.Constant(value=None):
                return True
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return self._type(left) and self._type(right)
            case ast.Subscript(value=ast.Name(id="Literal"), slice=inner):
                return _is_literal(inner)
            case ast.Subscript(
                value=ast.Name(id="Annotated"), slice=ast.Tuple(elts=[inner, field])
            ):
                return self._type(inner) and _is_field(field)
            case ast.Subscript(value=ast.Name(id=name), slice=inner):
                parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
                return name in self._names and all(map(self._type, parts))
            case _:
                return False


def _every(node: ast.arguments) -> list[ast.arg]:
    return [*node.args, *node.kwonlyargs]


def _is_doc(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and _is_string(node.value)


def _is_string(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _all_named(
    keywords: Iterable[ast.keyword], allowed: Callable[[ast.expr], bool]
) -> bool:
    return all(item.arg is not None and allowed(item.value) for item in keywords)


def _is_fact(node: ast.keyword) -> bool:
    match node:
        case ast.keyword(arg="event_data", value=ast.Constant(value=True)):
            return True
        case ast.keyword(
            arg="labels" | "output_labels" | "trigger", value=ast.Constant(value=str())
        ):
            return True
        case ast.keyword(arg="labels" | "output_labels", value=ast.List(elts=items)):
            return all(
                isinstance(item, ast.Constant) and isinstance(item.value, str | None)
                for item in items
            )
        case _:
            return False


def _is_client_member(node: ast.stmt) -> bool:
    """Return whether it is `name = name`, `app = _app` or a docstring."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Name(id=value)):
            return name == value or (name, value) == ("app", "_app")
        case _:
            return _is_doc(node)


def _is_own_attribute(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and ast.unparse(node.value) == "self"


def _is_field(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="Field"), args=[], keywords=keywords):
            names = {item.arg for item in keywords}
            return names <= _FIELD_KEYWORDS and _all_named(keywords, _is_value)
        case _:
            return False


def _names_something(node: ast.expr | None) -> bool:
    """Return whether a default is more than nothing: it could name a file."""
    match node:
        case None | ast.Constant(value=None) | ast.List(elts=[]):
            return False
        case ast.Call(func=ast.Name(id="Field"), keywords=keywords):
            return any(
                item.arg == "default" and _names_something(item.value)
                for item in keywords
            )
        case _:
            return not _is_unchanged(node)


def _is_value(node: ast.expr) -> bool:
    return _is_literal(node) or _is_unchanged(node)


def _is_unchanged(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "UNCHANGED"


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, RecursionError):
        return False
    return True
