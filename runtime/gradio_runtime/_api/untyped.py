"""Calls without a generated module: arguments by position or name, as `/info` says.

What goes in and comes out is what scripts of the official client know: plain values,
paths of files as texts, several outputs as a tuple, none as `()`.
"""

from __future__ import annotations

import difflib
import os
import warnings
from typing import Any, cast

from .._codecs import codec
from .._components.files import files_in_schema
from .._components.registry import kind_of
from .._engine.app import Live
from .._engine.connection import Connection
from .._engine.discovery import read_info
from .._engine.invocation import Request
from .._engine.results import raw_result
from .._http.redaction import strike_description
from .._loop.loop import run_sync
from .._models.files import FILE_META, File, is_source
from .._models.provenance import as_said
from .._queue.route import Route
from ..description import NO_INFO, EndpointInfo, Info, ParameterInfo
from ..description.addresses import is_url
from ..description.json_values import is_object
from ..errors import GradioError, InputError, too_deep
from .usage import parameter_name, public_info


class ArgumentError(InputError, TypeError):
    """The arguments do not fit the endpoint's parameters, as with any function."""


def handle_file(filepath_or_url: str | os.PathLike[str]) -> File:
    """Return a file for any place in the arguments of an untyped call.

    Parameters that are files take paths and URLs as they are; this is for files
    within other values, and for scripts that were written for the official client.

    Raises:
        InputError: It is neither a URL nor the path of a file that exists, or it is a
            text that an app sent.
    """
    given = os.fspath(filepath_or_url)
    try:
        file = File.of(given)
    except TypeError as error:
        raise InputError(str(error)) from None
    if file.path is not None and not file.path.exists():
        raise InputError(
            f"{file.path} is neither a file on this machine nor a URL",
            hint="Check the path",
        )
    return file


