"""Where a value comes from: from the caller, from JSON, or from an app.

A text or an object at a place where a file is due may be a path that the caller wrote,
or come from a stranger who would like to read this machine's files. The two look alike,
so the context of a validation says where the value comes from:

- A constructor (`PredictInput(audio="x.wav")`, which a function call is as well) is
  Python. A text there, or in a list or tuple there, is the caller's own.
- Without a context it is JSON: `model_validate_json`, the body of a request. No text in
  it names a local file, unless the context is `{"local_files": True}`.
- An app's outputs hold files that the runtime has made of them, and no others. Its texts
  are `AppStr` where they could be taken for the paths that untyped calls return.

An object (a `dict`) names a local file only in JSON of one's own: every value that came
from an app can be handed on as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, cast

from pydantic import BaseModel, ConfigDict
from pydantic_core import PydanticCustomError

#: The context by which callers say that JSON is their own.
_LOCAL_FILES = "local_files"
_OWN = "gradio_runtime"
_APP = object()
#: Whether texts may name local files, whatever the context of the validation is.
LOCAL_FILES: ContextVar[bool | None] = ContextVar("gradio_local_files", default=None)

#: The context in which an app's outputs are validated.
OF_THE_APP: Mapping[str, object] = {_OWN: _APP}


def is_of_the_app(context: Any) -> bool:
    """Return whether what is validated came from an app."""
    return isinstance(context, Mapping) and cast("Any", context).get(_OWN) is _APP


def may_name_local_file(value: object, context: Any) -> bool:
    """Return whether a text, or the JSON of a file, is the caller's own."""
    if isinstance(value, AppStr):
        return False
    if (said := LOCAL_FILES.get()) is not None:
        return said
    if not isinstance(context, Mapping):
        return False
    known = cast("Mapping[str, object]", context)
    if known.get(_LOCAL_FILES) is True:
        return True
    own = known.get(_OWN)
    return isinstance(own, frozenset) and id(value) in own


def local_file_refused() -> PydanticCustomError:
    """Return the error of a local path that the caller did not name."""
    return PydanticCustomError(
        "local_file",
        "JSON and an app's text cannot name a file of this machine: give a URL or a "
        "data: URL. In Python, give a pathlib.Path; JSON of your own is read with "
        "context={'local_files': True}",
    )


class AppStr(str):
    """A text of an app where no type says what it is, as in untyped calls.

    It is a `str` for every use but one: it names no file of this machine, and as a URL
    it leads no further than an app may lead. `str(text)` makes it the caller's own.
    """

    __slots__ = ()


def as_said(value: Any) -> Any:
    """Return a copy of JSON with an `AppStr` for each text in it."""
    if type(value) is str:
        return AppStr(value)
    if isinstance(value, dict):
        members = cast("Mapping[Any, Any]", value)
        return {key: as_said(item) for key, item in members.items()}
    if isinstance(value, list | tuple):
        items = map(as_said, cast("Iterable[Any]", value))
        return list(items) if isinstance(value, list) else tuple(items)
    return value


class Constructed(BaseModel):
    """Base of the models whose constructor's arguments are the caller's own."""

    # The first model that is built makes pydantic look for its plugins: 20 ms.
    model_config = ConfigDict(defer_build=True)

    if not TYPE_CHECKING:

        def __init__(self, /, **data: Any) -> None:
            self.__pydantic_validator__.validate_python(
                data, self_instance=self, context=callers_own(data)
            )

        # As the constructor of BaseModel has: pydantic does not call it for the objects
        # within others.
        __init__.__pydantic_base_init__ = True


def callers_own(data: dict[str, Any]) -> Mapping[str, object]:
    """Return the context in which a constructor's arguments are validated."""
    return {_OWN: frozenset(map(id, _own_words(data)))}


def _own_words(data: dict[str, Any]) -> Iterator[object]:
    """Yield what may name files in a constructor's arguments: texts, and themselves.

    A list in a list, and an object, may be JSON that is handed on: nothing in them is
    taken for the caller's own.
    """
    yield data
    for value in data.values():
        several = isinstance(value, list | set | frozenset)
        for item in cast("Iterable[object]", value) if several else (value,):
            yield from _texts(item)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in cast("tuple[object, ...]", value):
            yield from _texts(item)
