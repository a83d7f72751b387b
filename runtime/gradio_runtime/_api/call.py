"""A call of an endpoint, described but not sent."""

from __future__ import annotations

from collections.abc import Mapping
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

    @classmethod
    def of(cls, model: type[Input], given: Mapping[str, Any]) -> Call[Any]:
        """Return a call with the arguments that a function was given.

        A signature cannot hold a list or an object: None stands for such a default, of
        which each call gets a copy of its own.

        Raises:
            pydantic.ValidationError: A value does not fit.
        """
        fields = model.model_fields
        return cls(
            model(
                **{
                    name: value
                    for name, value in given.items()
                    if value is not None or not _is_made(fields[name].default)
                }
            )
        )

    @property
    def data(self) -> tuple[Any, ...]:
        """The inputs, in the order in which they are sent."""
        return tuple(
            getattr(self.inputs, name) for name in type(self.inputs).model_fields
        )

    def __repr__(self) -> str:
        return f"Call({self.inputs!r})"


def _is_made(default: Any) -> bool:
    """Return whether a default is made anew for each call."""
    return isinstance(default, list | dict)
