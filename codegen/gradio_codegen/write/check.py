"""The generator's check of its own work.

Names, labels, choices and descriptions come from strangers' apps. They are escaped
where they are written; this makes sure of it, by a list of what a generated module
may consist of. Whatever else turns up stops the generator: a module declares, and
does nothing when it is imported.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence, Set

from ..decide.names import HOLD_FILES, IMPORTS
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
        self._classes: set[str] = set()
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
                    f"line {node.lineno} of the generated module is no declaration "
                    f"({line[:80]!r}). Please report it"
                )

    def _collect(self) -> None:
        fields: dict[str, list[ast.expr]] = {}
        for node in self._tree.body:
            match node:
                case ast.ImportFrom(names=names):
                    self._names.update(name.name for name in names)
                case ast.ClassDef(name=name):
                    self._names.add(name)
                    self._classes.add(name)
                    fields[name] = [
                        item.annotation
                        for item in node.body
                        if isinstance(item, ast.AnnAssign)
                    ]
                case ast.AnnAssign(target=ast.Name(id=name)):
                    self._names.add(name)
                case _:
                    pass
        while found := {
            name
            for name in fields.keys() - self._hold_files
            if any(map(self._holds_files, fields[name]))
        }:
            self._hold_files |= found

    def _holds_files(self, annotation: ast.expr | None) -> bool:
        """Whether a value of a type can hold a file."""
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
            case ast.Assign(targets=[ast.Name(id="_app")], value=value):
                return _is_call(value, "App", _is_string)
            case ast.AnnAssign(
                target=ast.Name(), annotation=ast.Name(id="TypeAlias"), value=value
            ):
                return value is not None and self._type(value)
            case ast.ClassDef(
                bases=[ast.Name(id=base)], keywords=[], decorator_list=[]
            ):
                return _is_doc(node.body[0]) and self._class(base, node.body[1:])
            case ast.FunctionDef():
                return self._endpoint(node)
            case _:
                return False

    # --- Classes

    def _class(self, base: str, body: Sequence[ast.stmt]) -> bool:
        if base == "Client":
            return all(map(_is_member, body))
        return base in _BASES and all(
            self._field(node) or (base == "Output" and self._astuple(node))
            for node in body
        )

    def _field(self, node: ast.stmt) -> bool:
        match node:
            case ast.AnnAssign(target=ast.Name(), annotation=type_, value=value):
                return (
                    self._type(type_)
                    and (value is None or _is_default(value))
                    and not (self._holds_files(type_) and _names_something(value))
                )
            case _:
                return False

    def _astuple(self, node: ast.stmt) -> bool:
        match node:
            case ast.FunctionDef(
                name="astuple",
                args=ast.arguments(
                    posonlyargs=[],
                    args=[ast.arg(arg="self", annotation=None)],
                    vararg=None,
                    kwonlyargs=[],
                    kwarg=None,
                    defaults=[],
                ),
                body=[doc, ast.Return(value=ast.Tuple(elts=values))],
                decorator_list=[],
                returns=type_,
            ):
                return (
                    _is_doc(doc)
                    and self._type(type_)
                    and all(map(_is_own_attribute, values))
                )
            case _:
                return False

    # --- Endpoints

    def _endpoint(self, node: ast.FunctionDef) -> bool:
        match node:
            case ast.FunctionDef(
                body=[doc, ast.Return(value=value)],
                decorator_list=[decorator],
                returns=type_,
            ):
                return (
                    _is_doc(doc)
                    and self._decorator(decorator)
                    and self._arguments(node.args)
                    and self._type(type_)
                    and self._call(value, self._files_among(node.args))
                )
            case _:
                return False

    def _decorator(self, node: ast.expr) -> bool:
        match node:
            case ast.Call(
                func=ast.Attribute(
                    value=ast.Name(id="_app"), attr="endpoint" | "stream_endpoint"
                ),
                args=[ast.Constant(value=str() | int()), ast.Name(id=model)],
                keywords=[
                    ast.keyword(arg="shape", value=ast.Constant(value=str())),
                    *facts,
                ],
            ):
                return model in self._classes and all(map(_is_fact, facts))
            case _:
                return False

    def _arguments(self, node: ast.arguments) -> bool:
        arguments = [*node.args, *node.kwonlyargs]
        defaults = [*node.defaults, *(d for d in node.kw_defaults if d is not None)]
        return (
            not node.posonlyargs
            and node.vararg is None
            and node.kwarg is None
            and all(self._type(item.annotation) for item in arguments)
            and all(_is_literal(item) or _is_unchanged(item) for item in defaults)
            and not any(map(_names_something, self._defaults_of_files(node)))
        )

    def _defaults_of_files(self, node: ast.arguments) -> Iterator[ast.expr | None]:
        """The defaults of the parameters that can hold files."""
        first = len(node.args) - len(node.defaults)
        for item, default in (
            *zip(node.args[first:], node.defaults, strict=True),
            *zip(node.kwonlyargs, node.kw_defaults, strict=True),
        ):
            if self._holds_files(item.annotation):
                yield default

    def _files_among(self, node: ast.arguments) -> set[str]:
        """The parameters that can hold files."""
        every = (*node.args, *node.kwonlyargs)
        return {item.arg for item in every if self._holds_files(item.annotation)}

    def _call(self, node: ast.expr | None, files: Set[str]) -> bool:
        match node:
            case ast.Call(
                func=ast.Name(id="Call"),
                args=[ast.Call(func=ast.Name(id=model), args=[], keywords=keywords)],
                keywords=[],
            ):
                return model in self._classes and all(
                    item.arg is not None and self._argument(item.arg, item.value, files)
                    for item in keywords
                )
            case _:
                return False

    def _argument(self, name: str, node: ast.expr, files: Set[str]) -> bool:
        """`name=name`, or `name=<made anew> if name is None else name`."""
        match node:
            case ast.Name(id=value):
                return name == value
            case ast.IfExp(
                test=ast.Compare(
                    left=ast.Name(id=tested),
                    ops=[ast.Is()],
                    comparators=[ast.Constant(value=None)],
                ),
                body=made,
                orelse=ast.Name(id=value),
            ):
                return (
                    name == tested == value
                    and self._made(made)
                    and not (name in files and _names_something(made))
                )
            case _:
                return False

    def _made(self, node: ast.expr) -> bool:
        """A list or an object, made of literals."""
        match node:
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return all(map(self._made, items))
            case ast.Dict(keys=keys, values=values):
                return all(map(_is_string, keys)) and all(map(self._made, values))
            case ast.Call(func=ast.Name(id=name), args=[], keywords=keywords):
                return self._makes(name) and all(
                    item.arg is not None and _is_literal(item.value)
                    for item in keywords
                )
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=name), attr="model_validate"),
                args=[value],
                keywords=[],
            ):
                return self._makes(name) and _is_literal(value)
            case _:
                return _is_literal(node)

    def _makes(self, name: str) -> bool:
        """Whether a class may be made of what stands in the module."""
        return name in self._names and name not in self._hold_files

    # --- Types

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
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Tuple(elts=items)):
                return name in self._names and all(map(self._type, items))
            case ast.Subscript(value=ast.Name(id=name), slice=inner):
                return name in self._names and self._type(inner)
            case _:
                return False


def _is_doc(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and _is_string(node.value)


def _is_string(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_fact(node: ast.keyword) -> bool:
    match node:
        case ast.keyword(arg="event_data", value=ast.Constant(value=True)):
            return True
        case ast.keyword(arg="labels" | "output_labels", value=ast.List(elts=items)):
            return all(
                isinstance(item, ast.Constant) and isinstance(item.value, str | None)
                for item in items
            )
        case _:
            return False


def _is_member(node: ast.stmt) -> bool:
    """`name = name` or `app = _app` in the client class, and docstrings."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Name(id=value)):
            return name == value or (name, value) == ("app", "_app")
        case _:
            return _is_doc(node)


