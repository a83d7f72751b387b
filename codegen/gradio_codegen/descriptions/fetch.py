"""Where descriptions come from: running apps, Spaces and saved files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from gradio_runtime.description.addresses import is_url, shown_src
from gradio_runtime.description.space_names import space_of

from ..errors import SourceError, UsageError
from ..limits import DOCUMENT
from ..paths import as_path
from .spec import AppSpec, loads

if TYPE_CHECKING:
    from gradio_runtime.errors import GradioError

#: How the command line calls what the runtime's hints name.
_OPTIONS = {
    "token=…": "--token",
    "auth=(user, password)": "--auth user:password",
}


def classify(source: str) -> tuple[Literal["app", "file"], str]:
    """Return what a source is, and how it is called from now on.

    Raises:
        UsageError: It cannot be a source.
    """
    space = space_of(source)
    if is_url(source):
        return "app", space or source
    if as_path(source).is_file() or source.endswith(".json"):
        return "file", source
    if space is not None:
        return "app", space
    raise UsageError(
        f"{shown_src(source)!r} is not an app. Give a URL (http://…), a Space (owner/name), "
        "or a saved description (.json)"
    )


@dataclass(frozen=True, kw_only=True)
class Connect:
    """How to reach an app.

    Attributes:
        token: Hugging Face token; None for `HF_TOKEN` or the saved login.
        auth: User and password of the app's own login.
        headers: Extra headers.
        timeout: Seconds for all of it, once the app is there.
    """

    token: str | None = None
    auth: tuple[str, str] | None = None
    headers: Mapping[str, str] | None = None
    timeout: float = 30.0

    @property
    def access(self) -> dict[str, Any]:
        """What is sent to the app, as a client takes it."""
        return {"token": self.token, "auth": self.auth, "headers": self.headers}

    @property
    def given(self) -> bool:
        """Whether any of it is sent to the app."""
        return any(part is not None for part in self.access.values())


def fetch(
    source: str,
    connect: Connect | None = None,
    report: Callable[[str | None], None] | None = None,
) -> AppSpec:
    """Read an app's description, undocumented endpoints included.

    Args:
        source: A URL, a Space id, or the path of a saved description.
        connect: How to reach the app.
        report: Called with what a Space does while it is waited for, and with None
            when that is over; without it, a line on the terminal says so.

    Raises:
        UsageError: The source is none of these.
        SourceError: It cannot be read.
        SpecError: It was read, but does not describe a Gradio app.
    """
    connect = connect or Connect()
    kind, name = classify(source)
    if kind == "file":
        return loads(read_text(Path(name)), name)
    # Imported here: the HTTP client is not needed for saved descriptions.
    from gradio_runtime._engine.fetch import fetch_description
    from gradio_runtime.errors import GradioError

    try:
        config, info, again = fetch_description(
            name,
            **connect.access,
            all_endpoints=True,
            timeout=connect.timeout,
            report=report,
        )
    except GradioError as error:
        error.src = shown_src(error.src or name)
        error.hint = hint_for_the_shell(error)
        raise SourceError(" ".join(str(error).split())) from error
    except RecursionError:
        raise SourceError(
            f"what {shown_src(name)} sends is nested too deeply"
        ) from None
    return AppSpec.from_raw(name, config, info, again)


def hint_for_the_shell(error: GradioError) -> str | None:
    """Return the error's hint, with options in the place of the runtime's arguments."""
    from gradio_runtime.errors import AuthenticationError

    if isinstance(error, AuthenticationError) and error.own_hint is None:
        return "Give the app's login (--auth user:password) or a token (--token)"
    hint = error.hint
    for argument, option in _OPTIONS.items():
        hint = hint and hint.replace(argument, option)
    return hint


def split_login(text: str) -> tuple[str, str] | None:
    """Return the user and password of `user:password`; None if it is not that."""
    user, colon, password = text.partition(":")
    return (user, password) if colon and user else None


def read_text(path: Path) -> str:
    """Return the text of a file, within the limit for descriptions.

    Raises:
        SourceError: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            content = file.read(DOCUMENT + 1)
        if len(content) > DOCUMENT:
            raise SourceError(
                f"{path} is larger than {DOCUMENT >> 20} MiB, which no description is. "
                "Check the path"
            )
        return content.decode()
    except FileNotFoundError:
        raise SourceError(f"there is no file {path}. Check the path") from None
    except UnicodeDecodeError:
        raise SourceError(f"{path} is not text. Check the path") from None
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}") from None
