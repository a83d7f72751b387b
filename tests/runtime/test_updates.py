"""Updates: what an app says about a component besides its value, alone and in streams."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from gradio_runtime import UNCHANGED, Client, File, Output, OutputMismatch, Update
from gradio_runtime._engine.results import reader_for
from gradio_runtime._models.provenance import AppStr
from gradio_runtime._models.updates import unwrapped
from pydantic import BaseModel, TypeAdapter

from tests.support.generate import generated
from tests.support.servers import GradioServer

CHOICES = [["Large", "l"], ["Small", "s"]]


def update(**props: Any) -> Any:
    return unwrapped({"__type__": "update", **props})


@pytest.mark.parametrize("value", ["x", None, [1], {"a": 1}])
def test_an_update_with_a_value_is_the_value(value: object) -> None:
    assert update(value=value, label="x") == value


def test_a_value_beside_other_choices_stands_where_types_have_it() -> None:
    def read(annotation: Any, value: object, *others: object) -> Any:
        raw = {"__type__": "update", "choices": CHOICES, "value": value}
        found = unwrapped(raw, choices=True)
        return reader_for(annotation)([found, *others], ["a"], None)

    both = read(str | Update, "l")
    assert (both.value, both.choices) == ("l", ["l", "s"])
    assert type(read(str, "l")) is str
    assert read(str | None, None) is None
    # Its choices say more than that the value does not fit.
    assert read(str, None).choices == ["l", "s"]
    with pytest.raises(OutputMismatch):
        read(str, ["l"])


def test_an_update_without_a_value_tells_what_it_changes() -> None:
    found = update(choices=CHOICES, visible=False, minimum=1, maximum=9, label="A")
    assert isinstance(found, Update)
    assert found
    assert found.choices == ["l", "s"]
    assert (found.minimum, found.maximum) == (1, 9)
    assert (found.label, found.visible, found.interactive) == ("A", False, None)
    assert found.props["choices"] == CHOICES
    assert copy.deepcopy(found) == pickle.loads(pickle.dumps(found)) == found


@pytest.mark.parametrize("choices", ["abc", None, 7, {"a": 1}])
def test_choices_that_are_none_are_not_made_up(choices: object) -> None:
    assert update(choices=choices).choices is None
    assert update(choices=["a", [], ["b", 2]]).choices == ["a", [], 2]


def test_what_changes_nothing_is_unchanged() -> None:
    assert update() is UNCHANGED
    assert not Update()


def test_the_texts_of_an_update_name_no_file_and_are_safe_to_show() -> None:
    found = update(choices=[["a", "/etc/passwd"]], label="\x1b[2J" * 9999)
    assert isinstance(found.choices[0], AppStr)
    assert repr(found).isprintable()
    assert len(repr(found)) < 2500


@pytest.mark.parametrize("type_", [str, float, list[str], File, str | Update, Any])
def test_an_update_stands_in_the_place_of_any_output(type_: Any) -> None:
    found = update(label="A")
    assert reader_for(type_)([found], ["Out"], True) is found
    model = type("Model", (Output,), {"__annotations__": {"a": type_, "b": str}})
    output = reader_for(model)([found, "x"], [], None)
    assert (output.a, output.b, output.missing) == (found, "x", ())
    assert "label" in output._repr_html_()


def test_no_json_of_an_app_is_an_update() -> None:
    with pytest.raises(OutputMismatch):
        reader_for(str | Update)([{"props": {"choices": []}}], ["Out"], None)


def test_a_schema_of_what_may_be_an_update_says_the_value() -> None:
    class Body(BaseModel):
        model: str | Update

    assert Body.model_json_schema()["properties"]["model"]["type"] == "string"
    written = TypeAdapter(Body).dump_json(Body(model=update(label="A")))
    assert written == b'{"model":{"props":{"label":"A"}}}'


# ---- the same on real servers


@pytest.fixture(scope="module", params=[3, 6])
def server(request: pytest.FixtureRequest) -> Iterator[GradioServer]:
    with GradioServer("updating", request.param) as server:
        yield server


@pytest.fixture(scope="module")
def api(server: GradioServer, tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    name = f"updating_{server.major}_api"
    return generated(server.url, name, tmp_path_factory.mktemp("api"))


@pytest.mark.slow
def test_refreshing_a_list_gives_the_list(
    api: ModuleType, server: GradioServer
) -> None:
    with Client(server.url) as untyped:
        for name in ("refresh", "remake"):
            for found in (
                getattr(api, name)(),
                getattr(api, name).submit().result(),
                untyped.predict(api_name=f"/{name}"),
            ):
                assert found.choices == ["large", "small"]
    assert api.refresh().label == "Model (2)"
    code = Path(str(api.__file__)).read_text("utf-8")
    assert "def refresh() -> Call[str | Update]:" in code


@pytest.mark.slow
def test_an_update_and_nothing_changed_beside_a_value(api: ModuleType) -> None:
    size, said = api.bound(5).astuple()
    assert (size.maximum, size.visible, said) == (5, False, "bounded")
    assert api.skip("x").astuple() == (UNCHANGED, "x")


@pytest.mark.slow
def test_an_empty_output_costs_no_other_on_a_server(api: ModuleType) -> None:
    refused = api.agree(False)
    assert refused.said == "You must agree to the terms"
    assert (refused.image, refused.missing) == (None, ("score",))
    with pytest.raises(OutputMismatch, match=r"'score' is empty.*You must agree"):
        assert refused.score
    job = api.agree.submit(False)
    assert job.result() == job.first() == job.outputs()[-1] == refused
    with pytest.raises(OutputMismatch, match="'score' is empty") as caught:
        api.agree.with_options(strict_outputs=True)(False)
    assert caught.value.raw == ["You must agree to the terms", None, None]
    assert api.agree(True).score == 1.5
    assert api.clear() is None
    client = next(getattr(api, n) for n in api.__all__ if n.endswith("Client"))
    with client(strict_outputs=True) as strict, pytest.raises(OutputMismatch):
        strict.agree(False)


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 2, 4])
def test_a_stream_of_updates_has_one_output_for_each_yield(
    api: ModuleType, count: int
) -> None:
    second = Update({"label": "Second"})
    wanted = [UNCHANGED, second, UNCHANGED, UNCHANGED][:count]
    job = api.steps.submit(count)
    assert list(job) == wanted
    assert job.outputs() == wanted
    assert job.result() == wanted[-1]
    assert job.first() is UNCHANGED
    assert [u.output for u in job.updates() if u.has_output] == wanted
    assert list(api.steps.stream(count)) == wanted
    assert api.steps(count) == wanted[-1]
