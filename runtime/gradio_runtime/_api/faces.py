"""Endpoints, and their methods, as objects that say of themselves what functions say.

Each attribute is made when it is asked for (`introspection`): importing a generated
module makes none of them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

    from .introspection import Seen

F = TypeVar("F", bound=Callable[..., Any])

#: What has its value from the start, as it is looked up in classes otherwise.
SAME = ("__module__", "__name__", "__qualname__", "__doc__")


class _Late:
    """An attribute of instances, made when it is asked for; their class has none."""

    def __init__(self, make: Callable[[Any], Any]) -> None:
        self._make = make

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            raise AttributeError("only its instances have that")
        return self._make(instance)


class _Hints(dict[str, Any]):
    """The hints of instances; those of their class are this dict itself, empty."""

    def __get__(self, instance: Any, owner: type | None = None) -> dict[str, Any]:
        return self if instance is None else dict(instance.__gradio_seen__().hints)


class Introspected:
    """A callable object that says of itself what a function would say.

    Its `__wrapped__` is a function with the same parameters.
    """

    def __init_subclass__(cls) -> None:
        """Have hints for instances in each class: Python would put an empty dict there."""
        super().__init_subclass__()
        if "__annotations__" not in vars(cls):
            cls.__annotations__ = _Hints()

    def __gradio_seen__(self) -> Seen:
        """Return what it says of itself."""
        raise NotImplementedError

    __signature__ = _Late(lambda self: self.__gradio_seen__().signature)
    # With these, `inspect.iscoroutinefunction` takes it for a function.
    __code__ = _Late(lambda self: self.__gradio_seen__().code)
    __defaults__ = _Late(lambda self: self.__wrapped__.__defaults__)
    __kwdefaults__ = _Late(lambda self: self.__wrapped__.__kwdefaults__)
    # Pydantic knows functions by their type.
    __get_pydantic_core_schema__ = _Late(
        lambda self: functools.partial(_schema_of, self)
    )


class _Bound(Introspected):
    """A method of an endpoint, such as `aio`, as the function that it is for users."""

    def __init__(self, endpoint: Any, method: Callable[..., Any]) -> None:
        self._endpoint = endpoint
        self._method = method
        self.__module__ = endpoint.__module__
        self.__name__ = endpoint.__name__
        self.__qualname__ = f"{endpoint.__qualname__}.{method.__name__}"
        self.__doc__ = endpoint.__doc__
        self.__wrapped__ = endpoint.__wrapped__

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the method."""
        return self._method(self._endpoint, *args, **kwargs)

    def __get__(self, instance: object, owner: type | None = None) -> Self:
        """Return itself; having this, it is a routine for `inspect` and `help`."""
        return self

    @property
    def __gradio_of__(self) -> Any:
        """Return the endpoint."""
        return self._endpoint

    def __gradio_seen__(self) -> Seen:
        """Return what it says of itself."""
        seen: Seen = self._endpoint.__gradio_seen__(self._method)
        return seen

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by the name of the method, as methods are."""
        return getattr, (self._endpoint, self._method.__name__)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Bound) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[int, Callable[..., Any]]:
        return id(self._endpoint), self._method

    def __repr__(self) -> str:
        return f"<{self._method.__name__} of {self._endpoint!r}>"


class Face(_Bound):
    """The same, with a `__call__` that says of itself what the method says."""

    if not TYPE_CHECKING:
        __call__ = _Late(lambda self: _Bound(self._endpoint, self._method))


class _Method:
    """A method that an instance gives as a `Face`; its class gives the function."""

    def __init__(self, method: Callable[..., Any]) -> None:
        self._method = method
        self.__doc__ = method.__doc__

    def __get__(self, instance: Any, owner: type | None = None) -> Callable[..., Any]:
        return self._method if instance is None else Face(instance, self._method)


def face(method: F) -> F:
    """Have a method of an endpoint say of itself what the endpoint's function says."""
    return cast("F", _Method(method))


def _schema_of(
    called: Introspected, _source: Any, handler: GetCoreSchemaHandler
) -> CoreSchema:
    from .introspection import call_schema

    return call_schema(called, handler)
