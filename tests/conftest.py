"""What all tests share: real Gradio servers, and the mark of what needs them."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import cast

import pytest
from hypothesis import settings

from tests.support.servers import GradioServer

# Programs that tests start or compare with; none holds tests.
collect_ignore = ["apps", "golden", "support"]

_SERVER_FIXTURES = {
    "every_gradio",
    "gradio",
    "gradio3",
    "gradio4",
    "gradio48",
    "gradio5",
    "gradio6",
    "old_gradio",
    "start_server",
}

# A deadline is a time of this machine, which may be busy.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# Of mypy's time most goes into others' packages: the tests of a process share what it
# learns, also from one run to the next. They begin with what `make check` has learned.
_CHECKED = Path(__file__).parents[1] / ".mypy_cache"
_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
_LEARNED = _CHECKED / f"tests-{_WORKER}"
os.environ["MYPY_CACHE_DIR"] = str(_LEARNED)
# uv trusts what the machine trusts, also when pytest is not started by make.
os.environ.setdefault("UV_SYSTEM_CERTS", "1")
# pyright asks PyPI for its newest version on every run, unless it is told not to.
os.environ.setdefault("PYRIGHT_PYTHON_IGNORE_WARNINGS", "1")

_STARTED = pytest.StashKey[list[GradioServer]]()
_LOG_LINES = 60

StartServer = Callable[..., GradioServer]


def pytest_configure(config: pytest.Config) -> None:
    runs_tests = config.getoption("dist", "no") == "no"  # else its workers do
    if runs_tests and not _LEARNED.exists():
        for learned in _CHECKED.glob("3.*"):
            shutil.copytree(learned, _LEARNED / learned.name)


@pytest.hookimpl(tryfirst=True)  # before -m is applied
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _SERVER_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


def pytest_collection_finish() -> None:
    """Spare the collector what stays for good, thousands of items: a sixth of the time."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test shows what its servers printed last."""
    report = yield
    if report.failed:
        used = [*getattr(item, "funcargs", {}).values(), *item.stash.get(_STARTED, ())]
        for value in used:
            # A fixture may also hold the server that it is about.
            server = getattr(value, "server", value)
            if isinstance(server, GradioServer):
                tail = "\n".join(server.log().splitlines()[-_LOG_LINES:])
                report.sections.append((f"log of {server}", tail))
    return report


@pytest.fixture(scope="session")
def gradio6() -> Iterator[GradioServer]:
    """tests/apps/wire.py on Gradio 6; shared, so leave no State or load behind."""
    with GradioServer("wire", 6) as server:
        yield server


@pytest.fixture(scope="session")
def gradio5() -> Iterator[GradioServer]:
    """tests/apps/wire.py on Gradio 5; shared, so leave no State or load behind."""
    with GradioServer("wire", 5) as server:
        yield server


@pytest.fixture(scope="session")
def gradio4() -> Iterator[GradioServer]:
    """tests/apps/old.py on Gradio 4; shared, so leave no State or load behind."""
    with GradioServer("old", 4) as server:
        yield server


@pytest.fixture(scope="session")
def gradio48() -> Iterator[GradioServer]:
    """tests/apps/old.py on Gradio 4.8; shared, so leave no State or load behind."""
    with GradioServer("old", "4.8") as server:
        yield server


@pytest.fixture(scope="session")
def gradio3() -> Iterator[GradioServer]:
    """tests/apps/old.py on Gradio 3; shared, so leave no State or load behind."""
    with GradioServer("old", 3) as server:
        yield server


@pytest.fixture(scope="session", params=["gradio3", "gradio48", "gradio4"])
def old_gradio(request: pytest.FixtureRequest) -> GradioServer:
    """tests/apps/old.py on each version that it is for, in turn."""
    return cast("GradioServer", request.getfixturevalue(request.param))


@pytest.fixture(scope="session", params=["gradio3", "gradio4", "gradio5", "gradio6"])
def every_gradio(request: pytest.FixtureRequest) -> GradioServer:
    """Each major version in turn; endpoints that old.py and wire.py share."""
    return cast("GradioServer", request.getfixturevalue(request.param))


@pytest.fixture(scope="session", params=["gradio5", "gradio6"])
def gradio(request: pytest.FixtureRequest) -> GradioServer:
    """The same app on each major version in turn."""
    return cast("GradioServer", request.getfixturevalue(request.param))


@pytest.fixture
def start_server(request: pytest.FixtureRequest) -> Iterator[StartServer]:
    """Start a server for one test: `start_server("wire", 6, env={"AUTH": "u:p"})`."""
    started = request.node.stash.setdefault(_STARTED, [])
    with ExitStack() as servers:

        def start(
            app: str | Path = "wire",
            gradio: int | str = 6,
            env: Mapping[str, str] | None = None,
        ) -> GradioServer:
            server = servers.enter_context(GradioServer(app, gradio, env))
            started.append(server)
            return server

        yield start
