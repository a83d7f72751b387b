"""Python's own values, and those of numpy, pandas and polars, for every component.

Each arrives as what it is in JSON, or is refused in one line that names the parameter:
none arrives as a text, or as a number, by accident.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import polars as pl
import pytest
from gradio_runtime import File, InputError
from gradio_runtime._api import untyped
from gradio_runtime._codecs.codec import sent
from gradio_runtime._components.kind import Kind
from gradio_runtime._components.registry import KINDS
from gradio_runtime.description import Component, Config, EndpointInfo
from gradio_runtime.description.dialect import Dialect
from pydantic import ValidationError

from tests.runtime.test_components import PROPS

from .support import SCHEMAS, Slot, describe, endpoint, load, module_of


class Colour(Enum):
    RED = "red"


class Size(Enum):
    ONE = 1


class Word(StrEnum):
    RED = "red"


class Count(IntEnum):
    TWO = 2


NUMBER, TEXT, BOOL, LIST, OBJECT, FILE = kinds = (
    *("number", "string", "boolean", "array", "object", "file"),
)
#: Values, and what each may be in JSON.
VALUES: dict[str, tuple[Any, set[str]]] = {
    "int64": (np.int64(2), {NUMBER}),
    "float32": (np.float32(0.5), {NUMBER}),
    "numpy bool": (np.bool_(True), {BOOL, NUMBER}),
    "numpy str": (np.str_("red"), {TEXT, FILE}),
    "array": (np.array([1, 2]), {LIST}),
    "array of texts": (np.array(["red"]), {LIST}),
    "Decimal": (Decimal(2), {NUMBER}),
    "Decimal 0.5": (Decimal("0.5"), {NUMBER}),
    "Enum": (Colour.RED, {TEXT}),
    "Enum of a number": (Size.ONE, {NUMBER, BOOL}),
    "StrEnum": (Word.RED, {TEXT, FILE}),
    "IntEnum": (Count.TWO, {NUMBER}),
    "date": (date(2026, 1, 2), {TEXT}),
    "datetime": (datetime(2026, 1, 2, 3), {TEXT}),
    "datetime of a zone": (datetime(2026, 1, 2, 3, tzinfo=UTC), {TEXT}),
    "time": (time(1, 2), {TEXT}),
    "Timestamp": (pd.Timestamp("2026-01-02"), {TEXT}),
    "datetime64[s]": (np.datetime64("2026-01-02T03:04:05"), {TEXT}),
    "datetime64[ns]": (np.datetime64("2026-01-02", "ns"), {TEXT}),
    "UUID": (UUID(int=1), {TEXT}),
    "Path": (Path("red"), {TEXT, FILE}),
    "bytes": (b"red", {FILE}),
    "bytearray": (bytearray(b"red"), {FILE}),
    "numpy bytes": (np.bytes_(b"red"), {FILE}),
    "open file": (BytesIO(b"red"), {FILE}),
    "DataFrame": (pd.DataFrame({"red": ["red"]}), {OBJECT}),
    "DataFrame of polars": (pl.DataFrame({"red": ["red"]}), {OBJECT}),
    "Series": (pd.Series(["red"]), {LIST}),
    "Series of polars": (pl.Series(["red"]), {LIST}),
    "NaN": (float("nan"), set()),
    "NaN of numpy": (np.float32("nan"), set()),
    "Decimal NaN": (Decimal("NaN"), set()),
    "NaT": (pd.NaT, set()),
    "NaT of numpy": (np.datetime64("NaT"), set()),
    "NA": (pd.NA, set()),
    "timedelta": (timedelta(1), set()),
    "timedelta64": (np.timedelta64(1, "ns"), set()),
    "complex": (1j, set()),
    "object": (object(), set()),
}
#: The JSON of what a component takes, by the names in its record.
TAKES: dict[str, set[str]] = {
    "Any": set(kinds),
    "DateTimeInput": {TEXT},
    "bool": {BOOL},
    "choice": {TEXT, NUMBER},  # where there is none, a number may be one
    "float": {NUMBER},
    "str": {TEXT},
}
FILES = {"type": "object", "properties": dict.fromkeys(["path", "url", "orig_name"])}
#: Of components that are not Gradio's own: their schema, and what they take.
OTHERS: dict[str, tuple[Any, set[str]]] = {
    "anything": ({}, set(kinds)),
    "string": ({"type": "string"}, {TEXT}),
    "number": ({"type": "number"}, {NUMBER}),
    "integer": ({"type": "integer"}, {NUMBER}),
    "boolean": ({"type": "boolean"}, {BOOL}),
    "texts": ({"type": "array", "items": {"type": "string"}}, {LIST}),
    "list": ({"type": "array"}, {LIST}),
    "object": ({"type": "object"}, {OBJECT}),
    "file": (FILES, {FILE}),
    "files": ({"type": "array", "items": FILES}, {LIST, FILE}),
    "file within": ({"type": "object", "properties": {"f": FILES}}, {OBJECT, FILE}),
}


def taken(kind: Kind, slot: Slot) -> set[str]:
    """What the JSON of a component's values is, going by its record."""
    if kind.several or slot.props.get("multiselect"):
        return {LIST}
    found = set[str]()
    for name in kind.takes.split(" | "):
        origin, _, inner = name.partition("[")
        found |= TAKES.get(name, {LIST} if inner or "Pair" in origin else {OBJECT})
    return ({FILE} if kind.files == "bare" else found) | (
        {FILE} if kind.files else set()
    )


