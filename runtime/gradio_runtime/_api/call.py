"""A call of an endpoint, described but not sent."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from .._models.base import Input

R = TypeVar("R")


class Call(Generic[R]):
    """A call of one endpoint with validated inputs.

    `Endpoint.call(...)` makes one without sending anything, for tests and dry runs.

    Attributes:
        inputs: The validated inputs.
    """

    __slots__ = ("inputs",)

    def __init__(self, inputs: Input) -> None:
        self.inputs = inputs

    @property
    def data(self) -> tuple[Any, ...]:
        """The inputs, in the order in which they are sent."""
        return tuple(
            getattr(self.inputs, name) for name in type(self.inputs).model_fields
        )

    def __repr__(self) -> str:
        return f"Call({self.inputs!r})"
