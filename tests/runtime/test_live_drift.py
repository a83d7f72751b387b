"""Modules of an app that has changed since, on real servers."""

from __future__ import annotations

import logging
import re
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from gradio_runtime import Client, GradioError, SchemaDrift, SchemaDriftWarning

from tests.support.generate import generated
from tests.support.servers import several

pytestmark = pytest.mark.slow

#: How the app has changed, and what it says then.
COMPATIBLE = [
    ("base", "a|b|2"),
    ("reworded", "a|b|2"),
    ("slider", "a|b|2"),
    ("added", "a|1.5|b|2"),
    ("generator", "a|b|2"),
    ("coloured", "a|b|2"),
    ("loose", "a|b|2"),
]
#: How it has changed, and what is wrong then.
BREAKING = [
    ("reordered", "parameters have changed places, 'text' first"),
    ("bare", "the new parameter '.*' has no value"),
    ("removed", "its parameter 'voice' is gone"),
    ("retyped", "parameter 'times' was a 'number' and is a 'checkbox'"),
    ("outputs", "it has 2 outputs instead of 1"),
    ("renamed", "no endpoint /speak any more.*It may be /say now"),
]
#: Buttons of an app that names no endpoint, other buttons that it has later, a function
#: of the first app's module, and which of the later endpoints it has become.
MOVED = [
    ("Upper-Lower", "New-Upper-Lower", "upper", 1),
    ("Upper-Lower", "New-Upper-Lower", "lower", 2),
    ("Upper-Lower", "Lower-Upper", "upper", 1),
    ("Upper-Lower", "Lower", "lower", 0),  # the endpoint of its number is gone
    ("Run-Run", "New-Run-Run", "run", 1),
    ("Run-Run", "New-Run-Run", "run_2", 2),
    ("Upper-Lower!", "New-Upper-Lower!", "generate", 1),
    ("Upper-Lower!", "New-Upper-Lower!", "generate_1", 2),
]
#: The same where it is gone, or cannot be told: something else may have its name.
GONE = [
    ("Upper-Lower-End", "Lower-End", "upper"),
    ("Upper-Lower-End", "Title-Shout-Lower-End", "upper"),
    ("Upper-Lower", "Upper-Upper-Lower", "upper"),
    ("Upper-Lower!", "Lower!", "generate"),
]
#: The same where it has not moved, and what it answers then.
UNMOVED = [
    ("Upper-Lower", "Upper-Lower", "lower", "Lower 0: a"),
    ("Upper-Lower", "Shout-Lower", "upper", "Shout 0: a"),
    ("Upper-Lower", "Upper-Lower-New", "lower", "Lower 0: a"),
    ("Run-Run", "Go-Run", "run", "Go 0: a"),
    ("Run-Run", "Run-Run", "run_2", "Run 1: a"),
    ("Upper-Lower!", "Shout-Lower!", "generate", "Shout 0: a"),
]


@pytest.fixture(scope="module", params=[3, 6])
def version(request: pytest.FixtureRequest) -> int:
    number: int = request.param
    return number


@pytest.fixture(scope="module")
def apps(version: int) -> Iterator[dict[str, str]]:
    """The addresses of the app as it was and as it may be now."""
    names = [name for name, _ in (*COMPATIBLE, *BREAKING, ("optional", ""))]
    buttons = {str(text) for row in (*MOVED, *GONE, *UNMOVED) for text in row[:2]}
    variants = {name: f"drifting:{name}" for name in names}
    variants |= {text: f"buttons:{text}" for text in sorted(buttons)}
    with several(variants, version) as urls:
        yield urls


@pytest.fixture(scope="module")
def module(
    version: int, apps: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ModuleType]:
    """Generated from the app as it was."""
    name = f"drifting{version}"
    folder = tmp_path_factory.mktemp("drifting")
    yield generated(apps["base"], name, folder, "--class-name", "DriftingClient")
    del sys.modules[name]


class Changed:
    """The app as it is now, through the module of the app as it was."""

    def __init__(self, module: ModuleType, apps: dict[str, str]) -> None:
        self._module, self._apps = module, apps

    def __call__(self, variant: str, **options: Any) -> Any:
        url = self._apps[variant]
        with Client(url) as client:
            client.predict(api_name="/calls")  # from now on
        return self._module.DriftingClient(url, **options)


@pytest.fixture
def changed(module: ModuleType, apps: dict[str, str]) -> Changed:
    return Changed(module, apps)


