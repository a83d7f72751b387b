"""The stages of a Space, and what each means for a call."""

from __future__ import annotations

from .._models.texts import beginning
from ..errors import SpaceError
from .spaces import Space

SLEEPING = "SLEEPING"
#: Stages that end by themselves, and the word for each in messages. A request to its
#: app wakes a sleeping Space.
_PASSING = {SLEEPING: "asleep", "BUILDING": "being built", "APP_STARTING": "starting"}
_RESTART = (
    "If it is yours, restart it on its page; "
    "else ask its owner, or make a copy: gradio_runtime.duplicate({id!r})"
)
_FIX = "Its owner must fix the {}; its page has the log"
#: Stages that last until somebody acts: the problem, and the next step.
_LASTING = {
    "PAUSED": ("is paused", _RESTART),
    "STOPPED": ("is stopped", _RESTART),
    "BUILD_ERROR": ("could not be built", _FIX.format("build")),
    "RUNTIME_ERROR": ("has failed", _FIX.format("app")),
    "CONFIG_ERROR": (
        "is configured wrongly",
        "Its owner must fix the metadata in its README",
    ),
    "NO_APP_FILE": ("has no app yet", "Its owner must add the app's file"),
    "DELETING": ("is being deleted", "Use another Space"),
}
#: SDKs that cannot serve a Gradio app. Docker can, so there the app's answer decides.
_OTHER_SDKS = frozenset({"static", "streamlit"})


def serves(space: Space) -> bool:
    """Return whether its app can be called now, as far as the Hub knows."""
    # In a stage that is unknown here the Space may run: the app will show it.
    return space.host is not None and space.stage not in _PASSING


def doing(space: Space) -> str:
    """Return the word for what a Space does that cannot be called yet."""
    return _PASSING.get(space.stage or "", "starting")


def check(space: Space) -> None:
    """Raise `SpaceError` for a Space that does not run, and will not after a wait."""
    check_sdk(space)
    if space.stage not in _LASTING:
        return
    what, then = _LASTING[space.stage]
    first = (space.problem or "").splitlines()[:1]
    problem = "".join(f": {beginning(line, 200)}" for line in first)
    raise not_serving(
        space,
        f"the Space {what} ({space.stage}){problem}",
        f"{then.format(id=space.id)} ({space.page})",
    )


def check_sdk(space: Space) -> None:
    """Raise `SpaceError` for a Space that cannot be a Gradio app, whatever its stage."""
    if space.sdk in _OTHER_SDKS:
        raise no_gradio(space)


def no_gradio(space: Space) -> SpaceError:
    """Return the error for a Space that runs something other than Gradio."""
    return not_serving(
        space,
        f"the Space is not a Gradio app: its SDK is {space.sdk}",
        f"Only Gradio apps can be called ({space.page})",
    )


def not_serving(space: Space, message: str, hint: str) -> SpaceError:
    """Return the error for a Space that cannot be called in its present state."""
    return SpaceError(
        message, stage=space.stage, url=space.page, src=space.id, hint=hint
    )
