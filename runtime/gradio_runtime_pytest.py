"""The pytest plugin: the fixture and the ini option `gradio_offline`.

It is beside the package, since pytest loads it in every run, and to import anything of
`gradio_runtime` takes a tenth of a second: that is left to the tests that need it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the ini option."""
    text = "Whether every call of a Gradio app that is not faked fails, in all tests."
    parser.addini("gradio_offline", text, type="bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    """Go offline for the whole run, if the ini option says so."""
    if config.getini("gradio_offline"):
        from gradio_runtime.testing import offline

        scope = ExitStack()
        scope.enter_context(offline())
        config.add_cleanup(scope.close)


@pytest.fixture
def gradio_offline() -> Iterator[None]:
    """Make every call of a Gradio app that is not faked fail before any connection."""
    from gradio_runtime.testing import offline

    with offline():
        yield
