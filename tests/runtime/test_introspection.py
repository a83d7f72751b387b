"""Endpoints, and each of their faces, say of themselves what plain functions would say."""

from __future__ import annotations

import functools
import importlib
import inspect
import pickle
import pydoc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, get_type_hints
from unittest.mock import create_autospec

import pytest
from gradio_runtime import Call, Endpoint, File, InputError, Job, Stream, StreamEndpoint
from gradio_runtime._api.faces import Introspected
from pydantic import BaseModel, TypeAdapter

from generated_examples.whisper_api import predict as transcribe
from tests.golden.calculator.expected import (
    CalculatorClient,
    ClassifyOutput,
    classify,
    count,
    predict,
)

CLIENT = CalculatorClient("http://127.0.0.1:1")
#: What each face gives of an endpoint with the result `float`.
GIVEN: dict[str, Any] = {
    "__call__": float,
    "submit": Job[float],
    "aio": float,
    "call": Call[float],
    "stream": Stream[float],
}
FACES = {name for cls in (Endpoint, StreamEndpoint) for name, value in vars(cls).items()
         if type(value).__name__ == "_Method"}  # fmt: skip
ENDPOINTS = {
    "module": count,
    "options": count.with_options(timeout=3),
    "client": CLIENT.count,
    "both": CLIENT.count.with_options(retries=1),
}
MODULES = ("calculator", "components3", "components6", "defaults", "hostile")


def everything() -> Iterator[tuple[str, Endpoint[..., Any]]]:
    for module in MODULES:
        generated = importlib.import_module(f"tests.golden.{module}.expected")
        for name, value in vars(generated).items():
            if isinstance(value, Endpoint):
                yield f"{module}.{name}", value


EVERYTHING = dict(everything())


def test_every_face_is_known() -> None:
    assert GIVEN.keys() == FACES


@pytest.mark.parametrize("endpoint", ENDPOINTS.values(), ids=ENDPOINTS)
@pytest.mark.parametrize("face", GIVEN)
def test_a_face_is_a_function(face: str, endpoint: Any) -> None:
    function = getattr(endpoint, face)
    for item in (function, function.__call__):
        assert item.__name__ == "count"
        assert item.__module__ == "tests.golden.calculator.expected"
        assert item.__doc__ == count.__doc__
        signature = inspect.signature(item)
        assert signature.return_annotation == GIVEN[face]
        assert list(signature.parameters) == ["n"]
        assert signature.parameters["n"].default == 10
        assert get_type_hints(item) == {"n": float, "return": GIVEN[face]}
        assert inspect.iscoroutinefunction(item) is (face == "aio")
        assert inspect.isroutine(item)
    assert function.__qualname__ == f"count.{face}"
    assert function == getattr(endpoint, face)
    assert function != endpoint.with_options
    copy = pickle.loads(pickle.dumps(function))
    assert inspect.signature(copy) == inspect.signature(function)


def test_signatures_are_written_for_people() -> None:
    sort = "(num1: float, operation: Literal['add', 'subtract', 'multiply', 'divide'], "
    assert str(inspect.signature(predict)) == f"{sort}num2: float = 100) -> float"
    for text in ("async ", "num2: float = 100", "-> float", "Args:"):
        assert text in pydoc.plain(pydoc.render_doc(predict.aio))
    assert "n: float = 10) -> " in pydoc.plain(pydoc.render_doc(count.stream))
    assert "FileInput" not in str(inspect.signature(classify))
    assert "pathlike" in str(inspect.signature(classify)).lower()
    assert get_type_hints(classify.aio)["return"] is ClassifyOutput


def test_classes_are_as_they_were() -> None:
    for cls in (Endpoint, StreamEndpoint):
        assert "describe" in inspect.signature(cls).parameters
        assert get_type_hints(cls) == {}
        assert inspect.isfunction(cls.aio)
        assert not hasattr(cls, "__get_pydantic_core_schema__")
    assert isinstance(predict, Introspected)


@pytest.mark.parametrize("function", [predict, predict.submit, CLIENT.predict.aio])
def test_ipython_shows_the_signature(function: Any) -> None:
    from IPython.core.interactiveshell import InteractiveShell

    inspector: Any = InteractiveShell.instance().inspector
    definition = inspector.info(function, oname="predict")["definition"]
    assert definition.partition("(")[0].split()[-1] == "predict"
    assert "num2: float = 100" in definition.replace("'", "")
    assert "Annotated" not in definition


