"""Read what a running app says of itself, for the generator."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any, TypeAlias

from .._http.offline import check_online
from .._http.redaction import strike_description
from .._http.settings import Settings
from .._hub.lines import Report
from ..errors import ConnectError
from .connection import Connection
from .discovery import read_info

#: `/config`, and `/info` twice.
Description: TypeAlias = tuple[dict[str, Any], dict[str, Any], dict[str, Any]]


def fetch_description(
    src: str,
    *,
    token: str | None = None,
    auth: tuple[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    all_endpoints: bool = False,
    timeout: float = 30.0,
    wake_timeout: float = 600.0,
    report: Report | None = None,
) -> Description:
    """Read `/config` and `/info` of a running app, as the JSON they are. Blocks.

    `/info` is read twice: what differs is not a property of the app. A token of None means
    `HF_TOKEN` or the saved login. `timeout` is for all of it once the app is there, and
    `wake_timeout` for a Space that sleeps, starts or is being built; `report` shows what
    such a Space does, by default as a line on the terminal.

    Raises:
        GradioError: The app cannot be reached, or is not a Gradio app.
    """
    settings = Settings(
        token=token, auth=auth, headers=headers, wake_timeout=wake_timeout
    )
    connection = Connection(src, settings, report)
    check_online(connection.src)

    async def described() -> Description:
        try:
            await connection.located()
            async with asyncio.timeout(timeout):
                transport, raw, config = await connection.described()
                (info, _), (again, _) = [
                    await read_info(transport, config, all_endpoints=all_endpoints)
                    for _ in range(2)
                ]
        except TimeoutError:
            raise ConnectError(f"no answer within {timeout:g} s") from None
        finally:
            await connection.aclose()
        # It will be written to a file, and an app may repeat what it was sent.
        strike = partial(strike_description, secrets=connection.secrets)
        return strike(raw), strike(info), strike(again)

    return connection.run(described())