def _is_own_attribute(node: ast.expr) -> bool:
    match node:
        case ast.Attribute(value=ast.Name(id="self")):
            return True
        case _:
            return False


def _is_call(node: ast.expr, name: str, argument: Callable[[ast.expr], bool]) -> bool:
    match node:
        case ast.Call(func=ast.Name(id=func), args=args, keywords=keywords):
            values = [*args, *(item.value for item in keywords)]
            named = all(item.arg is not None for item in keywords)
            return func == name and named and all(map(argument, values))
        case _:
            return False


def _is_default(node: ast.expr) -> bool:
    return _is_field(node) or _is_literal(node) or _is_unchanged(node)


def _is_field(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="Field"), args=[], keywords=keywords):
            return all(
                item.arg in _FIELD_KEYWORDS
                and (_is_literal(item.value) or _is_unchanged(item.value))
                for item in keywords
            )
        case _:
            return False


def _names_something(node: ast.expr | None) -> bool:
    """Whether a default is more than nothing: it could name a file."""
    match node:
        case None | ast.Constant(value=None) | ast.List(elts=[]):
            return False
        case ast.Name(id="UNCHANGED"):
            return False
        case ast.Call(func=ast.Name(id="Field"), keywords=keywords):
            return any(
                item.arg == "default" and _names_something(item.value)
                for item in keywords
            )
        case _:
            return True


def _is_unchanged(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "UNCHANGED"


def _is_literal(node: ast.expr | None) -> bool:
    try:
        ast.literal_eval(node)  # type: ignore[arg-type]  # None is refused as well
    except (ValueError, TypeError, RecursionError):
        return False
    return True
