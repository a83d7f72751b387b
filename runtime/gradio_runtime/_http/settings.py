"""Declare a client's settings: the type, the default and the meaning of each.

`takes` gives a method the signature and the documentation of their model, for type
checkers, editors and `help()` alike.
"""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, fields
from pathlib import Path
from typing import (
    TYPE_CHECKING,
    Any,
    Concatenate,
    Literal,
    ParamSpec,
    TypeVar,
    get_args,
)

from .._models.bounds import (
    CONNECT_TIMEOUT,
    MAX_DOWNLOAD_TOTAL,
    MAX_FILES,
    MAX_KEPT_SIZE,
    MAX_MESSAGE_SIZE,
)
from .._models.texts import is_whole
from ..description.addresses import host_and_port
from ..errors import InputError

if TYPE_CHECKING:
    import ssl

P = ParamSpec("P")
F = TypeVar("F")
M = TypeVar("M")
R = TypeVar("R")
S = TypeVar("S")

#: What to do when an app has changed so that a generated module's calls break.
OnDrift = Literal["raise", "warn", "ignore"]
#: What httpx2 would send to other hosts too, such as the one of an output's URL.
_PERSONAL = frozenset({"auth", "base_url", "cookies", "headers", "params"})
#: What gives access to an app, besides a token, or may do so.
ACCESS = ("auth", "headers", "oauth_token", "httpx_kwargs")
#: Settings in numbers that may be 0.
_MAY_BE_ZERO = frozenset({"wake_timeout"})


@dataclass(frozen=True, repr=False)
class Settings:
    """A connection to a Gradio app.

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
            more wait here for their turn, without a rank. A generator that has begun is
            not in the queue any more. Any number share one thread.
        wake_timeout: Seconds to wait, at the first call, for a Space that sleeps, starts
            or is being built; 0 to raise `SpaceError` at once. A terminal shows it.
        on_drift: What to do when the app has changed, since the module was generated,
            so that a call breaks: `"raise"` `SchemaDrift` before anything is sent;
            `"warn"` (`SchemaDriftWarning`) once and send the values by position; or
            `"ignore"` it likewise. Changes that break nothing are passed over.
        strict_outputs: What to do about an output that does not fit its type. None
            (the default) raises `OutputMismatch`, but of several outputs an empty one
            is only missing, and reading it raises; True raises for that at once; False
            lets everything through.
        verbose: Means nothing, for scripts of the official client, as does the next.
            Nothing is printed in any case.
        analytics_enabled: Nothing is told to anyone in any case.
    """

    src: str | None = None
    token: str | bool | None = None
    _: KW_ONLY
    auth: tuple[str, str] | None = None
    headers: Mapping[str, str] | None = None
    download_files: str | os.PathLike[str] | bool = True
    download_dir: str | os.PathLike[str] | None = None
    max_download_size: int | None = None
    download_hosts: Sequence[str] = ()
    ssl_verify: ssl.SSLContext | str | bool = True
    httpx_kwargs: Mapping[str, Any] | None = None
    session_hash: str | None = None
    idle_timeout: float = 90.0  # see docs/protocol.md#ends-of-streams
    max_message_size: int = MAX_MESSAGE_SIZE
    max_kept_size: int = MAX_KEPT_SIZE
    max_files: int = MAX_FILES
    max_download_total: int = MAX_DOWNLOAD_TOTAL
    connect_timeout: float = CONNECT_TIMEOUT
    oauth_token: str | None = None
    hf_token: str | bool | None = None
    max_workers: int = 64
    wake_timeout: float = 600.0
    on_drift: OnDrift = "raise"
    strict_outputs: bool | None = None
    verbose: bool = True
    analytics_enabled: bool = True

    def __post_init__(self) -> None:
        """Keep a copy of what could change, under one name, and refuse what is wrong.

        Raises:
            InputError: A setting cannot be used.
        """
        if self.token is not None and self.hf_token is not None:
            raise InputError("token and hf_token are one thing", hint="Give token")
        if not isinstance(self.download_files, bool):
            self._set(download_dir=self.download_files, download_files=True)
        self._set(
            token=self.hf_token if self.token is None else self.token,
            hf_token=None,
            headers=dict(self.headers or {}),
            httpx_kwargs=dict(self.httpx_kwargs or {}),
        )
        self._check_numbers()
        self._check_http()
        check_on_drift(self.on_drift)
        texts = ("src", "session_hash", "token", "oauth_token")
        check_whole(**{name: getattr(self, name) for name in texts})
        for text in self.auth or ():
            check_whole(auth=text)
        for name, value in (self.headers or {}).items():
            check_whole(header=f"{name}{value}")

    def _set(self, **values: Any) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def _check_numbers(self) -> None:
        for known in fields(self):
            if type(known.default) in {int, float}:
                value, name = getattr(self, known.name), known.name
                zero = name in _MAY_BE_ZERO
                if not (value > 0 or (zero and value == 0)):
                    least = "0 or more" if zero else "more than 0"
                    raise InputError(f"{name} is {value}, and must be {least}")

    def _check_http(self) -> None:
        names = self.download_hosts
        if isinstance(names, str):
            raise InputError(
                "download_hosts is one text", hint=f"Give a list: [{names!r}]"
            )
        for name in names:
            host_and_port(name)
        self._set(download_hosts=tuple(names))
        if personal := _PERSONAL & self.of_httpx.keys():
            raise InputError(
                f"httpx_kwargs takes no {min(personal)}, which would go to every host",
                hint="Use headers=…, auth=… or token=…, which go to the app only",
            )

    @property
    def of_client(self) -> dict[str, Any]:
        """Return the settings of a client like it, without its address."""
        names = [known.name for known in fields(Settings) if known.name != "src"]
        return {name: getattr(self, name) for name in names}

    @property
    def of_httpx(self) -> Mapping[str, Any]:
        """Return the other arguments of httpx2's clients."""
        return self.httpx_kwargs or {}

    @property
    def download_folder(self) -> Path | None:
        """Return where downloads go; None for the folder for temporary files."""
        return Path(self.download_dir) if self.download_dir is not None else None


