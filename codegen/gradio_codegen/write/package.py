"""Where a module goes: a file, or a package for teams that publish the SDK of their app.

Of a package, the module, `py.typed` and the description are ours. `pyproject.toml` and
the README follow the app until they are edited, which their last line tells; from then
on they are the user's. What an app says of itself is data in TOML and in Markdown as well.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import requires
from pathlib import Path

from gradio_runtime._models.texts import printable

from .._version import __version__
from ..decide.build import build
from ..decide.ir import Endpoint, Module
from ..decide.names import IMPORTS, identifier
from ..descriptions.spec import AppSpec, dumps, is_saved
from ..errors import Diagnostic, UsageError
from ..options import BuildOptions
from ..paths import as_path
from . import docs
from .examples import example_call
from .file import ensure_writable, is_generated
from .format import format_code

#: The runtime that a module needs: both distributions have one version.
_RUNTIME = f"gradio-runtime>={__version__}"
_MOST_EXAMPLES = 10
_LONGEST_TEXT = 300
_INIT, _TYPED, _DESCRIPTION = "__init__.py", "py.typed", "description.json"
#: Modules that another of their name would hide: what a generated module imports, and
#: what that imports.
_HIDDEN = sys.stdlib_module_names | {
    re.split(r"[^\w-]", name)[0].replace("-", "_")
    for name in (*IMPORTS.values(), *(requires("gradio-runtime") or ()))
}


@dataclass(frozen=True)
class Target:
    """A file for a module.

    Attributes:
        file: The module.
    """

    file: Path

    @property
    def paths(self) -> list[Path]:
        """Return the files that may be written, in that order."""
        return [self.file]

    def ensure_writable(self, *, force: bool) -> None:
        """Make sure, before any work is done, that all may be written.

        Raises:
            OutputError: It may not.
        """
        ensure_writable(self.file, force=force)

    def files(self, code: str, spec: AppSpec, options: BuildOptions) -> dict[Path, str]:
        """Return the text of each file that is ours to write, the module's last."""
        del spec, options
        return {self.file: code}

    def advice(self) -> tuple[Diagnostic, ...]:
        """Return what is worth knowing about the files that are the user's."""
        return ()


@dataclass(frozen=True)
class Package(Target):
    """A package, there or to be written.

    Attributes:
        folder: Where its `pyproject.toml` is.
        theirs: The files that the user has edited, or written, with their text.
    """

    folder: Path
    theirs: Mapping[Path, str]

    @property
    def paths(self) -> list[Path]:
        """Return the files in the order in which they are written.

        The module is the last: where writing stops before it, the module is missing, or
        the old one, which `check` and the next run notice.
        """
        inner = [self.file.with_name(name) for name in (_TYPED, _DESCRIPTION, _INIT)]
        return [*_outer(self.folder), *inner]

    def ensure_writable(self, *, force: bool) -> None:
        """Do the same for each file: a known module does not make the others ours."""
        *outer, typed, description, file = self.paths
        for path in outer:
            if path not in self.theirs:
                ensure_writable(path, force=True, ours=_is_unedited, make=True)
        ours = ((typed, _is_empty), (description, is_saved), (file, is_generated))
        for path, known in ours:
            ensure_writable(path, force=force, ours=known, make=True)

    def files(self, code: str, spec: AppSpec, options: BuildOptions) -> dict[Path, str]:
        """Do the same, with what the README says of the module."""
        module, _ = build(spec, options, output=str(self.file))
        texts = (_pyproject(module), _readme(module), "", dumps(spec), code)
        files = dict(zip(self.paths, texts, strict=True))
        return {path: text for path, text in files.items() if path not in self.theirs}

    def advice(self) -> tuple[Diagnostic, ...]:
        """Return a warning if the user's own project allows a runtime too old."""
        project = self.folder / "pyproject.toml"
        text = self.theirs.get(project)
        if text is None or _asks_for_runtime(text):
            return ()
        what = f'{project} does not ask for "{_RUNTIME}", which the module needs'
        return (Diagnostic("warning", "", what),)


def package_in(folder: Path) -> Package:
    """Return the package of a folder: the one that is there, or else a new one.

    A new module is called after the folder.

    Raises:
        UsageError: There are several, or the folder's name makes no module's.
    """
    found = modules_in(folder) or _once_ours(folder)
    if len(found) > 1:
        names = ", ".join(path.parent.name for path in found)
        raise UsageError(f"{folder} has more than one generated module: {names}")
    file = found[0] if found else folder / "src" / _module_for(folder) / _INIT
    texts = {path: _text(path) for path in _outer(folder)}
    theirs = {p: t for p, t in texts.items() if t is not None and not _is_unedited(t)}
    return Package(file, folder, theirs)


def modules_in(folder: Path) -> list[Path]:
    """Return the generated modules of the packages in a folder."""
    return [
        path
        for path in sorted(as_path(folder).glob(f"src/*/{_INIT}"))
        if path.parent.name.isidentifier() and is_generated(_text(path) or "")
    ]