def untyped_request(
    connection: Connection,
    api_name: str | None,
    fn_index: int | None,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Request[Any]:
    """Return the request for a call of any endpoint. Connects, and blocks meanwhile."""
    try:
        live = connection.live or run_sync(connection.ready())
        named = fn_index if api_name is None else api_name
        described = None if kwargs else _by_position(live, named, len(args))
        if named is None or described is None:
            info = _info(connection, live)
            named = _endpoint(live, info, api_name, fn_index)
            route = live.route(named)
            described = info.endpoint(route.api_name, route.fn_index)
        route = live.route(named)
        _check_public(live, route)
        values = _arguments(described, args, kwargs, route.api_name)
    except GradioError as error:
        connection.leaving(error)
        raise
    except RecursionError:
        deep = too_deep()
        deep.within(src=connection.src)
        raise deep from None
    parameters = described.parameters if described else []
    return Request(
        endpoint=named,
        names=[parameter_name(i, p) for i, p in enumerate(parameters)]
        or [f"param_{i}" for i in range(len(values))],
        values=values,
        shape=None,
        known={},
        read=_read,
        typed=False,
    )


def _by_position(live: Live, name: str | int | None, count: int) -> EndpointInfo | None:
    """Return what the components of an endpoint say that takes so many values.

    With all of them by position, no call needs `/info`: one request less, and some apps
    fail to answer it.
    """
    config = live.config
    found = config.find(name) if isinstance(name, str) and name[:1] == "/" else None
    if isinstance(name, int):
        found = next((item for item in config.dependencies if item.id == name), None)
    if found is None or None in config.slots(found.inputs):
        return None
    endpoint = live.by_components(found)
    return endpoint if len(endpoint.parameters) == count else None


def _info(connection: Connection, live: Live) -> Info:
    """Return the app's `/info`; say once if `/config` has to do."""
    info = run_sync(live.info())
    _warn(connection, substitute=info.substitute)
    return info


def _warn(connection: Connection, *, substitute: bool) -> None:
    if substitute and NO_INFO not in connection.warned:
        connection.warned.add(NO_INFO)
        text = f"{connection.src}: {NO_INFO}"
        warnings.warn(text, RuntimeWarning, stacklevel=2)


def _endpoint(
    live: Live, info: Info, api_name: str | None, fn_index: int | None
) -> str | int:
    if api_name is not None:  # it says more than a number, which may move
        if not api_name.startswith("/"):
            raise InputError(
                f"api_name {api_name!r} does not begin with a slash",
                hint=f"Did you mean {'/' + api_name!r}?",
            )
        return api_name
    if fn_index is not None:
        return fn_index
    public = [
        f"/{d.api_name}"
        for d in live.config.dependencies
        if d.api_name is not None
        and d.visibility == "public"
        and f"/{d.api_name}" in info.named_endpoints
    ]
    if len(set(public)) != 1:
        raise InputError(
            "the app has several endpoints, so `api_name` or `fn_index` must say which"
            if public
            else "the app has no endpoint that a caller may use",
            hint=f"It has {', '.join(public[:20])}" if public else None,
        )
    return public[0]


def _check_public(live: Live, route: Route) -> None:
    """Refuse what the app's author keeps from callers; no server does."""
    if any(
        dependency.id == route.fn_index and dependency.visibility == "private"
        for dependency in live.config.dependencies
    ):
        raise InputError(
            f"the app keeps {route.api_name} private", hint="view_api() lists the rest"
        )


def _arguments(
    endpoint: EndpointInfo | None,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    name: str,
) -> list[Any]:
    """Return a value for each parameter: the app's default where none is given."""
    if endpoint is None:
        if kwargs:
            raise ArgumentError(
                f"{name} has no parameter names",
                endpoint=name,
                hint="Give the values by position",
            )
        return [_with_files(value) for value in args]
    parameters = endpoint.parameters
    names = [parameter_name(i, parameter) for i, parameter in enumerate(parameters)]
    if len(args) > len(parameters):
        raise ArgumentError(
            f"{name} takes {len(parameters)} values, not {len(args)}", endpoint=name
        )
    _check_keywords(names, len(args), kwargs, name)
    given = {**dict(zip(names, args, strict=False)), **kwargs}
    values: list[Any] = []
    for key, parameter in zip(names, parameters, strict=True):
        if key in given:
            values.append(_as_file(given[key], parameter))
        elif parameter.has_default:
            values.append(parameter.default)
        else:
            raise ArgumentError(
                f"No value provided for required argument: {key}",
                fields={key: "missing"},
                endpoint=name,
            )
    return values


def _check_keywords(
    names: list[str], positional: int, kwargs: dict[str, Any], name: str
) -> None:
    for given in kwargs:
        if given not in names:
            close = difflib.get_close_matches(given, names, n=1)
            raise ArgumentError(
                f"{name} has no parameter {given!r}",
                endpoint=name,
                hint=f"Did you mean {close[0]!r}?"
                if close
                else f"It has {', '.join(names)}",
            )
        if given in names[:positional]:
            raise ArgumentError(f"{given!r} is given twice", endpoint=name)


def _as_file(value: Any, parameter: ParameterInfo) -> Any:
    """Return a value of the caller's with a `File` for each of its files."""
    kind = kind_of(parameter.component.lower())
    try:
        return _with_files(value, kind.files or files_in_schema(parameter.schema_))
    except TypeError as error:
        raise InputError(
            f"{parameter.name or parameter.label}: {error}",
            fields={str(parameter.name): str(error)},
        ) from None


def _with_files(value: Any, files: str = "") -> Any:
    """Return the same value with `File`s, where `files` stand in it as `Kind` says.

    A text is a path or a URL only where nothing but files is taken. A `pathlib.Path`,
    bytes and an open file are files in any value that holds some, and so is a file dict
    of the official client. No dict may name a local file: an app's own words can be
    passed on as one.
    """
    if is_object(value):
        path = value.get("path")
        if value.get("meta") == FILE_META and isinstance(path, str):
            if is_url(path):
                return File.model_validate({**value, "path": None, "url": path})
            raise InputError(
                f"a dict names the file {path!r}, which may be an app's word",
                hint="Give handle_file(path) in its place",
            )
        inner = files and "among"
        return {key: _with_files(item, inner) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_with_files(item, files) for item in cast("list[Any]", value)]
    if value is not None and (files == "bare" or (files and is_source(value))):
        return File.of(value)
    return value


def _read(values: list[Any], _names: list[str], _strict: bool | None) -> Any:
    """Return the raw outputs, with local paths in place of downloaded files.

    Other files are the official client's dicts, which can be passed on. Any other text
    is an `AppStr`: a path that the app writes is not the path of a file that it gave.
    """
    return raw_result([_with_paths(as_said(value)) for value in values])


def _with_paths(value: Any) -> Any:
    paths = {
        id(file): str(file.path) if file.path else as_said(_marked(file))
        for file in codec.files_in(value)
    }
    return codec.replace_files(value, paths) if paths else value


def _marked(file: File) -> dict[str, Any]:
    known = file.model_dump(mode="json")
    return {**known, "path": known["url"], "meta": FILE_META}


def read_api(connection: Connection, *, all_endpoints: bool) -> dict[str, Any]:
    """Return what the app's `/info` says of its endpoints. Blocks."""

    async def read() -> dict[str, Any]:
        live = await connection.ready()
        raw, _ = await read_info(
            live.transport, live.config, all_endpoints=all_endpoints
        )
        return raw

    raw = connection.run(read())
    _warn(connection, substitute=raw.pop("substitute", None) is True)
    return public_info(strike_description(raw, connection.secrets))
