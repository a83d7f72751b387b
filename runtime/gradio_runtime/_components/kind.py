"""The record of a component, and of the types that its values have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from ..description import Component
    from ..description.dialect import Dialect

Json: TypeAlias = Any
Props: TypeAlias = Mapping[str, Any]
#: A value's JSON with `File` objects in place of its files.
Files: TypeAlias = Callable[[Json], Json]


class Value(NamedTuple):
    """What is known of a type that generated modules import for a component.

    Attributes:
        name: Its name.
        example: Source text of a value.
        title: The title of Gradio's own schema for it, if that is another.
        arrays: Properties that must be arrays there; in other versions they are not.
        written: Whether modules say a default of it; else it is the app's own.
        left_out: Whether an input of it often need not be given, beside others.
        text: Whether it is text in JSON, and not an object.
        plain: Whether an object of JSON can be given as it is to the constructor.
        made_as: The class of that constructor, if it is another.
    """

    name: str
    example: str = "None"
    title: str = ""
    arrays: tuple[str, ...] = ()
    written: bool = True
    left_out: bool = False
    text: bool = False
    plain: Callable[[Mapping[str, Any]], bool] | None = None
    made_as: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """All that is known of some component types; the defaults are for an unknown one.

    Lists of names are texts with spaces between them.

    Attributes:
        names: The component types.
        takes: The type of a parameter; empty where the schema says it. `choice` is one
            of the values that are offered.
        gives: The type of an output.
        values: What is known of the types in both that are not Python's own.
        types: Further ones, of which nothing has to be known.
        exports: What else `gradio_runtime.types` has for it.
        home: The module of all these, within the package.
        codec: Its `Codec`, as `module:name` within the package; empty if JSON is the
            same in all versions.
        files: How files stand in its values: `bare`, alone or in a list; `captioned`,
            with texts beside them; `among`, within objects that have texts as well.
        members: Members of its objects that are files.
        inline: Whether its files are data URLs in Gradio 3.
        keeps: Properties that shape the generated code.
        infers: Further ones, from all properties and whether Gradio is before 6.
        variant: The record for a component with certain properties, if it is another.
        several: Whether its values are lists of what it takes and gives.
        never_null: Whether Gradio itself gives something else for None, in any version
            (its `postprocess`).
        default_step: Gradio's own step, if the app's author gave none.
        parses_text: Whether the server reads a text as JSON.
        hidden: Whether callers neither send nor receive it, where the app does not say.
        stateful: Whether it keeps a session's state; it is hidden in any version.
        of_function: Whether it is not a component, but a function of `gr.api`.
        title: The name people write, if it is not the type, capitalised.
        example: Source text of a value, if the type says too little.
        note: A sentence for the docstring of a parameter.
    """

    names: str = ""
    takes: str = ""
    gives: str = ""
    values: tuple[Value, ...] = ()
    types: str = ""
    exports: str = ""
    home: str = ""
    codec: str = ""
    files: str = ""
    members: str = ""
    inline: bool = False
    keeps: str = ""
    infers: Callable[[Props, bool], Props] | None = None
    variant: Callable[[Props], Kind | None] | None = None
    several: bool = False
    never_null: bool = False
    default_step: int | None = None
    parses_text: bool = False
    hidden: bool = False
    stateful: bool = False
    of_function: bool = False
    title: str = ""
    example: str = ""
    note: str = ""

    @property
    def schema_wanted(self) -> bool:
        """Return whether a parameter's type depends on the component's JSON Schema."""
        return self.takes in {"", "Any", "bool", "choice", "float", "str"}

    @property
    def bounded(self) -> bool:
        """Return whether its values are numbers, with bounds in its properties."""
        return "minimum" in self.keeps

    @property
    def all_values(self) -> tuple[Value, ...]:
        """Return the types in what it takes and gives that are not Python's own."""
        return (*self.values, *map(Value, self.types.split()))

    def of(self, props: Props) -> Kind:
        """Return the record for a component with these properties."""
        return (self.variant and self.variant(props)) or self


def _as_given(value: Any, _slot: Component, _dialect: Dialect) -> Any:
    return value


def _as_sent(value: Json, files: Files) -> Json:
    return files(value)


class Codec(NamedTuple):
    """How a component's JSON differs between Gradio versions.

    Attributes:
        encode: Turns what a caller gave into what the server's version reads.
        decode: Turns any version's JSON into what the caller's type is validated from;
            it tells the versions apart by the shape itself.
    """

    encode: Callable[[Any, Component, Dialect], Any] = _as_given
    decode: Callable[[Json, Files], Json] = _as_sent


#: Types whose values are right where another is wanted.
_NARROWER = frozenset({("File", "FileInput"), ("VideoFile", "File"), ("choice", "str")})


def fits(given: str, wanted: str) -> bool:
    """Return whether all values of one type are right where another is wanted."""
    return wanted == "Any" or all(
        any(one == other or (one, other) in _NARROWER for other in wanted.split(" | "))
        for one in given.split(" | ")
    )
