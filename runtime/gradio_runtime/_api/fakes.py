"""Fakes: answers in an app's place, for tests of the code that calls it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from copy import copy
from dataclasses import dataclass, replace
from typing import (
    TYPE_CHECKING,
    Any,
    Generic,
    ParamSpec,
    Self,
    TypeAlias,
    TypeVar,
    cast,
)

from .._engine.kept import slots_of
from .._engine.outcome import Outcome
from .._http.offline import FakeError
from .._loop.callbacks import run_callback
from .._models.base import Input
from .._models.status import Status, StatusUpdate
from ..errors import GradioError, OutputMismatch
from .call import Call
from .defaults import ABSENT, stand_ins
from .job import Job

if TYPE_CHECKING:
    from .._engine.invocation import Request
    from .._engine.options import Options
    from .._engine.results import ResultReader
    from .client import Client

P = ParamSpec("P")
R = TypeVar("R")
I = TypeVar("I", bound=Input)  # noqa: E741  # for inputs, as in `Endpoint`

#: The values of the output slots of one output, or an error in its place.
Slots: TypeAlias = Sequence[Any] | GradioError
_lock = threading.Lock()


@dataclass(frozen=True)
class Place(Generic[P, R]):
    """The endpoint in whose place something answers.

    Attributes:
        describe: The function of the generated module, which all its copies share.
        call: Validates a call and sends nothing.
        read: Reads outputs as those of the app are read.
        name: Its api_name, for messages.
        spec: That of its module.
        streams: Whether it is a generator.
    """

    describe: Callable[P, Call[R]]
    call: Callable[P, Call[R]]
    read: ResultReader[R]
    name: str
    spec: str
    streams: bool


class StandIn(Generic[P, R, I]):
    """What answers the calls of an endpoint within a `with` block.

    All calls are answered by it: of the module's function and of every client, in every
    thread. Of several for one endpoint, the innermost answers.

    Attributes:
        calls: The validated inputs of every call so far.
    """

    def __init__(self, place: Place[P, R], *, optional: bool) -> None:
        self.calls: list[I] = []
        self._place = place
        self._optional = optional
        #: Held where answers are taken, not while the test's own code runs.
        self._lock = threading.Lock()
        self._problem: FakeError | None = None

    def __enter__(self) -> Self:
        with _lock:
            before = stand_ins.get(self._place.describe, ())
            stand_ins[self._place.describe] = (*before, self)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Restore what was before; fail if a call went wrong or an answer is unused."""
        with _lock:
            others = stand_ins.pop(self._place.describe, ())
            if left := tuple(other for other in others if other is not self):
                stand_ins[self._place.describe] = left
        if kind is not None:
            return
        if self._problem is not None:  # the code under test may have caught it
            raise self._problem
        self._finish()
        if not self._optional and (unused := self._unused()):
            raise FakeError(
                f"{self._place.name}: {unused}. If that is fine, say optional=True"
            )

    def assert_called_with(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Assert that the last call had these arguments, as `calls` has them."""
        __tracebackhide__ = True
        expected = self._place.call(*args, **kwargs).inputs
        last = self.calls[-1] if self.calls else None
        if last != expected:
            said = "there was no call" if last is None else f"the last was {last!r}"
            raise AssertionError(
                f"{self._place.name}: expected {expected!r}, but {said}"
            )

    def start(
        self, inputs: I, client: Client, request: Request[R], options: Options
    ) -> Job[R]:
        """Answer a call: what the endpoint does instead of asking the app."""
        self.calls.append(inputs)
        return self._play(self._outputs(inputs), client.src, options)

    def _outputs(self, inputs: I) -> Iterable[Slots]:
        """Return the outputs of a call."""
        raise NotImplementedError

    def _finish(self) -> None:
        """Do what is left to do at the end of a block without an error."""

    def _unused(self) -> str:
        """Say which answers nobody wanted."""
        raise NotImplementedError

    def _wrong(self, text: str) -> FakeError:
        """Return an error, which is also raised at the end of the block."""
        self._problem = FakeError(f"{self._place.name}: {text}")
        return self._problem

    def _read(self, slots: Sequence[Any]) -> R:
        """Return an output as one of the app would be read."""
        try:
            return self._place.read(list(slots), ["given"] * len(slots), None)
        except OutputMismatch as error:
            raise self._wrong(f"this is no output of it: {error.message}") from None

    def _play(self, outputs: Iterable[Slots], src: str, options: Options) -> Job[R]:
        """Return a job that has ended, with these outputs."""
        outcome: Outcome[R] = Outcome(self._place.name, src)
        job = Job(outcome)
        outcome.emit(StatusUpdate(Status.PROCESSING))
        last: StatusUpdate[R] = StatusUpdate(Status.FINISHED, success=True)
        read: list[R] = []
        for output in outputs:
            if isinstance(output, GradioError):
                _fail(outcome, output)
                return job
            read[:] = [self._read(output)]
            update = replace(last, output=read[0], has_output=True)
            if self._place.streams:
                outcome.emit(replace(update, code=Status.ITERATING, success=None))
            else:
                last = update
        if not read:
            try:  # as the app of a generator that yields nothing
                read.append(self._place.read([None], ["output"], None))
            except OutputMismatch as error:
                _fail(outcome, error)
                return job
        outcome.emit(last)
        outcome.succeed(read[0])
        for callback in options.result_callbacks:
            run_callback(callback, read[0])
        return job


class Fake(StandIn[P, R, I]):
    """Answers that a test gives; see `Endpoint.fake`."""

    def __init__(self, place: Place[P, R], *, optional: bool, **ways: object) -> None:
        super().__init__(place, optional=optional)
        given = {way: value for way, value in ways.items() if value is not ABSENT}
        known = ["function", "returns", "returns_each", "raises"]
        known += ["streams"] if place.streams else []
        if len(given) != 1 or not given.keys() <= {*known}:
            raise TypeError(
                f"a fake answers in one way: {', '.join(known)}; "
                f"given are {', '.join(given) or 'none'}"
            )
        ((way, value),) = given.items()
        self._each: Iterator[Any] | None = None
        self._make: Callable[[I], Iterable[Any]] = self._ready(way, value)

    def _ready(self, way: str, value: Any) -> Callable[[I], Iterable[Any]]:
        """Return what gives a call's outputs; what is known now is checked now."""
        match way:
            case "function":
                return lambda inputs: [value(**_arguments(inputs))]
            case "streams" if callable(value):
                make = cast("Callable[..., Iterable[Any]]", value)
                return lambda inputs: make(**_arguments(inputs))
            case "returns_each":
                self._each = iter(value)
                return self._next
            case _:
                outputs: list[Any] = list(value) if way == "streams" else [value]
                for output in map(_slots, outputs):
                    if not isinstance(output, GradioError):
                        self._read(output)
                return lambda _: outputs

    def _next(self, inputs: I) -> list[Any]:
        with self._lock:
            for answer in self._each or ():
                return [answer]
        raise self._wrong(f"no answer is left for the call with {inputs!r}")

    def _read(self, slots: Sequence[Any]) -> R:
        result = super()._read(slots)
        if result is None and list(slots) != [None]:
            raise self._wrong("this is no output of it: it gives None")
        return result

    def _outputs(self, inputs: I) -> Iterable[Slots]:
        return map(_slots, self._make(inputs))

    def _unused(self) -> str:
        if self._each is not None:
            left = sum(1 for _ in self._each)
            return f"{left} of the answers were not used" if left else ""
        return "" if self.calls else "the fake was not called"


def _arguments(inputs: Input) -> dict[str, Any]:
    return {name: getattr(inputs, name) for name in type(inputs).model_fields}


def _slots(output: object) -> Slots:
    """Return the values of an output's slots."""
    return output if isinstance(output, GradioError) else slots_of(output)


def _fail(outcome: Outcome[Any], error: GradioError) -> None:
    """End a job with an error, a copy of its own."""
    if isinstance(error, CancelledError):
        outcome.cancel(may_have_run=error.may_have_run)
        return
    error = copy(error)
    error.within(**outcome.where)
    outcome.fail(error)
