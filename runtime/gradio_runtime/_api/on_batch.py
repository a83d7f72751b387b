"""`OnBatch`: an endpoint as a function of batches, for engines that hand these out."""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, overload

from .._batch.batches import extended, extended_schema, names_of, values_of
from .._batch.columns import (
    BOOL,
    TEXT,
    Cell,
    Kind,
    error_cells,
    fitted,
    kinds_of_outputs,
    plain,
)
from .._batch.results import Done, Failed
from .._batch.stage import Settings
from .._engine.kept import slots_of
from ..errors import InputError, OutputMismatch
from .map_options import ArrowStream
from .sent import SentEndpoint

if TYPE_CHECKING:
    from .app import Endpoint

B = TypeVar("B", bound=Mapping[str, Any] | ArrowStream)

_MAY_HAVE_RUN = "may_have_run"
_HINT = "Say which column a parameter has: columns={parameter: column}"


class OnBatch:
    """An endpoint as one function of batches: for Ray Data, Dask, `datasets` and Spark.

        ds.map_batches(OnBatch(predict), batch_format="pyarrow")

    A batch is a mapping of columns, a pandas frame or an Arrow table, or an iterator of
    these. What comes back has more columns: the outputs; `error`, a text where the row
    has failed; and `may_have_run`, whether the app may have done such a row. Rows are
    called as by `Endpoint.map`; a value that is missing leaves its parameter to the
    default, if there is one. An output is a number, a truth value or a text: what is
    none of these is JSON.

    A batch as a whole fails only where a run of `map` stops: the app cannot be called,
    refuses the token, or has changed.

    It can be pickled, with the text of the endpoint's module for workers that lack it.
    Tokens are left out: workers take `HF_TOKEN` from their environment. Each process has
    one connection for all batches.

    Args:
        endpoint: The endpoint. It calls the app that it would call here: that of its
            client, of the one in use, or its own.
        columns: The column of each parameter that is not called as its column is.
        output: The names of the outputs' columns; None for their own, or `value`.
        error: The name of the column with errors.
        files: A folder that all workers share: files of outputs are saved in it, and
            the output is the path. Without it, the output is the URL.
        concurrency: How many calls each batch has under way.
        may_repeat: Whether a row may be called again whose call may have run.
        patience: Seconds after which a batch fails if the app cannot be called.

    Raises:
        InputError: There is no such parameter, or there are other outputs.
    """

    def __init__(
        self,
        endpoint: Endpoint[..., Any, Any],
        *,
        columns: Mapping[str, str] | None = None,
        output: str | Sequence[str] | None = None,
        error: str = "error",
        files: str | os.PathLike[str] | None = None,
        concurrency: int = 8,
        may_repeat: bool = False,
        patience: float = 600.0,
    ) -> None:
        client = endpoint.__gradio_client__.__gradio_like__(
            download_files=False if files is None else os.fspath(files),
            download_dir=None,
            session_hash=None,
        )
        self._endpoint: Endpoint[..., Any, Any] | None = endpoint.__get__(client)
        self._sent: SentEndpoint | None = None
        self._columns = dict(columns or {})
        self._output = [output] if isinstance(output, str) else output
        self._error = error
        self._options: dict[str, Any] = {
            "concurrency": concurrency,
            "may_repeat": may_repeat,
            "patience": patience,
        }
        self._check()

    def _check(self) -> None:
        Settings(**self._options)
        parameters = self._parameters()
        if unknown := self._columns.keys() - parameters.keys():
            raise InputError(
                f"no parameter is {min(unknown)!r}",
                hint=f"There are {', '.join(parameters)}",
            )
        names, count = (
            [*self._kinds()],
            len(kinds_of_outputs(self._called().__wrapped__)),
        )
        if len(names) != count + 2 or len(self._output or names[2:]) != count:
            raise InputError(
                f"{count} outputs have {count} names, which differ from each other and "
                f"from {names[-2]!r} and {names[-1]!r}",
                hint="Give them: output=…",
            )

    @overload
    def __call__(self, batch: B, /) -> B: ...
    @overload
    def __call__(self, batch: Iterator[B], /) -> Iterator[B]: ...
    def __call__(self, batch: Any, /) -> Any:
        """Return a batch with what came of its rows; of an iterator, one after the other.

        Raises:
            InputError: A column is missing, or there already.
            GradioError: The run stopped; see `Endpoint.map`.
        """
        if hasattr(batch, "__next__"):
            return map(self, batch)
        rows, kinds = self._rows(batch), self._kinds()
        results = self._called().map(rows, progress=False, **self._options)
        cells = [self._cells(result, list(kinds.values())[:-2]) for result in results]
        return extended(
            batch,
            {
                name: (kind, [row[place] for row in cells])
                for place, (name, kind) in enumerate(kinds.items())
            },
        )

    def schema(self, known: Any, /) -> Any:
        """Return what an engine must be told of the batches that come back.

            ds.map(on_batch, batched=True, features=on_batch.schema(ds.features))
            ddf.map_partitions(on_batch, meta=on_batch.schema(ddf))
            df.mapInPandas(on_batch, on_batch.schema(df.schema))

        Args:
            known: The same of what goes in: the features of `datasets`, a schema of
                Spark, or Dask's frame itself.

        Raises:
            InputError: A column is missing, or there already.
        """
        self._taken(names_of(known))
        return extended_schema(known, self._kinds())

    def _called(self) -> Any:
        if self._endpoint is None:
            assert self._sent is not None
            self._endpoint = self._sent.received()
        return self._endpoint

    def _parameters(self) -> Mapping[str, inspect.Parameter]:
        return inspect.signature(self._called().__wrapped__).parameters

    def _kinds(self) -> dict[str, Kind]:
        """Return the new columns."""
        kinds = kinds_of_outputs(self._called().__wrapped__)
        outputs = kinds if self._output is None else self._output
        named = dict(zip(outputs, kinds.values(), strict=False))
        return {**named, self._error: TEXT, _MAY_HAVE_RUN: BOOL}

    def _taken(self, names: Sequence[str]) -> dict[str, str]:
        """Return the column of each parameter that has one."""
        taken: dict[str, str] = {}
        shown = ", ".join(map(repr, names))
        for name, parameter in self._parameters().items():
            column = self._columns.get(name, name)
            if column in names:
                taken[name] = column
            elif name in self._columns or parameter.default is parameter.empty:
                raise InputError(
                    f"the batch has no column {column!r} for {name}, but {shown}",
                    hint=_HINT,
                )
        if not taken:
            raise InputError(
                f"the batch has no column for any parameter, but {shown}", hint=_HINT
            )
        if doubled := self._kinds().keys() & set(names):
            raise InputError(
                f"the batch has a column {min(doubled)!r} already",
                hint="Rename it, or choose other names: output=…, error=…",
            )
        return taken

    def _rows(self, batch: Any) -> Iterator[dict[str, Any]]:
        """Return the rows of a batch, as far as they are parameters."""
        taken, parameters = self._taken(names_of(batch)), self._parameters()
        columns = [values_of(batch[column]) for column in taken.values()]
        optional = [parameters[n].default is not inspect.Parameter.empty for n in taken]
        for row in zip(*columns, strict=True):
            cells = zip(taken, row, optional, strict=True)
            yield {n: value for n, value, may in cells if value is not None or not may}

    def _cells(
        self, result: Done[Any, Any] | Failed[Any], kinds: Sequence[Kind]
    ) -> list[Cell]:
        """Return the new cells of a row."""
        if isinstance(result, Failed):
            return [*(None for _ in kinds), *error_cells(result.error)]
        slots = slots_of(result.value) if kinds else []
        try:
            cells = [fitted(plain(v), k) for v, k in zip(slots, kinds, strict=True)]
        except (TypeError, ValueError) as unfit:  # let through by strict_outputs=False
            error = OutputMismatch(f"an output is not what its column is: {unfit}")
            return [*(None for _ in kinds), *error_cells(error)]
        return [*cells, None, None]

    def __getstate__(self) -> dict[str, Any]:
        """Return what another process needs.

        Raises:
            InputError: It would need a secret there, other than a token.
        """
        sent = self._sent or SentEndpoint.of(self._called())
        return {**self.__dict__, "_endpoint": None, "_sent": sent}

    def __repr__(self) -> str:
        return f"OnBatch({self._called()!r})"