@dataclass(frozen=True, repr=False, kw_only=True)
class CopySettings(Settings):
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

    The other arguments are those of `Client`.

    Returns:
        A client of the copy, connected.

    Raises:
        AuthenticationError: There is no token, or it may not do that.
        SpaceError: There is no such Space, or the copy cannot serve.
        InputError: The Hub refuses what is wanted.
        GradioError: The Hub or the copy cannot be reached.
    """

    from_id: str | None = field(default=None, kw_only=False)
    to_id: str | None = field(default=None, kw_only=False)
    src: str | None = field(default=None, init=False)
    token: str | bool | None = None
    private: bool = True
    hardware: str | None = None
    secrets: Mapping[str, str] | None = None
    variables: Mapping[str, str] | None = None
    sleep_timeout: float = 5

    @property
    def sleep_seconds(self) -> int:
        """Return the seconds without a visitor after which the copy sleeps."""
        return round(self.sleep_timeout * 60)


def takes(
    model: Callable[P, M],
) -> Callable[[Callable[[S, M], R]], Callable[Concatenate[S, P], R]]:
    """Have a method that takes a model's instance take the model's own arguments."""

    def decorate(method: Callable[[S, M], R]) -> Callable[Concatenate[S, P], R]:
        def taking(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
            return method(self, model(*args, **kwargs))

        functools.update_wrapper(taking, method)
        own = next(iter(inspect.signature(method).parameters.values()))
        show_as(taking, model, own.replace(kind=own.POSITIONAL_ONLY))
        taking.__doc__ = model.__doc__
        return taking

    return decorate


def takes_after(
    model: Callable[P, M],
) -> Callable[[Callable[[S, F, M], R]], Callable[Concatenate[S, F, P], R]]:
    """Have a method do the same whose first argument comes before the model's own."""

    def decorate(method: Callable[[S, F, M], R]) -> Callable[Concatenate[S, F, P], R]:
        def taking(self: S, first: F, /, *args: P.args, **kwargs: P.kwargs) -> R:
            return method(self, first, model(*args, **kwargs))

        functools.update_wrapper(taking, method)
        own, first, *_ = inspect.signature(method).parameters.values()
        kind = own.POSITIONAL_ONLY
        show_as(taking, model, own.replace(kind=kind), first.replace(kind=kind))
        return taking

    return decorate


def show_as(
    function: Any, model: Callable[..., Any], *first: inspect.Parameter
) -> None:
    """Have `help()` and others show a function as one that takes a model's arguments."""
    signature = inspect.signature(model)
    function.__signature__ = signature.replace(
        parameters=[*first, *signature.parameters.values()],
        return_annotation=inspect.signature(function).return_annotation,
    )


def check_on_drift(value: object) -> None:
    """Raise `InputError` for what is not an `OnDrift`."""
    if value is not None and value not in get_args(OnDrift):
        raise InputError(
            f"on_drift is {value!r}", hint="It is 'raise', 'warn' or 'ignore'"
        )


def check_whole(**given: object) -> None:
    """Raise `InputError` for a text with a lone surrogate.

    The text is not shown: it may be a secret.
    """
    for name, text in given.items():
        if isinstance(text, str) and not is_whole(text):
            raise InputError(
                f"{name} has half a character (a lone surrogate), which cannot be sent"
            )
