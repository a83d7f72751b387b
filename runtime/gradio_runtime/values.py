"""Base classes of generated models, and the value of an output that was left alone."""

from __future__ import annotations

from enum import Enum
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

__all__ = ["UNCHANGED", "Input", "Model", "Output", "Unchanged"]


class Model(BaseModel):
    """Base of the object types that an app's schemas describe.

    Unknown keys are kept: an app may send more than it describes.
    """

    # Building a pydantic model takes a millisecond; a module has many and a script
    # uses few, so each is built at its first use.
    model_config = ConfigDict(extra="allow", defer_build=True, populate_by_name=True)


class Input(BaseModel):
    """Base of an endpoint's inputs, in wire order.

    Useful on its own: `PredictInput.model_validate_json(body)`, or as the body of a
    FastAPI route. A value that does not fit raises `pydantic.ValidationError` here
    and `gradio_runtime.errors.InputError` from an endpoint, before anything is sent.
    """

    model_config = ConfigDict(
        extra="forbid", defer_build=True, populate_by_name=True, protected_namespaces=()
    )


class Output(BaseModel):
    """Base of the outputs of an endpoint that has several, in wire order."""

    model_config = ConfigDict(
        extra="allow", defer_build=True, populate_by_name=True, protected_namespaces=()
    )

    def astuple(self) -> tuple[Any, ...]:
        """The outputs in wire order, for `a, b = predict(...).astuple()`.

        Generated models override this with the types of their fields.
        """
        return tuple(getattr(self, name) for name in type(self).model_fields)


class Unchanged(Enum):
    """The type of `UNCHANGED`."""

    UNCHANGED = "UNCHANGED"

    def __bool__(self) -> Literal[False]:
        """False, so that `output or fallback` reads well."""
        return False

    def __repr__(self) -> str:
        """The name users write."""
        return "UNCHANGED"


#: What an output is when the app updated the component but not its value
#: (`gr.skip()`, or `gr.update()` with other properties only). Falsy.
UNCHANGED: Final = Unchanged.UNCHANGED
