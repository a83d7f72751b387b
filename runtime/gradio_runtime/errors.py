"""The errors that this package raises.

```
GradioError
├── ConnectError            the app cannot be reached (refused, DNS, TLS, not a Gradio app)
├── ConnectionLost          the connection broke before the result came
├── JobTimeout              also a builtin TimeoutError
├── AuthenticationError     401, 403, or a login that was refused
├── SpaceError              the Space is not found, paused, broken …; `stage`
├── QueueFull               the app's queue takes no more jobs
├── RateLimited             429; `retry_after` seconds
├── InputError              also a builtin ValueError; a value does not fit, found before
│   │                       anything was sent; `fields`
│   └── FileTooLarge        a file is larger than the app or the caller allows
├── ServerValidationError   the app's own validation refused the values (422)
├── AppError                raised by the app; `title`, `duration`, `visible`, …
├── JobCancelled            also a concurrent.futures.CancelledError
├── OutputMismatch          an output does not fit its declared type; `raw` has it
├── SchemaDrift             the app has changed since the module was generated
└── ProtocolError           the server said something this runtime does not understand
```

`SchemaDriftWarning`, a `UserWarning`, replaces `SchemaDrift` if the caller asks for it.

Each error has `endpoint` (its api_name) and `src` (the app) if they are known;
`may_have_run`, whether the app's function may have been called, so that calling again
may do its work twice; and `hint`, the next step to take, which is also the end of the
message. As text (`str`,
`repr`, `args`, tracebacks) an error is one line of at most about 2,000 printable
characters, whatever the app sent. `message` has the text unchanged.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from ._models.texts import brief, printable

__all__ = [
    "AppError",
    "AuthenticationError",
    "ConnectError",
    "ConnectionLost",
    "FileTooLarge",
    "GradioError",
    "InputError",
    "JobCancelled",
    "JobTimeout",
    "OutputMismatch",
    "ProtocolError",
    "QueueFull",
    "RateLimited",
    "SchemaDrift",
    "SchemaDriftWarning",
    "ServerValidationError",
    "SpaceError",
]


#: Longest name of an endpoint or an app in a message, and longest hint.
_PLACE = 200
_HINT = 600


class _Hint:
    """The hint that an error was given, or the usual one of its class."""

    def __get__(self, error: GradioError | None, owner: object) -> str | None:
        return None if error is None else error.own_hint or error.usual_hint

    def __set__(self, error: GradioError, hint: str | None) -> None:
        error.own_hint = hint


@dataclass(eq=False, repr=False, kw_only=True)
class GradioError(Exception):
    """The base class of all errors.

    Attributes:
        message: What happened, without the context and the hint.
        endpoint: The api_name of the endpoint that was called, if one was.
        src: The app: a URL or a Space id.
        may_have_run: Whether the app's function may have been called: False when it
            certainly was not, so that calling again is safe. Until that is known, it is
            what is usual for the class.
        hint: What to do next.
        own_hint: The next step that this very error has, if it is not the usual one.
        usual_hint: The hint if none is given.
    """

    message: str = field(kw_only=False)
    endpoint: str | None = None
    src: str | None = None
    hint: str | None = cast("str | None", _Hint())
    own_hint: str | None = field(init=False)
    usual_hint: str | None = field(init=False, default=None)
    may_have_run: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        super().__init__(printable(self.message))

    def __str__(self) -> str:
        """Say what happened, where, and what to do next, on one line."""
        places = filter(None, (self.endpoint, self.src))
        where = " of ".join(printable(place, _PLACE) for place in places)
        what = printable(self.message)
        text = f"{what} [{where}]" if where else what
        return f"{text}. {printable(self.hint, _HINT)}" if self.hint else text

    def __repr__(self) -> str:
        return f"{type(self).__name__}({brief(self.message)})"

    def within(self, *, endpoint: str | None = None, src: str | None = None) -> None:
        """Fill in the endpoint and the app, unless they are known already."""
        self.endpoint = self.endpoint or endpoint
        self.src = self.src or src

    def told(self, *, may_have_run: bool) -> None:
        """Set whether the app's function may have been called, once that is known."""
        self.may_have_run = may_have_run


@dataclass(eq=False, repr=False, kw_only=True)
class ConnectError(GradioError):
    """The app cannot be reached, or what answers there is not a Gradio app.

    Attributes:
        not_sent: Whether certainly no request has reached the app.
        lasting: Whether the same request will fail again.
        status: The HTTP status that came instead, if one did.
    """

    usual_hint = "Check the address and that the app is running"

    not_sent: bool = False
    lasting: bool = False
    status: int | None = None


@dataclass(eq=False, repr=False, kw_only=True)
class ConnectionLost(GradioError):
    """The connection was lost before the result came.

    Attributes:
        unanswered: Whether it broke before the app answered at all.
    """

    may_have_run: bool = True
    unanswered: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self.told(may_have_run=self.may_have_run)

    def told(self, *, may_have_run: bool) -> None:
        """Set whether the job may have run, and the hint that says so."""
        super().told(may_have_run=may_have_run)
        self.usual_hint = (
            "The job may have run: see what it did before calling again"
            if may_have_run
            else "The job has not run: call again"
        )


class JobTimeout(GradioError, TimeoutError):
    """The caller's timeout has passed."""

    usual_hint = "Allow it more time"
    may_have_run = True


