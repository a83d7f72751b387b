"""What a generated module says to its callers, read from its text.

The file can be anybody's: it is parsed, and never imported. Whatever it holds besides
what the generator writes is passed over, so that modules of other versions of the
generator, and those that another formatter went over, can be read as well.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import ClassVar

from gradio_runtime._components.drift import Signature
from gradio_runtime.description.signature import Shape, labels_of, shown_name

from ..decide.types import ANY, NONE, ModelOf, TypeExpr
from ..errors import UsageError
from ..narrow import as_list
from ..options import BuildOptions
from ..write.render import HEADER_MARK
from .changes import State
from .types import Classes, Constraint, Member, TypeReader, constraints


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an endpoint.

    Attributes:
        name: Of the function's parameter and of the input model's field.
        type: What the function takes.
        member: The field of the input model.
        keyword_only: It has to be given by name.
        component: The component's type, or empty where that is not known.
        doc: What the docstring says of it.
    """

    name: str
    type: TypeExpr
    member: Member
    keyword_only: bool = False
    component: str = ""
    doc: str = ""

    @property
    def by_position(self) -> bool:
        """Return whether callers can give it by position."""
        return not self.keyword_only


@dataclass(frozen=True, slots=True)
class Output:
    """An output of an endpoint.

    Attributes:
        name: The field of the output model; empty for an output that is alone.
        type: What it is.
        component: The component's type, or empty where that is not known.
    """

    name: str
    type: TypeExpr
    component: str = ""
    by_position: ClassVar[bool] = True  # by `astuple()`


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint.

    Attributes:
        api_name: With the slash; `fn_<index>` for one without a name.
        function: The function.
        parameters: In the order of the function.
        outputs: In wire order.
        stream: It is a generator.
        event_data: Its function also wants to know what was selected.
        names: The module's own classes and aliases that it uses.
        shape: What the runtime knows it by; None where the module does not say.
    """

    api_name: str
    function: str
    parameters: tuple[Parameter, ...] = ()
    outputs: tuple[Output, ...] = ()
    stream: bool = False
    event_data: bool = False
    names: frozenset[str] = frozenset()
    shape: Shape | None = None


@dataclass(frozen=True, slots=True)
class Surface:
    """What the callers of a module see.

    Attributes:
        source: The app: a URL or a Space id.
        gradio: Gradio's version there.
        spec: The hash of the description that it was made from.
        options: What it was made with.
        made_by: The version of the generator.
        client: The client class.
        endpoints: By api_name, in the module's order.
        classes: The classes it defines, inputs and outputs included, by name.
        names: What can be imported from it besides functions and the client.
        triggers: All endpoints of the app by what runs them, and
        left_out: those that could not be generated, and why. Only a surface that was
            just made knows these.
    """

    source: str
    gradio: str
    spec: str
    options: BuildOptions
    made_by: str = ""
    client: str = ""
    endpoints: Mapping[str, Endpoint] = field(default_factory=dict[str, Endpoint])
    classes: Classes = field(default_factory=dict[str, dict[str, Member]])
    names: frozenset[str] = frozenset()
    triggers: Mapping[str, str] = field(default_factory=dict[str, str])
    left_out: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def state(self) -> State:
        """Return which state of the app it is."""
        return State(self.source, self.gradio, self.spec)


def read_module(text: str, place: str) -> Surface:
    """Read a generated module.

    Args:
        text: Its source.
        place: What to call it in errors.

    Raises:
        UsageError: It was not written by gradio-codegen, or cannot be read any more.
    """
    try:
        tree = ast.parse(text)
        header = _header(tree, text)
        if HEADER_MARK.strip("# ") not in header:
            raise UsageError(
                f"{place} was not written by gradio-codegen. Name a generated module"
            )
        surface = _Reader(tree, header, place).surface()
    except SyntaxError as error:
        raise UsageError(
            f"{place} is no Python (line {error.lineno}: {error.msg}). Generate it again"
        ) from None
    except (ValueError, RecursionError, MemoryError):
        raise UsageError(f"{place} cannot be parsed. Generate it again") from None
    if not surface.endpoints:
        raise UsageError(f"{place} has no endpoints left. Generate it again")
    return surface


#: Modules of these versions may say only in a docstring that a function takes event
#: data: by this paragraph, which ends the text above the parameters.
_EVENT_DATA_IN_PROSE = frozenset({"0.1.0"})
_EVENT_DATA = re.compile(
    r"\n\nThe app's function also takes what was selected or clicked\. Give it by\n"
    r"`with_options\(event_data=\.\.\.\)`, as the app's page would, such as\n"
    r'\{"index": 0, "value": "a", "selected": True\}\.'
    r"(?=\n\n(?:Args|Returns|Yields):\n|\Z)"
)

#: `# source: owner/app`, and the first line of all, which has no colon.
_HEADER_LINE = re.compile(r"#\s*(Generated by gradio-codegen(?=\s)|\w+:)\s*(.*)")


def _header(tree: ast.Module, text: str) -> dict[str, str]:
    """Return what the comments before the first statement say.

    A docstring is passed over, since it can hold anything.
    """
    body = tree.body
    doc = [node for node in body[:1] if isinstance(node, ast.Expr)]
    end = next((node.lineno - 1 for node in body[len(doc) :]), None)
    # As Python splits lines, which text.splitlines() does not.
    comments = re.split(r"\r\n|\r|\n", text)[:end]
    for node in doc:
        comments[node.lineno - 1 : node.end_lineno] = []
    lines: dict[str, str] = {}
    for line in comments:
        if found := _HEADER_LINE.fullmatch(line.strip()):
            lines.setdefault(found[1].rstrip(":"), found[2])
    return lines


class _Reader:
    def __init__(self, tree: ast.Module, header: Mapping[str, str], place: str) -> None:
        self._header = header
        self._place = place
        self._app: dict[str, object] = {}
        self._defined = {n.name: n for n in tree.body if isinstance(n, ast.ClassDef)}
        self._aliases: dict[str, ast.expr] = {}
        self._functions: list[ast.FunctionDef] = []
        for node in tree.body:
            match node:
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                    self._aliases[name] = value
                case ast.Assign(
                    targets=[ast.Name(id=name)], value=ast.Name(id=first) as value
                ):  # of the same fields as another one
                    if first in self._defined:
                        self._defined[name] = self._defined[first]
                    else:
                        self._aliases[name] = value
                case ast.Assign(
                    targets=[ast.Name(id="_app")], value=ast.Call() as call
                ):
                    self._app = _literals(call)
                case ast.FunctionDef():
                    self._functions.append(node)
                case _:
                    pass
        self._classes = {
            name: self._members(node) for name, node in self._defined.items()
        }
        self._made_by = header[HEADER_MARK.strip("# ")].partition(";")[0].strip()
        # A module that says it of one endpoint in the decorator does so of all.
        self._event_data_in_prose = self._made_by in _EVENT_DATA_IN_PROSE and not any(
            isinstance(part, ast.keyword) and part.arg == "event_data"
            for node in self._functions
            for decorator in node.decorator_list
            for part in ast.walk(decorator)
        )

    def surface(self) -> Surface:
        """Return all of it."""
        found = [self._endpoint(node) for node in self._functions]
        clients = [n for n, node in self._defined.items() if "Client" in _bases(node)]
        return Surface(
            source=self._said("", "source"),
            gradio=self._said("gradio"),
            spec=self._said("spec"),
            options=self._options(),
            made_by=self._made_by,
            client=clients[-1] if clients else "",
            endpoints={item.api_name: item for item in found if item is not None},
            classes=self._classes,
            names=frozenset({*self._aliases, *self._defined} - set(clients)),
        )

    def _said(self, argument: str, header: str = "") -> str:
        """Return what the app's declaration says, or else the header."""
        value = self._app.get(argument)
        fallback = self._header.get(header or argument, "")
        return value if isinstance(value, str) else fallback

    def _options(self) -> BuildOptions:
        try:
            return BuildOptions.parse(self._header.get("options", ""))
        except UsageError as error:
            raise UsageError(
                f"the options in the header of {self._place} cannot be read ({error})"
            ) from None

    def _type(self, node: ast.expr | None) -> tuple[TypeExpr, tuple[Constraint, ...]]:
        reader = TypeReader(self._aliases, self._defined)
        return reader.read(node), tuple(reader.constraints)

    def _members(self, node: ast.ClassDef) -> dict[str, Member]:
        members: dict[str, Member] = {}
        for item in node.body:
            match item:
                case ast.AnnAssign(target=ast.Name(id=name), value=value):
                    type_, found = self._type(item.annotation)
                    found = (*found, *constraints(value))
                    members[name] = Member(type_, _default(value), found)
                case _:
                    pass
        return members

    # --- Endpoints

    def _endpoint(self, node: ast.FunctionDef) -> Endpoint | None:
        for decorator in node.decorator_list:
            match decorator:
                case ast.Call(
                    func=ast.Attribute(
                        value=ast.Name(id="_app"),
                        attr="endpoint" | "stream_endpoint" as kind,
                    ),
                    args=[ast.Constant(value=str() | int() as name), *rest],
                ):
                    given = [part.id for part in rest if isinstance(part, ast.Name)]
                    return self._read_endpoint(
                        node,
                        shown_name(name),
                        given[0] if given else "",
                        _literals(decorator),
                        stream=kind == "stream_endpoint",
                    )
                case _:
                    pass
        return None

    def _read_endpoint(
        self,
        node: ast.FunctionDef,
        api_name: str,
        model: str,
        said: Mapping[str, object],
        *,
        stream: bool,
    ) -> Endpoint:
        doc = ast.get_docstring(node) or ""
        shape = _shape(said)
        known = Signature.of(shape or Shape(""))
        taken, given = (
            [slot.type for slot in side] for side in (known.inputs, known.outputs)
        )
        annotation, returned = self._returned(node.returns)
        arguments = [*node.args.args, *node.args.kwonlyargs]
        used = self._used([annotation, *(item.annotation for item in arguments)])
        event_data = said.get("event_data") is True
        if self._event_data_in_prose:
            event_data = _EVENT_DATA.search(doc) is not None
        return Endpoint(
            api_name=api_name,
            function=node.name,
            parameters=tuple(self._parameters(node.args, model, taken, doc)),
            outputs=tuple(self._outputs(returned, given)),
            stream=stream,
            event_data=event_data,
            names=frozenset({*used, model} & {*self._defined, *self._aliases}),
            shape=shape,
        )

    def _parameters(
        self, args: ast.arguments, model: str, components: Sequence[str], doc: str
    ) -> Iterator[Parameter]:
        fields = self._classes.get(model, {})
        docs = _argument_docs(doc)
        positional = [*args.posonlyargs, *args.args]
        defaults: list[ast.expr | None] = [None] * (
            len(positional) - len(args.defaults)
        )
        defaults += [*args.defaults, *args.kw_defaults]
        everything = [*positional, *args.kwonlyargs]
        known = len(components) == len(everything)
        for index, (item, default) in enumerate(zip(everything, defaults, strict=True)):
            type_, _ = self._type(item.annotation)
            yield Parameter(
                name=item.arg,
                type=type_,
                member=fields.get(item.arg, Member(type_, _default(default))),
                keyword_only=index >= len(positional),
                component=components[index] if known else "",
                doc=docs.get(item.arg, ""),
            )

    def _returned(self, node: ast.expr | None) -> tuple[ast.expr | None, TypeExpr]:
        match node:
            case ast.Subscript(value=ast.Name(id="Call"), slice=inner):
                return inner, self._type(inner)[0]
            case _:
                return node, ANY

    def _outputs(self, type_: TypeExpr, components: Sequence[str]) -> Iterator[Output]:
        if type_ == NONE:
            return
        named = [("", type_)]
        if isinstance(type_, ModelOf) and "Output" in _bases(self._defined[type_.name]):
            fields = self._classes[type_.name]
            named = [(name, member.type) for name, member in fields.items()]
        known = len(components) == len(named)
        for index, (name, part) in enumerate(named):
            yield Output(name, part, components[index] if known else "")

    def _used(self, nodes: Sequence[ast.expr | None]) -> set[str]:
        """Return the names of the module's own that annotations lead to."""
        used: set[str] = set()
        waiting = [node for node in nodes if node is not None]
        while waiting:
            for part in ast.walk(waiting.pop()):
                if isinstance(part, ast.Name) and part.id not in used:
                    used.add(part.id)
                    if part.id in self._defined:
                        waiting += _annotations(self._defined[part.id])
        return used


