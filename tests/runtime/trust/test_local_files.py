"""No word of an app's, nor of any JSON, becomes a file of the caller's.

Every type of the runtime is fed every shape of value that names a local file, as an
app's output on every protocol, as JSON, and as what is handed on to a next call.
"""

from __future__ import annotations

import copy
import itertools
import json
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gradio_runtime import File, FileInput, Input, Output, OutputMismatch
from gradio_runtime._codecs.codec import (
    as_object,
    decode,
    encode,
    files_in,
    inert,
)
from gradio_runtime._components.registry import kind_of
from gradio_runtime._engine.results import reader_for
from gradio_runtime._models.files import AppText, set_facts
from gradio_runtime._models.updates import unwrapped
from gradio_runtime.description import Component
from gradio_runtime.description.dialect import Dialect
from gradio_runtime.errors import GradioError
from gradio_runtime.types import ChatMessage, ChatPairInput, GalleryImage
from pydantic import ValidationError, create_model

from .shapes import COMPONENTS, DIALECTS, TYPES, files_of, hostile, places

#: Nothing is ever read there: only its name counts.
SECRET = Path("/home/somebody/.ssh/id_rsa")
HOSTILE = list(hostile(SECRET))


def remote(value: dict[str, Any]) -> File:
    """What the transfer makes of a file of the app's: one that is on the app's server."""
    file = File.model_validate({"url": "http://127.0.0.1:9/file=x"})
    set_facts(file, remote_path=str(value.get("path")))
    return file


def decoded(value: Any, component: str, dialect: Dialect, *, typed: bool) -> Any:
    """What a job makes of one output, as `Reader` does it."""
    value = as_object(unwrapped(copy.deepcopy(value)), component, dialect)
    if isinstance(value, dict | list):
        value = decode(value, component if typed else "", dialect, remote)
    return inert(value, component)


def is_harmless(value: Any) -> bool:
    """Whether no file in a value is one of this machine's, by path or by address."""
    return all(
        file.path is None and not str(file.url or "").lower().startswith("file:")
        for file in files_of(value)
    )


def _for(index: int) -> list[Any]:
    """All values for a type itself, some for what it is in."""
    return HOSTILE[index :: 1 if index == 0 else 5]


def parameter(annotation: Any) -> Any:
    """An input model with one parameter, `value`."""
    return create_model("Parameter", __base__=Input, value=(annotation, ...))


def taken(make: Callable[[], Any]) -> Iterator[Any]:
    """What a parameter holds; nothing if it refuses."""
    try:
        yield make()
    except (ValidationError, GradioError):
        return


def test_the_types_are_there() -> None:
    """The derivation has found what is known to be there."""
    known = {"File", "FileInput", "ChatMessage", "ChatPair", "GalleryItem", "VideoFile"}
    assert known <= TYPES.keys()
    assert len(HOSTILE) > 200


@pytest.mark.slow
@pytest.mark.parametrize("name", TYPES)
def test_an_output_is_no_local_file(name: str) -> None:
    for index, annotation in enumerate(places(TYPES[name])):
        alone = reader_for(annotation)
        model = create_model("Two", __base__=Output, a=(annotation, ...), b=(Any, None))
        both = reader_for(model)
        for value, strict in itertools.product(_for(index), (True, False)):
            for read, values in ((alone, [value]), (both, [value, None])):
                try:
                    result = read(values, ["a", "b"], strict)
                except OutputMismatch:
                    continue
                assert is_harmless(result), (annotation, value, result)


