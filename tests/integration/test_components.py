"""Every component of Gradio there and back: generated, checked, called.

`tests/apps/components` on each major version. The calls are in `*_trips.py`: one list
for Gradio 3.50 to 6.31, whose trips say where versions differ.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow  # type: ignore[import-untyped]
import pytest
from gradio_runtime import Done, File
from gradio_runtime._batch.columns import fitted, kinds_of_outputs, plain
from gradio_runtime._batch.keeping import Codec
from gradio_runtime._batch.output_file import record_of
from gradio_runtime._engine.kept import slots_of
from gradio_runtime._engine.results import reader_of
from gradio_runtime.types import GalleryImage

from tests.integration import file_trips, input_trips, shape_trips, value_trips
from tests.integration.component_uses import IMPORTS, USES
from tests.integration.file_trips import HI
from tests.integration.trips import (
    MP4,
    OBJ,
    ODD_NAME,
    PNG,
    TEXT,
    Made,
    Trip,
    annotated,
    component_part,
    exactly,
    file,
    file_part,
    image,
    items,
    message,
    picture,
    sound,
    table,
    text_part,
    tone,
)
from tests.integration.value_trips import CLASSES, DIALOGUE, TABLE, TOKENS
from tests.support.checkers import mypy_errors, pyright_errors
from tests.support.environments import VERSIONS
from tests.support.generate import generated as generated_module
from tests.support.servers import GradioServer

pytestmark = pytest.mark.slow

MAJORS = sorted(VERSIONS)
TRIPS = [
    *value_trips.TRIPS,
    *file_trips.TRIPS,
    *shape_trips.TRIPS,
    *input_trips.TRIPS,
]


def _named(parameter: object) -> str:
    """A version or a trip, in the name of a test."""
    return f"gradio{parameter}" if isinstance(parameter, int) else str(parameter)


@dataclass(frozen=True)
class Generated:
    """The module of the app on one version, and the server that it calls."""

    module: ModuleType
    server: GradioServer

    @property
    def endpoints(self) -> set[str]:
        """The module's functions."""
        members = vars(self.module)
        return {
            name
            for name in self.module.__all__
            if hasattr(members[name], "submit") and hasattr(members[name], "call")
        }

    def __getattr__(self, endpoint: str) -> Any:
        """One of the functions."""
        return getattr(self.module, endpoint)


Generate = Callable[[int], Generated]


@pytest.fixture(scope="module")
def generate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generate]:
    """Give the module that the command makes of the app on a version of Gradio."""
    folder = tmp_path_factory.mktemp("generated")
    with ExitStack() as cleanup:

        @cache
        def generate(major: int) -> Generated:
            server = cleanup.enter_context(GradioServer("components/app", major))
            name = f"components{major}_api"
            return Generated(generated_module(server.url, name, folder), server)

        yield generate


@pytest.fixture(scope="module", params=MAJORS, ids=_named)
def generated(request: pytest.FixtureRequest, generate: Generate) -> Generated:
    """That module, for each version in turn."""
    return generate(request.param)


@pytest.fixture
def giver(request: pytest.FixtureRequest, generate: Generate) -> Generated:
    """The module for the version that the test's parameter says."""
    return generate(request.param)


