"""Classes for object schemas.

`ModelRegistry` collects the object schemas that an app's endpoints use, each shape
once, with the types that `SchemaMapper` gives their properties. `write_models` has
datamodel-code-generator turn them into classes, all in one go, since starting it takes
a third of a second; it is imported there and nowhere else.

What it gets is written from those types, in a small subset of JSON Schema. It holds no
text from the app but the values of enumerations: classes and fields have stand-in
names, and the real ones are put in afterwards.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gradio_runtime._components.registry import VALUES

from ..errors import CodegenError
from ..limits import CLASSES
from ..literals import source, string
from ..narrow import as_list, as_map
from .ir import Default, Endpoint, Model, ObjectType, Property, types_within
from .names import FIELDS, HOLD_FILES, Namer, field_name, identifier, pascal
from .same_shape import Shapes
from .schema import Schema, SchemaMapper, Unfolding
from .sides import taken_and_given
from .types import (
    ANY,
    FILE,
    AliasOf,
    Either,
    Generic,
    Literals,
    ModelOf,
    Named,
    Number,
    TypeExpr,
    accepts,
    walk,
    write,
)

#: What has no more to it than its name.
_PLAIN: Mapping[str, Schema] = {
    "Any": {},
    "None": {"type": "null"},
    "bool": {"type": "boolean"},
    "int": {"type": "integer"},
    "str": {"type": "string"},
}


class ModelRegistry:
    """Collects object schemas, each shape once."""

    def __init__(self, namer: Namer) -> None:
        self._objects: dict[str, ObjectType] = {}
        self.unfolding = Unfolding()
        self._shapes = Shapes(self.unfolding)
        self._namer = namer
        self._names: dict[str, str] = {}
        self._mapper = SchemaMapper(self, FILE)

    def add(
        self, schema: Schema, defs: Schema, wanted: str, title: str | None = None
    ) -> TypeExpr:
        """Return the class of an object schema: an old one, if one has its shape.

        Args:
            schema: The schema.
            defs: What its references lead to.
            wanted: The name for its place, such as `PredictOptions`.
            title: Its definition's name, which is preferred, but not to its own title.
        """
        key = self._shapes.of(schema, defs)
        name = self._names.get(key)
        if name is None:
            if len(self._objects) >= CLASSES:
                return ANY
            own = schema.get("title")
            name = self._claim(own if isinstance(own, str) and own else title, wanted)
            self._names[key] = name
            # Keeps its place while its parts are added.
            self._objects[name] = ObjectType("", ())
            self._objects[name] = self._object(schema, defs, name)
        return ModelOf(name)

    def holds_files(self, type_: TypeExpr) -> bool:
        """Return whether a value of a type can hold a file, however deep."""
        return any(
            isinstance(part, Named) and part.name in HOLD_FILES
            for part in types_within([type_], self._objects)
        )

    def finished(
        self, endpoints: Iterable[Endpoint]
    ) -> tuple[Mapping[str, ObjectType], tuple[Endpoint, ...]]:
        """Return what was collected, in the order of use, and the endpoints that use it.

        Defaults that could name a file are left out. Which those are is known only
        now: classes can lead to one another in a circle.
        """
        objects = {
            name: ObjectType(item.doc, tuple(map(self._safe, item.properties)))
            for name, item in self._objects.items()
        }
        return taken_and_given(objects, tuple(endpoints), self._namer.claim_class)

    def _safe(self, item: Property) -> Property:
        value = item.default.value if item.default else None
        if value in (None, []) or not self.holds_files(item.type):
            return item
        return replace(item, default=None)

    def _claim(self, title: str | None, wanted: str) -> str:
        """Claim a free name: the title, else that of the place.

        A number is the last resort: it depends on which other endpoints there are.
        """
        place = pascal(identifier(wanted, "Value"))
        own = place if title is None else pascal(identifier(title, place))
        return self._namer.claim_class(place if self._namer.is_taken(own) else own)

    def _object(self, schema: Schema, defs: Schema, name: str) -> ObjectType:
        required = as_list(schema.get("required")) or []
        properties: list[Property] = []
        for wire, part in schema["properties"].items():
            wanted = f"{name}{pascal(identifier(wire, 'Value'))}"
            type_ = self._mapper.map(part, wanted, defs)
            default = _default(part, type_)
            properties.append(Property(wire, type_, wire in required, default))
        return ObjectType(_doc(schema), tuple(properties))


def _default(schema: Any, type_: TypeExpr) -> Default | None:
    members = as_map(schema) or {}
    value = members.get("default")
    simple = value == [] or isinstance(value, str | int | float | None)
    fits = "default" in members and simple and accepts(type_, value)
    return Default("plain", value) if fits else None


def _doc(schema: Schema) -> str:
    description = schema.get("description")
    text = description if isinstance(description, str) else ""
    return " ".join(text.partition("\n\n")[0].split()) or "An object of the app's API."


# --- Through datamodel-code-generator


def write_models(
    objects: Mapping[str, ObjectType], types: Sequence[str]
) -> list[Model]:
    """Write classes for collected object types.

    Args:
        objects: `ModelRegistry.finished()`.
        types: Names of the module's other types, which no field may have: an
            annotation after it would mean the field.

    Raises:
        CodegenError: datamodel-code-generator fails.
    """
    if not objects:
        return []
    classes = {name: f"Class{index}X" for index, name in enumerate(objects)}
    written = _generate(_document(objects, classes))
    found = {node.name: node for node in written.body if isinstance(node, ast.ClassDef)}
    models: list[Model] = []
    for name, object_ in objects.items():
        namer = Namer(FIELDS | set(types) | set(objects))
        annotations = _annotations(found[classes[name]], classes)
        fields = tuple(
            _field(item, namer, _annotation(item.type, annotations[_stand_in(index)]))
            for index, item in enumerate(object_.properties)
        )
        models.append(Model(name, object_.doc, fields))
    return models


def _field(item: Property, namer: Namer, annotation: str) -> str:
    """Write a field; its alias is what the wire calls it, if that is not a valid name."""
    match item:
        case Property(default=Default(value=value)):
            default = source(value)
        case Property(type=Literals((value,))) if value is not None:
            default = source(value)
        case _:
            default = "" if item.required else "None"
    name = namer.claim(field_name(item.wire, "field"))
    if name != item.wire:
        first = f"default={default}, " if default else ""
        default = f"Field({first}alias={string(item.wire)})"
    return f"{name}: {annotation}{default and f' = {default}'}"


def _annotation(type_: TypeExpr, found: str) -> str:
    """Return the annotation of a field: JSON Schema has no `Several`."""
    several = any(isinstance(t, Generic) and t.origin == "Several" for t in walk(type_))
    return write(type_, in_model=True) if several else found


def _stand_in(index: int) -> str:
    return f"field{index}x"


def _document(objects: Mapping[str, ObjectType], classes: Mapping[str, str]) -> Schema:
    """Return the JSON Schema of all object types, under their stand-in names."""
    stand_in = {"type": "object", "properties": {"path": {"type": "string"}}}
    defs: dict[str, Schema] = dict.fromkeys(VALUES, stand_in)
    for name, object_ in objects.items():
        items = {_stand_in(i): item for i, item in enumerate(object_.properties)}
        defs[classes[name]] = {
            "type": "object",
            "properties": {
                field: {
                    **_schema(item.type, classes),
                    **({"default": item.default.value} if item.default else {}),
                }
                for field, item in items.items()
            },
            "required": [field for field, item in items.items() if item.required],
        }
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": defs}


def _schema(type_: TypeExpr, classes: Mapping[str, str]) -> Schema:
    """Return the JSON Schema of a type."""

    def inner(part: TypeExpr) -> Schema:
        return _schema(part, classes)

    match type_:
        case Number():
            return {"anyOf": [{"type": "integer"}, {"type": "number"}]}
        case Literals((None,)):
            return {"type": "null"}
        case Literals(values) | AliasOf(_, Literals(values)):
            return {"enum": list(values)}
        case Either(members):
            return {"anyOf": list(map(inner, members))}
        case Generic("dict", (_, value)):
            return {"type": "object", "additionalProperties": inner(value) or True}
        case Generic("tuple", items):
            return {
                "type": "array",
                "prefixItems": list(map(inner, items)),
                "minItems": len(items),
                "maxItems": len(items),
                "items": False,
            }
        case Generic(_, items):
            return {"type": "array", "items": inner(items[0])}
        case Named(name) if name in _PLAIN:
            return _PLAIN[name]
        case Named(name) | ModelOf(name):
            return {"$ref": f"#/$defs/{classes.get(name, name)}"}


def _generate(document: Schema) -> ast.Module:
    from datamodel_code_generator import generate
    from datamodel_code_generator.enums import DataModelType, InputFileType
    from datamodel_code_generator.format import Formatter, PythonVersion
    from datamodel_code_generator.parser import LiteralType

    try:
        code = generate(
            json.dumps(document),
            input_file_type=InputFileType.JsonSchema,
            output_model_type=DataModelType.PydanticV2BaseModel,
            target_python_version=PythonVersion.PY_311,
            base_class="gradio_runtime.Model",
            enum_field_as_literal=LiteralType.All,
            use_one_literal_as_default=True,
            collapse_root_models=True,
            use_union_operator=True,
            use_standard_collections=True,
            use_tuple_for_fixed_items=True,
            use_tuple_for_fixed_length_arrays=True,
            strict_nullable=True,
            skip_root_model=True,
            keep_model_order=True,
            disable_timestamp=True,
            allow_remote_refs=False,
            formatters=[Formatter.BUILTIN],
        )
        return ast.parse(str(code))
    except Exception as error:
        raise CodegenError(
            "the app's object types could not be turned into classes "
            f"({type(error).__name__}). Leave out the endpoints that use them with "
            "--exclude, and report it"
        ) from error


def _annotations(node: ast.ClassDef, classes: Mapping[str, str]) -> dict[str, str]:
    """Return the types of a class's fields, with the real names of classes."""
    real = {stand_in: name for name, stand_in in classes.items()}
    found: dict[str, str] = {}
    for item in node.body:
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            for part in ast.walk(item.annotation):
                if isinstance(part, ast.Name):
                    part.id = real.get(part.id, part.id)
            found[item.target.id] = ast.unparse(item.annotation)
    return found
