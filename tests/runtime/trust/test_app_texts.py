"""What an app says, in an untyped call, is not taken for the path of a file it gave.

Both are texts. The one is the app's word, an `AppStr`, whatever component the app claims
that it comes from; the other is the path of a download.
"""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from gradio_runtime import Client, File, FileInput, InputError, handle_file
from gradio_runtime._engine.results import reader_for
from gradio_runtime._models.provenance import AppStr, as_said
from pydantic import TypeAdapter, ValidationError

from tests.support.misbehaving import Handler, forget_all, serving

from .shapes import COMPONENTS, TYPES, VERSIONS, files_of
from .test_hand_over import SECRET, describe, secret, speak
from .test_local_files import parameter

__all__ = ["secret"]  # a fixture

#: Components of an app's output, those of texts among them.
SAYING = sorted({"api", "code", "markdown", "textbox", *COMPONENTS})


def texts(value: Any) -> Iterator[str]:
    """Every text of a value."""
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else ():
        yield from texts(part)
    for part in value if isinstance(value, list | tuple) else ():
        yield from texts(part)


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
def test_no_text_of_an_untyped_output_is_a_path(
    version: str, secret: Path, tmp_path: Path
) -> None:
    path = str(secret)
    values = [path, [path], [["a", path]], {"a": {"image": path}}, [[path, [path]]]]
    for component in SAYING:
        forget_all()
        describe(version, "image", said_by=component)
        with serving() as server, Client(server.url, download_dir=tmp_path) as client:
            for value in values:
                speak(version, {"data": [value]})
                result = client.predict(None, api_name="/f")
                said = [*texts(result)]
                for given in (*said, said) if said else ():
                    with pytest.raises(InputError, match="not a text of an app's"):
                        client.predict(given, api_name="/f")
        assert not any(SECRET in body for _, body in Handler.bodies)


def test_nor_is_one_of_its_description(secret: Path) -> None:
    forget_all()
    describe("6.31.0", "image", default=str(secret))
    with serving() as server, Client(server.url) as client:
        info = client.view_api(return_format="dict")
        assert isinstance(info, dict)
        (parameter,) = info["named_endpoints"]["/f"]["parameters"]
        assert parameter["parameter_default"] == str(secret)
        with pytest.raises(InputError, match="not a text of an app's"):
            client.predict(parameter["parameter_default"], api_name="/f")
    assert all(isinstance(text, AppStr) for text in texts(info))


def test_a_url_of_the_apps_leads_no_further_than_the_app_may(secret: Path) -> None:
    forget_all()
    describe("6.31.0", "image", said_by="textbox")
    with serving() as server, serving() as other, Client(server.url) as client:
        Handler.answers["/inside"] = lambda h: h.raw(SECRET, "image/png")
        speak("6.31.0", {"data": [f"{other.url}/inside"]})
        url = client.predict(None, api_name="/f")
        for given in (url, handle_file(url), File(url=url)):
            with pytest.raises(Exception, match="download_hosts"):
                client.predict(given, api_name="/f")
    assert not any(SECRET in body for _, body in Handler.bodies)


@pytest.mark.parametrize("name", TYPES)
def test_nor_is_it_one_for_any_type(name: str, secret: Path) -> None:
    word = AppStr(secret)
    for again in (word, copy.deepcopy(word), pickle.loads(pickle.dumps(word))):
        model = parameter(TYPES[name])
        for value in (again, [again], (again,), (again, again), [(again,), None]):
            try:
                held = model(value=value)
            except ValidationError:
                continue
            assert not any(file.path for file in files_of(held))
    type_ = TYPES[name]
    for field in type_.model_fields if not get_args(type_) else ():
        others = {"role": "user", "label": "x", "component": "image"}
        try:
            made = type_(**{**others, field: word})
        except ValidationError:
            continue
        assert not any(file.path for file in files_of(made))


@pytest.mark.parametrize("give", [File.of, TypeAdapter(FileInput).validate_python])
def test_it_is_a_text_for_everything_else(
    give: Callable[[str | Path], File], secret: Path
) -> None:
    word = as_said({"a": [str(secret), 1, None]})["a"][0]
    assert word == str(secret)
    assert json.dumps(word) == json.dumps(str(secret))
    with pytest.raises((TypeError, ValidationError)):
        give(word)
    assert File.of(str(word)).path == secret
    assert give(Path(word)).path == secret


@pytest.mark.parametrize("strict", [True, False])
def test_nor_is_a_misfit_of_a_typed_output(strict: bool, secret: Path) -> None:
    for annotation in (File, list[File], int):
        for value in (str(secret), [str(secret)], {"path": str(secret)}):
            try:
                got = reader_for(annotation)([value], ["x"], strict)
            except Exception as error:  # its raw value is wanted
                got = error.raw  # type: ignore[attr-defined]  # of an OutputMismatch
            assert got == value
            assert all(isinstance(text, AppStr) for text in texts(got))
