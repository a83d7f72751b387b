"""An endpoint of an app, as a call needs it."""

from __future__ import annotations

from dataclasses import dataclass

from .._components.registry import kind_of
from .._components.slots import slots_shape
from ..description import Component, Config, Dependency
from ..description.signature import Shape


@dataclass(frozen=True)
class Route:
    """An endpoint of the live app, ready to be called.

    Attributes:
        fn_index: The number under which the server calls it.
        api_name: Its name with the slash.
        shape: What generated modules know it by.
        inputs: Its input slots, hidden ones included.
        outputs: Its output slots, hidden ones included.
        generator: Whether it yields.
        stateful: Whether it reads or writes State.
        prop_inputs: Positions of inputs that go as all the component's properties.
        queued: Whether its jobs wait in the app's queue.
    """

    fn_index: int
    api_name: str
    shape: Shape
    inputs: list[Component | None]
    outputs: list[Component | None]
    generator: bool
    stateful: bool
    prop_inputs: list[int]
    queued: bool

    @classmethod
    def of(cls, config: Config, dependency: Dependency) -> Route:
        """The way to an endpoint, of what `/config` says."""
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
