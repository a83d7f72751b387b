"""From the values of an endpoint's output slots to the type that was declared."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Annotated, Any, Generic, TypeVar, Union, cast, get_args, get_origin

from pydantic import TypeAdapter, ValidationError

from .errors import OutputMismatch
from .misfits import misfits
from .values import UNCHANGED, Output

__all__ = ["ResultReader", "keep_ints", "raw_result", "reader_for"]

R = TypeVar("R")

#: Reads the visible slots of one output; `strict=False` lets a misfit through.
ResultReader = Callable[[list[Any], bool], R]

_SCALARS = frozenset({str, bool, int})


def raw_result(values: list[Any], _strict: bool = True) -> Any:
    """What an untyped call gives: one value bare, several as a tuple, none as `()`."""
    return values[0] if len(values) == 1 else tuple(values)


def reader_for(annotation: Any) -> ResultReader[Any]:
    """How to read the outputs of an endpoint that returns `annotation`."""
    if annotation is None or annotation is type(None):
        return _read_nothing
    if isinstance(annotation, type) and issubclass(annotation, Output):
        return _Several(annotation).read
    return _Single(annotation).read


def _read_nothing(_values: list[Any], _strict: bool) -> None:
    return None


class _Single:
    """One output slot."""

    def __init__(self, annotation: Any) -> None:
        self._annotation = annotation
        self._numbers_kept: TypeAdapter[Any] | None = None

    def read(self, values: list[Any], strict: bool) -> Any:
        if len(values) != 1:
            return _misfit(f"{len(values)} outputs instead of one", values, strict)
        value = values[0]
        # Most outputs are text, and most of the rest are numbers.
        if type(value) is self._annotation and self._annotation in _SCALARS:
            return value
        if value is UNCHANGED:
            return value
        if self._numbers_kept is None:
            self._numbers_kept = TypeAdapter(keep_ints(self._annotation))
        try:
            return self._numbers_kept.validate_python(value)
        except ValidationError as error:
            return _misfit(_first(error), value, strict, error)


class _Several(Generic[R]):
    """Several output slots, one field each."""

    def __init__(self, model: type[Output]) -> None:
        self._model = model

    def read(self, values: list[Any], strict: bool) -> Any:
        names = list(self._model.model_fields)
        if len(values) != len(names):
            text = f"{len(values)} outputs instead of {len(names)}"
            return _misfit(text, values, strict)
        unchanged = [n for n, v in zip(names, values, strict=True) if v is UNCHANGED]
        data = dict(zip(names, values, strict=True))
        try:
            if not unchanged:
                return self._model.model_validate(data)
            return self._partly(data, unchanged)
        except ValidationError as error:
            field = str(error.errors()[0]["loc"][0]) if error.errors() else None
            if strict:
                _misfit(_first(error), values, strict, error, field)
            return self._model.model_construct(**data)

    def _partly(self, data: dict[str, Any], unchanged: list[str]) -> Any:
        """Validate the fields that have values; UNCHANGED never raises."""
        fields: dict[str, Any] = {
            name: UNCHANGED
            if name in unchanged
            else TypeAdapter(self._model.model_fields[name].rebuild_annotation())
            .validate_python(value)
            for name, value in data.items()
        }  # fmt: skip
        return self._model.model_construct(**fields)


def keep_ints(annotation: Any) -> Any:
    """The annotation with `float` read as `int | float`.

    A type checker takes an int for a float, and pydantic would turn it into one.
    Values are to stay as the app sent them.
    """
    if annotation is float:
        return int | float
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return Annotated[(keep_ints(args[0]), *args[1:])]
    if origin in {Union, types.UnionType}:
        return Union[tuple(keep_ints(arg) for arg in args)]  # noqa: UP007
    if origin in {list, dict, tuple, set, frozenset}:
        return cast("Any", origin)[tuple(keep_ints(arg) for arg in args)]
    return annotation


def _first(error: ValidationError) -> str:
    for where, text in misfits(error).items():
        return f"{where}: {text}" if where else text
    return str(error)


def _misfit(
    text: str,
    raw: Any,
    strict: bool,
    cause: Exception | None = None,
    field: str | None = None,
) -> Any:
    if not strict:
        return raw
    raise OutputMismatch(
        f"an output does not fit its declared type ({text})",
        raw=raw,
        field=field,
        hint=_ADMIT,
    ) from cause


_ADMIT = (
    "The value is in the error's `raw`. To let it through, use "
    "with_options(strict_outputs=False), or generate with --nullable-outputs if it may "
    "be empty"
)
