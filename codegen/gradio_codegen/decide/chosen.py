"""The module with the app's work alone: everything in it as in the whole module."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..errors import Diagnostic
from .ir import Endpoint, Module, types_within
from .shared import shared_models
from .types import AliasOf, ModelOf, TypeExpr

#: With more endpoints there is a hint at `--main`, where most are not the work.
_MANY = 100
#: Endpoints that are left out, and named.
_NAMED = 5


def chosen(
    module: Module, diagnostics: Sequence[Diagnostic], *, main: bool
) -> tuple[Module, list[Diagnostic]]:
    """Return a module with all endpoints, or those of the app's work, and what to say.

    Names and types are given for all of them before, so that they do not depend on it.
    """
    work = [item for item in module.endpoints if not item.rank.aside]
    aside = [item for item in module.ranked if item.rank.aside]
    if not main or not aside:
        hint: list[Diagnostic] = []
        if len(module.endpoints) > max(_MANY, 2 * len(work)):
            hint.append(Diagnostic("note", "", _hint(module, work)))
        return module, [*diagnostics, *hint]
    names = {item.api_name for item in aside}
    about = [item for item in diagnostics if item.endpoint not in names]
    return _only(module, work), [*about, Diagnostic("note", "", _left_out(aside))]


def _hint(module: Module, work: Sequence[Endpoint]) -> str:
    return (
        f"{len(module.endpoints)} endpoints; --main takes only the {len(work)} "
        "that look like the app's work"
    )


def _left_out(aside: Sequence[Endpoint]) -> str:
    first = ", ".join(item.api_name for item in aside[:_NAMED])
    more = ", …" if len(aside) > _NAMED else ""
    count = f"{len(aside)} endpoint{'' if len(aside) == 1 else 's'}"
    return (
        f"--main leaves out {count} that {'does' if len(aside) == 1 else 'do'} "
        f"not look like the app's work: {first}{more}"
    )


def _only(module: Module, endpoints: Sequence[Endpoint]) -> Module:
    """Return the module with these endpoints, and what they use."""
    types = [type_ for item in endpoints for type_ in _types(item)]
    used = set(types_within(types, module.models))
    aliases = {part.name for part in used if isinstance(part, AliasOf)}
    models = {part.name for part in used if isinstance(part, ModelOf)}
    return replace(
        module,
        endpoints=tuple(endpoints),
        aliases=tuple(item for item in module.aliases if item.name in aliases),
        models={name: item for name, item in module.models.items() if name in models},
        shared=shared_models(endpoints),
    )


def _types(endpoint: Endpoint) -> Iterable[TypeExpr]:
    yield from (item.type for item in endpoint.params)
    yield from (item.type for item in endpoint.outputs)
