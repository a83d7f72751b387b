"""The outputs of an endpoint that has several: one that is empty costs no other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict

from .._models.base import Received
from .._models.provenance import as_said
from .._models.texts import brief
from ..errors import OutputMismatch

if TYPE_CHECKING:
    from .._models.html import Page

#: What to do about an output that does not fit its type.
ADMIT = (
    "The value is in the error's `raw`. To let it through, use "
    "with_options(strict_outputs=False), or generate with --nullable-outputs if it may "
    "be empty"
)
_EMPTY = (
    "`missing` names all that are. Generate with --nullable-outputs, or --nullable and "
    "the endpoint, if they may be"
)
#: Most characters of a text of the app in an error about another output.
_TEXT = 200


class _Missing:
    """What is shown in the place of a value that is not there."""

    def __repr__(self) -> str:
        return "<missing>"


_MISSING = _Missing()


class Output(Received):
    """Base of the outputs of an endpoint that has several, in wire order.

    An app may leave an output empty that its description says is never empty. Such a
    field is missing: reading it raises `OutputMismatch`, and so does `astuple()`, since
    their types do not admit None. `repr` and notebooks show it as missing, `missing`
    names it, and `model_dump()` and `model_dump_json()` leave it out.
    """

    model_config = ConfigDict(
        extra="allow", defer_build=True, populate_by_name=True, protected_namespaces=()
    )

    def astuple(self) -> tuple[Any, ...]:
        """Return the outputs in wire order, for `a, b = predict(...).astuple()`.

        Generated models override this with the types of their fields.

        Raises:
            OutputMismatch: One of them is missing. Its `raw` has the others.
        """
        return tuple(getattr(self, name) for name in type(self).model_fields)

    if TYPE_CHECKING:

        @property
        def missing(self) -> tuple[str, ...]:
            """The names of the outputs that the app left empty, against their type."""
            ...

    else:

        def __getattr__(self, name: str) -> Any:
            """Raise for a missing field; present ones are found without this.

            `missing` is here, and not a property, for modules in which it is a field.
            """
            if name in type(self).model_fields:
                raise self._empty(name)
            if name == "missing":
                known = type(self).model_fields
                return tuple(name for name in known if name not in self.__dict__)
            return super().__getattr__(name)

    def __repr_args__(self) -> Iterator[tuple[str, Any]]:
        """Return the fields, and where they are missing."""
        known = type(self).model_fields
        yield from ((name, self.__dict__.get(name, _MISSING)) for name in known)
        yield from (self.model_extra or {}).items()

    def __gradio_html__(self, page: Page) -> str:
        """Return what a notebook shows."""
        return page.rows(self.__repr_args__())

    def _empty(self, field: str) -> OutputMismatch:
        """Return the error of a missing field, which says what there is instead."""
        values = [self.__dict__.get(name) for name in type(self).model_fields]
        texts = [
            f"{name}={brief(value[: 4 * _TEXT], _TEXT)}"
            for name, value in self.__dict__.items()
            if isinstance(value, str) and value
        ]
        said = f"; the app said {', '.join(texts)}" if texts else ""
        return OutputMismatch(
            f"the output {field!r} is empty, which its declared type does not allow"
            f"{said}",
            raw=as_said(values),
            field=field,
            hint=_EMPTY,
        )
