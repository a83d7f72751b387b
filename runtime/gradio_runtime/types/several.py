"""What parameters take that hold several values which the runtime converts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Protocol, TypeAlias, TypeVar, cast, get_args

from pydantic import GetCoreSchemaHandler
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


class _AsList:
    """An annotation: make a list of a sequence."""

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        (item,) = get_args(source)
        return core_schema.no_info_before_validator_function(
            cls._listed, handler.generate_schema(cast("Any", list)[item])
        )

    @staticmethod
    def _listed(value: Any) -> Any:
        if isinstance(value, Sequence) and not isinstance(value, str | bytes):
            return [*value]  # pyright: ignore[reportUnknownVariableType]
        return value


#: A list of values, or any other sequence. Type checkers refuse a `list[File]` for a
#: `list[FileInput]`, since a path might be put into it. Here that does not happen, and
#: the outputs of one app must do as the inputs of the next.
Several: TypeAlias = Annotated[_Sequence[T], _AsList]