@pytest.mark.slow
@pytest.mark.parametrize("component", COMPONENTS)
def test_what_an_app_gave_is_handed_on_harmlessly(component: str) -> None:
    """Typed or not, of every protocol, and in whatever way it reaches the next call."""
    parameters = [parameter(type_) for type_ in TYPES.values()]
    handed_on: set[bytes] = set()
    for dialect, typed in itertools.product(DIALECTS.values(), (True, False)):
        for value in HOSTILE[:: 2 if dialect is DIALECTS["6.31.0"] else 17]:
            result = decoded(value, component, dialect, typed=typed)
            assert is_harmless(result), (component, value)
            if kind_of(component).files not in ("bare", "captioned") and is_text(
                result
            ):
                continue  # a text of an app's that the caller gives as a path is his word
            pickled = pickle.dumps(result)
            if pickled in handed_on:
                continue  # as another dialect, or another type, has given it
            handed_on.add(pickled)
            for again in (copy.deepcopy(result), pickle.loads(pickled)):
                for model in parameters:
                    for held in taken(lambda m=model, a=again: m(value=a)):  # type: ignore[misc]
                        assert is_harmless(held), (component, value, held)


def is_text(value: Any) -> bool:
    """Whether a value is a text, or texts, and nothing else."""
    if isinstance(value, list):
        return any(isinstance(item, str) for item in value)
    return isinstance(value, str)


@pytest.mark.slow
@pytest.mark.parametrize("name", TYPES)
def test_json_names_no_local_file(name: str) -> None:
    for index, annotation in enumerate(places(TYPES[name])):
        model = parameter(annotation)
        for value in _for(index):
            body = {"value": value}
            for held in (
                *taken(lambda m=model, b=body: m.model_validate_json(json.dumps(b))),  # type: ignore[misc]
                *taken(lambda m=model, b=body: m.model_validate(b)),  # type: ignore[misc]
            ):
                assert is_harmless(held), (annotation, value, held)


def test_a_caller_names_what_he_likes(tmp_path: Path) -> None:
    path = tmp_path / "own.png"
    files = parameter(FileInput), parameter(list[FileInput])
    text = np.str_(path)
    for given in (path, str(path), text, File(path=path), File.of(str(path))):
        assert next(files_of(files[0](value=given))).path == path
        assert next(files_of(files[1](value=[given]))).path == path
        assert next(files_of(GalleryImage(image=given))).path == path  # type: ignore[arg-type]
        pairs = parameter(list[ChatPairInput])(value=[((given, "alt"), None)])
        assert next(files_of(pairs)).path == path
    for json_ in (str(path), {"path": str(path)}):
        held = files[0].model_validate({"value": json_}, context={"local_files": True})
        assert next(files_of(held)).path == path
        with pytest.raises(ValidationError, match=r"local_files.*True"):
            files[0].model_validate({"value": json_})


def test_a_list_that_json_could_have_made_is_not_looked_into() -> None:
    """Pairs of a chat are tuples in Python; lists of lists come from somebody's JSON."""
    pairs = parameter(list[ChatPairInput])
    with pytest.raises(ValidationError, match="cannot name a file"):
        pairs(value=[[[str(SECRET), None], "hi"]])
    message = {"role": "user", "content": [{"type": "file", "file": str(SECRET)}]}
    with pytest.raises(ValidationError, match="cannot name a file"):
        parameter(list[ChatMessage])(value=[message])


def test_a_text_at_the_place_of_a_file_is_data() -> None:
    text = inert(str(SECRET), "image")
    assert isinstance(text, AppText)
    assert str(text) == str(SECRET)
    with pytest.raises(ValidationError, match="expected a path"):
        parameter(FileInput)(value=text)
    with pytest.raises(TypeError):
        json.dumps(text)  # and so never a text again without the caller's saying so
    sent = encode([text], Component(id=1, type="json"), DIALECTS["6.31.0"])
    assert (sent, files_in(sent)) == ([str(SECRET)], [])


def test_a_caption_stays_a_text() -> None:
    gallery = [[str(SECRET), "a caption"], {"image": str(SECRET), "caption": "b"}]
    first, second = inert(gallery, "gallery")
    assert [type(item) for item in first] == [AppText, str]
    assert [type(item) for item in second.values()] == [AppText, str]
    chat = [{"role": "user", "content": "hello", "metadata": {"title": "name"}}]
    assert inert(copy.deepcopy(chat), "chatbot") == chat
    assert inert([["hi", "there"]], "chatbot") == [["hi", "there"]]
