"""The options of one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .._http.settings import OnDrift
    from .._models.files import UploadProgress


@dataclass(frozen=True, slots=True)
class Options:
    """Per-call options; see `Endpoint.with_options`.

    `waits_for_room` is whether `retries` are for a full queue too; scripts of the
    official client, which the untyped `Client` is for, expect to hear of it at once.
    `one_of_many` is whether an endpoint with State is refused, as its session has others.
    `strict_outputs` and `on_drift` are None for what the client says, `local_files` is
    None for what is true of all calls.
    """

    timeout: float | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    retries: int = 2
    waits_for_room: bool = True
    strict_inputs: bool = True
    strict_outputs: bool | None = None
    local_files: bool | None = None
    event_data: Any = None
    result_callbacks: tuple[Callable[[Any], object], ...] = ()
    oauth_token: str | None = field(default=None, repr=False)
    upload_progress: Callable[[UploadProgress], object] | None = None
    on_drift: OnDrift | None = None
    one_of_many: bool = False

    def updated(self, **changes: Any) -> Options:
        """Return these options with some of them changed."""
        return replace(self, **changes)