def test_partials_and_autospecs_know_the_parameters() -> None:
    half = functools.partial(predict.aio, 1)
    assert list(inspect.signature(half).parameters) == ["operation", "num2"]
    assert inspect.iscoroutinefunction(half)
    spec = create_autospec(count)
    spec(3)
    for face in (spec, spec.submit, spec.aio, spec.stream, spec.call):
        with pytest.raises(TypeError):
            face(3, wrong=1)
    assert inspect.iscoroutinefunction(spec.aio)


def test_an_executor_takes_them() -> None:
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(predict.call, 1, "add").result().data == (1, "add", 100)


def reader_of(taken: Any) -> TypeAdapter[Any]:
    """What reads JSON for a type, or the arguments of a function."""
    return TypeAdapter(taken)


def said(schema: Any, root: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The choices and bounds in a JSON schema."""
    if isinstance(schema, list):
        for item in schema:
            yield from said(item, root)
    elif isinstance(schema, dict):
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            yield "model", name
        for key, value in schema.items():
            if key in ("minimum", "maximum", "multipleOf", "maxLength", "enum"):
                yield key, repr(value)
            elif key == "const":
                yield "enum", repr([value])
            elif key != "default":
                yield from said(value, root)


@pytest.mark.parametrize("name", EVERYTHING)
def test_a_schema_has_the_bounds_and_choices_of_the_app(name: str) -> None:
    endpoint = EVERYTHING[name]
    found = reader_of(endpoint.call).json_schema()
    known = endpoint.inputs.model_json_schema()
    assert found["properties"].keys() == known.get("properties", {}).keys()
    assert set(found.get("required", ())) == set(known.get("required", ()))
    for parameter, schema in found["properties"].items():
        expected = set(said(known["properties"][parameter], known))
        assert set(said(schema, found)) - {("enum", "['UNCHANGED']")} == expected
        assert not {"ge", "le", "multiple_of"} & set(
            str(schema).replace("'", " ").split()
        )
        assert schema["description"]


@pytest.mark.parametrize("name", EVERYTHING)
def test_a_default_may_be_given(name: str) -> None:
    """Strict modes of models have every parameter given, those with defaults too.

    (`defaults.objects` has a default that does not fit the app's own schema.)
    """
    endpoint = EVERYTHING[name]
    adapter = reader_of(endpoint.call)
    properties = adapter.json_schema()["properties"]
    given = {
        key: item["default"] for key, item in properties.items() if "default" in item
    }
    if given.keys() == properties.keys() and name != "defaults.objects":
        assert adapter.validate_python(given).data == endpoint.call().data


def test_a_whole_number_stays_one() -> None:
    adapter = reader_of(predict.call)
    for text in ("5", '"5"', '"5.0"'):
        made: Any = adapter.validate_json(f'{{"num1": {text}, "operation": "add"}}')
        assert type(made.data[0]) is int
    made = adapter.validate_json('{"num1": 5.5, "operation": "add"}')
    assert made.data[0] == 5.5


def hinted(function: Callable[..., Any]) -> TypeAdapter[Any]:
    """What reads an argument by the hints, as agents do."""
    return reader_of(get_type_hints(function, include_extras=True)["audio"])


def test_whose_json_may_name_files_of_this_machine() -> None:
    refused = transcribe.with_options(local_files=False)
    assert hinted(transcribe).validate_json('"a.wav"').path is not None
    assert hinted(transcribe).validate_json('"https://x/a.wav"').url is not None
    for reader in (
        hinted(refused),
        hinted(refused.aio),
        reader_of(inspect.signature(transcribe).parameters["audio"].annotation),
    ):
        with pytest.raises(ValueError, match="cannot name a file of this machine"):
            reader.validate_json('"a.wav"')
        assert reader.validate_json('"https://x/a.wav"').url is not None
    assert hinted(transcribe).json_schema()["description"].endswith("path or URL.")
    assert hinted(refused).json_schema()["description"].endswith("its URL.")


def test_a_call_names_no_local_file_where_that_is_off() -> None:
    refused = transcribe.with_options(local_files=False)
    with pytest.raises(InputError, match="cannot name a file of this machine"):
        refused.call("a.wav")
    assert transcribe.call("a.wav").data[0].path is not None
    for own in ("https://x/a.wav", b"wav", File(url="https://x/a.wav")):
        assert isinstance(refused.call(own).data[0], File)


def test_models_may_hold_endpoints() -> None:
    class Held(BaseModel, arbitrary_types_allowed=True):
        run: Any
        endpoints: list[Endpoint[..., Any]]

    assert Held(run=predict, endpoints=[count]).endpoints == [count]
