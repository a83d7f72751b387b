"""What a caller asks of one call besides its values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

from .errors import InputError
from .texts import is_whole

if TYPE_CHECKING:
    from .files import UploadProgress

#: What to do when an app has changed so that a generated module's calls break.
OnDrift = Literal["raise", "warn", "ignore"]


def check_on_drift(value: object) -> None:
    """Refuse what is no `OnDrift`.

    Raises:
        InputError: It is none.
    """
    if value is not None and value not in get_args(OnDrift):
        raise InputError(
            f"on_drift is {value!r}", hint="It is 'raise', 'warn' or 'ignore'"
        )


def check_whole(**given: object) -> None:
    """Refuse half a character in what is sent; it may be a secret, and is not shown.

    Raises:
        InputError: One of the texts has a lone surrogate.
    """
    for name, text in given.items():
        if isinstance(text, str) and not is_whole(text):
            raise InputError(
                f"{name} has half a character (a lone surrogate), which cannot be sent"
            )


@dataclass(frozen=True, slots=True)
class Options:
    """Per-call options; see `Endpoint.with_options`.

    `waits_for_room` is whether `retries` are for a full queue too; scripts of the
    official client, which the untyped `Client` is for, expect to hear of it at once.
    `on_drift` is None for what the client says.
    """

    timeout: float | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    retries: int = 2
    waits_for_room: bool = True
    strict_outputs: bool = True
    event_data: Any = None
    result_callbacks: tuple[Callable[[Any], object], ...] = ()
    oauth_token: str | None = field(default=None, repr=False)
    upload_progress: Callable[[UploadProgress], object] | None = None
    on_drift: OnDrift | None = None

    def updated(self, **changes: Any) -> Options:
        """These options with some of them changed."""
        return replace(self, **changes)