def _annotations(node: ast.ClassDef) -> list[ast.expr]:
    return [item.annotation for item in node.body if isinstance(item, ast.AnnAssign)]


def _bases(node: ast.ClassDef) -> list[str]:
    return [base.id for base in node.bases if isinstance(base, ast.Name)]


def _literals(call: ast.Call) -> dict[str, object]:
    """Return the arguments of a call that are literals; the first one is nameless."""
    found: dict[str, object] = {}
    parts = [("", item) for item in call.args[:1]]
    parts += [(item.arg or "", item.value) for item in call.keywords]
    for name, node in parts:
        with suppress(ValueError, TypeError):
            found.setdefault(name, ast.literal_eval(node))
    return found


def _default(node: ast.expr | None) -> str | None:
    """Return a default as source text; None if there is none."""
    match node:
        case ast.Call(func=ast.Name(id="Field"), args=args, keywords=keywords):
            given = [item.value for item in keywords if item.arg == "default"]
            return next((ast.unparse(item) for item in [*args[:1], *given]), None)
        case None:
            return None
        case _:
            return ast.unparse(node)


def _shape(said: Mapping[str, object]) -> Shape | None:
    """Return the shape that a decorator's arguments say."""
    types = said.get("shape")
    if not isinstance(types, str):
        return None
    taken, given = (_labels(said.get(name)) for name in ("labels", "output_labels"))
    return Shape(types, taken, given, str(said.get("trigger") or ""))


def _labels(said: object) -> tuple[str | None, ...]:
    if isinstance(said, str):
        return labels_of(said)
    return labels_of([v if isinstance(v, str) else None for v in as_list(said) or ()])


def _argument_docs(doc: str) -> dict[str, str]:
    """Return what a docstring says of each parameter; each begins an indented line."""
    _, found, rest = f"\n{doc}".rpartition("\nArgs:\n")
    docs: dict[str, str] = {}
    name = ""
    for line in rest.splitlines() if found else ():
        if line.strip() and not line.startswith(" "):
            break  # the next section
        if line.startswith("    ") and not line.startswith("     "):
            name, _, text = line.strip().partition(":")
            docs[name] = text.strip()
        elif name:
            docs[name] = f"{docs[name]} {line.strip()}".strip()
    return docs
