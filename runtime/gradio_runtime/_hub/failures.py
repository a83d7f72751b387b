"""Translate the errors of `huggingface_hub` into those of this package."""

from __future__ import annotations

import os
import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .._http.statuses import seconds_of
from .._models.texts import beginning
from ..description.space_names import endpoint, page_of
from ..errors import (
    AuthenticationError,
    ConnectError,
    GradioError,
    InputError,
    RateLimited,
    SpaceError,
)

if TYPE_CHECKING:
    from huggingface_hub.errors import HfHubHTTPError

#: Stages of our own, for Spaces without a stage of the Hub's.
NOT_FOUND = "NOT_FOUND"
_DISABLED = "DISABLED"

#: `RateLimit: "api";r=0;t=55` means that no request is allowed for 55 s.
_NOTHING_LEFT = re.compile(r"\br\s*=\s*0\b.*?\bt\s*=\s*(\d+)")


@contextmanager
def translated(space_id: str, token: str | None) -> Generator[None]:
    """Translate the errors of requests to the Hub about a Space, sent with a token."""
    from huggingface_hub import errors as theirs

    try:
        yield
    except GradioError:
        raise
    except theirs.HfHubHTTPError as error:
        raise _answered(error, space_id, token) from None
    except (theirs.OIDCError, theirs.DeviceCodeError) as error:
        raise AuthenticationError(
            f"the saved login cannot be used: {error}",
            src=space_id,
            hint="Log in again (hf auth login), or pass token=…",
        ) from error
    except theirs.HFValidationError:
        raise ConnectError(
            f"{space_id!r} is not a valid Space name",
            lasting=True,
            hint="Use owner/space, as in the address of the Space's page",
        ) from None
    except theirs.OfflineModeIsEnabled:
        raise ConnectError(
            "the Hub cannot be used: HF_HUB_OFFLINE is set",
            lasting=True,
            src=space_id,
            hint="Unset it, or pass the app's own URL",
        ) from None
    except Exception as error:
        raise ConnectError(
            f"cannot reach the Hub at {endpoint()}: {error}",
            src=space_id,
            hint="Check the network, or pass the app's own URL",
        ) from error


def _answered(error: HfHubHTTPError, space_id: str, token: str | None) -> GradioError:
    """Return the error for an answer of the Hub."""
    from huggingface_hub import errors as theirs

    match error:
        case theirs.GatedRepoError():  # before its base class
            return AuthenticationError(
                "the Space is gated, and the token has no access to it"
                if token
                else "the Space is gated, and no token is given",
                src=space_id,
                hint=f"Ask for access at {page_of(space_id)}, and pass that account's "
                "token=…",
            )
        case theirs.RepositoryNotFoundError() if not _names_the_token(error):
            return _not_found(space_id, token)
        case theirs.DisabledRepoError():
            return disabled(space_id, space_id)
        case _:
            return _of_status(error, space_id, token)


def disabled(space_id: str, current: str) -> SpaceError:
    """Return the error for a disabled Space: as the caller named it, and its name now."""
    page = page_of(current)
    return SpaceError(
        "the Space is disabled",
        stage=_DISABLED,
        url=page,
        src=space_id,
        hint=f"Its owner must ask the Hub why ({page})",
    )


def _not_found(space_id: str, token: str | None) -> SpaceError:
    page = page_of(space_id)
    return SpaceError(
        "the Space does not exist, or is private and the token cannot see it"
        if token
        else "the Space does not exist, or is private and no token is given",
        stage=NOT_FOUND,
        url=page,
        src=space_id,
        hint=f"Check its name at {page}, and pass token=… if it is private",
    )


def _of_status(error: HfHubHTTPError, space_id: str, token: str | None) -> GradioError:
    """Return the error for an HTTP status."""
    status, said = error.response.status_code, _said(error)
    tokens = f"{endpoint()}/settings/tokens"
    match status:
        case 401 if token:
            whose = " of HF_TOKEN" if token == os.environ.get("HF_TOKEN") else ""
            return AuthenticationError(
                f"the Hub does not know the token{whose}",
                src=space_id,
                hint=f"Make a new one at {tokens}; a public Space needs none",
            )
        case 401:
            return _not_found(space_id, token)
        case 402:
            return SpaceError(
                f"the Hub requires payment{said}",
                url=page_of(space_id),
                src=space_id,
                hint=f"See {endpoint()}/settings/billing, or choose hardware='cpu-basic'",
            )
        case 403:
            return AuthenticationError(
                f"the token lacks the permission{said}",
                src=space_id,
                hint=f"Use a token that has it: {tokens}",
            )
        case 429:
            after = _retry_after(error.response.headers)
            wait = "a while" if after is None else f"{after:g} s"
            return RateLimited(
                "too many requests to the Hub",
                retry_after=after,
                src=space_id,
                hint=f"Wait {wait}; a token (HF_TOKEN) allows more",
            )
        case 400 | 422:
            return InputError(f"the Hub refuses the request{said}", src=space_id)
        case _:
            return ConnectError(
                f"the Hub answers {status}{said}",
                lasting=status < 500,
                src=space_id,
                hint="Try again later, or pass the app's own URL",
            )


def _names_the_token(error: HfHubHTTPError) -> bool:
    """Return whether a 401 is about the token, and not about the Space."""
    headers = error.response.headers
    return "X-Error-Code" not in headers and "credentials" in headers.get(
        "X-Error-Message", ""
    )


def _said(error: HfHubHTTPError) -> str:
    """Return the Hub's message, if there is one, as the end of ours."""
    said = (error.server_message or "").strip().rstrip(".")
    return f": {beginning(said.splitlines()[0], 300)}" if said else ""


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds to wait before the next request, if the Hub says so."""
    if given := headers.get("retry-after"):
        return seconds_of(given)
    left = _NOTHING_LEFT.search(headers.get("ratelimit", ""))
    return seconds_of(left[1]) if left else None
