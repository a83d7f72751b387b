"""What generated modules are made of: an `App`, and endpoints that call it.

A generated function describes a call and sends nothing. The decorators turn it into
an `Endpoint`, which sends it, with the function's own signature in every form:
`f(...)` blocks, `f.submit(...)` gives a job, `await f.aio(...)` is async, and
`f.stream(...)`, on generator endpoints, iterates.
"""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import (
    TYPE_CHECKING,
    Any,
    Generic,
    Literal,
    ParamSpec,
    Self,
    TypeVar,
    overload,
)

from pydantic import ValidationError

from .._engine.options import Options
from .._http.settings import OnDrift, check_on_drift
from .._models.base import STRICT_INPUTS, Input
from .._models.provenance import LOCAL_FILES
from .._models.texts import printable
from ..description.addresses import shown_src
from ..description.signature import Shape, labels_of
from ..errors import too_deep
from .call import Call, misfit
from .client import Client, Overridable, wait
from .defaults import Source, client_in_use, stand_ins
from .faces import SAME, Introspected, face
from .faking import Faked, FakedStream
from .mapping import I, Mapped

if TYPE_CHECKING:
    from .._engine.outcome import Keep
    from .._models.files import UploadProgress
    from .introspection import Seen
    from .job import Job
    from .stream import Stream

P = ParamSpec("P")
R = TypeVar("R")
N = TypeVar("N", bound=Input)


