"""`Endpoint.map`: the door to many rows. What it needs is imported when it is called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import (
    TYPE_CHECKING,
    Any,
    Generic,
    Self,
    TypeVar,
    overload,
)

from typing_extensions import TypeVar as DefaultedTypeVar
from typing_extensions import Unpack

from .._http.settings import ACCESS
from .._models.base import Input
from ..errors import InputError
from .defaults import stand_ins
from .map_options import ArrowStream, MapOptions

if TYPE_CHECKING:
    from .._batch.replicas import Replica
    from .._engine.options import Options
    from .call import Call
    from .client import Client
    from .results import Results

T = TypeVar("T")
R = TypeVar("R")
#: The inputs of an endpoint, which `Endpoint[[float], str]` need not name.
I = DefaultedTypeVar("I", bound=Input, default=Any)  # noqa: E741


class Mapped(Generic[R, I]):
    """What endpoints can do with many rows."""

    if TYPE_CHECKING:
        app: Any
        api_name: str | int
        _client: Client | None
        _options: Options
        _describe: Callable[..., Call[Any]]

        def _copy(self, client: Client | None, options: Options) -> Self: ...
        def _start(self, call: Call[Any], *, keep: Any = "all") -> Any: ...

    @overload
    def map(
        self, rows: Iterable[I], **options: Unpack[MapOptions[I]]
    ) -> Results[I, R]: ...
    @overload
    def map(
        self,
        rows: Iterable[T],
        call: Callable[[T], Call[R]],
        **options: Unpack[MapOptions[T]],
    ) -> Results[T, R]: ...
    @overload
    def map(
        self,
        rows: Iterable[Mapping[str, Any]] | ArrowStream,
        **options: Unpack[MapOptions[Mapping[str, Any]]],
    ) -> Results[Mapping[str, Any], R]: ...
    def map(
        self,
        rows: Iterable[Any] | ArrowStream,
        call: Callable[[Any], Call[R]] | None = None,
        **options: Any,
    ) -> Results[Any, R]:
        """Call the endpoint for many rows, and give what comes of each.

            for result in transcribe.map(paths, transcribe.call):
                match result:
                    case Done():
                        print(result.row, result.value)
                    case Failed():
                        print(result.row, result.error)

        Nothing begins before the results are read. A row that fails costs no other; what
        was refused before it could run is tried again.

        Args:
            rows: Input models; or mappings of parameters to values, or a table of pandas,
                polars, Arrow or DuckDB with a column for each, where None that does not
                fit is a default; or anything, with `call`. They are read on a thread, as
                fast as results are read.
            call: Makes a call of a row, without sending it; often `endpoint.call`.
            **options: As follows.
            concurrency: How many calls each client has under way; 8.
            clients: Clients of copies of the app, which share the rows; None for the
                endpoint's own client.
            may_repeat: Whether a row may be called again whose call may have run.
            retry_failed: Whether rows are called again that failed in an earlier run.
            retries: How often a row is called again that may have run, or that no client
                can call while they can call others; 5.
            patience: Seconds after which the run stops if no client can be called; 600.
            ordered: Whether results come in the order of the rows.
            store: A folder that keeps what became of each row, so that a run that was
                ended, or killed, is taken up where it was: rows that are done are given
                again, those that failed stay so, and of those that the app had, nobody
                knows (`may_repeat`). Rows may be added at the end.
            durable: Whether the store also outlives a power cut, which takes longer.
            key: Returns what names a row in the store, instead of its number.
            progress: Whether there is a progress bar; None for one on a terminal.

        Raises:
            InputError: An option cannot be used.
        """
        from .results import results_of

        return results_of(self, rows, call, **options)

    def __gradio_replicas__(self, clients: Sequence[Client] | None) -> list[Replica]:
        """Return what calls the endpoint on each client; of none, on its own."""
        from .._batch.replicas import Replica

        options = self._options.updated(retries=0, one_of_many=True)
        replicas: list[Replica] = []
        for client in dict.fromkeys(clients or [self.__gradio_client__]):  # each once
            if not self._is_faked():
                client.__gradio_open__()
            start = partial(self._copy(client, options)._start, keep="latest")
            account, reach = client.__gradio_account__, client.__gradio_reach__
            replicas.append(Replica(client.src, account, start, reach, self._is_faked))
        return replicas

    @property
    def __gradio_client__(self) -> Client:
        """Return the client that it calls here."""
        client: Client = self._client or self.app.default_client
        return client

    def __gradio_sent__(self) -> Self:
        """Return it on a client without a token, for other machines.

        Raises:
            InputError: It has something else that gives access.
        """
        client, options = self.__gradio_client__, self._options
        given = [name for name in ACCESS if getattr(options, name, None)]
        if access := [*client.__gradio_access__, *given]:
            raise unsendable(self, f"with {', '.join(access)}")
        token = False if client.__gradio_account__ is False else None
        return self._copy(client.__gradio_like__(token=token), options)

    def _is_faked(self) -> bool:
        return self._describe in stand_ins


def unsendable(endpoint: Mapped[Any, Any], which: str) -> InputError:
    """Return the error for an endpoint that does not go to other machines."""
    return InputError(
        f"an endpoint {which} cannot be sent to other machines",
        endpoint=str(endpoint.api_name),
        src=endpoint.__gradio_client__.src,
        hint="Make it in a function that runs there",
    )
