"""Classes for object schemas.

`ModelRegistry` collects the object schemas that an app's endpoints use, each shape
once, in a small subset of JSON Schema. `write_models` has datamodel-code-generator
turn them into classes, all in one go, since starting it takes a third of a second;
it is imported there and nowhere else.

What it gets holds no text from the app but the values of enumerations: classes and
fields have stand-in names, and the real ones are put in afterwards.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping, Sequence
from typing import Any

from .errors import CodegenError
from .ir import Model, ModelField
from .limits import CLASSES
from .literals import source, string
from .names import FIELDS, HOLD_FILES, Namer, field_name, identifier, pascal
from .narrow import as_list, as_map
from .schema import (
    RUNTIME_CLASSES,
    Schema,
    SchemaMapper,
    Unfolding,
    choice_type,
    is_array,
    is_file,
    item_schema,
    merged,
    resolve,
    runtime_class,
    tuple_items,
    variants,
)
from .shapes import Shapes
from .typeexpr import ANY, FILE, Literals, ModelOf, Named, TypeExpr, accepts, walk

__all__ = ["ModelRegistry", "write_models"]

_ANYTHING: dict[str, Any] = {}
_FILE = {"$ref": "#/$defs/File"}
_NUMBER = {"anyOf": [{"type": "integer"}, {"type": "number"}]}


class ModelRegistry:
    """Collects object schemas.

    Attributes:
        schemas: What was collected, by class name, in the order of use.
        unfolding: How far the app's schemas have been unfolded.
    """

    def __init__(self, namer: Namer) -> None:
        self.schemas: dict[str, Schema] = {}
        self.unfolding = Unfolding()
        self._shapes = Shapes(self.unfolding)
        self._namer = namer
        self._names: dict[str, str] = {}
        self._mapper = SchemaMapper(self, FILE)

    def add(
        self, schema: Schema, defs: Schema, wanted: str, title: str | None = None
    ) -> TypeExpr:
        """The class of an object schema: an old one, if one has its shape.

        Args:
            schema: The schema.
            defs: What its references lead to.
            wanted: The name for its place, such as `PredictOptions`.
            title: Its own name, if it has one, which is preferred.
        """
        key = self._shapes.of(schema, defs)
        name = self._names.get(key)
        if name is None and len(self.schemas) >= CLASSES:
            return ANY
        if name is None:
            own = schema.get("title")
            name = self._claim(own if isinstance(own, str) and own else title, wanted)
            self._names[key] = name
            self.schemas[name] = {}  # keeps its place while its parts are added
            self.schemas[name] = self._object(schema, defs, name)
        return ModelOf(name)

    def holds_files(self, type_: TypeExpr) -> bool:
        """Whether a value of a type can hold a file, however deep."""
        classes = [part.name for part in walk(type_) if isinstance(part, ModelOf)]
        known = {part.name for part in walk(type_) if isinstance(part, Named)}
        seen: set[str] = set()
        while classes:
            if (name := classes.pop()) not in seen:
                seen.add(name)
                known |= (found := _references(self.schemas.get(name, {})))
                classes += found & self.schemas.keys()
        return not known.isdisjoint(HOLD_FILES)

    def _claim(self, title: str | None, wanted: str) -> str:
        """A free name: the title, else that of the place.

        A number is the last resort: it depends on which other endpoints there are.
        """
        place = pascal(identifier(wanted, "Value"))
        own = place if title is None else pascal(identifier(title, place))
        return self._namer.claim_class(place if self._namer.is_taken(own) else own)

    def _object(self, schema: Schema, defs: Schema, name: str) -> Schema:
        properties: dict[str, Any] = {}
        for key, part in schema["properties"].items():
            wanted = f"{name}{pascal(identifier(key, 'Value'))}"
            with self.unfolding.whole():
                properties[key] = self._part(part, defs, wanted, ())
            if "default" in (members := as_map(part) or {}):
                default = members["default"]
                with self.unfolding.whole():
                    type_ = self._mapper.type(part, defs, wanted, ())
                written = default in (None, []) or not self.holds_files(type_)
                if written and _is_simple(default) and accepts(type_, default):
                    properties[key] = {**properties[key], "default": default}
        names = as_list(schema.get("required")) or []
        return {
            "description": schema.get("description"),
            "properties": properties,
            "required": [key for key in properties if key in names],
        }

    def _part(
        self, schema: Any, defs: Schema, wanted: str, within: tuple[str, ...]
    ) -> Schema:
        """A schema in the subset that `write_models` hands on."""
        with self.unfolding.deeper() as may:
            members = as_map(schema) if may else None
            if members is None:
                return _ANYTHING
            return self._known_part(members, defs, wanted, within)

    def _known_part(
        self, members: Schema, defs: Schema, wanted: str, within: tuple[str, ...]
    ) -> Schema:
        name, schema = resolve(members, defs)
        if name is not None:
            if name in within:
                return _ANYTHING
            within = (*within, name)
        if is_file(schema):
            return _FILE
        if (known := runtime_class(schema)) is not None:
            return {"$ref": f"#/$defs/{known}"}
        if (values := _enumeration(schema)) is not None:
            return values
        if (parts := variants(schema)) is not None:
            return _any_of([self._part(part, defs, wanted, within) for part in parts])
        if is_array(schema):
            if (items := tuple_items(schema)) is not None:
                return {
                    "type": "array",
                    "prefixItems": [self._part(i, defs, wanted, within) for i in items],
                    "minItems": len(items),
                    "maxItems": len(items),
                    "items": False,
                }
            item = self._part(item_schema(schema), defs, wanted, within)
            return {"type": "array", "items": item}
        schema = merged(schema, defs)
        if schema.get("properties") and schema.get("type") in ("object", None):
            type_ = self.add(schema, defs, wanted, name)
            return (
                {"$ref": f"#/$defs/{type_.name}"}
                if isinstance(type_, ModelOf)
                else _ANYTHING
            )
        if schema.get("type") == "object":
            values = schema.get("additionalProperties")
            part = self._part(values, defs, wanted, within)
            return {"type": "object", "additionalProperties": part or True}
        if schema.get("type") == "number":
            return _NUMBER
        if schema.get("type") in ("string", "boolean", "integer", "null"):
            return {"type": schema["type"]}
        return _ANYTHING


def _references(schema: object) -> set[str]:
    """The names of the classes that a collected schema refers to."""
    if (items := as_list(schema)) is not None:
        return {name for item in items for name in _references(item)}
    members = as_map(schema) or {}
    if isinstance(reference := members.get("$ref"), str):
        return {reference.rpartition("/")[2]}
    values = (part for key, part in members.items() if key not in ("enum", "default"))
    return {name for part in values for name in _references(part)}


def _enumeration(schema: Schema) -> Schema | None:
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    match choice_type(values or ()):
        case None:
            return None
        case Literals(literals):
            return {"type": "null"} if literals == (None,) else {"enum": list(literals)}
        case _:
            return _ANYTHING


def _any_of(parts: Sequence[Schema]) -> Schema:
    flat: list[Schema] = []
    for part in parts:
        if not part:
            return _ANYTHING
        for item in part.get("anyOf", [part]):
            if item not in flat:
                flat.append(item)
    return flat[0] if len(flat) == 1 else {"anyOf": flat}


def _is_simple(value: object) -> bool:
    return value is None or value == [] or isinstance(value, str | int | float)


# --- Through datamodel-code-generator


def write_models(schemas: Mapping[str, Schema], types: Sequence[str]) -> list[Model]:
    """Classes for collected schemas.

    Args:
        schemas: `ModelRegistry.schemas`.
        types: Names of the module's other types, which no field may have: an
            annotation after it would mean the field.

    Raises:
        CodegenError: datamodel-code-generator fails.
    """
    if not schemas:
        return []
    classes = {name: f"Class{index}X" for index, name in enumerate(schemas)}
    document = _with_stand_ins(schemas, classes)
    found = {
        node.name: node
        for node in _generate(document).body
        if isinstance(node, ast.ClassDef)
    }
    models: list[Model] = []
    for name, schema in schemas.items():
        namer = Namer(FIELDS | set(types) | set(schemas))
        wires = list(schema["properties"])
        names = {wire: namer.claim(field_name(wire, "field")) for wire in wires}
        annotations = _annotations(found[classes[name]], classes)
        models.append(
            Model(
                name=name,
                doc=_doc(schema),
                fields=tuple(
                    ModelField(
                        name=names[wire],
                        annotation=annotations[_stand_in(index)],
                        default=_default(schema, wire),
                        alias=None if names[wire] == wire else string(wire),
                    )
                    for index, wire in enumerate(wires)
                ),
            )
        )
    return models


def _default(schema: Schema, wire: str) -> str | None:
    """The default of a property as source text; None when it is required."""
    part = schema["properties"][wire]
    if "default" in part:
        return source(part["default"])
    if len(only := part.get("enum", ())) == 1:
        return source(only[0])
    return None if wire in schema["required"] else "None"


def _stand_in(index: int) -> str:
    return f"field{index}x"


def _doc(schema: Schema) -> str:
    description = schema.get("description")
    text = description if isinstance(description, str) else ""
    return " ".join(text.partition("\n\n")[0].split()) or "An object of the app's API."


def _with_stand_ins(
    schemas: Mapping[str, Schema], classes: Mapping[str, str]
) -> Schema:
    def rename(part: Any) -> Any:
        if (items := as_list(part)) is not None:
            return [rename(item) for item in items]
        if (schema := as_map(part)) is None:
            return part
        if isinstance(reference := schema.get("$ref"), str):
            name = reference.rpartition("/")[2]
            return {**schema, "$ref": f"#/$defs/{classes.get(name, name)}"}
        # Values of an enumeration stay what they are.
        keep = ("enum", "default")
        return {k: v if k in keep else rename(v) for k, v in schema.items()}

    stand_in = {"type": "object", "properties": {"path": {"type": "string"}}}
    defs: dict[str, Any] = dict.fromkeys(("File", *RUNTIME_CLASSES), stand_in)
    for name, schema in schemas.items():
        indexes = {wire: _stand_in(i) for i, wire in enumerate(schema["properties"])}
        defs[classes[name]] = {
            "type": "object",
            "properties": {
                indexes[wire]: rename(part)
                for wire, part in schema["properties"].items()
            },
            "required": [indexes[wire] for wire in schema["required"]],
        }
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": defs}


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
    """The types of a class's fields, with the real names of classes."""
    real = {stand_in: name for name, stand_in in classes.items()}
    found: dict[str, str] = {}
    for item in node.body:
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            for part in ast.walk(item.annotation):
                if isinstance(part, ast.Name):
                    part.id = real.get(part.id, part.id)
            found[item.target.id] = ast.unparse(item.annotation)
    return found
