"""What an app changes about a component without giving it a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar, cast

from pydantic_core import PydanticOmit, core_schema

from .base import UNCHANGED, Unchanged
from .provenance import as_said
from .texts import BriefFields

if TYPE_CHECKING:
    from typing import TypeGuard


_T = TypeVar("_T")


@dataclass(frozen=True, repr=False)
class Update(BriefFields):
    """New properties of a component whose value stays: `gr.update(choices=…)`.

    It stands in the place of an output's value, whatever the type of that is. It is
    falsy if it has no properties; an update that changes nothing is `UNCHANGED`. With a
    value beside other choices it stands where the type has it, as `str | Update`, or
    where the value does not fit; elsewhere there is the value alone.

    Attributes:
        props: All of them, by Gradio's names, as the app's Gradio sends them.
    """

    props: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def __bool__(self) -> bool:
        """Return whether it says anything."""
        return bool(self.props)

    @property
    def value(self) -> Any:
        """The new value, beside other choices; `UNCHANGED` if it stays."""
        return self.props.get("value", UNCHANGED)

    @property
    def choices(self) -> list[Any] | None:
        """The values that are offered now; None if the app does not say."""
        given = self.props.get("choices")
        if not isinstance(given, list):
            return None
        items = cast("Sequence[Any]", given)
        return [item[-1] if type(item) is list and item else item for item in items]

    @property
    def label(self) -> str | None:
        """The new label; None if the app does not say."""
        return self._said("label", str)

    @property
    def visible(self) -> bool | str | None:
        """Whether it is shown (Gradio also has `"hidden"`); None if not said."""
        shown = self._said("visible", bool)
        return self._said("visible", str) if shown is None else shown

    @property
    def interactive(self) -> bool | None:
        """Whether its users can change it; None if the app does not say."""
        return self._said("interactive", bool)

    @property
    def minimum(self) -> float | None:
        """The new least value; None if the app does not say."""
        return self._said("minimum", int, float)

    @property
    def maximum(self) -> float | None:
        """The new greatest value; None if the app does not say."""
        return self._said("maximum", int, float)

    def _said(self, name: str, *types: type[_T]) -> _T | None:
        """Return a property if it is of one of the types: an app may say anything."""
        value = self.props.get(name)
        odd = isinstance(value, bool) and bool not in types
        return value if isinstance(value, types) and not odd else None

    @classmethod
    def __get_pydantic_core_schema__(
        cls, _source: Any, _handler: Any
    ) -> core_schema.CoreSchema:
        """Return the schema: no JSON of an app is one."""
        return core_schema.is_instance_schema(cls)

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: Any, _handler: Any) -> Any:
        raise PydanticOmit


def unwrapped(value: Any, *, choices: bool = False) -> Any:
    """Return the value of a component's update, or what else it says.

    With `choices`, an update that offers others is an `Update` also where it has a value.
    Its texts name no files, like any where no type says what they are.
    """
    if not isinstance(value, dict):
        return value
    said = cast("dict[str, Any]", value)
    if said.get("__type__") != "update":
        return said
    if "value" in said and not (choices and "choices" in said):
        return said["value"]
    props = {name: as_said(item) for name, item in said.items() if name != "__type__"}
    return Update(props) if props else UNCHANGED


def is_without_value(value: object) -> TypeGuard[Unchanged | Update]:
    """Return whether an output has no value: the app left that as it was."""
    return isinstance(value, Unchanged | Update)
