"""Copies of Spaces: each is made once and used again. All functions block."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .._http.settings import CopySettings
from ..description.space_names import endpoint, is_space_id, space_of
from ..errors import AuthenticationError, InputError, SpaceError
from .failures import NOT_FOUND, translated
from .spaces import Space, api, look_up, saved_token
from .stages import check_sdk

_log = logging.getLogger("gradio_runtime").getChild("hub")

#: Hardware without a price per hour. Its sleep time cannot be set.
_FREE = frozenset({"cpu-basic", "zero-a10g"})


def copy_spaces(from_id: str, wishes: CopySettings, n: int) -> list[str]:
    """Make so many copies unless they exist, with one warning of what they cost.

    They have the name of one copy, and a number each.
    """
    source = _checked(from_id, wishes.to_id)
    original = look_up(source, _token(wishes.token, source))
    hardware = wishes.hardware or original.hardware
    if _is_paid(hardware):
        warnings.warn(
            f"{n} copies of {original.id} run on {hardware}: the Hub bills their owner "
            f"for {n} times that while they are awake; each sleeps after "
            f"{wishes.sleep_timeout:g} min without a visitor. "
            f"See {endpoint()}/settings/billing",
            stacklevel=4,
        )
    name = wishes.to_id or original.id.partition("/")[2]
    return [
        copy_space(from_id, replace(wishes, to_id=f"{name}-{k}"), warned=True)
        for k in range(1, n + 1)
    ]


def copy_space(from_id: str, wishes: CopySettings, *, warned: bool = False) -> str:
    """Make a copy of a Space unless it exists, and return its id; it may not run yet.

    One Space, given by its id or page, can have any number of copies, each with its own
    `to_id`. For the errors see `Client.duplicate`. `warned` is whether the caller has
    warned of what it costs.
    """
    source = _checked(from_id, wishes.to_id)
    token = _token(wishes.token, source)
    original = look_up(source, token)
    check_sdk(original)
    target = _target(original, wishes.to_id, token)
    try:
        existing = look_up(target, token)
    except SpaceError as error:
        if error.stage != NOT_FOUND:
            raise
        if _created(original, target, token, wishes, warned=warned):
            return target
        existing = look_up(target, token)  # another process was faster
    _use_again(existing, token, wishes, warned=warned)
    return existing.id


def _checked(from_id: str, to_id: str | None) -> str:
    """Return the id of the Space to copy; raise `InputError` for a wrong name."""
    source = space_of(from_id)
    if source is None:
        raise InputError(
            f"{from_id!r} is not a Space, and only Spaces can be duplicated",
            hint="Use owner/space, as in the address of the Space's page",
        )
    if to_id is not None and not is_space_id(to_id if "/" in to_id else f"a/{to_id}"):
        raise InputError(
            f"{to_id!r} is not a valid Space name", hint="Use owner/name or name"
        )
    return source


def _token(given: str | bool | None, source: str) -> str:
    token = given.strip() if isinstance(given, str) else None
    if given is None or given is True:
        token = saved_token()
    if not token:
        raise AuthenticationError(
            "to duplicate a Space, you must be logged in to the Hub",
            src=source,
            hint=f"Pass token=… with write access ({endpoint()}/settings/tokens), "
            "or log in: hf auth login",
        )
    return token


def _target(original: Space, to_id: str | None, token: str) -> str:
    if to_id is not None and "/" in to_id:
        return to_id
    with translated(original.id, token):
        hub: Any = api(token)  # its return type is not annotated
        me: dict[str, Any] = hub.whoami()
    return f"{me['name']}/{to_id or original.id.partition('/')[2]}"


def _created(
    original: Space, target: str, token: str, wishes: CopySettings, *, warned: bool
) -> bool:
    """Create the copy; return False if it exists by now."""
    from huggingface_hub.errors import HfHubHTTPError

    hardware: Any = wishes.hardware or original.hardware
    if (paid := _is_paid(hardware)) and not warned:
        _warn_of_bills(target, hardware, wishes)
    _log.info("duplicating the Space %s as %s", original.id, target)
    with translated(original.id, token):
        try:
            # In one request: it must not start without its secrets or its sleep time.
            api(token).duplicate_repo(
                original.id,
                target,
                repo_type="space",
                private=wishes.private,
                space_hardware=hardware,
                space_sleep_time=wishes.sleep_seconds if paid else None,
                space_secrets=_pairs(wishes.secrets),
                space_variables=_pairs(wishes.variables),
            )
        except HfHubHTTPError as error:
            if error.response.status_code != 409:
                raise
            return False
    return True


def _use_again(space: Space, token: str, wishes: CopySettings, *, warned: bool) -> None:
    """Use an existing copy: only its hardware and sleep time are changed."""
    _log.info("using the Space %s, which exists", space.id)
    if wishes.secrets or wishes.variables:
        warnings.warn(
            f"{space.id} exists: its secrets and variables are left as they are",
            stacklevel=5,
        )
    hardware: Any = wishes.hardware or space.hardware
    changed, paid = hardware != space.hardware, _is_paid(hardware)
    if changed and paid and not warned:
        _warn_of_bills(space.id, hardware, wishes)
    seconds = wishes.sleep_seconds if paid else None
    with translated(space.id, token):
        if changed:
            api(token).request_space_hardware(space.id, hardware, sleep_time=seconds)
        elif seconds is not None and seconds != space.sleep_time:
            api(token).set_space_sleep_time(space.id, seconds)


def _is_paid(hardware: str | None) -> bool:
    return hardware is not None and hardware not in _FREE


def _warn_of_bills(name: str, hardware: str, wishes: CopySettings) -> None:
    # First, so that a program that turns warnings into errors pays nothing.
    warnings.warn(
        f"{name} runs on {hardware}, which the Hub bills its owner for while it is "
        f"awake; it sleeps after {wishes.sleep_timeout:g} min without a visitor. "
        f"See {endpoint()}/settings/billing",
        stacklevel=6,
    )


def _pairs(values: Mapping[str, str] | None) -> list[dict[str, str]] | None:
    return [{"key": k, "value": v} for k, v in values.items()] if values else None
