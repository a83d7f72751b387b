"""What the shell calls endpoints and their parameters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..errors import UsageError
from ..suggest import did_you_mean

#: The options of `call` itself. No parameter has such a name: a token would go to the
#: app's function.
OWN = frozenset(
    {"all-endpoints", "auth", "header", "help", "json", "out"}
    | {"quiet", "timeout", "token", "verbose"}
)


def flags_of(names: Iterable[str]) -> dict[str, str]:
    """Return the option of each parameter, such as `--max-tokens` of `max_tokens`."""
    taken, found = set(OWN), dict[str, str]()
    for name in names:
        word = name.strip("_").replace("_", "-") or "param"
        while not taken.isdisjoint({word, f"no-{word}"}):
            word = f"param-{word}"
        taken |= {word, f"no-{word}"}
        found[name] = f"--{word}"
    return found


def endpoint_named(given: str, names: Sequence[tuple[str, str]]) -> int:
    """Return the index of the endpoint that a user means.

    Args:
        given: Its api_name, with the slash or without it, or its function.
        names: The api_name and the function of each.

    Raises:
        UsageError: There is none.
    """
    for index, (api_name, _) in enumerate(names):
        if given in (api_name, api_name.removeprefix("/")):
            return index
    for index, (_, function) in enumerate(names):
        if given == function:
            return index
    known = [api_name for api_name, _ in names]
    raise UsageError(
        f"the app has no endpoint {given}. {did_you_mean(given, known)} "
        "(--all-endpoints takes in the undocumented ones)"
    )
