"""What parameters take that hold several values which the runtime converts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, Protocol, TypeAlias, TypeVar, cast, get_args

from pydantic import GetCoreSchemaHandler, GetPydanticSchema
from pydantic_core import CoreSchema, core_schema

__all__ = ["Several"]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class _Sequence(Protocol[T_co]):
    """A sequence, but not a text: `str.__contains__` takes only a `str`."""

    def __contains__(self, value: object, /) -> bool: ...
    def __iter__(self) -> Iterator[T_co]: ...
    def __len__(self) -> int: ...
    def __getitem__(self, index: int, /) -> T_co: ...


def _list_schema(source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
    (item,) = get_args(source)
    return core_schema.no_info_before_validator_function(
        _listed, handler.generate_schema(cast("Any", list)[item])
    )


def _listed(value: Any) -> Any:
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return list(cast("Iterable[Any]", value))
    return value


#: A list of values, or any other sequence. Type checkers refuse a `list[File]` for a
#: `list[FileInput]`, since a path might be put into it. Here that does not happen, and
#: the outputs of one app must do as the inputs of the next.
Several: TypeAlias = Annotated[_Sequence[T], GetPydanticSchema(_list_schema)]