def _once_ours(folder: Path) -> list[Path]:
    """Return the modules beside descriptions of ours: somebody has written them anew."""
    described = as_path(folder).glob(f"src/*/{_DESCRIPTION}")
    return [
        path.with_name(_INIT)
        for path in sorted(described)
        if is_saved(_text(path) or "") and path.with_name(_INIT).exists()
    ]


def package_of(file: Path) -> Path | None:
    """Return the folder of the package that a module, or a folder, is; None for none."""
    if file.is_dir():
        return file
    source = file.parent.parent
    inside = file.name == _INIT and source.name == "src"
    known = inside and file.with_name(_DESCRIPTION).is_file()
    return source.parent if known else None


def _outer(folder: Path) -> tuple[Path, Path]:
    return folder / "pyproject.toml", folder / "README.md"


def _module_for(folder: Path) -> str:
    words = re.sub("[^a-z0-9]+", "_", folder.resolve().name.lower()).strip("_")
    name = identifier(words, "app")
    if name in _HIDDEN:
        raise UsageError(
            f"a package {name} would hide another of that name. "
            "Choose another folder, such as acme-whisper"
        )
    return name


def _text(path: Path) -> str | None:
    """Return a file's text; None if it is not there. What is no text is the user's."""
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return "" if path.is_symlink() else None
    except (OSError, ValueError):
        return ""


def _is_empty(text: str) -> bool:
    return not text.strip()


# --- What is the user's


def _signed(text: str, comment: str) -> str:
    return f"{text}\n{comment.format(_signature(text))}\n"


def _signature(text: str) -> str:
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return f"gradio-codegen keeps this file up to date until you edit it: {digest}"


def _is_unedited(text: str) -> bool:
    body, _, last = text.removesuffix("\n").rpartition("\n")
    return _signature(body) in last


def _asks_for_runtime(pyproject: str) -> bool:
    """Return whether a requirement leaves no runtime that is too old."""
    asked = re.search(
        r"""["']gradio[-_.]runtime(?![\w.-])([^"']*)""", pyproject, re.IGNORECASE
    )
    bounds = re.findall(r"(?:>=|==|~=|>)\s*(\d+(?:\.\d+)*)", asked[1] if asked else "")
    return any(_release(bound) >= _release(__version__) for bound in bounds)


def _release(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)]


# --- What the files say


def _distribution(module: Module) -> str:
    return re.sub("[^a-z0-9]+", "-", module.package.lower()).strip("-") or "app"


def _pyproject(module: Module) -> str:
    about = printable(f"Typed client for the Gradio app {module.source}", _LONGEST_TEXT)
    text = f"""\
[build-system]
requires = ["hatchling>=1.33"]
build-backend = "hatchling.build"

[project]
name = "{_distribution(module)}"
version = "0.1.0"
description = {json.dumps(about, ensure_ascii=False)}
readme = "README.md"
requires-python = ">=3.11"
classifiers = ["Typing :: Typed"]
dependencies = ["{_RUNTIME}"]

[tool.hatch.build.targets.wheel]
packages = ["src/{module.package}"]
"""
    return _signed(text, "# {}")


def _readme(module: Module) -> str:
    return _signed("\n".join(_readme_lines(module)), "<!-- {} -->")


def _readme_lines(module: Module) -> Iterator[str]:
    main = [item for item in module.ranked if not item.rank.aside][:_MOST_EXAMPLES]
    count = len(module.endpoints)
    name = _distribution(module)
    yield from (f"# {name}", "")
    yield f"Typed Python client for the Gradio app {_code(module.source)}."
    yield from ("", "```", f"pip install {name}", "```")
    for endpoint in main:
        yield from _example(module, endpoint)
    functions = "one function" if count == 1 else f"{count} functions"
    yield from ("", f"`{module.package}` has {functions}, each with a docstring, and")
    yield f"`{module.client}`, the same on a connection of your own: a token, headers,"
    yield from ("another address of the app.", "")
    yield f"Generated by gradio-codegen {__version__} for Gradio {_code(module.version)}."
    yield ""


def _example(module: Module, endpoint: Endpoint) -> Iterator[str]:
    call = format_code(example_call(module, endpoint) + "\n").rstrip("\n")
    fence = _fence(call, 3)
    about = ""
    if (endpoint.description or "").strip() or endpoint.trigger:
        about = f": {_prose(docs.endpoint_summary(endpoint))}"
    yield from ("", f"## {_code(endpoint.function)}", "")
    # Prose is never first on its line, where it could begin a list or a heading.
    yield f"{_code(endpoint.api_name)}{about}"
    yield from ("", f"{fence}python", call, fence)


def _fence(text: str, least: int) -> str:
    """Return more backticks than stand together in a text."""
    runs = re.findall("`+", text)
    return "`" * max([least, *(len(run) + 1 for run in runs)])


def _code(text: str) -> str:
    """Return a text as a code span."""
    text = printable(text, _LONGEST_TEXT)
    fence = _fence(text, 1)
    pad = " " if len(fence) > 1 else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _prose(text: str) -> str:
    """Return a text as a line of Markdown: no markup, HTML, link or picture in it."""
    line = printable(text, _LONGEST_TEXT)
    return re.sub(r"[\\`*_{}\[\]<>#+!|~&$@:/=^-]|\.(?=\w)", r"\\\g<0>", line)