class AuthenticationError(GradioError):
    """The app needs a login or a token, or refused the one it was given."""

    usual_hint = (
        "Use a client with auth=(user, password), or token=… for a private Space"
    )


@dataclass(eq=False, repr=False, kw_only=True)
class SpaceError(GradioError):
    """The Space cannot be called.

    Attributes:
        stage: The Hub's name for its state, such as `PAUSED` or `BUILD_ERROR`;
            `NOT_FOUND` if there is no such Space.
        url: The Space's page.
    """

    usual_hint = "See the Space's page"

    stage: str | None = None
    url: str | None = None


class QueueFull(GradioError):
    """The app's queue takes no more jobs; nothing has run."""

    usual_hint = "Try again later"


@dataclass(eq=False, repr=False, kw_only=True)
class RateLimited(GradioError):
    """Too many requests.

    Attributes:
        retry_after: Seconds to wait, if the server says so.
    """

    usual_hint = "Wait, and send fewer calls at once"

    retry_after: float | None = None


@dataclass(eq=False, repr=False, kw_only=True)
class InputError(GradioError, ValueError):
    """A value does not fit its parameter. Nothing has been sent.

    Attributes:
        fields: What is wrong, by parameter name.
    """

    usual_hint = "Correct the value and call again"

    fields: dict[str, str] = field(default_factory=dict[str, str])

    def about(self, name: str) -> None:
        """Name the parameter that it is about, unless it is named already."""
        if not self.fields:
            self.fields = {name: self.message}
            self.message = f"{name}: {self.message}"


def too_deep(parameter: str | None = None) -> InputError:
    """Return the error for a value that is nested too deeply for Python."""
    error = InputError("a value is nested too deeply, or in itself")
    if parameter is not None:
        error.about(parameter)
    return error


class ClientClosed(GradioError):
    """A client is used that has been closed."""

    usual_hint = "Make a new one"


def client_closed(src: str) -> ClientClosed:
    """Return the error for the use of a client that has been closed."""
    return ClientClosed("the client has been closed", src=src)


class FileTooLarge(InputError):
    """A file is larger than the app (or the caller's own limit) allows.

    Attributes:
        file: The name of a file that was to be sent, once it is known.
    """

    usual_hint = "Send a smaller file"
    file: str | None = None

    def about_file(self, name: str) -> None:
        """Say which file it is about, where that is known later."""
        if self.file is None:
            self.file = name
            self.message = f"{name}: {self.message}"


@dataclass(eq=False, repr=False, kw_only=True)
class ServerValidationError(GradioError):
    """The app refused the values (HTTP 422).

    Attributes:
        fields: The app's messages, by parameter name.
    """

    usual_hint = "Correct the values and call again"

    fields: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(eq=False, repr=False, kw_only=True)
class AppError(GradioError):
    """The app's function raised.

    An app always sends the text of a `gr.Error`, and that of other exceptions only if
    it was launched with `show_error=True`. Otherwise the message says that the app
    hides it.

    Attributes:
        title: The title the app gave, `"Error"` by default.
        duration: Seconds for which a user interface should show it; None for always.
        visible: Whether a user interface should show it.
        print_exception: Whether the app prints it to its own log.
    """

    usual_hint = "It is the app's own error: check the values, or ask its author"
    may_have_run = True

    title: str = "Error"
    duration: float | None = 10
    visible: bool = True
    print_exception: bool = True


@dataclass(eq=False, repr=False, kw_only=True)
class OutputMismatch(GradioError):
    """An output does not fit the type that the app's description declares.

    Attributes:
        raw: All that the app sent, so that an expensive result is not lost.
        field: The output that does not fit, if it is only one.
    """

    usual_hint = (
        "Generate the module again, or take the value as it is: strict_outputs=False"
    )
    may_have_run = True

    raw: object = None
    field: str | None = None


@dataclass(eq=False, repr=False, kw_only=True)
class SchemaDrift(GradioError):
    """The app has changed since the module was generated.

    Attributes:
        parameter: The first parameter or output that no longer fits, such as
            `parameter 'voice'`; None if the whole endpoint is gone.
    """

    usual_hint = "Generate the module again"

    parameter: str | None = None


class SchemaDriftWarning(UserWarning):
    """The app has changed since the module was generated, and is still called."""

    def __init__(self, text: str) -> None:
        super().__init__(printable(text))


@dataclass(eq=False, repr=False, kw_only=True)
class ProtocolError(GradioError):
    """The server said something that this runtime does not understand.

    Attributes:
        status: The HTTP status that it said so with, if it was one of a failure.
    """

    usual_hint = "If the app works in a browser, report it to gradio-codegen"

    status: int | None = None


if TYPE_CHECKING:
    from concurrent.futures import CancelledError

    class JobCancelled(GradioError, CancelledError):
        """The job was cancelled, so it has no result."""


def __getattr__(name: str) -> Any:
    """Make `JobCancelled` at its first use: its base loads `logging` and more."""
    if name != "JobCancelled":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from concurrent.futures import CancelledError

    body = {
        "__doc__": "The job was cancelled, so it has no result.",
        "__module__": __name__,
        "usual_hint": "Call again if the result is wanted after all",
        "may_have_run": True,
    }
    made = type(name, (GradioError, CancelledError), body)
    return globals().setdefault(name, made)  # another thread may have been faster
