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

Table = TypeVar("Table", bound=ArrowStream)

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
        self._target: Endpoint[..., Any, Any] | SentEndpoint = endpoint.__get__(client)
        self._columns = dict(columns or {})
        self._options: dict[str, Any] = {
            "concurrency": concurrency,
            "may_repeat": may_repeat,
            "patience": patience,
        }
        Settings(**self._options)  # refuses what cannot be
        describe: Any = vars(endpoint)["__wrapped__"]
        parameters = inspect.signature(describe).parameters.values()
        #: The parameters, and whether each has a default.
        self._optional = {p.name: p.default is not p.empty for p in parameters}
        if unknown := self._columns.keys() - self._optional.keys():
            raise InputError(
                f"no parameter is {min(unknown)!r}",
                hint=f"There are {', '.join(self._optional)}",
            )
        kinds = kinds_of_outputs(describe)
        names = (
            [output]
            if isinstance(output, str)
            else list(kinds if output is None else output)
        )
        #: The new columns.
        self._kinds = dict(zip(names, kinds.values(), strict=False))
        self._kinds |= {error: TEXT, _MAY_HAVE_RUN: BOOL}
        if len(names) != len(kinds) or len(self._kinds) != len(names) + 2:
            raise InputError(
                f"output must be {len(kinds)} names, which differ from each other and "
                f"from {error!r} and {_MAY_HAVE_RUN!r}, not {names}"
            )

    @overload
    def __call__(self, batch: Mapping[str, Any], /) -> dict[str, Any]: ...
    @overload
    def __call__(self, batch: Table, /) -> Table: ...
    @overload
    def __call__(self, batch: Iterator[Table], /) -> Iterator[Table]: ...
    def __call__(self, batch: Any, /) -> Any:
        """Return a batch with what came of its rows; of an iterator, one after the other.

        Raises:
            InputError: A column is missing, or there already.
            GradioError: The run stopped; see `Endpoint.map`.
        """
        if hasattr(batch, "__next__"):
            return map(self, batch)
        target = self._target
        endpoint = target.received() if isinstance(target, SentEndpoint) else target
        results = endpoint.map(self._rows(batch), progress=False, **self._options)
        cells = [self._cells(result) for result in results]
        return extended(
            batch,
            {
                name: (kind, [row[place] for row in cells])
                for place, (name, kind) in enumerate(self._kinds.items())
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
        return extended_schema(known, self._kinds)

    def _taken(self, names: Sequence[str]) -> dict[str, str]:
        """Return the column of each parameter that has one."""
        taken: dict[str, str] = {}
        shown = ", ".join(map(repr, names))
        for name, optional in self._optional.items():
            column = self._columns.get(name, name)
            if column in names:
                taken[name] = column
            elif name in self._columns or not optional:
                raise InputError(
                    f"the batch has no column {column!r} for {name}, but {shown}",
                    hint=_HINT,
                )
        if not taken:
            raise InputError(
                f"the batch has no column for any parameter, but {shown}", hint=_HINT
            )
        if doubled := self._kinds.keys() & set(names):
            raise InputError(
                f"the batch has a column {min(doubled)!r} already",
                hint="Rename it, or choose other names: output=…, error=…",
            )
        return taken

    def _rows(self, batch: Any) -> Iterator[dict[str, Any]]:
        """Return the rows of a batch, as far as they are parameters."""
        taken = self._taken(names_of(batch))
        columns = [values_of(batch[column]) for column in taken.values()]
        for row in zip(*columns, strict=True):
            yield {
                name: value
                for name, value in zip(taken, row, strict=True)
                if value is not None or not self._optional[name]
            }

    def _cells(self, result: Done[Any, Any] | Failed[Any]) -> list[Cell]:
        """Return the new cells of a row."""
        kinds = list(self._kinds.values())[:-2]
        if isinstance(result, Failed):
            error = result.error
        else:
            slots = slots_of(result.value) if kinds else []
            try:
                cells = [fitted(plain(v), k) for v, k in zip(slots, kinds, strict=True)]
            except (TypeError, ValueError) as unfit:  # let by strict_outputs=False
                error = OutputMismatch(f"an output is not what its column is: {unfit}")
            else:
                return [*cells, None, None]
        return [*(None for _ in kinds), *error_cells(error)]

    def __getstate__(self) -> dict[str, Any]:
        """Return what another process needs.

        Raises:
            InputError: It would need a secret there, other than a token.
        """
        target = self._target
        sent = target if isinstance(target, SentEndpoint) else SentEndpoint.of(target)
        return {**self.__dict__, "_target": sent}

    def __repr__(self) -> str:
        return f"OnBatch({self._target!r})"
