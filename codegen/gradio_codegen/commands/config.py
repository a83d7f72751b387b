"""The config of `sync`: `[tool.gradio-codegen]` in `pyproject.toml`, or a file alone.

The models here are the reference: the tables of `docs/sync.md` and the JSON schema are
made of them.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from ..descriptions.fetch import Connect, split_login
from ..errors import UsageError
from ..narrow import as_map
from ..options import OPTIONS, BuildOptions
from ..suggest import did_you_mean

_TABLE = ("tool", "gradio-codegen")
_SCHEMA_ID = "gradio-codegen.schema.json"
_Text = Annotated[str, Field(min_length=1)]


class _Table(BaseModel):
    model_config = ConfigDict(
        alias_generator=lambda name: name.replace("_", "-"),
        extra="forbid",
        frozen=True,
        strict=True,
    )

    token_env: _Text | None = Field(
        default=None,
        description="Environment variable with the Hugging Face token. "
        "Without it: HF_TOKEN, then the saved login.",
    )
    auth_env: _Text | None = Field(
        default=None,
        description="Environment variable with the app's own login, user:password.",
    )
    headers: dict[str, str] = Field(
        default={}, description="Extra headers that are not secret."
    )
    headers_env: dict[str, _Text] = Field(
        default={},
        description="Extra headers whose values are in environment variables.",
    )
    timeout: Annotated[float, Field(gt=0, strict=False)] = Field(
        default=30.0, description="Seconds for reading an app."
    )


class AppConfig(_Table):
    """One app and its module."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": [k]} for k in ("output", "package")]}
    )

    source: _Text = Field(
        description="The app: a Space (owner/name), a URL, or a saved description."
    )
    output: _Text | None = Field(
        default=None,
        description="The module's file, from the folder of the config; in the project.",
    )
    package: _Text | None = Field(
        default=None,
        description="In its place, the folder of a package; see publishing.md.",
    )
    name: _Text | None = Field(
        default=None,
        description="What to call it on the command line; otherwise the file's name.",
    )

    @property
    def where(self) -> str:
        """Return the file or the folder that is written, as the config says it."""
        return self.output or self.package or ""

    @property
    def options(self) -> BuildOptions:
        """Return what shapes the module."""
        return BuildOptions(**{name: getattr(self, name) for name in OPTIONS})

    def connect(self) -> Connect:
        """Return how to reach the app, secrets included.

        Raises:
            UsageError: An environment variable is not set, or holds no login.
        """
        token = auth = None
        if self.token_env is not None:
            token = _from_environment(self.token_env, "token-env")
        if self.auth_env is not None:
            auth = split_login(_from_environment(self.auth_env, "auth-env"))
            if auth is None:
                raise UsageError(
                    f"the environment variable {self.auth_env} (auth-env) "
                    "holds no user:password"
                )
        secret = {
            name: _from_environment(variable, "headers-env")
            for name, variable in self.headers_env.items()
        }
        headers = {**self.headers, **secret}
        return Connect(token=token, auth=auth, headers=headers, timeout=self.timeout)


class Config(_Table):
    """Apps whose modules `gradio-codegen sync` keeps up to date."""

    apps: list[AppConfig] = Field(
        default=[], description="The apps; what they don't say is taken from above."
    )

    def merged(self) -> list[AppConfig]:
        """Return the apps, each with what is said for all of them."""
        common = {
            name: getattr(self, name) for name in self.model_fields_set - {"apps"}
        }
        return [
            app.model_copy(
                update={
                    name: value
                    for name, value in common.items()
                    if name not in app.model_fields_set
                }
            )
            for app in self.apps
        ]


def _fields(*, one_app: bool) -> dict[str, Any]:
    """Return the options that shape modules as fields of a table."""
    kinds: dict[str, tuple[Any, Any]] = {
        "flag": (bool, False),
        "text": (Annotated[_Text | None, Field()], None),
        "texts": (list[str], []),
        "names": (dict[str, str], {}),
    }
    fields: dict[str, Any] = {}
    for name, option in OPTIONS.items():
        if one_app or not option.of_one_app:
            type_, default = kinds[option.kind]
            fields[name] = (type_, Field(default=default, description=option.help))
    return fields


