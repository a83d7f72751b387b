"""Where descriptions come from: running apps, Spaces and saved files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from gradio_runtime.addresses import shown_src

from .errors import SourceError, UsageError
from .limits import DOCUMENT
from .spec import AppSpec, loads

__all__ = ["classify", "fetch", "read_text"]

_SPACE = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")
_SPACE_PAGE = re.compile(r"https?://(?:www\.)?huggingface\.co/spaces/([^/?#]+/[^/?#]+)")


def classify(source: str) -> tuple[Literal["app", "file"], str]:
    """What a source is, and how it is called from now on.

    Raises:
        UsageError: It is nothing that can be read.
    """
    if page := _SPACE_PAGE.match(source):
        return "app", page[1]
    if source.startswith(("http://", "https://")):
        return "app", source
    if source.endswith(".json") or Path(source).is_file():
        return "file", source
    if _SPACE.fullmatch(source):
        return "app", source
    raise UsageError(
        f"{source!r} is no app. Give a URL (http://…), a Space (owner/name), "
        "or a saved description (.json)"
    )


def fetch(
    source: str,
    *,
    token: str | None = None,
    auth: tuple[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = 30.0,
) -> AppSpec:
    """Read an app's description, undocumented endpoints included.

    Args:
        source: A URL, a Space id, or the path of a saved description.
        token: Hugging Face token; None for `HF_TOKEN` or the saved login.
        auth: User and password of the app's own login.
        headers: Extra headers.
        timeout: Seconds for all of it.

    Raises:
        UsageError: The source is none of these.
        SourceError: It cannot be read.
        SpecError: It was read, but does not describe a Gradio app.
    """
    kind, name = classify(source)
    if kind == "file":
        return loads(read_text(Path(name)), name)
    # Imported here: the HTTP client is not needed for saved descriptions.
    from gradio_runtime.connection import fetch_description
    from gradio_runtime.errors import AuthenticationError, GradioError

    try:
        config, info, again = fetch_description(
            name,
            token=token,
            auth=auth,
            headers=headers,
            all_endpoints=True,
            timeout=timeout,
        )
    except AuthenticationError as error:
        raise SourceError(
            f"{error.message} [{shown_src(name)}]. "
            "Give the app's login (--auth user:password) or a token (--token)"
        ) from error
    except GradioError as error:
        raise SourceError(" ".join(str(error).split())) from error
    except RecursionError:
        raise SourceError(
            f"what {shown_src(name)} sends is nested too deeply"
        ) from None
    return AppSpec.from_raw(name, config, info, again)


def read_text(path: Path) -> str:
    """The text of a file, within the limit for descriptions.

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
        raise SourceError(f"{path} is no text. Check the path") from None
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}") from None
