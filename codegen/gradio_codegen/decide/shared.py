"""One class for the inputs, or outputs, of all endpoints whose fields are the same.

A big app has many endpoints that are alike: a button for each tab, a card for each
style. Their class has the name of the first of them. An endpoint without inputs needs
no class of its own: it has the runtime's `Input`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from .ir import Endpoint, Param

NO_INPUTS = "Input"


def share_models(endpoints: Iterable[Endpoint]) -> Iterator[Endpoint]:
    """Yield the endpoints, those with the same fields with the same models."""
    inputs: dict[str, str] = {}
    outputs: dict[str, str] = {}
    for endpoint in endpoints:
        fields = repr([_field(param) for param in endpoint.params])
        input_model = inputs.setdefault(fields, endpoint.input_model)
        output_model = endpoint.output_model
        if output_model is not None:
            fields = repr([(slot.name, slot.type) for slot in endpoint.outputs])
            output_model = outputs.setdefault(fields, output_model)
        yield replace(
            endpoint,
            input_model=input_model if endpoint.params else NO_INPUTS,
            output_model=output_model,
        )


def _field(param: Param) -> object:
    """Return what the field of a parameter is made of, in a form that `repr` tells."""
    default = param.default
    if default is not None and default.kind == "live":
        default = replace(default, value=None)  # words for the docstring
    return param.name, param.field_type, default, param.checked
