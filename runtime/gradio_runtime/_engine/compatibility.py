"""Judge whether the live app is what a module was generated for."""

from __future__ import annotations

import warnings
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from .._queue.route import Route
from ..description.signature import shown_name
from ..errors import GradioError, InputError, SchemaDrift, SchemaDriftWarning
from .app import Live
from .connection import Connection
from .invocation import Request

if TYPE_CHECKING:
    from .._components.drift import Judgement
    from .._http.settings import OnDrift


def route_of(connection: Connection, live: Live, request: Request[Any]) -> Route:
    """Return the endpoint that a request is for.

    Raises:
        SchemaDrift: A generated module's endpoint is gone.
        InputError: An untyped call's endpoint does not exist.
    """
    try:
        return live.route(request.endpoint)
    except InputError as error:
        if request.shape is None:
            raise
        from .._components.drift import renamed

        now = live.triggers.get(request.shape.trigger)
        now = now or renamed(request.shape, live.config)
        guess = f"It may be {now} now" if now else error.hint or ""
        stop = "" if guess.endswith("?") else "."
        raise SchemaDrift(
            f"the app has changed: it has no endpoint {request.endpoint} any more",
            hint=f"{guess}{stop} {_advice(connection)}",
        ) from None


async def judged(
    connection: Connection,
    live: Live,
    route: Route,
    request: Request[Any],
    on_drift: OnDrift,
) -> Judgement | None:
    """Return how to call an endpoint that has changed; None if it has not.

    Only if component types and labels are not enough is `/info` read, for the names of
    the parameters and for those that may be left to the function's own `None`.

    Raises:
        SchemaDrift: The call would break, and `on_drift` is `"raise"`.
    """
    if request.shape is None:
        return None
    trigger = request.shape.trigger
    name = shown_name(request.endpoint)
    other = trigger and live.moved(trigger, name, request.known)
    if not other and request.shape == route.shape:
        return None
    from .._components.drift import Signature, judge, live_signature

    now = partial(live_signature, route.inputs, route.outputs, changing=live.changing)
    known = Signature.of(request.shape, request.names)
    judgement = judge(known, now())
    if judgement.problem is not None:
        with suppress(GradioError):
            judgement = judge(known, now(infos=await live.parameters(route)))
    if other:
        judgement = replace(judgement, problem=other, parameter=None)
    if judgement.problem is None or on_drift == "ignore":
        return judgement
    problem = f"the app has changed: {judgement.problem}"
    if on_drift == "raise":
        raise _drift(problem, judgement, connection)
    where = f"{route.api_name} of {connection.src}"
    text = f"{problem} [{where}]; {judgement.sent}. {_advice(connection)}"
    text = connection.secrets.strike(text)
    if text not in connection.warned:
        connection.warned.add(text)
        try:
            warnings.warn(text, SchemaDriftWarning, stacklevel=2)
        except SchemaDriftWarning:  # the caller has made errors of warnings
            raise _drift(problem, judgement, connection) from None
    return judgement


def _drift(problem: str, judgement: Judgement, connection: Connection) -> SchemaDrift:
    hint = _advice(connection)
    return SchemaDrift(problem, parameter=judgement.parameter, hint=hint)


def _advice(connection: Connection) -> str:
    return (
        "See all that has changed with gradio-codegen check FILE, and generate the "
        f"module again: gradio-codegen {connection.src} -o FILE"
    )