@pytest.fixture
def taker(request: pytest.FixtureRequest, generate: Generate) -> Generated:
    """Another one."""
    return generate(request.param)


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files that the trips name, in the folder that they start from."""
    contents = {"txt": TEXT, "png": PNG, "mp4": MP4, "obj": OBJ, "wav": tone()}
    for suffix, content in contents.items():
        (tmp_path / f"a.{suffix}").write_bytes(content)
    (tmp_path / ODD_NAME).write_bytes(TEXT)
    monkeypatch.chdir(tmp_path)


def test_the_checkers_know_right_from_wrong(
    generated: Generated, tmp_path: Path
) -> None:
    """Both find nothing in the module, and each mistake in a program that uses it."""
    source = Path(str(generated.module.__file__))
    (tmp_path / source.name).write_text(source.read_text())
    major = generated.server.major
    uses = [use for use in USES if use.since <= major <= use.until]
    start = [f"import {source.stem} as api", *IMPORTS]
    (tmp_path / "use.py").write_text("\n".join([*start, *(u.line for u in uses)]))
    wrong = {
        ("use.py", number)
        for number, use in enumerate(uses, len(start) + 1)
        if not use.fine
    }
    assert mypy_errors(tmp_path) == wrong
    assert pyright_errors(tmp_path) == wrong


def test_no_endpoint_is_left_out(generated: Generated) -> None:
    """Neither by the module, nor by the trips."""
    major = generated.server.major
    covered = {t.endpoint for t in TRIPS if t.since <= major <= t.until}
    assert generated.endpoints == covered


@pytest.mark.parametrize(
    ("generated", "journey"),
    [(major, t) for major in MAJORS for t in TRIPS if t.since <= major <= t.until],
    indirect=["generated"],
    ids=_named,
)
def test_round_trip(generated: Generated, journey: Trip, tmp_path: Path) -> None:
    """Also through a store of `map`, into a file of its results, and into a table."""
    function = getattr(generated, journey.endpoint)
    args = [arg() if isinstance(arg, Made) else arg for arg in journey.args]
    if isinstance(journey.gives, type) and issubclass(journey.gives, Exception):
        with pytest.raises(journey.gives):
            function(*args)
        return
    result = function(*args)
    codec = Codec(tmp_path, "files", reader_of(function.__wrapped__))
    for value in (result, codec.value(codec.of_value(result, 0))):
        if callable(journey.gives):
            assert journey.gives(value), value
        else:
            assert exactly(value, journey.gives), value
    row = {"args": args, "value": result}
    done = Done(index=0, row=row, value=result, attempts=1, src="s")
    assert json.loads(json.dumps(record_of(done)))["index"] == 0
    for value, kind in zip(
        slots_of(result), kinds_of_outputs(function.__wrapped__).values(), strict=False
    ):
        pyarrow.array([fitted(plain(value), kind)], pyarrow.type_for_alias(kind.arrow))


def test_streams_give_each_output_and_then_the_last(generated: Generated) -> None:
    """Outputs of several kinds, one of them a file, one never set."""
    indexes = [step.index for step in generated.frames.stream(3)]
    assert indexes == [0, 1, 2]
    job = generated.frames.submit(3)
    assert job.result(30).index == 2
    assert [image(step.image) for step in job.outputs()] == [True] * 3


def test_a_listener_gets_the_data_of_its_event(generated: Generated) -> None:
    """What a click says about itself, where a function wants it."""
    data = {"index": 0, "value": "x", "selected": True}
    selected = generated.selected.with_options(event_data=data)
    assert selected("x") == "x True"


def test_the_files_of_one_endpoint_go_to_another(generated: Generated) -> None:
    assert image(generated.image_echo(generated.image_make()))
    sent = generated.file_echo("a.txt")
    assert file(TEXT)(generated.file_multiple_echo([sent, "a.png"])[0])
    assert sound(generated.audio_echo(generated.audio_path_echo("a.wav")))
    assert file(MP4)(generated.video_echo(generated.video_make()))
    assert items(picture(), picture("b"))(
        generated.gallery_echo(
            [
                generated.image_make(),
                GalleryImage(image=generated.image_make(), caption="b"),
            ]
        )
    )


# --- From an app of one version to an app of another


#: Text, a thought, a file, a component: all that 4.44 and later have.
RICH_CHAT = items(
    message("user", text_part("hi")),
    message("assistant", text_part("hm"), metadata={"title": "Thinking"}),
    message("assistant", file_part("alt")),
    message("assistant", component_part),
    message("assistant", text_part("Shall I?")),
)
CAPTIONED = GalleryImage(image=File.of("a.png"), caption="one")

#: What the first app makes, what takes it in the second, and what that gives; since
#: when both have it, and until when.
Travel = tuple[Callable[[Generated], Any], str, Callable[[Any], bool], int, int]
TRAVELS: dict[str, Travel] = {
    "image": (lambda app: app.image_make(), "image_echo", image, 3, 6),
    "file": (lambda app: app.file_echo("a.txt"), "file_echo", file(TEXT), 3, 6),
    "audio": (lambda app: app.audio_path_echo("a.wav"), "audio_echo", sound, 3, 6),
    "video": (lambda app: app.video_make(), "video_echo", file(MP4), 3, 6),
    "video with subtitles": (
        lambda app: app.video_subtitles_make(),
        "video_echo",
        file(MP4),
        3,
        6,
    ),
    "gallery": (
        lambda app: app.gallery_echo([CAPTIONED]),
        "gallery_echo",
        items(picture("one")),
        3,
        6,
    ),
    "annotated image": (
        lambda app: app.annotatedimage_make(),
        "annotatedimage_echo",
        annotated("box", "diagonal"),
        4,
        6,
    ),
    "table": (
        lambda app: app.dataframe_echo(TABLE),
        "dataframe_echo",
        table(TABLE.headers, TABLE.data),
        3,
        6,
    ),
    "label": (
        lambda app: app.label_echo(CLASSES),
        "label_echo",
        CLASSES.__eq__,
        3,
        6,
    ),
    "tokens": (
        lambda app: app.highlightedtext_echo(TOKENS),
        "highlightedtext_echo",
        TOKENS.__eq__,
        3,
        6,
    ),
    "dialogue": (
        lambda app: app.dialogue_make(),
        "dialogue_list_echo",
        DIALOGUE.__eq__,
        5,
        6,
    ),
    "chat": (
        lambda app: app.chatbot_echo(HI),
        "chatbot_echo",
        items(message("user", text_part("hi"))),
        4,
        6,
    ),
    "rich chat": (lambda app: app.chatbot_make(), "chatbot_echo", RICH_CHAT, 4, 6),
    "pairs": (
        lambda app: app.chatbot_pairs_echo([("hi", "ho"), (("a.png", "alt"), None)]),
        "chatbot_pairs_echo",
        lambda chat: chat[0] == ("hi", "ho") and image(chat[1][0]),
        3,
        5,
    ),
}


def _ways() -> Iterator[tuple[int, int, str]]:
    """From each version to each other, by what both have."""
    for giver, taker in itertools.permutations(MAJORS, 2):
        for name, (_, _, _, since, until) in TRAVELS.items():
            # Gradio 3 makes annotated images, but takes none.
            first = 3 if name == "annotated image" else since
            if first <= giver <= until and since <= taker <= until:
                yield giver, taker, name


@pytest.mark.parametrize(
    ("giver", "taker", "name"),
    list(_ways()),
    indirect=["giver", "taker"],
    ids=_named,
)
def test_a_value_travels_between_versions(
    giver: Generated, taker: Generated, name: str
) -> None:
    make, endpoint, check, _, _ = TRAVELS[name]
    assert check(getattr(taker, endpoint)(make(giver)))


def test_calls_with_one_result_at_once(generated: Generated) -> None:
    """Gradio 6 writes the same result's file anew while it is being fetched."""
    jobs = [generated.module.image_echo.submit("a.png") for _ in range(20)]
    assert all(image(job.result(60)) for job in jobs)
