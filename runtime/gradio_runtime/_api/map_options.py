"""The types of what `Endpoint.map` takes; imported with every generated module."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Generic, Protocol, TypedDict, TypeVar

if TYPE_CHECKING:
    from .client import Client

T = TypeVar("T")


class ArrowStream(Protocol):
    """A table by Arrow's interface: of pyarrow, pandas, polars, DuckDB and others."""

    def __arrow_c_stream__(self, requested_schema: object = None, /) -> object:
        """Return the capsule with the stream."""
        ...


class StageOptions(TypedDict, total=False):
    """The options of one stage; see `Endpoint.map`."""

    concurrency: int
    clients: Sequence[Client] | None
    may_repeat: bool
    retry_failed: bool
    retries: int
    patience: float
    ordered: bool


class MapOptions(StageOptions, Generic[T], total=False):
    """The options of `Endpoint.map`."""

    store: str | os.PathLike[str] | None
    durable: bool
    key: Callable[[T], str | int] | None
    progress: bool | None
