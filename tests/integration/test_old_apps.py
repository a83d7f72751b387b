"""Apps of Gradio 3 and 4: generated, checked by a type checker, called."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from gradio_runtime import AppError, File, InputError, JobCancelled
from gradio_runtime.types import GalleryImage, LabelData

from tests.integration.trips import PNG
from tests.support.generate import generated
from tests.support.servers import GradioServer

pytestmark = pytest.mark.slow


def client_of(api: ModuleType) -> Any:
    """The client class of a generated module."""
    names = [name for name in api.__all__ if name.endswith("Client")]
    return getattr(api, names[0])


def _module(server: GradioServer, folder: Path) -> ModuleType:
    name = f"old_{server.version.replace('.', '_')}_api"
    return generated(server.url, name, folder, "--typecheck")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("old")


@pytest.fixture(scope="module")
def api(old_gradio: GradioServer, folder: Path) -> Iterator[ModuleType]:
    return _module(old_gradio, folder)


def test_values(api: ModuleType) -> None:
    assert api.calculator(1, "multiply", 3) == 3
    with pytest.raises(InputError, match="operation"):
        api.calculator(1, "power", 3)
    with pytest.raises(AppError, match="Cannot divide by zero!"):
        api.calculator(1, "divide", 0)
    label = api.label("cat")
    assert isinstance(label, LabelData)
    assert label.label == "cat"
    assert api.chat("hi") == [("hi", "Hello world")]
    assert api.chat_echo([("a", None)]) == [("a", None)]
    assert api.direct_now("d") == "direct d"


def test_files(api: ModuleType, old_gradio: GradioServer) -> None:
    picture = api.image(PNG)
    assert isinstance(picture, File)
    assert picture.read_bytes().startswith(b"\x89PNG")
    plain, captioned = api.gallery(picture)
    assert isinstance(plain, GalleryImage)
    assert (plain.caption, captioned.caption) == (None, "a caption")
    assert plain.image.read_bytes().startswith(b"\x89PNG")
    if old_gradio.version != "4.8.0":  # that asks ffprobe, which few machines have
        assert api.video(b"film").read_bytes() == b"film"
    outputs = api.two_files("x")
    assert outputs.first.read_bytes() == b"first file.txt: x\n"
    ((sent, reply),) = api.chat_file(b"question")
    assert isinstance(sent, File)
    assert (sent.read_bytes(), reply) == (b"question", "seen")


def test_jobs(api: ModuleType, old_gradio: GradioServer) -> None:
    assert list(api.grow.stream(2)) == ["token0 ", "token0 token1 "]
    with client_of(api)() as client:
        job: Any = client.slow_stream.submit(
            key=f"jobs{old_gradio.version}", n=100, delay=0.1
        )
        job.first()
        assert job.cancel() is True
        with pytest.raises(JobCancelled):
            job.result()
        assert [client.counter(2), client.counter(3)] == [2, 5]


def test_a_module_of_one_version_calls_the_other(
    gradio3: GradioServer, gradio4: GradioServer, folder: Path
) -> None:
    three, four = _module(gradio3, folder), _module(gradio4, folder)
    for module, server in ((three, gradio4), (four, gradio3)):
        with client_of(module)(src=server.url) as client:
            assert client.calculator(2, "add", 3) == 5
            assert client.file(b"over").read_bytes() == b"over"
            assert client.image(PNG).read_bytes().startswith(b"\x89PNG")
            assert client.chat("hi") == [("hi", "Hello world")]
