"""The results of many rows, as callers hold them."""

from __future__ import annotations

import asyncio
import inspect
import os
from collections.abc import (
    AsyncIterator,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from concurrent.futures import wait
from contextlib import aclosing, closing
from contextvars import copy_context
from dataclasses import dataclass, field, fields, replace
from time import monotonic
from typing import TYPE_CHECKING, Any, Generic, TypeGuard, TypeVar, cast

from pydantic import ValidationError
from typing_extensions import Unpack

from .._batch.keeping import Keeping, Key
from .._batch.output_file import kind_of, written
from .._batch.replicas import Replica
from .._batch.results import Done, Failed, Summary
from .._batch.rows import as_rows, count_of
from .._batch.run import Run
from .._batch.stage import Entry, Keeper, Prepared, Settings
from .._engine.results import reader_of
from .._loop.loop import check_may_block, is_exiting, on_loop_thread
from .._models.base import Input
from .._models.texts import printable
from ..errors import InputError
from .call import Call, misfit
from .client import Client
from .map_options import StageOptions
from .progress import CountBar

if TYPE_CHECKING:
    from .._batch.store import Store

T = TypeVar("T")
R = TypeVar("R")
S = TypeVar("S")

#: Seconds that whoever leaves the results waits for calls to be taken back.
_GRACE = 2.5
_SETTINGS = frozenset(known.name for known in fields(Settings))


@dataclass
class Stage:
    """One endpoint that rows go through.

    Attributes:
        settings: How.
        endpoint: The endpoint; None until the first call tells.
        function: Makes a call of what comes in; None for models and mappings.
        clients: The clients that share the rows.
        number: Which stage it is.
        key: What names a row in the store.
        store: What keeps the rows, in a run that has one.
    """

    settings: Settings
    endpoint: Any
    function: Callable[[Any], Call[Any]] | None
    clients: Sequence[Client] | None
    number: int = 0
    key: Callable[[Any], Key] | None = None
    store: Store | None = None
    _signature: inspect.Signature | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Check the clients."""
        if self.clients is not None and not self.clients:
            raise InputError("clients is empty", hint="Leave it out, or give one")
        for client in cast("Sequence[object]", self.clients or ()):
            if not isinstance(client, Client):
                raise InputError(f"clients has {client!r}, which is not a client")

    def make(self, value: Any) -> Prepared:
        """Return the call for a row, or for what the stage before has made of it."""
        if self.function is not None:
            try:
                call = self.function(value)
            except ValidationError as error:
                raise misfit(error) from None
        else:
            call = self._of_columns(value)
        return self._checked(call)

    def _of_columns(self, value: Any) -> Call[Any]:
        endpoint = self.endpoint
        if isinstance(value, endpoint.inputs):
            return Call(cast("Input", value), endpoint)
        if not isinstance(value, Mapping):
            raise TypeError(
                f"a row is a mapping of parameters to values or {endpoint.inputs.__name__}, "
                f"not {type(value).__name__}; for others, say how to call: "
                f"map(rows, {endpoint.__name__}.call)"
            )
        row = cast("Mapping[str, Any]", value)
        if self._signature is None:
            self._signature = inspect.signature(endpoint.__wrapped__)
        try:
            self._signature.bind(**row)
        except TypeError as error:
            raise InputError(
                f"the row's columns are not the parameters: {error}",
                endpoint=str(endpoint.api_name),
                hint=f"Choose them: map(rows, lambda row: {endpoint.__name__}.call(…))",
            ) from None
        try:
            call: Call[Any] = endpoint.call(**row)
        except InputError as error:
            # Of tables: a cell that is empty is that of a parameter that is left out.
            known = self._signature.parameters
            unfit = {path.partition(".")[0] for path in error.fields}
            empty = {
                name
                for name in unfit & row.keys()
                if known[name].default is not inspect.Parameter.empty
                and row[name] is None
            }
            if not empty:
                raise
            kept = {name: row[name] for name in row.keys() - empty}
            call = endpoint.call(**kept)
        return call

    def _checked(self, made: object) -> Call[Any]:
        if not _is_call(made):
            raise TypeError(f"a row's call is a Call, not {type(made).__name__}")
        call = made
        if self.endpoint is None:
            self.endpoint = call.endpoint
        known, other = self.endpoint, call.endpoint
        if known is None or not isinstance(call.inputs, known.inputs):
            raise TypeError(f"{call!r} is a call of no endpoint; use endpoint.call")
        if other is not None and other.__wrapped__ is not known.__wrapped__:
            raise TypeError(f"{call!r} is a call of {other!r}, and not of {known!r}")
        return call

    def keeper(self) -> Keeper | None:
        """Return what keeps the rows."""
        if self.store is None:
            return None
        name, spec = str(self.endpoint.api_name), self.endpoint.app.spec
        read = reader_of(self.endpoint.__wrapped__)
        return self.store.stage(self.number, Keeping(name, spec, read, self.key))

    def replicas(self) -> Sequence[Replica]:
        """Return the apps that do the rows."""
        replicas: list[Replica] = self.endpoint.__gradio_replicas__(self.clients)
        return replicas


class Results(Generic[T, R]):
    """What comes of many rows: a `Done` or a `Failed` for each.

    Iterate with `for` or `async for`; tell them apart by `isinstance` or `match`, which
    type checkers follow (pyright does not follow `if result.ok`). Whoever leaves early
    takes the calls back that are under way. Each iteration is a run of its own.
    """

    def __init__(
        self,
        rows: Any,
        stages: Sequence[Stage],
        *,
        store: str | os.PathLike[str] | None,
        durable: bool,
        progress: bool | None,
    ) -> None:
        self._rows = rows
        self._stages = tuple(stages)
        self._store = store
        self._durable = durable
        self._progress = progress
        #: The client in use, and whatever else is true where the caller is.
        self._context = copy_context()

    def then(
        self, call: Callable[[R], Call[S]], **options: Unpack[StageOptions]
    ) -> Results[T, S]:
        """Hand each result to the next endpoint as soon as it is there.

        Args:
            call: Makes a call of a result, such as `translate.call`.
            **options: Those of `Endpoint.map`; `clients` are those of the next app. What
                is not given is as in the stage before, but `concurrency`, which is 8.

        Returns:
            The results of the next endpoint, with the rows of the first. Rows that
            failed before it are among them.
        """
        known: dict[str, Any] = {**options}
        clients = known.pop("clients", None)
        settings = replace(
            self._stages[-1].settings,
            **{"concurrency": Settings.concurrency, **known},
        )
        stage = Stage(
            settings,
            getattr(call, "__gradio_of__", None),
            call,
            clients,
            number=len(self._stages),
            key=self._stages[0].key,
        )
        return Results(
            self._rows,
            (*self._stages, stage),
            store=self._store,
            durable=self._durable,
            progress=self._progress,
        )

    def __iter__(self) -> Iterator[Done[T, R] | Failed[T]]:
        check_may_block("iterating results")
        store, runs = self._begin()
        try:
            with self._bar() as bar:
                for result in runs[-1].follow():
                    bar.count(failed=not result.ok)
                    yield result
        finally:
            ends = [run.close() for run in reversed(runs)]
            if not (is_exiting() or on_loop_thread()):
                wait(ends, _GRACE)
                if store is not None:
                    store.close()

    async def __aiter__(self) -> AsyncIterator[Done[T, R] | Failed[T]]:
        store, runs = self._begin()
        try:
            with self._bar() as bar:
                async with aclosing(runs[-1].afollow()) as results:
                    async for result in results:
                        bar.count(failed=not result.ok)
                        yield result
        finally:
            ends = [asyncio.wrap_future(run.close()) for run in reversed(runs)]
            await asyncio.wait(ends, timeout=_GRACE)
            if store is not None:
                await asyncio.to_thread(store.close)

    def values(self) -> Values[R]:
        """Return the results alone, for `for` and `async for`.

        They raise the error of the first row that fails, and leave the others.
        """
        return Values(self)

    def run(self) -> Summary:
        """Do all rows, drop the results, and return how many there were of each."""
        return summary_of(self)

    def write(self, path: str | os.PathLike[str]) -> Summary:
        """Do all rows, write what comes of them to a file, and return how many.

        It has a line for each: the row's columns, or `row`; the outputs' columns, or
        `value`; `error` and `may_have_run` where it failed; and `index`, `attempts` and
        `src`. The file is there once all rows are done, and replaces one of before.

        Args:
            path: `.parquet`, which needs pyarrow, `.csv` or `.jsonl`.

        Raises:
            InputError: Its suffix is another.
            GradioError: pyarrow is missing, or the run stopped.
        """
        kind_of(path)
        return summary_of(written(self, path))

    def _begin(self) -> tuple[Store | None, list[Run]]:
        store = None
        if self._store is not None:
            from .._batch.store import Store

            store = Store(self._store, durable=self._durable)
        runs: list[Run] = []
        entries: Iterable[Entry] = self._entries()
        for stage in self._stages:
            width = len(stage.clients or (None,))
            runs.append(Run(entries, replace(stage, store=store), self._context, width))
            entries = _handed_on(runs[-1])
        return store, runs

    def _entries(self) -> Iterator[Entry]:
        for index, row in enumerate(as_rows(self._rows)):
            yield index, row, row

    def _bar(self) -> CountBar:
        first = self._stages[0].endpoint
        names = [str(s.endpoint.api_name) for s in self._stages if s.endpoint]
        return CountBar(
            printable(" → ".join(names) or first.__name__),
            total=count_of(self._rows),
            shown=self._progress,
        )


class Values(Generic[R]):
    """The results alone; see `Results.values`."""

    def __init__(self, results: Results[Any, R]) -> None:
        self._results = results

    def __iter__(self) -> Iterator[R]:
        with closing(cast("Any", iter(self._results))) as results:
            for result in results:
                yield _value_of(result)

    async def __aiter__(self) -> AsyncIterator[R]:
        async with aclosing(cast("Any", aiter(self._results))) as results:
            async for result in results:
                yield _value_of(result)


def results_of(
    endpoint: Any,
    rows: Any,
    call: Callable[[Any], Call[Any]] | None,
    *,
    clients: Sequence[Client] | None = None,
    store: str | os.PathLike[str] | None = None,
    durable: bool = False,
    key: Callable[[Any], Key] | None = None,
    progress: bool | None = None,
    **settings: Any,
) -> Results[Any, Any]:
    """Return the results of an endpoint; see `Endpoint.map`."""
    if unknown := settings.keys() - _SETTINGS:
        raise TypeError(f"map() got an unexpected option {min(unknown)!r}")
    stage = Stage(Settings(**settings), endpoint, call, clients, key=key)
    return Results(rows, (stage,), store=store, durable=durable, progress=progress)


def _is_call(value: object) -> TypeGuard[Call[Any]]:
    return isinstance(value, Call)


def summary_of(results: Iterable[Done[Any, Any] | Failed[Any]]) -> Summary:
    """Read all results, and count them."""
    begun, done, failed, resumed = monotonic(), 0, 0, 0
    for result in results:
        done += result.ok
        failed += not result.ok
        resumed += result.resumed
    return Summary(
        done=done, failed=failed, resumed=resumed, seconds=monotonic() - begun
    )


def _value_of(result: Done[Any, R] | Failed[Any]) -> R:
    if isinstance(result, Failed):
        raise result.error
    return result.value


def _handed_on(run: Run) -> Iterator[Entry]:
    for result in run.follow():
        if isinstance(result, Failed):
            yield result
        else:
            yield result.index, result.row, result.value
