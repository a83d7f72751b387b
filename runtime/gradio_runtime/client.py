"""Clients: a connection to one app and the session that lives on it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from .addresses import host_and_port, shown_src
from .bounds import (
    CONNECT_TIMEOUT,
    MAX_DOWNLOAD_TOTAL,
    MAX_FILES,
    MAX_KEPT_SIZE,
    MAX_MESSAGE_SIZE,
)
from .defaults import InUse, src_of
from .errors import GradioError, InputError
from .options import OnDrift, Options, check_on_drift, check_whole

if TYPE_CHECKING:
    import ssl
    from types import TracebackType

    from .app import App
    from .connection import Connection
    from .job import Job, Keep
    from .request import Request

__all__ = ["Client", "connect"]

T = TypeVar("T")


#: Clients that connect at the same time in several threads must get one session.
_connecting = threading.Lock()
#: What httpx2 would send to other hosts too, such as the one of an output's URL.
_PERSONAL = frozenset({"auth", "base_url", "cookies", "headers", "params"})


def _forget_after_fork() -> None:
    global _connecting
    _connecting = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_after_fork)


def _overridable(method: Callable[..., Any]) -> Any:
    """Let generated subclasses have an endpoint of that name, whatever its type.

    Most apps have a `/predict`, many a `/submit`; to type checkers the untyped ones
    are `Any`. Nothing of this class calls them by these names.
    """
    method.__name__ = method.__name__.removeprefix("_")
    method.__qualname__ = f"Client.{method.__name__}"
    return method


class Client:
    """A connection to a Gradio app.

    Generated modules subclass it, with their endpoints as attributes. On its own it
    calls any app, untyped: `Client(src).predict("hi", api_name="/chat")`.

    Nothing is sent before the first call. Use it as a context manager, sync or async,
    or `close()` it.

    Args:
        src: The app: a URL, a Space id or its page. A generated client knows its own;
            `GRADIO_CODEGEN_WHISPER_API_SRC` in the environment is another one for
            those of a module `whisper_api`.
        token: Hugging Face token; None for `HF_TOKEN` or the saved login (Spaces
            only), False for none.
        auth: User and password of the app's own login.
        headers: Sent with every request to the app.
        download_files: Where downloads go, or False to leave output files remote
            until they are read.
        download_dir: The same as a path for `download_files`. Nothing removes what is
            there; without it, downloads go to the system's folder for temporary files.
        max_download_size: Most bytes that a single output file may have; larger ones
            raise `FileTooLarge`. None for no bound.
        download_hosts: Hosts, `"name"` or `"name:port"`, that the app may lead to by the
            URL of an output or by a redirect, whatever their address is. Others are
            read only at public addresses, besides the app itself: the app must not
            make this machine read a router's page or a cloud's metadata. A port of
            the app's own host that is not the app's counts as another host. Behind a
            proxy, which resolves names by itself, what a name means here is checked.
        ssl_verify: False to accept any certificate, or a CA file, or an SSL context.
        httpx_kwargs: Anything else for the HTTP client, such as `proxy`.
        session_hash: The session's name at the server; made up when None.
        idle_timeout: Seconds of silence on a stream after which it counts as lost.
            Gradio sends a heartbeat every 15 s.
        max_message_size: Largest single message that is taken from the app, in bytes;
            of JSON values it may have one for every 20 bytes.
        max_kept_size: Bytes of outputs, about, that a job keeps for those who read them
            again: the latest. Of a stream, bytes that may wait to be read.
        max_files: Most files in one output.
        max_download_total: Most bytes of all output files of one call.
        connect_timeout: Seconds for the login and the app's description together. A
            Space that has to be woken first has `wake_timeout` for that.
        oauth_token: A Hugging Face token for the app to act in the caller's name. It
            goes to the app's code, so only endpoints whose function takes a
            `gr.OAuthToken` get it (Gradio 6.22 and later), and no saved login is used.
            With it `/info` is read once, which tells those endpoints from others.
        hf_token: What the official client called `token` before 2.0.
        max_workers: How many jobs of an endpoint may be in the app's queue at once;
            more wait here for their turn, without a rank. Any number share one thread.
        wake_timeout: Seconds to wait, at the first call, for a Space that sleeps, starts
            or is being built; 0 to raise `SpaceError` at once. A terminal shows it.
        on_drift: What to do when the app has changed, since the module was generated,
            so that a call breaks: `"raise"` `SchemaDrift` before anything is sent;
            `"warn"` (`SchemaDriftWarning`) once and send the values by position; or
            `"ignore"` it likewise. Changes that break nothing are passed over.
        verbose: Means nothing, for scripts of the official client, as does the next.
            Nothing is printed in any case.
        analytics_enabled: Nothing is told to anyone in any case.
    """

    app: ClassVar[App | None] = None

    def __init__(
        self,
        src: str | None = None,
        token: str | bool | None = None,
        *,
        auth: tuple[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        download_files: str | os.PathLike[str] | bool = True,
        download_dir: str | os.PathLike[str] | None = None,
        max_download_size: int | None = None,
        download_hosts: Sequence[str] = (),
        ssl_verify: ssl.SSLContext | str | bool = True,
        httpx_kwargs: Mapping[str, Any] | None = None,
        session_hash: str | None = None,
        idle_timeout: float = 90.0,
        max_message_size: int = MAX_MESSAGE_SIZE,
        max_kept_size: int = MAX_KEPT_SIZE,
        max_files: int = MAX_FILES,
        max_download_total: int = MAX_DOWNLOAD_TOTAL,
        connect_timeout: float = CONNECT_TIMEOUT,
        oauth_token: str | None = None,
        hf_token: str | bool | None = None,
        max_workers: int = 64,
        wake_timeout: float = 600.0,
        on_drift: OnDrift = "raise",
        verbose: bool = True,
        analytics_enabled: bool = True,
    ) -> None:
        token = _only_token(token, hf_token)
        app = type(self).app
        if src is None:
            if app is None:
                raise InputError("a client needs the app's URL or Space id")
            src = src_of(app)
        for name, limit in (
            ("idle_timeout", idle_timeout),
            ("max_message_size", max_message_size),
            ("max_kept_size", max_kept_size),
            ("max_files", max_files),
            ("max_download_total", max_download_total),
            ("connect_timeout", connect_timeout),
            ("max_workers", max_workers),
        ):
            if not limit > 0:
                raise InputError(f"{name} is {limit}, and must be more than 0")
        if not wake_timeout >= 0:
            raise InputError(f"wake_timeout is {wake_timeout}, and must be 0 or more")
        check_on_drift(on_drift)
        check_whole(src=src, session_hash=session_hash)
        # A user and password in it are for the proxy before the app, and not to be shown.
        self.src = shown_src(src)
        self._address = src
        if not isinstance(download_files, bool):
            download_dir = download_files
        self._arguments: dict[str, Any] = {
            "token": token,
            "auth": auth,
            "headers": dict(headers or {}),
            "download_dir": Path(download_dir) if download_dir is not None else None,
            "download_files": download_files is not False,
            "oauth_token": oauth_token,
            "max_download_size": max_download_size,
            "max_download_total": max_download_total,
            "max_files": max_files,
            "connect_timeout": connect_timeout,
            "max_workers": max_workers,
            "wake_timeout": wake_timeout,
            "on_drift": on_drift,
        }
        self._http = (
            ssl_verify,
            dict(httpx_kwargs or {}),
            idle_timeout,
            max_message_size,
            _host_names(download_hosts),
        )
        if personal := _PERSONAL & self._http[1].keys():
            raise InputError(
                f"httpx_kwargs takes no {min(personal)}, which would go to every host",
                hint="Use headers=…, auth=… or token=…, which go to the app only",
            )
        self._max_kept_size = max_kept_size
        self._session_hash = session_hash
        self._connected: tuple[int, Connection] | None = None
        self._closed = False

    @classmethod
    def duplicate(
        cls,
        from_id: str | None = None,
        to_id: str | None = None,
        *,
        token: str | bool | None = None,
        private: bool = True,
        hardware: str | None = None,
        secrets: Mapping[str, str] | None = None,
        variables: Mapping[str, str] | None = None,
        sleep_timeout: float = 5,
        **options: Any,
    ) -> Self:
        """Make a copy of a Space, or use an existing one, and connect to it. Blocks.

        It waits until the copy runs. A copy of that name is never made twice; of an
        existing one, the hardware is changed only where `hardware` is given, and its
        secrets and variables are left alone. In async code, run it by
        `asyncio.to_thread`.

        Args:
            from_id: The Space, `owner/space`. A generated client knows its own.
            to_id: The copy, `owner/name` or `name`; None for the Space's own name.
                Without an owner it is in your account.
            token: Hugging Face token that may write; None for `HF_TOKEN` or the saved
                login.
            private: Whether only you can see and call it.
            hardware: What it runs on, such as `"t4-small"`; None for what the Space
                runs on. A `UserWarning` says so where that costs money.
            secrets: Its secrets, such as tokens, by name.
            variables: Its environment variables, by name; anyone who sees it can read
                them.
            sleep_timeout: Minutes without a visitor after which it sleeps, where its
                hardware costs money.
            **options: Of the client; see `Client`.

        Returns:
            A client of the copy, connected.

        Raises:
            AuthenticationError: There is no token, or it may not do that.
            SpaceError: There is no such Space, or the copy cannot serve.
            InputError: The Hub refuses what is wanted.
            GradioError: The Hub or the copy cannot be reached.
        """
        from .hub.copies import Wishes, copy_space

        from_id = from_id or (cls.app.src if cls.app is not None else None)
        if from_id is None:
            raise InputError("duplicate needs the id of a Space", hint="Give from_id")
        token = _only_token(token, options.pop("hf_token", None))
        wishes = Wishes(private, hardware, secrets, variables, sleep_timeout)
        cls(from_id, token, **options)  # refuses what is wrong before there is a copy
        client = cls(copy_space(from_id, to_id, token, wishes), token, **options)
        try:
            client.connect()
        except BaseException:
            client.close()
            raise
        return client

    def _connection(self) -> Connection:
        """The connection, made anew in a forked process."""
        pid = os.getpid()
        if self._connected is not None and self._connected[0] == pid:
            return self._connected[1]
        with _connecting:
            return self._connect_in(pid)

    def _connect_in(self, pid: int) -> Connection:
        """Make the connection of a process, once."""
        if self._closed:
            raise GradioError(
                "the client has been closed", src=self.src, hint="Make a new one"
            )
        if self._connected is None or self._connected[0] != pid:
            # Imported late: the HTTP machinery is most of the import time, and a
            # module may be imported for its types only.
            from .connection import Connection
            from .http.pools import HttpOptions
            from .settings import Settings

            settings = Settings(**self._arguments, http=HttpOptions(*self._http))
            connection = Connection(self._address, settings, self._session_hash)
            self._connected = (pid, connection)
        return self._connected[1]

    def connect(self) -> None:
        """Connect now instead of at the first call. Blocks.

        Raises:
            GradioError: The app cannot be reached, or is no Gradio app.
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

    def _start(
        self, request: Request[T], options: Options, *, keep: Keep = "all"
    ) -> Job[T]:
        """Begin a job."""
        from .execution import Execution
        from .job import Job, start

        job: Job[T] = Job(
            keep=keep, quiet=not request.typed, max_kept_size=self._max_kept_size
        )
        return start(job, Execution(self._connection(), request, options, job))

    def _submit(
        self,
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

        To iterate over a job that fails ends the loop, as with the official client; its
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
        return self._start(request, options)

    def _predict(
        self,
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
        return wait(self._start(request, options, keep="latest"))

    # Assigned, not declared, so that a checker infers a subclass's own type.
    submit = _overridable(_submit)
    predict = _overridable(_predict)

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
        from .provenance import as_said
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
        from .loop import run_sync

        connection = self._connection()

        async def reset() -> None:
            connection.reset_session()

        run_sync(reset())

    def close(self) -> None:
        """Drop the streams; jobs that still wait raise `ConnectionLost`."""
        self._closed = True
        if self._connected is not None and self._connected[0] == os.getpid():
            from .loop import is_exiting, run_sync

            if not is_exiting():
                run_sync(self._connected[1].aclose())

    async def aclose(self) -> None:
        """Like `close`, for async code."""
        self._closed = True
        if self._connected is not None and self._connected[0] == os.getpid():
            from .loop import run_async

            await run_async(self._connected[1].aclose())

    def __enter__(self) -> Self:
        """The client itself, closed at the end of the block."""
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()

    async def __aenter__(self) -> Self:
        """The client itself, closed at the end of the block."""
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close."""
        await self.aclose()

    def __getstate__(self) -> dict[str, Any]:
        """What a copy, in this process or another, needs to connect for itself.

        A copy has a session of its own, without the State of this one. A pickle holds
        the token, login and headers that were given: guard it as you guard them. A
        token that was saved or is in the environment is looked up where the copy is.
        """
        if self._session_hash is not None:
            raise TypeError(
                "a client with a session_hash of its own cannot be pickled: two readers "
                "of one session would take each other's messages"
            )
        return {**self.__dict__, "_connected": None}

    def __repr__(self) -> str:
        """Show the app; never a token."""
        return f"{type(self).__name__}({self.src!r})"


def connect(src: str, **options: Any) -> Client:
    """Connect to any app, untyped, and fail at once if it cannot be reached.

    Args:
        src: A URL or a Space id.
        **options: See `Client`.

    Raises:
        GradioError: The app cannot be reached, or is no Gradio app.
    """
    client = Client(src, **options)
    client.connect()
    return client


def _only_token(
    token: str | bool | None, hf_token: str | bool | None
) -> str | bool | None:
    """The one that is given; `hf_token` is another name for `token`."""
    if token is not None and hf_token is not None:
        raise InputError("token and hf_token are one thing", hint="Give token")
    return hf_token if token is None else token


def wait(job: Job[T]) -> T:
    """Wait for a job; Ctrl-C, or what a signal's handler raises, cancels it at once."""
    try:
        return job.result()
    except BaseException:
        job.cancel_soon()  # does nothing to a job that has ended
        raise


def _host_names(names: Sequence[str]) -> tuple[str, ...]:
    if isinstance(names, str):
        raise InputError("download_hosts is one text", hint=f"Give a list: [{names!r}]")
    for name in names:
        host_and_port(name)
    return tuple(names)


def _spread(function: Callable[..., object]) -> Callable[[Any], object]:
    def call(result: Any) -> object:
        return function(*result) if isinstance(result, tuple) else function(result)

    return call