class App(Source):
    """The app that a module was generated from.

    Args:
        src: Its URL or Space id.
        spec: Hash of the description that the module was generated from.
        gradio: The Gradio version it ran.
    """

    _default: Client | None = None

    @property
    def default_client(self) -> Client:
        """The client of the module-level functions: one connection, one session.

        It is the one in use here (`Client.use`), or the app's own.
        """
        # `setdefault` is atomic: threads that come at the same time get one client.
        client: Client = (
            client_in_use(self)
            or self._default
            or vars(self).setdefault("_default", Client(self.address))
        )
        return client

    def endpoint(
        self,
        api_name: str | int,
        inputs: type[N],
        *,
        shape: str,
        labels: str | Sequence[str | None] = (),
        output_labels: str | Sequence[str | None] = (),
        trigger: str = "",
        event_data: bool = False,
    ) -> Callable[[Callable[P, Call[R]]], Endpoint[P, R, N]]:
        """Make a described call an endpoint.

        Args:
            api_name: The endpoint's name with its slash, or its number.
            inputs: Its input model.
            shape: Its component types when the module was generated.
            labels: The labels of its inputs then: lines of a text, or a list.
            output_labels: Those of its outputs, if it had several.
            trigger: What ran it on the app's page, if its name does not tell it apart.
            event_data: Whether the app's function also takes what was selected or
                clicked, which `with_options(event_data=…)` gives. The generator's
                `check` reads it; calls do not need it.
        """
        known = Shape(shape, labels_of(labels), labels_of(output_labels), trigger)
        return lambda describe: Endpoint(self, api_name, inputs, known, describe)

    def stream_endpoint(
        self,
        api_name: str | int,
        inputs: type[N],
        *,
        shape: str,
        labels: str | Sequence[str | None] = (),
        output_labels: str | Sequence[str | None] = (),
        trigger: str = "",
        event_data: bool = False,
    ) -> Callable[[Callable[P, Call[R]]], StreamEndpoint[P, R, N]]:
        """Make a described call of a generator an endpoint; see `endpoint`."""
        known = Shape(shape, labels_of(labels), labels_of(output_labels), trigger)
        return lambda describe: StreamEndpoint(self, api_name, inputs, known, describe)

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy what it is, not its connection."""
        made = functools.partial(App, self.src, spec=self.spec, gradio=self.gradio)
        return made, ()

    def __repr__(self) -> str:
        return f"App({shown_src(self.src)!r})"


class Endpoint(
    Introspected,
    Overridable[..., Any],
    Mapped[R, I],
    Faked[P, R, I],
    Generic[P, R, I],
):
    """One endpoint of an app, called as the function it was made from.

    As an attribute of a client it is bound to that client's connection.
    """

    def __init__(
        self,
        app: App,
        api_name: str | int,
        inputs: type[I],
        shape: Shape,
        describe: Callable[P, Call[R]],
        *,
        client: Client | None = None,
        options: Options | None = None,
    ) -> None:
        app.module = app.module or describe.__module__
        app.know(shape.trigger, api_name)
        self.app = app
        self.api_name = api_name
        self.inputs = inputs
        self._shape = shape
        self._describe = describe
        self._client = client
        self._options = options or Options()
        functools.update_wrapper(self, describe, SAME, ())

    @face
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the endpoint and wait for its result.

        Of a generator endpoint, the result is its last output.

        Raises:
            InputError: A value does not fit; nothing has been sent.
            GradioError: See `gradio_runtime.errors`.
        """
        return wait(self._start(self.call(*args, **kwargs), keep="latest"))

    @face
    def submit(self, *args: P.args, **kwargs: P.kwargs) -> Job[R]:
        """Begin a call and return its job at once."""
        return self._start(self.call(*args, **kwargs))

    @face
    async def aio(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the endpoint from async code; cancelling the task cancels the job."""
        return await self._start(self.call(*args, **kwargs), keep="latest")

    @face
    def call(self, *args: P.args, **kwargs: P.kwargs) -> Call[R]:
        """Return the validated call and send nothing, for tests and dry runs.

        Raises:
            InputError: A value does not fit.
        """
        before = STRICT_INPUTS.set(self._options.strict_inputs)
        files_before = LOCAL_FILES.set(self._options.local_files)
        try:
            return self._describe(*args, **kwargs).of_endpoint(self)
        except ValidationError as unfit:
            error = misfit(unfit)
        except RecursionError:
            error = too_deep()
        finally:
            STRICT_INPUTS.reset(before)
            LOCAL_FILES.reset(files_before)
        error.within(endpoint=str(self.api_name), src=self._src)
        raise error

    @property
    def _src(self) -> str:
        """Return the address that it calls, as it may be shown."""
        return shown_src(self.app.src if self._client is None else self._client.src)

    def with_options(
        self,
        *,
        timeout: float | None = None,
        headers: dict[str, str] | None = None,
        retries: int | None = None,
        strict_inputs: bool | None = None,
        strict_outputs: bool | None = None,
        local_files: Literal[False] | None = None,
        event_data: Mapping[str, Any] | None = None,
        result_callbacks: Iterable[Callable[[R], object]] | None = None,
        oauth_token: str | None = None,
        upload_progress: Callable[[UploadProgress], object] | None = None,
        on_drift: OnDrift | None = None,
    ) -> Self:
        """Return the same endpoint with options for each call.

        Args:
            timeout: Seconds for the whole call; when they are over the job is
                cancelled and `JobTimeout` raised.
            headers: Extra headers for the app's function to see.
            retries: How often to try again to join the queue, when that is safe.
            strict_inputs: False to send a value that is not among the choices, within
                the bounds or of the plain type that the app describes.
            strict_outputs: True to raise at once where one of several outputs is empty
                against its type; False to let through what does not fit; see `Client`.
            local_files: False where a stranger writes the arguments, such as a model
                that reads strangers' texts: a text names no file of this machine then.
            event_data: What was selected or clicked, for a function that takes a
                `gr.SelectData` or the like: what the app's page would send, such as
                `{"index": 0, "value": "a", "selected": True}`.
            result_callbacks: Called with the result, on a thread kept for callbacks.
            oauth_token: The caller's Hugging Face token for a function that takes a
                `gr.OAuthToken`; see `Client`.
            upload_progress: Called while the call's files are uploaded, on the same
                thread. A slow one misses steps, but never the last of a file.
            on_drift: What to do when the app has changed so that calls break; see
                `Client`.
        """
        check_on_drift(on_drift)
        changes: dict[str, Any] = {
            "timeout": timeout,
            "headers": headers,
            "retries": retries,
            "strict_inputs": strict_inputs,
            "strict_outputs": strict_outputs,
            "local_files": local_files,
            "event_data": event_data,
            "result_callbacks": tuple(result_callbacks) if result_callbacks else None,
            "oauth_token": oauth_token,
            "upload_progress": upload_progress,
            "on_drift": on_drift,
        }
        given = {key: value for key, value in changes.items() if value is not None}
        return self._copy(self._client, self._options.updated(**given))

    @overload
    def __get__(self, instance: None, owner: type | None = None) -> Self: ...
    @overload
    def __get__(self, instance: Client, owner: type | None = None) -> Self: ...
    def __get__(self, instance: Client | None, owner: type | None = None) -> Self:
        """Return the endpoint on a client's connection."""
        return self if instance is None else self._copy(instance, self._options)

    def _copy(self, client: Client | None, options: Options) -> Self:
        known = self.app, self.api_name, self.inputs, self._shape, self._describe
        return type(self)(*known, client=client, options=options)

    def _start(self, call: Call[R], *, keep: Keep = "all") -> Job[R]:
        from .._engine.invocation import Request
        from .._engine.results import reader_of

        client = self._client or self.app.default_client
        request = Request(
            endpoint=self.api_name,
            names=list(type(call.inputs).model_fields),
            values=list(call.data),
            shape=self._shape,
            known=self.app.triggers,
            read=reader_of(self._describe),
        )
        if answering := stand_ins.get(self._describe):
            job: Job[R] = answering[-1].start(
                call.inputs, client, request, self._options
            )
            return job
        return client.__gradio_start__(request, self._options, keep=keep)

    def __gradio_seen__(self, method: Callable[..., Any] | None = None) -> Seen:
        """Return what a method of it says of itself; without one, what it says."""
        from .introspection import seen

        method = method or type(self).__call__
        return seen(self._describe, self.inputs, method, self._options.local_files)

    def __reduce__(self) -> str | tuple[Any, ...]:
        """Pickle by the name of the function, as functions are.

        A client that the endpoint belongs to, and options, go along.
        """
        module, name = self._describe.__module__, self._describe.__qualname__
        if self is _named(module, name):
            return name
        if not isinstance(_named(module, name), Endpoint):
            raise TypeError(f"{self!r} cannot be pickled: {module} has no {name}")
        return Endpoint._found, (module, name, self._client, self._options)

    @staticmethod
    def _found(
        module: str, name: str, client: Client | None, options: Options
    ) -> Endpoint[Any, Any]:
        """Find a pickled endpoint again."""
        import pickle

        importlib.import_module(module)
        if not isinstance(_named(module, name), Endpoint):
            raise pickle.UnpicklingError(f"{module} has no endpoint {name}")
        found: Endpoint[Any, Any] = _named(module, name)
        return found._copy(client, options)

    def __repr__(self) -> str:
        what = printable(f"{self.api_name} of {self._src}", 400)
        return f"<{type(self).__name__} {what}>"


class StreamEndpoint(FakedStream[P, R, I], Endpoint[P, R, I]):
    """A generator endpoint: it also streams."""

    @face
    def stream(self, *args: P.args, **kwargs: P.kwargs) -> Stream[R]:
        """Begin a call and iterate over its outputs as they come.

        Leaving the stream early cancels the job.
        """
        from .stream import Stream

        return Stream(self._start(self.call(*args, **kwargs), keep="unread"))


def _named(module: str, name: str) -> Any:
    """Return what has a qualified name; None if nothing has."""
    try:
        return functools.reduce(getattr, name.split("."), sys.modules[module])
    except (AttributeError, KeyError):
        return None