@pytest.mark.parametrize(("variant", "said"), COMPATIBLE)
def test_a_compatible_change_is_passed_over(
    changed: Changed, variant: str, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    with changed(variant) as client:
        caplog.set_level(logging.INFO, "httpx2")
        assert client.speak(text="a", voice="b", times=2) == said
        assert client.calls() == 1
    assert "/config " in caplog.text
    assert "/info" not in caplog.text


@pytest.mark.parametrize("on_drift", ["raise", "ignore"])
def test_a_functions_own_none_is_a_value(
    changed: Changed, version: int, on_drift: str
) -> None:
    """Only `/info` says that there is one; Gradio 3 does not say it."""
    with changed("optional", on_drift=on_drift) as client:
        if version == 3 and on_drift == "raise":
            with pytest.raises(SchemaDrift, match="'Pitch' has no value"):
                client.speak(text="a", voice="b", times=2)
        else:
            assert client.speak(text="a", voice="b", times=2) == "a|b|2|None"


@pytest.mark.parametrize(("variant", "problem"), BREAKING)
def test_a_breaking_change_is_raised_and_nothing_sent(
    changed: Changed, variant: str, problem: str
) -> None:
    with changed(variant) as client:
        for _ in range(2):
            with pytest.raises(SchemaDrift, match=problem) as caught:
                client.speak(text="a", voice="b", times=2)
        assert "gradio-codegen check FILE" in str(caught.value)
        assert f"gradio-codegen {client.src} -o FILE" in str(caught.value)
        assert caught.value.endpoint == "/speak"
        assert client.calls() == 0


def test_who_wants_is_warned_once(changed: Changed) -> None:
    with changed("reordered", on_drift="warn") as client:
        with pytest.warns(SchemaDriftWarning, match="changed places") as caught:
            # Nothing is guessed: each value goes where it went.
            said = (
                client.speak(text="a", voice="b", times=2),
                client.speak(text="c", voice="d", times=2),
            )
        assert said == ("a|b|2", "c|d|2")
        assert len(caught) == 1
        assert "sent is" in str(caught[0].message)
        # A call of its own mind.
        strict = client.speak.with_options(on_drift="raise")
        with pytest.raises(SchemaDrift):
            strict(text="a", voice="b", times=2)
        assert client.calls() == 2
    # pytest makes errors of warnings here: then it is one.
    with changed("reordered", on_drift="warn") as client, pytest.raises(SchemaDrift):
        client.speak(text="a", voice="b", times=2)


@pytest.mark.parametrize(
    ("variant", "said"), [("removed", "a|7"), ("reordered", "a|7|2")]
)
def test_who_wants_hears_nothing(changed: Changed, variant: str, said: str) -> None:
    with changed(variant, on_drift="ignore") as client, warnings.catch_warnings():
        warnings.simplefilter("error")
        assert client.speak(text="a", voice="7", times=2) == said


def test_ignored_outputs(changed: Changed) -> None:
    """One more is left out; and a gone endpoint cannot be called."""
    with changed("outputs", on_drift="ignore") as client:
        assert client.speak(text="a", voice="b", times=2) == "a|b|2"
    with changed("renamed", on_drift="ignore") as client, pytest.raises(SchemaDrift):
        client.speak(text="a", voice="b", times=2)


def test_on_drift_is_one_of_three(module: ModuleType) -> None:
    client: Any = module.DriftingClient
    with pytest.raises(GradioError, match=r"on_drift is 'silent'.*'ignore'"):
        client(on_drift="silent")
    endpoint: Any = module.speak
    with pytest.raises(GradioError, match="on_drift is 'silent'"):
        endpoint.with_options(on_drift="silent")


# --- Functions that are named after their buttons


class Nameless:
    """A function of a module, on a server that has other buttons now."""

    def __init__(self, version: int, apps: dict[str, str], folder: Path) -> None:
        self._version, self._apps, self._folder = version, apps, folder
        self._modules: dict[str, ModuleType] = {}

    def __call__(self, before: str, now: str, function: str, **options: Any) -> Any:
        if before.endswith("!") and self._version == 3:
            pytest.skip("Gradio 3 names no endpoint by itself")
        if before not in self._modules:
            words = re.sub(r"\W", "_", before.lower())
            name = f"buttons{self._version}_{words}"
            self._modules[before] = generated(
                self._apps[before], name, self._folder, "--class-name", "ButtonsClient"
            )
        client: Any = self._modules[before].ButtonsClient(self._apps[now], **options)
        return getattr(client, function)


@pytest.fixture(scope="module")
def nameless(
    version: int, apps: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Nameless:
    return Nameless(version, apps, tmp_path_factory.mktemp("buttons"))


@pytest.mark.parametrize(("before", "now", "name", "place"), MOVED)
def test_no_call_runs_another_button(
    nameless: Nameless, version: int, before: str, now: str, name: str, place: int
) -> None:
    stem = "/generate" if before.endswith("!") else "/lambda"
    new = f"{stem}_{place}" if place else stem
    if version == 3 and stem == "/lambda":
        new = f"fn_{place}"
    function = nameless(before, now, name)
    for _ in range(2):
        with pytest.raises(SchemaDrift, match=re.escape(new)) as caught:
            function("a")
        assert "gradio-codegen check FILE" in str(caught.value)
    with pytest.raises(SchemaDrift):
        function.submit("a").result()
    if now != "Lower":
        with pytest.warns(SchemaDriftWarning, match="runs"):
            answer = nameless(before, now, name, on_drift="warn")("a")
        assert answer == nameless(before, now, name, on_drift="ignore")("a")


@pytest.mark.parametrize(("before", "now", "name"), GONE)
def test_no_call_runs_what_has_its_name_now(
    nameless: Nameless, before: str, now: str, name: str
) -> None:
    with pytest.raises(SchemaDrift, match=r"runs nothing now|no endpoint"):
        nameless(before, now, name)("a")


@pytest.mark.parametrize(("before", "now", "name", "said"), UNMOVED)
def test_a_reworded_button_is_called(
    nameless: Nameless, before: str, now: str, name: str, said: str
) -> None:
    assert nameless(before, now, name)("a") == said
