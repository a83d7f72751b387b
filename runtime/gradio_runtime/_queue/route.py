"""An endpoint of an app, as a call needs it."""

from __future__ import annotations

from typing import NamedTuple

from .._components.registry import kind_of
from .._components.slots import slots_shape
from ..description import Component, Config, Dependency
from ..description.signature import Shape


class Route(NamedTuple):
    """An endpoint of the live app, ready to be called.

    Its slots include the hidden ones.
    """

    fn_index: int
    api_name: str  # with the slash
    shape: Shape  # what generated modules know it by
    inputs: list[Component | None]
    outputs: list[Component | None]
    generator: bool
    stateful: bool  # it reads or writes State
    prop_inputs: list[int]  # inputs that go as all the component's properties
    queued: bool  # its jobs wait in the app's queue

    @classmethod
    def of(cls, config: Config, dependency: Dependency) -> Route:
        """Return the route to an endpoint by what `/config` says."""
        name, queue = dependency.api_name, dependency.queue
        inputs = config.slots(dependency.inputs)
        outputs = config.slots(dependency.outputs)
        return cls(
            fn_index=dependency.id,
            api_name=f"fn_index={dependency.id}" if name is None else f"/{name}",
            shape=slots_shape(inputs, outputs),
            inputs=inputs,
            outputs=outputs,
            generator=dependency.generator,
            stateful=any(c and kind_of(c.type).stateful for c in [*inputs, *outputs]),
            prop_inputs=[i for i in dependency.prop_inputs if i < len(inputs)],
            queued=config.enable_queue is True if queue is None else queue,
        )
