"""A call of an endpoint, described but not sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, Self, TypeVar

from pydantic import ValidationError

from .._models.base import Input
from ..errors import InputError

R = TypeVar("R")


class Call(Generic[R]):
    """A call of one endpoint with validated inputs.

    `Endpoint.call(...)` makes one without sending anything, for tests and dry runs.

    Attributes:
        inputs: The validated inputs.
        endpoint: What it is a call of, once an endpoint has made it. Pickles leave it
            out.
    """

    __slots__ = ("endpoint", "inputs")

    def __init__(self, inputs: Input, endpoint: Any = None) -> None:
        self.inputs = inputs
        self.endpoint = endpoint

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the inputs; an endpoint may hold a client, and that a token."""
        return type(self), (self.inputs,)

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

    def of_endpoint(self, endpoint: Any) -> Self:
        """Note the endpoint, and return the call."""
        self.endpoint = endpoint
        return self

    @property
    def data(self) -> tuple[Any, ...]:
        """The inputs, in the order in which they are sent."""
        return tuple(
            getattr(self.inputs, name) for name in type(self.inputs).model_fields
        )

    def __repr__(self) -> str:
        return f"Call({self.inputs!r})"


def misfit(error: ValidationError) -> InputError:
    """Return the error for inputs that do not fit."""
    from .._models.misfits import misfits, only_odd

    fields = misfits(error)
    text = "; ".join(f"{name}: {message}" for name, message in fields.items())
    made = InputError(f"the inputs do not fit: {text}", fields=fields)
    made.hint = "Nothing has been sent"
    if only_odd(error):
        made.hint += ". with_options(strict_inputs=False) sends it all the same"
    return made


def _is_made(default: Any) -> bool:
    """Return whether a default is made anew for each call."""
    return isinstance(default, list | dict)
