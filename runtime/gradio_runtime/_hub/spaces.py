"""Read what the Hub knows about a Space. All functions block."""

from __future__ import annotations

import difflib
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from .._http.gate import check_headers
from ..description.addresses import split
from ..description.space_names import endpoint, is_space_id, page_of
from ..errors import SpaceError
from .failures import NOT_FOUND, disabled, translated

if TYPE_CHECKING:
    from huggingface_hub import HfApi

_log = logging.getLogger("gradio_runtime").getChild("hub")

#: Seconds to wait for the Hub's answer, and for the list of an owner's Spaces.
_TIMEOUT = 30.0
_LIST_TIMEOUT = 5.0


class Space(NamedTuple):
    """A Space, as the Hub describes it; None is for what is not known."""

    #: Its current name; an older one redirects to it.
    id: str
    #: The address of its app.
    host: str | None
    #: The Hub's name for its state.
    stage: str | None
    #: What it is built with, such as `gradio` or `docker`.
    sdk: str | None
    #: The Hub's message about a failure.
    problem: str | None = None
    #: Its hardware, or what was requested for it.
    hardware: str | None = None
    #: Seconds without a visitor after which it sleeps.
    sleep_time: int | None = None

    @property
    def page(self) -> str:
        """Return the address of its page."""
        return page_of(self.id)


def api(token: str | None) -> HfApi:
    """Return the Hub's API, with a token or without one."""
    from huggingface_hub import HfApi

    if token:
        check_headers({"authorization": f"Bearer {token}"})
    return HfApi(endpoint=endpoint(), token=token or False)


def saved_token() -> str | None:
    """Return the token in `HF_TOKEN`, or that of the saved login."""
    from huggingface_hub import get_token

    with translated("", None):
        return get_token()


def look_up(space_id: str, token: str | None) -> Space:
    """Ask the Hub for a Space; for the errors see `failures`."""
    try:
        with translated(space_id, token):
            info = api(token).space_info(space_id, timeout=_TIMEOUT)
    except SpaceError as error:
        if error.stage == NOT_FOUND and (name := _similar(space_id, token)):
            error.hint = f"Did you mean {name}? {error.hint}"
        raise
    current = str(info.id) if is_space_id(str(info.id)) else space_id
    if current != space_id:
        _log.info("the Space %s is called %s now", space_id, current)
    if info.disabled:
        raise disabled(space_id, current)
    return _space(current, info)


def _space(name: str, info: Any) -> Space:
    """Read the fields that are used; the Hub does not promise their types."""
    runtime: Any = info.runtime
    raw: dict[str, Any] = runtime.raw if runtime is not None else {}
    address = split(str(info.host or ""))
    hardware = runtime and (runtime.requested_hardware or runtime.hardware)
    sleep_time = runtime and runtime.sleep_time
    return Space(
        id=name,
        host=None if address is None else address.base,
        stage=_text(raw.get("stage")),
        sdk=_text(info.sdk),
        problem=_text(raw.get("errorMessage")),
        hardware=_text(hardware),
        sleep_time=sleep_time if isinstance(sleep_time, int) else None,
    )


def _text(value: object) -> str | None:
    return str(value) if isinstance(value, str) and value else None


def _similar(space_id: str, token: str | None) -> str | None:
    """Return the owner's Space whose name is closest, if one is close.

    One request with a short timeout; `list_spaces` would repeat it.
    """
    from huggingface_hub import get_session

    owner, _, wanted = space_id.partition("/")
    with suppress(Exception):
        answer = get_session().get(
            f"{endpoint()}/api/spaces",
            params={"author": owner, "limit": 1000},
            headers={"authorization": f"Bearer {token}"} if token else {},
            timeout=_LIST_TIMEOUT,
        )
        found = cast("list[dict[str, Any]]", answer.json())
        ids = [str(item["id"]) for item in found]
        names = {i.partition("/")[2].lower(): i for i in ids if is_space_id(i)}
        close = difflib.get_close_matches(wanted.lower(), names, n=1)
        return names[close[0]] if close else None
    return None
