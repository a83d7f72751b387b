"""`OnBatch`: an endpoint as a function of batches, for engines that hand these out."""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast, overload

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
from .._models.texts import is_whole
from ..errors import GradioError, InputError, OutputMismatch
from .app import Endpoint
from .map_options import ArrowStream
from .sent import SentEndpoint

Table = TypeVar("Table", bound=ArrowStream)

_RENAME = "Choose other names: output=…, error=…, may_have_run=…"
_HINT = "Say which column a parameter has: columns={parameter: column}"


class OnBatch:
    """An endpoint as one function of batches: for Ray Data, Dask, `datasets` and Spark.

        ds.map_batches(OnBatch(predict), batch_format="pyarrow")

    A batch is a mapping of columns, a pandas frame or an Arrow table, or an iterator of
    these. What comes back has more columns: the outputs; `error`, a text where the row
    has failed; and `may_have_run`, whether the app may have done such a row. Rows are
    called as by `Endpoint.map`: a value that is missing (None, NaN, NaT) leaves its
    parameter to the default, unless the parameter takes None. An output is a number, a
    truth value or a text: what is none of these is JSON.

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
        may_have_run: The name of the column that says whether such a row may have run.
        files: A folder that all workers share: files of outputs are saved in it, and
            the output is the whole path. Without it, the output is the URL.
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
        may_have_run: str = "may_have_run",
        files: str | os.PathLike[str] | None = None,
        concurrency: int = 8,
        may_repeat: bool = False,
        patience: float = 600.0,
    ) -> None:
        if not isinstance(cast("object", endpoint), Endpoint):
            kind = type(cast("object", endpoint)).__name__
            raise TypeError(f"OnBatch takes an endpoint, not {kind}")
        # Workers may be in another folder than this process.
        folder = False if files is None else str(Path(os.fsdecode(files)).absolute())
        client = endpoint.__gradio_client__.__gradio_like__(
            download_files=folder, download_dir=None, session_hash=None
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
        if not parameters:
            raise InputError("the endpoint has no parameter for a column")
        if unknown := self._columns.keys() - self._optional.keys():
            raise InputError(
                f"no parameter is {min(unknown, key=repr)!r}",
                hint=f"There are {', '.join(self._optional)}",
            )
        #: The new columns.
        said = {error: TEXT, may_have_run: BOOL}
        self._kinds = _new_columns(kinds_of_outputs(describe), output, said)

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
        cells: list[list[Cell]] = []
        ran = False
        try:
            for result in results:
                ran |= isinstance(result, Done) or result.may_have_run
                cells.append(self._cells(result))
        except GradioError as stopped:
            stopped.told(may_have_run=ran or stopped.may_have_run)
            raise
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
            if names.count(column) > 1:
                raise InputError(f"the batch has more than one column {column!r}")
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
                hint=f"Rename it. {_RENAME}",
            )
        return taken

    def _rows(self, batch: Any) -> Iterator[dict[str, Any]]:
        """Return the rows of a batch, as far as they are parameters."""
        taken = self._taken(names_of(batch))
        columns = [values_of(batch[column]) for column in taken.values()]
        if len({*map(len, columns)}) > 1:
            sizes = dict(zip(taken.values(), map(len, columns), strict=True))
            raise InputError(f"the columns of the batch differ in length: {sizes}")
        for row in zip(*columns, strict=True):
            yield dict(zip(taken, row, strict=True))

    def _cells(self, result: Done[Any, Any] | Failed[Any]) -> list[Cell]:
        """Return the new cells of a row."""
        kinds = list(self._kinds.values())[:-2]
        if isinstance(result, Failed):
            error = result.error
        else:
            slots = slots_of(result.value) if kinds else []
            try:
                cells = [fitted(plain(v), k) for v, k in zip(slots, kinds, strict=True)]
            except (TypeError, ValueError, OverflowError) as unfit:
                error = OutputMismatch(f"an output is not what its column is: {unfit}")
                error.hint = "Generate the module again"
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


def _new_columns(
    kinds: dict[str, Kind], output: str | Sequence[str] | None, said: dict[str, Kind]
) -> dict[str, Kind]:
    """Return the kinds of the new columns by the names that they are to have."""
    given = kinds if output is None else output
    names = [given] if isinstance(given, str) else list(given)
    new = dict(zip(names, kinds.values(), strict=False)) | said
    texts = all(isinstance(cast("object", n), str) and is_whole(n) for n in new)
    if len(names) != len(kinds) or len(new) != len(names) + 2 or not texts:
        raise InputError(
            f"output must be {len(kinds)} names, which differ from each other and "
            f"from those of the error and may_have_run, {[*said]}, not {names}",
            hint=_RENAME,
        )
    return new