_APP = create_model(
    "AppConfig", __base__=AppConfig, __doc__=AppConfig.__doc__, **_fields(one_app=True)
)
_LIST: Any = list  # of a class that no type checker knows
_CONFIG = create_model(
    "Config",
    __base__=Config,
    __doc__=Config.__doc__,
    apps=(_LIST[_APP], Config.model_fields["apps"]),
    **_fields(one_app=False),
)


def json_schema() -> dict[str, Any]:
    """Return the config's JSON Schema, for editors."""
    schema = _CONFIG.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": _SCHEMA_ID,
        **schema,
        "title": "gradio-codegen",
    }


# --- Files


def find_config(folder: Path) -> Path:
    """Return the nearest `pyproject.toml`, in the folder or above it.

    Raises:
        UsageError: There is none.
    """
    if path := _nearest(folder):
        return path
    raise UsageError(
        f"there is no pyproject.toml in {folder} or above. "
        "Go to your project, or give a file with --config"
    )


def project_of(folder: Path) -> Path:
    """Return the folder of the nearest `pyproject.toml`; without one, the folder."""
    folder = folder.resolve()
    path = _nearest(folder)
    return folder if path is None else path.parent


def _nearest(folder: Path) -> Path | None:
    for parent in (folder, *folder.parents):
        if (path := parent / "pyproject.toml").is_file():
            return path
    return None


def load_config(path: Path) -> Config:
    """Read a config: the table `tool.gradio-codegen`, or all of another file.

    Raises:
        UsageError: It cannot be read, or something in it is wrong.
    """
    document = _read(path)
    table: Any = document
    for key in _TABLE:
        table = (as_map(table) or {}).get(key)
    where = ".".join(_TABLE)
    if table is None and path.name != "pyproject.toml":
        table, where = document, ""
    if table is None:
        raise UsageError(
            f"{path} has no table [{where}]. "
            f"Name an app in [[{where}.apps]]: its source and its output"
        )
    try:
        config = _CONFIG.model_validate(table)
    except ValidationError as error:
        raise UsageError(f"{path}: {_explained(error)}") from None
    if not config.apps:
        name = f"{where}.apps" if where else "apps"
        raise UsageError(f"{path} names no app. Add one: [[{name}]]")
    return config


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise UsageError(f"there is no file {path}. Check the path") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    except ValueError as error:  # no TOML, or no UTF-8
        raise UsageError(f"{path} is no TOML: {error}") from None


def _explained(error: ValidationError) -> str:
    """Say which key is wrong first, and why."""
    first = error.errors(include_url=False)[0]
    place = first["loc"]
    if first["type"] == "extra_forbidden":
        words = did_you_mean(str(place[-1]), _keys(place[:-1]))
        return f"unknown key {_written(place)}. {words}"
    if first["type"] == "missing":
        return f"{_written(place[:-1])} has no {place[-1]}"
    problem = first["msg"][:1].lower() + first["msg"][1:]
    return f"{_written(place)}: {problem}"


def _keys(place: Sequence[int | str]) -> list[str]:
    """Return the keys of the table at a place of the config."""
    model: type[BaseModel] = _APP if place else _CONFIG
    return [str(field.alias or name) for name, field in model.model_fields.items()]


def _written(place: Sequence[int | str]) -> str:
    text = ""
    for part in place:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            key = part if re.fullmatch(r"[\w-]+", part) else f'"{part}"'
            text += f".{key}" if text else key
    return text


def _from_environment(variable: str, key: str) -> str:
    """Return the value of an environment variable that the config names."""
    value = os.environ.get(variable)
    if not value:
        raise UsageError(f"the environment variable {variable} ({key}) is not set")
    return value
