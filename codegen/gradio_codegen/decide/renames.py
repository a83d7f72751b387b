"""Names that users give to what the app named badly, or not at all.

A pair is `("/lambda_3", "translate")` for an endpoint, or `("/lambda_3.param_0",
"text")` for one of its parameters. Only the module's names change: the wire knows
endpoints by the app's own names, and parameters by their order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from gradio_runtime.description.triggers import is_filler

from ..descriptions.spec import AppSpec
from ..errors import UsageError
from ..options import Rename
from ..suggest import did_you_mean
from .names import FIELDS, MODULE, field_name, function_name
from .naming import function_names, given_names


@dataclass(frozen=True, slots=True)
class Names:
    """The names that were asked for.

    Attributes:
        functions: Of endpoints, by api_name.
        params: Of parameters, by api_name and the name that they would have.
        unknown: What was to be renamed and is not there, each with what is wrong.
    """

    functions: Mapping[str, str]
    params: Mapping[tuple[str, str], str]
    unknown: tuple[tuple[str, str], ...]

    def of_params(self, api_name: str, natural: Iterable[str]) -> list[str]:
        """Return an endpoint's parameters as they are called now."""
        return [self.params.get((api_name, name), name) for name in natural]


def named(
    renames: Iterable[Rename],
    spec: AppSpec,
    params: Mapping[str, Sequence[str]],
    generated: Collection[str],
) -> Names:
    """Find out what is to be renamed.

    Args:
        renames: The pairs.
        spec: The app.
        params: Its api_names, each with the names of its parameters.
        generated: Those of them that the module will have.

    Raises:
        UsageError: A name cannot be given, or would be given twice.
    """
    functions: dict[str, str] = {}
    given: dict[tuple[str, str], str] = {}
    unknown: list[tuple[str, str]] = []
    ours = {name: api_name for api_name, name in function_names(spec, {}).items()}
    for old, new in renames:
        if (api_name := _endpoint(old, params, ours)) is not None:
            _check(old, new, MODULE, function_name(new))
            _put(functions, api_name, new, old)
            continue
        first, dot, param = old.rpartition(".")
        api_name = _endpoint(first, params, ours) if dot else None
        if api_name is None:
            words = did_you_mean(first or old, params)
            unknown.append((old, f"the app has no such endpoint. {words}"))
            continue
        known = dict(zip(given_names(spec, api_name), params[api_name], strict=True))
        known |= {name: name for name in params[api_name]}
        if param not in known:
            words = did_you_mean(param, known)
            unknown.append((old, f"the endpoint has no such parameter. {words}"))
        else:
            _check(old, new, FIELDS, field_name(new, "value"))
            _put(given, (api_name, known[param]), new, old)
    names = Names(functions, given, tuple(unknown))
    bare = {name: name.removeprefix("/") for name in generated if name not in functions}
    natural = {n: function_name(b) for n, b in bare.items() if not is_filler(b)}
    _check_unique(functions.items(), natural.items())
    for api_name in dict.fromkeys(api_name for api_name, _ in given):
        places = [f"{api_name}.{name}" for name in params[api_name]]
        new_names = names.of_params(api_name, params[api_name])
        _check_unique(zip(places, new_names, strict=True))
    return names


def _endpoint(
    given: str, known: Collection[str], functions: Mapping[str, str]
) -> str | None:
    """Return the endpoint of that name, with its slash or without it, or function."""
    for name in (given, f"/{given}"):
        if name in known:
            return name
    return functions.get(given)


_K = TypeVar("_K")


def _put(names: dict[_K, str], key: _K, new: str, old: str) -> None:
    if names.setdefault(key, new) != new:
        raise UsageError(f"rename: {old} is given two names, {names[key]} and {new}")


def _check(old: str, new: str, reserved: Collection[str], possible: str) -> None:
    """Make sure that a name is one that the generator could have given itself."""
    if new in reserved:
        raise UsageError(
            f"rename: {old} cannot be called {new}, which generated modules use for "
            "something else. Choose another name"
        )
    if new != possible or new.startswith("_"):
        raise UsageError(
            f"rename: {old} cannot be called {new!r}. "
            "Give a Python name that is not a keyword and begins with a letter"
        )


def _check_unique(
    given: Iterable[tuple[str, str]], others: Iterable[tuple[str, str]] = ()
) -> None:
    """Make sure that no given name is given again, or is the name of another place."""
    taken: dict[str, str] = {}
    firsts = [(place, name, taken.setdefault(name, place)) for place, name in given]
    firsts += [(place, name, taken.get(name, place)) for place, name in others]
    for place, name, first in firsts:
        if first != place:
            raise UsageError(
                f"rename: {name} would be the name of both {first} and {place}. "
                "Give one of them another name"
            )
