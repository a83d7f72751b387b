"""Turn the values of an endpoint's output slots into the declared type."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from contextlib import suppress
from typing import (
    Annotated,
    Any,
    Generic,
    TypeAlias,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from pydantic import TypeAdapter, ValidationError

from .._models.misfits import IN_STEPS, misfits
from .._models.provenance import OF_THE_APP, as_said
from .._models.updates import Update, is_without_value
from ..errors import OutputMismatch
from .output import ADMIT, Output

R = TypeVar("R")

#: Whether an output that does not fit its type raises at once; None to let one of
#: several be missing, if it is empty.
Strict: TypeAlias = bool | None
#: Reads the visible slots of one output. The names are the slots' own, for errors.
ResultReader = Callable[[list[Any], list[str], Strict], R]

_SCALARS = frozenset({str, bool, int})


def raw_result(values: list[Any]) -> Any:
    """Return what an untyped call gives: one value bare, or else a tuple."""
    return values[0] if len(values) == 1 else tuple(values)


@functools.cache
def reader_of(describe: Callable[..., Any]) -> ResultReader[Any]:
    """Return what reads the outputs of a described call, by its return annotation."""
    return reader_for(result_type(describe))


def result_type(describe: Callable[..., Any]) -> Any:
    """Return the `R` of a described `Call[R]`."""
    return get_args(get_type_hints(describe, include_extras=True)["return"])[0]


def reader_for(annotation: Any) -> ResultReader[Any]:
    """Return a reader of the outputs of an endpoint that returns `annotation`."""
    if annotation is None or annotation is type(None):
        return _read_nothing
    if isinstance(annotation, type) and issubclass(annotation, Output):
        return _Several(annotation).read
    return _Single(annotation).read


def _read_nothing(_values: list[Any], _names: list[str], _strict: Strict) -> None:
    return None


class _Single:
    """One output slot."""

    def __init__(self, annotation: Any) -> None:
        self._annotation = annotation
        self._numbers_kept: TypeAdapter[Any] | None = None

    def read(self, values: list[Any], names: list[str], strict: Strict) -> Any:
        if len(values) != 1:
            return _miscount(values, 1, strict)
        return self.value(values[0], names[0], strict)

    def value(self, value: Any, name: str, strict: Strict) -> Any:
        # Most outputs are text, and most of the rest are numbers.
        if type(value) is self._annotation and self._annotation in _SCALARS:
            return value
        if isinstance(value, Update) and "value" in value.props:
            if Update in get_args(self._annotation):
                return value
            return self._value_of(value, name, strict)
        if is_without_value(value):
            return value
        if self._numbers_kept is None:
            kept: Any = Annotated[keep_ints(self._annotation), IN_STEPS]
            self._numbers_kept = TypeAdapter(kept)
        try:
            return self._numbers_kept.validate_python(value, context=OF_THE_APP)
        except ValidationError as error:
            raw = as_said(value)
            if strict is False:
                return raw
            # Without its cause: pydantic shows the app's keys as they are.
            raise _misfit(error, raw, name) from None

    def _value_of(self, update: Update, name: str, strict: Strict) -> Any:
        """Read the value that comes with other choices; if that is none, return both."""
        try:
            return self.value(update.value, name, strict)
        except OutputMismatch:
            if update.value is None:
                return update
            raise


class _Several(Generic[R]):
    """Several output slots, one field each."""

    def __init__(self, model: type[Output]) -> None:
        self._model = model
        self._fields: dict[str, _Single] | None = None

    def read(self, values: list[Any], _names: list[str], strict: Strict) -> Any:
        names = list(self._model.model_fields)
        if len(values) != len(names):
            return _miscount(values, len(names), strict)
        data = dict(zip(names, values, strict=True))
        if not any(map(is_without_value, values)):
            with suppress(ValidationError):
                return self._model.model_validate(data, context=OF_THE_APP)
        return self._one_by_one(data, strict)

    def _one_by_one(self, data: dict[str, Any], strict: Strict) -> Any:
        """Read each field for itself: an update fits any, an empty one is left out."""
        if self._fields is None:
            self._model.model_rebuild()
            self._fields = {
                name: _Single(field.rebuild_annotation())
                for name, field in self._model.model_fields.items()
            }
        read: dict[str, Any] = {}
        for name, value in data.items():
            try:
                read[name] = self._fields[name].value(value, name, strict)
            except OutputMismatch as error:
                if strict or value is not None:
                    error.raw = as_said(list(data.values()))
                    raise
        return self._model.model_construct(**read)


def keep_ints(annotation: Any) -> Any:
    """Return the annotation with `float` read as `int | float`.

    A type checker takes an int for a float, and pydantic would turn it into one.
    Values are to stay as the app sent them.
    """
    if annotation is float:
        return int | float
    origin, args = get_origin(annotation), get_args(annotation)
    if origin in {list, tuple, set, frozenset}:
        return cast("Any", origin)[tuple(keep_ints(arg) for arg in args)]
    if origin is Annotated:
        return Annotated[(keep_ints(args[0]), *args[1:])]
    if origin in {Union, types.UnionType}:
        return Union[tuple(keep_ints(arg) for arg in args)]  # noqa: UP007
    if origin is dict:
        return dict[tuple(keep_ints(arg) for arg in args)]  # type: ignore[misc]
    return annotation


def _miscount(values: list[Any], expected: int, strict: Strict) -> Any:
    raw = as_said(values)
    if strict is False:
        return raw
    raise OutputMismatch(
        f"the app gave {len(values)} outputs instead of {expected}",
        raw=raw,
        hint=ADMIT,
    )


def _misfit(error: ValidationError, raw: Any, name: str) -> OutputMismatch:
    if raw is None:
        text = f"the output {name!r} is empty, which its declared type does not allow"
    else:
        where, what = next(iter(misfits(error).items()), ("", str(error)))
        place = f"{where}: " if where else ""
        text = f"the output {name!r} does not fit its declared type ({place}{what})"
    return OutputMismatch(text, raw=raw, field=name, hint=ADMIT)
