"""Object types that hold files: as parameters take them, and as outputs give them.

An output has a `File` for each of its files; a parameter takes a path, a URL or bytes as
well. So a class that holds files and is both taken and given is two classes, and a
parameter takes both of them: what one endpoint gives can be handed to the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from .ir import Endpoint, ObjectType, types_within
from .types import FILE, FILE_INPUT, Either, Generic, ModelOf, TypeExpr, either, walk

_Objects = Mapping[str, ObjectType]


def taken_and_given(
    objects: _Objects, endpoints: Sequence[Endpoint], claim: Callable[[str], str]
) -> tuple[_Objects, tuple[Endpoint, ...]]:
    """Return classes and endpoints, with a `FileInput` where parameters have a file.

    Args:
        objects: The classes, with a `File` for each file.
        endpoints: What takes and gives them.
        claim: Takes the free name for a class that is closest to the one wanted.
    """
    given = _reached((s.type for e in endpoints for s in e.outputs), objects)
    taken = _reached((p.type for e in endpoints for p in e.params), objects)
    holding = _holding(taken, objects)
    #: Classes for parameters, by those that they are made of.
    made = {
        name: claim(f"{name}Input") if name in given else name
        for name in objects
        if name in holding
    }
    classes: dict[str, ObjectType] = {}
    for name, item in objects.items():
        classes[name] = item
        if name in made:
            properties = (
                replace(p, type=_taken(p.type, made)) for p in item.properties
            )
            classes[made[name]] = replace(item, properties=tuple(properties))
    return classes, tuple(
        replace(
            e, params=tuple(replace(p, type=_taken(p.type, made)) for p in e.params)
        )
        for e in endpoints
    )


def _reached(types: Iterable[TypeExpr], objects: _Objects) -> set[str]:
    """Return the classes in types, however deep."""
    found = types_within(types, objects)
    return {part.name for part in found if isinstance(part, ModelOf)}


def _holding(names: Iterable[str], objects: _Objects) -> set[str]:
    """Return those of the classes that hold a `File`, however deep."""
    parts = {
        name: {part for p in objects[name].properties for part in walk(p.type)}
        for name in names
    }
    known: set[TypeExpr] = {FILE}
    while (
        found := {ModelOf(name) for name in parts if not known.isdisjoint(parts[name])}
        - known
    ):
        known |= found
    return {part.name for part in known if isinstance(part, ModelOf)}


def _taken(type_: TypeExpr, made: Mapping[str, str]) -> TypeExpr:
    """Return a type as parameters take it."""
    match type_:
        case Generic(origin, parts):
            new = tuple(_taken(part, made) for part in parts)
            converted = origin == "list" and new != parts
            return Generic("Several" if converted else origin, new)
        case Either(parts):
            return either(*(_taken(part, made) for part in parts))
        case ModelOf(name) if made.get(name, name) != name:
            return Either((ModelOf(made[name]), type_))
        case _:
            return FILE_INPUT if type_ == FILE else type_
