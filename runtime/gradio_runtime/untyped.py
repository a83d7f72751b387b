"""Calls without a generated module: arguments by position or name, as `/info` says."""

from __future__ import annotations

import difflib
from typing import Any, cast

from . import wire
from .connection import Connection, Live, read_info
from .description import EndpointInfo, Info, ParameterInfo
from .errors import GradioError, InputError
from .execution import Request
from .files import File
from .loop import run_sync
from .results import raw_result

__all__ = ["api_text", "read_api", "untyped_request"]


def untyped_request(
    connection: Connection,
    api_name: str | None,
    fn_index: int | None,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Request[Any]:
    """The request for a call of any endpoint. Connects, and blocks while it does.

    Raises:
        InputError: There is no such endpoint or parameter, or a value is missing.
    """
    try:
        live, info = run_sync(_described(connection))
        name = _endpoint(live, info, api_name, fn_index)
        route = live.route(name)
        described = info.named_endpoints.get(route.api_name)
        values = (
            list(args)
            if described is None
            else _arguments(described, args, kwargs, route.api_name)
        )
    except GradioError as error:
        error.within(src=connection.src)
        raise
    parameters = described.parameters if described else []
    return Request(
        endpoint=name,
        names=[_name(i, p) for i, p in enumerate(parameters)],
        values=[
            _as_file(value, parameter)
            for value, parameter in zip(values, parameters, strict=False)
        ]
        if described
        else values,
        shape=None,
        read=_read,
        typed=False,
    )


async def _described(connection: Connection) -> tuple[Live, Info]:
    live = await connection.ready()
    return live, await live.info()


def _endpoint(
    live: Live, info: Info, api_name: str | None, fn_index: int | None
) -> str | int:
    if fn_index is not None:
        return fn_index
    if api_name is not None:
        if not api_name.startswith("/"):
            raise InputError(
                f"api_name {api_name!r} does not begin with a slash",
                hint=f"Did you mean {'/' + api_name!r}?",
            )
        return api_name
    public = [
        f"/{d.api_name}"
        for d in live.config.dependencies
        if d.api_name is not None
        and d.visibility == "public"
        and f"/{d.api_name}" in info.named_endpoints
    ]
    if len(set(public)) != 1:
        raise InputError(
            "the app has several endpoints, so api_name must say which",
            hint=f"It has {', '.join(public[:20])}",
        )
    return public[0]


def _arguments(
    endpoint: EndpointInfo, args: tuple[Any, ...], kwargs: dict[str, Any], name: str
) -> list[Any]:
    """One value for each parameter, with the app's defaults where none is given."""
    parameters = endpoint.parameters
    names = [_name(index, parameter) for index, parameter in enumerate(parameters)]
    if len(args) > len(parameters):
        raise InputError(
            f"{name} takes {len(parameters)} values, not {len(args)}", endpoint=name
        )
    for given in kwargs:
        if given not in names:
            close = difflib.get_close_matches(given, names, n=1)
            raise InputError(
                f"{name} has no parameter {given!r}",
                endpoint=name,
                hint=f"Did you mean {close[0]!r}?"
                if close
                else f"It has {', '.join(names)}",
            )
        if given in names[: len(args)]:
            raise InputError(f"{given!r} is given twice", endpoint=name)
    values = list(args)
    for key, parameter in list(zip(names, parameters, strict=True))[len(args) :]:
        if key in kwargs:
            values.append(kwargs[key])
        elif parameter.has_default:
            values.append(parameter.default)
        else:
            raise InputError(
                f"no value is given for {key!r}, which has no default",
                fields={key: "missing"},
                endpoint=name,
            )
    return values


def _name(index: int, parameter: ParameterInfo) -> str:
    return parameter.name or parameter.label or f"param_{index}"


#: Components whose value is a file, or a list of files.
_FILE_COMPONENTS = frozenset(
    {"Image", "Audio", "Video", "File", "Uploadbutton", "Model3d", "Downloadbutton"}
)


def _as_file(value: Any, parameter: ParameterInfo) -> Any:
    """Paths and URLs of file parameters as `File`s; the app's own defaults stay."""
    if parameter.component not in _FILE_COMPONENTS or value is None:
        return value
    if isinstance(value, list | tuple):
        items = cast("list[Any]", value)
        return [_as_file(item, parameter) for item in items]
    if isinstance(value, dict):
        return cast("dict[str, Any]", value)
    try:
        return File.of(value)
    except TypeError as error:
        raise InputError(
            f"{parameter.name or parameter.label}: {error}",
            fields={str(parameter.name): str(error)},
        ) from None


def _read(values: list[Any], _names: list[str], _strict: bool) -> Any:
    """The raw outputs, with local paths in place of downloaded files."""
    return raw_result([_with_paths(value) for value in values])


def _with_paths(value: Any) -> Any:
    paths = {
        id(file): str(file.path) if file.path else file.model_dump(mode="json")
        for file in wire.files_in(value)
    }
    return wire.replace_files(value, paths) if paths else value


def read_api(connection: Connection, *, all_endpoints: bool) -> dict[str, Any]:
    """The app's `/info`. Blocks."""

    async def read() -> dict[str, Any]:
        live = await connection.ready()
        return await read_info(live.transport, live.config, all_endpoints=all_endpoints)

    return connection.run(read())


def api_text(src: str, raw: dict[str, Any]) -> str:
    """The endpoints of an app as text."""
    info = Info.model_validate(raw)
    lines = [f"API of {src}", f"Named endpoints: {len(info.named_endpoints)}"]
    for name, endpoint in info.named_endpoints.items():
        names = [_name(i, p) for i, p in enumerate(endpoint.parameters)]
        returns = [item.label or item.component for item in endpoint.returns]
        result = ", ".join(map(str, returns)) or "nothing"
        lines.append(f"\n  predict({', '.join([*names, f'api_name={name!r}'])})")
        lines.append(f"    -> {result}")
        for key, parameter in zip(names, endpoint.parameters, strict=True):
            default = (
                f", default {parameter.default!r}" if parameter.has_default else ""
            )
            lines.append(f"    {key}: {parameter.component}{default}")
    return "\n".join(lines)
