"""One class for the inputs, or outputs, of all endpoints whose fields are the same.

A big app has many endpoints that are alike: a button for each tab, a card for each
style. The class has the name of the first of them, and the others have names for it, so
that each endpoint has its own whatever else the app has.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from .ir import Endpoint, Param

#: The runtime's class, which endpoints without inputs share.
NO_INPUTS = "Input"


def shared_models(endpoints: Iterable[Endpoint]) -> dict[str, str]:
    """Return the models that are another one's, each with that one."""
    first: dict[str, str] = {repr(("Input", ())): NO_INPUTS}
    shared: dict[str, str] = {}
    for endpoint in endpoints:
        models: dict[str, object] = {
            endpoint.input_model: ("Input", tuple(map(_field, endpoint.params)))
        }
        if (output := endpoint.output_model) is not None:
            fields = tuple((slot.name, slot.type) for slot in endpoint.outputs)
            models[output] = ("Output", fields)
        for name, made_of in models.items():
            known = first.setdefault(repr(made_of), name)
            if known != name:
                shared[name] = known
    return shared


def _field(param: Param) -> object:
    """Return what the field of a parameter is made of, in a form that `repr` tells."""
    default = param.default
    if default is not None and default.kind == "live":
        default = replace(default, value=None)  # words for the docstring
    return param.name, param.field_type, default, param.checked
