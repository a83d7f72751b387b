"""Generated models as bodies and results of a FastAPI app's routes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from gradio_runtime import File, FileInput, Input, Output
from gradio_runtime._models.file_inputs import FILE_TEXT
from gradio_runtime.types import (
    ChatMessage,
    DataframeData,
    DataframeInput,
    DateTimeInput,
    EditorData,
    EditorInput,
    GalleryInput,
    GalleryItem,
    LabelData,
    VideoFile,
)

from tests.golden.calculator.expected import ClassifyInput, ClassifyOutput, PredictInput
from tests.runtime.wire_api import CalculatorInput, WireClient
from tests.support.servers import GradioServer

# FastAPI has pydantic overlook this while it builds a route; models that are built at
# their first use, as the runtime's are, come to it later.
pytestmark = pytest.mark.filterwarnings(
    "ignore::pydantic.warnings.UnsupportedFieldAttributeWarning"
)


class EverythingInput(Input):
    chat: list[ChatMessage]
    image: FileInput
    editor: EditorInput
    gallery: list[GalleryInput]
    table: DataframeInput
    when: DateTimeInput
    video: FileInput | None = None


class EverythingOutput(Output):
    chat: list[ChatMessage]
    image: File
    editor: EditorData
    gallery: list[GalleryItem]
    table: DataframeData
    when: str
    video: VideoFile | None


def make_app() -> FastAPI:
    app = FastAPI()

    @app.post("/predict")
    def predict(body: PredictInput) -> float:
        return body.num1 + body.num2

    @app.post("/classify")
    def classify(body: ClassifyInput) -> ClassifyOutput:
        return ClassifyOutput(
            label=LabelData(label=str(body.img)),
            confidences=DataframeData(headers=["a"], data=[[1]]),
        )

    @app.post("/everything")
    def everything(body: EverythingInput) -> EverythingOutput:
        video = {"url": "http://host/v.mp4", "subtitles": body.image}
        fields = {**dict(body), "when": str(body.when), "video": video}
        return EverythingOutput.model_validate(fields)

    return app


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(make_app()) as client:
        yield client


@pytest.fixture(scope="module")
def schemas(client: TestClient) -> dict[str, Any]:
    """The schemas of the app's `/openapi.json`, by name."""
    found: dict[str, Any] = client.get("/openapi.json").json()["components"]["schemas"]
    return found


def test_inputs_are_described(schemas: dict[str, Any]) -> None:
    described = schemas["PredictInput"]
    assert described["required"] == ["num1", "operation"]
    assert described["additionalProperties"] is False
    properties = described["properties"]
    assert properties["operation"]["enum"] == ["add", "subtract", "multiply", "divide"]
    second = properties["num2"]
    assert second["default"] == 100
    assert (second["minimum"], second["maximum"]) == (0, 1000)
    assert properties == PredictInput.model_json_schema()["properties"]


def test_files_are_text_for_callers_and_objects_in_results(
    schemas: dict[str, Any],
) -> None:
    assert schemas["ClassifyInput"]["properties"]["img"] == {
        "type": "string",
        "title": "Img",
        "description": FILE_TEXT["description"],
    }
    result = schemas["EverythingOutput"]
    assert result["properties"]["image"]["$ref"].startswith("#/components/schemas/File")
    assert set(result["required"]) == set(EverythingOutput.model_fields)
    assert set(schemas["ClassifyOutput"]["properties"]) == {"label", "confidences"}
    (name,) = (n for n in schemas if n.startswith("File") and not n.endswith("-Input"))
    assert schemas[name]["properties"].keys() == File.model_fields.keys()


def test_a_body_that_does_not_fit_is_refused(client: TestClient) -> None:
    answer = client.post("/predict", json={"num1": 1, "operation": "power", "num2": -1})
    assert answer.status_code == 422
    wrong = {error["loc"][1] for error in answer.json()["detail"]}
    assert wrong == {"operation", "num2"}
    answer = client.post("/predict", json={"num1": 1, "operation": "add", "num3": 1})
    assert answer.json()["detail"][0]["loc"] == ["body", "num3"]


def test_results_are_read_back_as_they_were(client: TestClient) -> None:
    answer = client.post("/predict", json={"num1": 2, "operation": "add"})
    assert answer.json() == 102
    answer = client.post("/classify", json={"img": "http://host/a.png"})
    output = ClassifyOutput.model_validate(answer.json())
    assert output.label.label == "http://host/a.png"
    assert output.confidences.data == [[1]]


def test_every_kind_of_value_goes_through(client: TestClient) -> None:
    body = {
        "chat": [
            {"role": "user", "content": "hi"},
            {
                "role": "assistant",
                "content": [{"type": "file", "file": "http://host/a.png"}],
            },
        ],
        "image": "http://host/a.png",
        "editor": "http://host/a.png",
        "gallery": [
            "http://host/a.png",
            {"image": "http://host/b.png", "caption": "b"},
        ],
        "table": [{"a": 1}, {"a": 2}],
        "when": "2026-01-02",
    }
    answer = client.post("/everything", json=body)
    assert answer.status_code == 200
    inputs = EverythingInput.model_validate_json(json.dumps(body))
    output = EverythingOutput.model_validate(answer.json())
    assert output.chat == inputs.chat
    assert output.image == File(url="http://host/a.png")
    assert output.editor.background == File(url="http://host/a.png")
    assert output.gallery == inputs.gallery
    assert output.table == DataframeData(headers=["a"], data=[[1], [2]])
    assert output.video == VideoFile(url="http://host/v.mp4", subtitles=output.image)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("image", "/etc/passwd"),
        ("image", {"path": "/etc/passwd"}),
        ("editor", "/etc/passwd"),
        ("gallery", [{"image": "/etc/passwd"}]),
        ("video", "file:///etc/passwd"),
        (
            "chat",
            [{"role": "user", "content": [{"type": "file", "file": "/etc/passwd"}]}],
        ),
    ],
)
def test_a_body_names_no_file_of_the_service(
    client: TestClient, field: str, value: object
) -> None:
    body = {
        "chat": [],
        "image": "http://host/a.png",
        "editor": "http://host/a.png",
        "gallery": [],
        "table": [{"a": 1}],
        "when": "2026-01-02",
    }
    assert client.post("/everything", json=body).status_code == 200
    answer = client.post("/everything", json={**body, field: value})
    assert answer.status_code == 422
    assert "a URL or a data: URL" in answer.text


def test_a_route_that_asks_a_gradio_app(gradio6: GradioServer) -> None:
    """Real calls, awaited on the web server's own loop."""
    app = FastAPI()
    gradio = WireClient(gradio6.url)

    @app.post("/calculator")
    async def calculator(body: CalculatorInput) -> float:
        return await gradio.calculator.aio(**dict(body))

    with TestClient(app) as client, gradio:
        answer = client.post(
            "/calculator", json={"a": 6, "operation": "multiply", "b": 7}
        )
        assert answer.json() == 42
