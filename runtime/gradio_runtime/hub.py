"""Spaces of the Hugging Face Hub: from `owner/space` to a URL.

`huggingface_hub` is imported here and only when a Space is used: it takes longer to
import than the rest of the runtime together.
"""

from __future__ import annotations

import os
import re

from .errors import AuthenticationError, ConnectError, RateLimited, SpaceError

__all__ = ["is_space_id", "resolve", "saved_token"]

_SPACE_ID = re.compile(r"[\w.-]+/[\w.-]+")

#: Stages in which a Space answers, or does as soon as it is asked.
_SERVING = frozenset(
    {"RUNNING", "RUNNING_BUILDING", "RUNNING_APP_STARTING", "SLEEPING", "APP_STARTING"}
)
_NEXT_STEP = {
    "PAUSED": "Its owner must restart it",
    "STOPPED": "Its owner must restart it",
    "BUILDING": "Wait until it is built, and try again",
    "BUILD_ERROR": "Its owner must mend the build; its page has the log",
    "RUNTIME_ERROR": "Its owner must mend the app; its page has the log",
    "CONFIG_ERROR": "Its owner must mend its README's metadata",
    "NO_APP_FILE": "Its owner must add an app file",
}


def is_space_id(src: str) -> bool:
    """Whether `src` looks like `owner/space`."""
    return _SPACE_ID.fullmatch(src) is not None


def saved_token() -> str | None:
    """The token of `HF_TOKEN`, else of the saved login."""
    if token := os.environ.get("HF_TOKEN"):
        return token
    from huggingface_hub import get_token

    return get_token()


def resolve(space_id: str, token: str | None) -> str:
    """Ask the Hub where a Space is served: the URL of its app. Blocks.

    Raises:
        SpaceError: There is no such Space, or it cannot serve.
        AuthenticationError: The token is not accepted.
        ConnectError: The Hub cannot be reached.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError

    page = (
        f"{os.environ.get('HF_ENDPOINT', 'https://huggingface.co')}/spaces/{space_id}"
    )
    try:
        info = HfApi(token=token or False).space_info(space_id, timeout=30)
    except RepositoryNotFoundError:
        raise SpaceError(
            "the Space does not exist, or is private and the token cannot see it",
            stage="NOT_FOUND",
            src=space_id,
            hint=f"Check its name at {page}, and pass token=… if it is private",
        ) from None
    except HfHubHTTPError as error:
        status = error.response.status_code
        if status in {401, 403}:
            raise AuthenticationError(
                "the Hub refuses the token", src=space_id
            ) from None
        if status == 429:
            raise RateLimited("the Hub is asked too often", src=space_id) from None
        raise ConnectError(f"the Hub answers {status}", src=space_id) from None
    except Exception as error:
        raise ConnectError(
            f"cannot reach the Hub: {error}",
            src=space_id,
            hint="Check the network, or pass the app's own URL",
        ) from error
    stage = str(getattr(info.runtime, "stage", None) or "RUNNING").rpartition(".")[2]
    if stage not in _SERVING or not info.host:
        raise SpaceError(
            f"the Space cannot serve: it is {stage}",
            stage=stage,
            src=space_id,
            hint=f"{_NEXT_STEP.get(stage, 'See its page')} ({page})",
        )
    return str(info.host).rstrip("/")