@dataclass
class Case:
    slot: Slot
    takes: set[str]
    index: int = 0
    function: Any = None
    info: Any = field(default=None)

    @property
    def component(self) -> Component:
        schema = SCHEMAS.get(self.slot.type) if self.slot.schema is None else None
        schema = schema or self.slot.schema
        return Component(
            id=1, type=self.slot.type, props=self.slot.props, schema_in=schema
        )


def cases() -> Iterator[tuple[str, Case]]:
    choices = {"choices": [["Red", "red"], ["Blue", "blue"]]}
    more: tuple[dict[str, Any], ...] = (
        *({"choices": []}, {"multiselect": True}),
        *({"precision": 0}, {"minimum": 0, "maximum": 9}),
    )
    for name, kind in KINDS.items():
        if kind.hidden or kind.of_function:
            continue
        for number, props in enumerate((*PROPS, *more)):
            slot = Slot(name, "v", props={**choices, **props})
            record = kind.of(slot.props)
            kept = kind.keeps.split()
            if number and record is kind.of(choices) and not {*props} & {*kept}:
                continue
            if "multiselect" in props:
                slot.schema = {"type": "array", "items": {"type": "string"}}
            plain = {"str": "string", "bool": "boolean", "float": "number"}
            if record.takes in plain:
                slot.schema = {"type": plain[record.takes]}
            yield f"{name}-{number}", Case(slot, taken(record, slot))
    for type_ in ("api", "custom"):
        for name, (schema, takes) in OTHERS.items():
            yield f"{type_} {name}", Case(Slot(type_, "v", schema=schema), takes)


CASES = dict(cases())


@pytest.fixture(scope="module", autouse=True)
def _made(tmp_path_factory: pytest.TempPathFactory) -> None:
    app = [endpoint(f"f{i}", [case.slot]) for i, case in enumerate(CASES.values())]
    folder = tmp_path_factory.mktemp("values")
    module = load(module_of(*app).code, folder, "python_values_api")
    _, info = describe(*app)
    for number, case in enumerate(CASES.values()):
        case.function = getattr(module, f"f{number}")
        case.info = EndpointInfo.model_validate(info["named_endpoints"][f"/f{number}"])


def kind_of_json(json: Any) -> str:
    match json:
        case File():
            return FILE
        case bool():
            return BOOL
        case int() | float():
            return NUMBER
        case list():
            return LIST
        case dict():
            return OBJECT
        case _:
            assert isinstance(json, str)
            return TEXT


def fresh(value: Any) -> Any:
    """Return the value; of an open file another, since it is read once."""
    return BytesIO(value.getvalue()) if isinstance(value, BytesIO) else value


def arrived(case: Case, value: Any, *, typed: bool) -> Any:
    """Return what is sent; raise `InputError` as a call does."""
    dialect = Dialect.of(Config(version="6.31.0", protocol="sse_v3"))
    value = fresh(value)
    if typed:
        (value,) = case.function.call(value).data
    else:
        (value,) = untyped._arguments(case.info, (value,), {}, "/f")
    try:
        return sent(value, case.component, dialect, typed=typed)
    except InputError as error:
        error.about("v")  # as an execution does
        raise


def outcome(case: Case, value: Any, *, typed: bool) -> str:
    """Return what a value arrives as; "" if it is refused as it should be."""
    try:
        return kind_of_json(arrived(case, value, typed=typed))
    except InputError as error:
        refused = error
    assert "\n" not in str(refused)
    assert {name.partition(".")[0] for name in refused.fields} == {"v"}
    assert " v: " in str(refused) or " v." in str(refused) or str(refused)[:2] == "v:"
    return ""


@pytest.mark.parametrize("typed", [True, False], ids=["typed", "untyped"])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_value_arrives_as_what_it_is_or_is_refused(case: Case, typed: bool) -> None:
    for name, (value, allowed) in VALUES.items():
        found = outcome(case, value, typed=typed)
        if not found:
            continue
        what = f"{name} arrives as {found}"
        drawn_on = found == OBJECT and FILE in case.takes  # an image to edit, of a file
        assert found in allowed or (drawn_on and allowed & {FILE, TEXT}), what
        if typed or (found == TEXT and not isinstance(value, str)):
            assert found in case.takes, what


@pytest.mark.parametrize("name", VALUES)
def test_a_value_arrives_where_it_fits(name: str) -> None:
    value, allowed = VALUES[name]
    sides = [(case, typed) for case in CASES.values() for typed in (True, False)]
    found = {outcome(case, value, typed=typed) for case, typed in sides}
    assert allowed <= found


#: A class with a field of each plain type, and of anything.
THING = {
    "type": "object",
    "title": "Thing",
    "properties": {
        f"v_{name.replace(' ', '_')}": item[0] for name, item in OTHERS.items()
    },
}


@pytest.fixture(scope="module")
def thing(tmp_path_factory: pytest.TempPathFactory) -> Any:
    code = module_of(endpoint("f", [Slot("custom", "v", schema=THING)])).code
    return load(code, tmp_path_factory.mktemp("thing"), "thing_api").Thing


@pytest.mark.parametrize("name", OTHERS)
def test_a_value_is_within_an_object_what_it_is_alone(name: str, thing: Any) -> None:
    key, case = f"v_{name.replace(' ', '_')}", CASES[f"custom {name}"]
    for what, (value, _) in VALUES.items():
        slot = Component(id=1, type="custom", schema_in=THING)
        dialect = Dialect.of(Config(version="6.31.0", protocol="sse_v3"))
        try:
            found = kind_of_json(
                sent(thing(**{key: fresh(value)}), slot, dialect, typed=True)[key]
            )
        except (InputError, ValidationError):
            found = ""
        assert found == outcome(case, value, typed=True), what
