"""Read and check what an app says of itself: `/config` and `/info`."""

from __future__ import annotations

import re
from typing import Any, cast

from pydantic import ValidationError

from .._components.slots import info_without_info
from .._http.statuses import CHECK_URL
from .._http.transport import Transport
from .._models.texts import beginning
from ..description import Config, Info
from ..description.translations import translated
from ..errors import ConnectError, ProtocolError

_FAILED = 500
#: A plain path, which becomes a part of every URL of a call. Nothing in it may lead to
#: another host or out of the app's own path.
_PREFIX = re.compile(r"(?=.{0,100}\Z)(/(?!\.{1,2}(/|\Z))[A-Za-z0-9._~-]+)*/?")


def parse_config(raw: object, transport: Transport) -> Config:
    """Check what `/config` gave.

    Raises:
        ConnectError: It is not a Gradio app's.
        ProtocolError: Its API is not below the app's own address.
    """
    try:
        config = Config.model_validate(raw)
    except ValidationError:
        raise ConnectError(
            f"{transport.base}/config is JSON, but not that of a Gradio app",
            hint=CHECK_URL,
        ) from None
    if _PREFIX.fullmatch(config.api_prefix) is None:
        raise ProtocolError(
            f"the app says that its API is at {beginning(config.api_prefix, 100)!r}, which is "
            "not a plain path"
        )
    return config


async def read_info(
    transport: Transport, config: Config, *, all_endpoints: bool
) -> tuple[dict[str, Any], Info]:
    """Read `/info`; return it as it came, in English, and checked.

    It has the undocumented endpoints too if all are wanted. Where the server fails to
    make it, `/config` has to do; see `Info.substitute`.
    """
    query = "?all_endpoints=True" if all_endpoints else ""
    try:
        raw = await transport.get_json(f"{config.api_prefix}/info{query}")
    except ProtocolError as error:
        if error.status != _FAILED:
            raise
        raw = info_without_info(config, all_endpoints=all_endpoints)
    except ConnectError as error:
        if config.protocol == "ws" and error.status == 404:
            raise ConnectError(
                f"Gradio {config.version} does not describe its API",
                hint="Apps of Gradio 3.26 and later do",
            ) from error
        raise
    if not isinstance(raw, dict) or "named_endpoints" not in raw:
        raise ConnectError(
            f"{transport.base}{config.api_prefix}/info does not describe an API",
            hint=CHECK_URL,
        )
    described = cast("dict[str, Any]", raw)
    if texts := config.i18n_translations:
        described = translated(described, texts)
    try:
        info = Info.model_validate(described)
    except ValidationError:
        raise ConnectError(
            f"{transport.base} describes its API in a way that no Gradio app does",
            hint=CHECK_URL,
        ) from None
    return described, info
