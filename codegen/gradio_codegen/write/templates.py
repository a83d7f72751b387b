"""The templates: ours, and those of a user's folder, which go first.

A user's templates are the user's own code, as trusted as a plugin would be. What an
app says of itself is not: it reaches a template as finished source text only.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from ..paths import as_path
from ..suggest import did_you_mean

if TYPE_CHECKING:
    from jinja2 import Environment

_HERE = Path(__file__).resolve().parents[1]
_SUFFIX = ".py.jinja"

#: Ours: the first two are rendered, and `body` includes the others.
NAMES = tuple(
    f"{name}{_SUFFIX}"
    for name in ("header", "body", "model", "types", "endpoint", "client")
)


def template_dir() -> Path:
    """Return where our templates are: in an installed package, else in the checkout."""
    installed = _HERE / "templates"
    return installed if installed.is_dir() else _HERE.parents[1] / "templates"


class Templates:
    """Renders templates: those of a user's folder take the place of ours.

    Raises:
        UsageError: There is no such folder, or none of our templates in it.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        if folder is not None:
            _check(folder)

    def render(self, name: str, context: Mapping[str, Any]) -> str:
        """Render a template.

        Raises:
            UsageError: A template of the user's is broken.
        """
        try:
            return _environment(self._folder).get_template(name).render(context)
        except Exception as error:  # a user's templates can raise anything
            if self._folder is None:
                raise
            raise UsageError(_explained(error, self._folder, name)) from error


@cache
def _environment(folder: Path | None) -> Environment:
    """Return the environment of a folder, which keeps what it has compiled."""
    from jinja2 import (
        ChoiceLoader,
        Environment,
        FileSystemLoader,
        PrefixLoader,
        StrictUndefined,
    )

    ours = FileSystemLoader(template_dir())
    users = [] if folder is None else [FileSystemLoader(folder)]
    return Environment(  # noqa: S701 - Python, not HTML
        # A template that replaces one of ours can include it by its long name.
        loader=ChoiceLoader([*users, ours, PrefixLoader({"builtin": ours})]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=folder is not None,
    )


def _check(folder: Path) -> None:
    if not as_path(folder).is_dir():
        raise UsageError(f"there is no folder {folder} for templates. Check the path")
    found = sorted(path.name for path in folder.glob("*.jinja"))
    if not set(found) & set(NAMES):
        given = found[0] if found else ""
        raise UsageError(
            f"the folder {folder} has none of the templates that can be replaced. "
            f"{did_you_mean(given, NAMES)}"
        )


def _explained(error: Exception, folder: Path, name: str) -> str:
    """Return what is wrong with a template, and where."""
    from jinja2 import TemplateNotFound, TemplateSyntaxError

    place = str(folder / name)
    problem = str(error) or type(error).__name__
    if isinstance(error, TemplateSyntaxError):
        place = f"{error.filename or place}:{error.lineno}"
    else:
        if isinstance(error, TemplateNotFound):
            problem = f"there is no template {error.name}"
        # jinja writes the templates' own lines into the traceback.
        frames = traceback.extract_tb(error.__traceback__)
        inner = [f for f in frames if f.filename.endswith(".jinja")]
        if inner:
            place = f"{inner[-1].filename}:{inner[-1].lineno}"
    return f"{place}: {problem}. docs/templates.md has what templates are given"
