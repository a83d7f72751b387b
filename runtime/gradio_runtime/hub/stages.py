"""The stages of a Space, and what each means to somebody who wants to call it."""

from __future__ import annotations

from ..errors import SpaceError
from .spaces import Space

SLEEPING = "SLEEPING"
#: Stages that pass by themselves, and what the Space is meanwhile. A sleeping Space
#: wakes when its app is asked.
_PASSING = {
    SLEEPING: "asleep",
    "BUILDING": "being built",
    "APP_STARTING": "starting",
}
_RESTART = (
    "If it is yours, restart it on its page; "
    "else ask its owner, or make a copy: gradio_runtime.duplicate({id!r})"
)
#: Stages that last until somebody does something: what is wrong, and what to do.
_LASTING = {
    "PAUSED": ("is paused", _RESTART),
    "STOPPED": ("is stopped", _RESTART),
    "BUILD_ERROR": (
        "could not be built",
        "Its owner must mend it; its page has the build's log",
    ),
    "RUNTIME_ERROR": (
        "has failed",
        "Its owner must mend the app; its page has the log",
    ),
    "CONFIG_ERROR": (
        "is configured wrongly",
        "Its owner must mend the metadata in its README",
    ),
    "NO_APP_FILE": ("has no app yet", "Its owner must add the app's file"),
    "DELETING": ("is being deleted", "Use another Space"),
}
#: SDKs that cannot serve a Gradio app. Docker can, so there the app itself is asked.
_OTHER_SDKS = frozenset({"static", "streamlit"})


def serves(space: Space) -> bool:
    """Whether its app can be called now, as far as the Hub knows."""
    # A stage that is new to us may well be one in which it runs: the app will tell.
    return space.host is not None and space.stage not in _PASSING


def doing(space: Space) -> str:
    """What a Space that does not serve yet is doing."""
    return _PASSING.get(space.stage or "", "starting")


def check(space: Space) -> None:
    """Refuse a Space that will not serve, however long one waits.

    Raises:
        SpaceError: It is one.
    """
    check_sdk(space)
    if space.stage not in _LASTING:
        return
    what, then = _LASTING[space.stage]
    problem = f": {space.problem.splitlines()[0][:200]}" if space.problem else ""
    raise not_serving(
        space,
        f"the Space {what} ({space.stage}){problem}",
        f"{then.format(id=space.id)} ({space.page})",
    )


def check_sdk(space: Space) -> None:
    """Refuse a Space that cannot be a Gradio app, whatever its stage.

    Raises:
        SpaceError: It is one.
    """
    if space.sdk in _OTHER_SDKS:
        raise no_gradio(space)


def no_gradio(space: Space) -> SpaceError:
    """The error of a Space that is served, but not by Gradio."""
    return not_serving(
        space,
        f"the Space is no Gradio app: its SDK is {space.sdk}",
        f"Only Gradio apps can be called ({space.page})",
    )


def not_serving(space: Space, message: str, hint: str) -> SpaceError:
    """The error of a Space that cannot be called as it is, whatever the reason."""
    return SpaceError(
        message, stage=space.stage, url=space.page, src=space.id, hint=hint
    )
