"""Clients: a connection to one app and the session that lives on it."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Mapping, Sequence
from types import MethodType
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Concatenate,
    Generic,
    ParamSpec,
    Self,
    TypeVar,
)

from .._engine.options import Options
from .._http.settings import (
    ACCESS,
    CopySettings,
    Settings,
    show_as,
    takes,
    takes_after,
)
from ..description.addresses import shown_src
from ..errors import InputError, client_closed
from .defaults import InUse, Source

if TYPE_CHECKING:
    from .._engine.connection import Connection
    from .._engine.invocation import Request
    from .._engine.outcome import Keep
    from .job import Job

C = TypeVar("C", bound="Client")
P = ParamSpec("P")
R_co = TypeVar("R_co", covariant=True)
T = TypeVar("T")


class Overridable(Generic[P, R_co]):
    """A method that subclasses may replace by an endpoint, of whatever signature.

    Most apps have a `/predict`, many a `/submit`. Type checkers see the method where it
    is, and take in its place what is `Any` or `Overridable` itself.
    """

    def __init__(self, method: Callable[Concatenate[Any, P], R_co]) -> None:
        method.__name__ = method.__name__.removeprefix("_")
        method.__qualname__ = f"Client.{method.__name__}"
        self.__doc__ = method.__doc__
        self._method = method

    def __get__(
        self, instance: Any, owner: type | None = None
    ) -> Callable[P, R_co] | Any:
        """Return the method of a client; of the class, the function."""
        return self._method if instance is None else MethodType(self._method, instance)


class Client:
    """A connection to a Gradio app.

    Generated modules subclass it, with their endpoints as attributes. On its own it
    calls any app, untyped: `Client(src).predict("hi", api_name="/chat")`.

    Nothing is sent before the first call. Use it as a context manager, sync or async,
    or `close()` it.
    """

    app: ClassVar[Source | None] = None

    @takes(Settings)
    def __init__(self, settings: Settings) -> None:
        address, app = settings.src, type(self).app
        if address is None:
            if app is None:
                raise InputError("a client needs the app's URL or Space id")
            address = app.address
        # A user and password in it are for the proxy before the app, and not to be shown.
        self.src = shown_src(address)
        self._address = address
        self._settings = settings
        #: By process: one that is forked has a connection of its own.
        self._connections: dict[int, Connection] = {}
        self._closed = False

    @classmethod
    @takes(CopySettings)
    def duplicate(cls: type[C], settings: CopySettings) -> C:
        """Make a copy of a Space and connect to it; documented at the model."""
        from .._hub.copies import copy_space

        from_id = _to_copy(cls, settings)
        return _connected(cls(copy_space(from_id, settings), **settings.of_client))

    @classmethod
    @takes_after(CopySettings)
    def duplicates(cls: type[C], n: int, settings: CopySettings) -> list[C]:
        """Make `n` copies of a Space, and connect to each; for `Endpoint.map(clients=…)`.

        They are called as one copy would be, with a number each: `name-1`, `name-2` …
        Otherwise it is as `duplicate`, with one warning of what they cost together.
        """
        from .._hub.copies import copy_spaces

        if n < 1:
            raise InputError(f"n is {n}, and must be 1 or more")
        copies = copy_spaces(_to_copy(cls, settings), settings, n)
        clients = [cls(copy, **settings.of_client) for copy in copies]
        try:
            for client in clients:
                client.connect()
        except BaseException:
            for client in clients:
                client.close()
            raise
        return clients

    def _connection(self) -> Connection:
        """Return the connection of this process, made at its first use."""
        from .._http.offline import check_online

        check_online(self.src)
        if connection := self._connections.get(os.getpid()):
            return connection
        if self._closed:
            raise client_closed(self.src)
        # Imported late: the HTTP machinery is most of the import time, and a module may
        # be imported for its types only.
        from .._engine.connection import Connection

        # `setdefault` is atomic: threads that come at the same time get one session.
        connection = Connection(self._address, self._settings)
        return self._connections.setdefault(os.getpid(), connection)

    def __gradio_open__(self) -> None:
        """Make its connection, which sends nothing; raise if there can be none."""
        self._connection().check_address()

    async def __gradio_reach__(self) -> None:
        """See whether the app is there; on the runtime's loop."""
        await self._connection().ready()

    @property
    def __gradio_account__(self) -> object:
        """Return what is equal for the clients of one account."""
        token = self._settings.token
        return None if token is True else token

    @property
    def __gradio_access__(self) -> list[str]:
        """Return what gives it access, besides a token."""
        given = [name for name in ACCESS if getattr(self._settings, name)]
        in_address = self._address != self.src
        return [*given, *(["a password or query in its address"] if in_address else ())]

    def __gradio_like__(self, **changes: Any) -> Client:
        """Return a client of the same app with some settings changed."""
        return Client(self._address, **{**self._settings.of_client, **changes})

    def connect(self) -> None:
        """Connect now instead of at the first call. Blocks.

        Raises:
            GradioError: The app cannot be reached, or is not a Gradio app.
        """
        connection = self._connection()
        connection.run(connection.ready())

    def use(self, *, everywhere: bool = False) -> InUse[Self]:
        """Have the functions of the client's module call this client.

            with WhisperClient("me/whisper").use():
                whisper_api.predict("audio.wav")

        It begins at once and ends with the `with` block, if there is one. The client
        stays open. Of several in use, the last one counts.

        Args:
            everywhere: In every thread and task of the process, instead of in this
                context only (`contextvars`). A context with a client of its own keeps
                that. A new thread has a new context, before Python 3.14 in any case.

        Raises:
            InputError: It is not a generated client.
        """
        app = type(self).app
        if app is None:
            raise InputError(
                "a plain client has no module whose functions could call it",
                src=self.src,
                hint="Use the client class of the generated module",
            )
        return InUse(app, self, everywhere=everywhere)

    def __gradio_start__(
        self, request: Request[T], options: Options, *, keep: Keep = "all"
    ) -> Job[T]:
        """Begin a job. Endpoints call it, and none can have its name."""
        from .._engine.execution import Execution
        from .._engine.outcome import Outcome
        from .._loop.loop import get_loop
        from .job import Job

        if options.strict_outputs is None:
            options = options.updated(strict_outputs=self._settings.strict_outputs)
        limit = self._settings.max_kept_size
        outcome: Outcome[T] = Outcome(
            str(request.endpoint), self.src, keep=keep, limit=limit
        )
        execution = Execution(self._connection(), request, options, outcome)
        job = Job(outcome, execution, quiet=not request.typed)
        get_loop().call_soon_threadsafe(execution.begin)
        return job

    def _submit(
        self,
        /,
        *args: Any,
        api_name: str | None = None,
        fn_index: int | None = None,
        result_callbacks: Callable[..., object]
        | Sequence[Callable[..., object]]
        | None = None,
        headers: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> Job[Any]:
        """Begin a call of any endpoint, untyped; see `predict`.

        If the job fails, a loop over it just ends, as with the official client; its
        `result()` raises. The jobs of generated modules raise in both.

        Args:
            *args: Values by position.
            api_name: The endpoint; may be left out when the app has one only.
            fn_index: The endpoint by its number, where there is no `api_name`.
            result_callbacks: Called with each output as an argument of its own once
                the result is there.
            headers: Extra headers for this call.
            **kwargs: Values by parameter name.

        Returns:
            The job.
        """
        from .untyped import untyped_request

        connection = self._connection()
        request = untyped_request(connection, api_name, fn_index, args, kwargs)
        given = result_callbacks or ()
        functions = [given] if callable(given) else list(given)
        options = Options(
            headers=dict(headers or {}),
            strict_outputs=False,
            waits_for_room=False,
            result_callbacks=tuple(_spread(function) for function in functions),
        )
        return self.__gradio_start__(request, options)

    def _predict(
        self,
        /,
        *args: Any,
        api_name: str | None = None,
        fn_index: int | None = None,
        headers: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> Any:
        """Call any endpoint, untyped, and wait.

        Returns:
            The output; a tuple when there are several; the last one of a generator.

        Raises:
            InputError: There is no such endpoint or parameter, or a value is missing.
            GradioError: See `gradio_runtime.errors`.
        """
        from .untyped import untyped_request

        connection = self._connection()
        request = untyped_request(connection, api_name, fn_index, args, kwargs)
        options = Options(headers=dict(headers or {}), strict_outputs=False)
        return wait(self.__gradio_start__(request, options, keep="latest"))

    # Assigned, not declared, so that a checker infers a subclass's own type.
    submit = Overridable(_submit)
    predict = Overridable(_predict)

    def view_api(
        self,
        all_endpoints: bool | None = None,
        print_info: bool = True,
        return_format: str | None = None,
    ) -> dict[str, Any] | str | None:
        """Show the app's endpoints.

        Args:
            all_endpoints: Undocumented ones too, and those without a name (Gradio 3);
                None for the latter when there are no others.
            print_info: Whether to print; nothing is when it is returned.
            return_format: `"dict"` for the app's `/info`, `"str"` for the text.
        """
        from .._models.provenance import as_said
        from .untyped import read_api
        from .usage import usage_text

        info = read_api(self._connection(), all_endpoints=all_endpoints is True)
        text = usage_text(info, all_endpoints=all_endpoints)
        if print_info and return_format is None:
            print(text)  # noqa: T201  # what the caller asks for
        if return_format == "dict":
            said: dict[str, Any] = as_said(info)
            return said
        return text if return_format == "str" else None

    def reset_session(self) -> None:
        """Begin a new session, without the State of the old one."""
        from .._loop.loop import run_sync

        connection = self._connection()

        async def reset() -> None:
            connection.reset_session()

        run_sync(reset())

    def close(self) -> None:
        """Drop the streams; jobs that still wait raise `ConnectionLost`."""
        self._closed = True
        if connection := self._connections.get(os.getpid()):
            from .._loop.loop import is_exiting, run_sync

            if not is_exiting():
                run_sync(connection.aclose())

    async def aclose(self) -> None:
        """Like `close`, for async code."""
        self._closed = True
        if connection := self._connections.get(os.getpid()):
            from .._loop.loop import run_async

            await run_async(connection.aclose())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy, in this process or another, needs to connect for itself.

        A copy has a session of its own, without the State of this one. A pickle holds
        the token, login and headers that were given: guard it as you guard them. A
        token that was saved or is in the environment is looked up where the copy is.
        """
        if self._settings.session_hash is not None:
            raise TypeError(
                "a client with a session_hash of its own cannot be pickled: two readers "
                "of one session would take each other's messages"
            )
        return {**self.__dict__, "_connections": {}}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.src!r})"


def _to_copy(cls: type[Client], settings: CopySettings) -> str:
    """Return the Space that is to be copied."""
    from .._http.offline import check_online

    check_online("duplicating a Space")
    from_id = settings.from_id or (cls.app.src if cls.app is not None else None)
    if from_id is None:
        raise InputError("duplicate needs the id of a Space", hint="Give from_id")
    return from_id


def _connected(client: C) -> C:
    try:
        client.connect()
    except BaseException:
        client.close()
        raise
    return client


def _with_arguments(text: str | None, model: type[Settings]) -> str:
    """Return a docstring with the arguments of a model's."""
    _, section, arguments = inspect.cleandoc(model.__doc__ or "").partition("Args:\n")
    return f"{inspect.cleandoc(text or '')}\n\n{section}{arguments}"


Client.__doc__ = _with_arguments(Client.__doc__, Settings)


def _connecting_to(cls: Callable[P, Client]) -> Callable[P, Client]:
    def connect(*args: P.args, **kwargs: P.kwargs) -> Client:
        """Connect to any app, untyped, and fail at once if it cannot be reached.

        Raises:
            GradioError: The app cannot be reached, or is not a Gradio app.
        """
        return _connected(cls(*args, **kwargs))

    show_as(connect, Settings)
    connect.__qualname__ = connect.__name__
    connect.__doc__ = _with_arguments(connect.__doc__, Settings)
    return connect


connect = _connecting_to(Client)
duplicate = Client.duplicate


def wait(job: Job[T]) -> T:
    """Wait for a job; Ctrl-C, or what a signal's handler raises, cancels it at once."""
    try:
        return job.result()
    except BaseException:
        job.cancel_soon()  # does nothing to a job that has ended
        raise


def _spread(function: Callable[..., object]) -> Callable[[Any], object]:
    def call(result: Any) -> object:
        return function(*result) if isinstance(result, tuple) else function(result)

    return call
