"""Modules to call: one that was generated, or one made of an app's description."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

from gradio_runtime import Client, Endpoint
from gradio_runtime.description.space_names import is_space_id

from ..api import generate_from
from ..decide.naming import module_name
from ..descriptions.fetch import classify, read_text
from ..descriptions.spec import AppSpec, loads
from ..errors import UsageError
from ..options import BuildOptions
from ..paths import as_path
from ..write.check import check_code
from ..write.file import is_generated
from ..write.package import modules_in, package_in
from .names import endpoint_named

AnyEndpoint: TypeAlias = Endpoint[..., Any, Any]
#: Of a module that is made here; no setting in the environment is for it.
_MADE = "gradio_codegen_called"


@dataclass(frozen=True)
class Opened:
    """A module, ready to be called.

    Attributes:
        client: Its client class.
        endpoints: By their functions, in its order.
        src: The app, if it was named; else the client knows it.
    """

    client: type[Client]
    endpoints: Mapping[str, AnyEndpoint]
    src: str | None = None

    def find(self, given: str | None) -> str | None:
        """Return the function of an api_name or function; for None, the only one.

        Raises:
            UsageError: There is none of that name.
        """
        if given is None:
            return next(iter(self.endpoints)) if len(self.endpoints) == 1 else None
        names = [(str(item.api_name), name) for name, item in self.endpoints.items()]
        return names[endpoint_named(given, names)][1]


def open_module(
    named: str, read: Callable[[str], AppSpec] | None, *, all_endpoints: bool = False
) -> Opened:
    """Return the module of a path, a package's folder or an import name, or of an app.

    Args:
        named: A module or an app.
        read: Reads an app's description; None to refuse apps, and connect to nothing.
        all_endpoints: Whether the module of an app has the undocumented ones too.

    Raises:
        CodegenError: It is neither, or cannot be read.
    """
    if (path := _path_of(named)) is not None:
        code = read_text(path)
        if not is_generated(code):
            raise UsageError(
                f"gradio-codegen did not write {path}. Give a module that it wrote, "
                "or an app"
            )
        if read is None:
            check_code(code)  # nobody has asked yet to run it
        return _opened(load(path))
    kind, source = classify(named)
    if kind == "file":
        app = loads(read_text(Path(source)), source).source
        raise UsageError(
            f"{source} is a saved description, which cannot be called. Give the app "
            f"({app}), or a module"
        )
    if read is None:
        raise UsageError(f"{named} is an app, and not a module")
    options = BuildOptions(all_endpoints=all_endpoints)
    made = _opened(_made(generate_from(read(source), options).code))
    # Its URL may have a password, which no module has.
    return replace(made, src=source)


def load(path: Path) -> ModuleType:
    """Import a generated module from its file.

    Raises:
        UsageError: It fails.
    """
    # Under a name that is nobody else's: the file may be called as a library of ours.
    name = f"{_MADE}.{module_name(str(path)) or path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # annotations are looked up there
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # noqa: BLE001 - it is somebody's file
        raise UsageError(
            f"{path} cannot be imported: {type(error).__name__}: {error}. "
            "Generate it again"
        ) from None
    return module


def _made(code: str) -> ModuleType:
    """Make a module of code that has passed `write.check`."""
    module = sys.modules[_MADE] = ModuleType(_MADE)
    exec(compile(code, f"<{_MADE}>", "exec"), vars(module))  # noqa: S102 - see above
    return module


def _opened(module: ModuleType) -> Opened:
    client = next(
        item
        for item in vars(module).values()
        if isinstance(item, type)
        and issubclass(item, Client)
        and item.__module__ == module.__name__
    )
    endpoints: dict[str, AnyEndpoint] = {
        name: item for name, item in vars(module).items() if isinstance(item, Endpoint)
    }
    return Opened(client, endpoints)


def _path_of(named: str) -> Path | None:
    """Return the file of a module; None for an app or a saved description."""
    path = as_path(named)
    if named.endswith(".py"):
        return path
    if path.is_dir() and modules_in(path):
        if is_space_id(named):
            raise UsageError(
                f"{named} may be a Space, and is a package here. Give ./{named}, or "
                "the Space's URL"
            )
        return package_in(path).file
    try:
        classify(named)
    except UsageError:
        if not all(part.isidentifier() for part in named.split(".")):
            raise
    else:
        return None
    # Not by an import of its parents, which would run what is in the current folder.
    for folder in (".", *sys.path):
        base = Path(folder, *named.split("."))
        for file in (Path(f"{base}.py"), base / "__init__.py"):
            if as_path(file).is_file():
                return file
    raise UsageError(
        f"there is no module {named} here. Give a URL, a Space (owner/name), or a module"
    )
