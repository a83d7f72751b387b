"""`Endpoint.fake` and `recorded`: tests without an app. What they need is imported then.

Each way to answer is a signature of its own, so that checkers refuse two, and none.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar, overload

from .defaults import ABSENT
from .mapping import I

if TYPE_CHECKING:
    from ..errors import GradioError
    from .call import Call
    from .fakes import Fake, Place
    from .recordings import Mode, Recording

P = ParamSpec("P")
R = TypeVar("R")


class Faked(Generic[P, R, I]):
    """What endpoints can do where there is no app."""

    if TYPE_CHECKING:
        app: Any
        api_name: str | int
        _describe: Callable[P, Call[R]]
        call: Any

    _streams = False

    @overload
    def fake(
        self, function: Callable[P, R], *, optional: bool = False
    ) -> Fake[P, R, I]: ...
    @overload
    def fake(self, *, returns: R, optional: bool = False) -> Fake[P, R, I]: ...
    @overload
    def fake(
        self, *, returns_each: Iterable[R | GradioError], optional: bool = False
    ) -> Fake[P, R, I]: ...
    @overload
    def fake(self, *, raises: GradioError, optional: bool = False) -> Fake[P, R, I]: ...
    def fake(
        self, function: Any = ABSENT, *, optional: bool = False, **ways: Any
    ) -> Fake[P, R, I]:
        """Answer calls in the app's place within a `with` block, in one of these ways.

        Args:
            function: Called with the validated inputs, by name.
            returns: The result of every call.
            returns_each: The result, or the error, of one call after the other.
            raises: The error of every call.
            optional: Whether it may end without a call, or with answers left.
            **ways: The way, by its name.
        """
        from .fakes import Fake

        return Fake(self._place(), optional=optional, function=function, **ways)

    def recorded(
        self,
        path: str | os.PathLike[str],
        *,
        mode: Mode = "once",
        optional: bool = False,
    ) -> Recording[P, R, I]:
        """Answer calls from a file within a `with` block, or record them there.

        It has the inputs and outputs of calls, with the content of files.

        Args:
            path: The file.
            mode: `"once"` records if there is no file; `"replay"` never calls the app;
                `"record"` writes the file anew.
            optional: Whether recorded calls may be left over.
        """
        from .recordings import Recording

        return Recording(self._place(), path, mode=mode, optional=optional)

    def _place(self) -> Place[P, R]:
        from .._engine.results import reader_of
        from .fakes import Place

        read = reader_of(self._describe)
        name, spec = str(self.api_name), self.app.spec
        return Place(self._describe, self.call, read, name, spec, self._streams)


class FakedStream(Faked[P, R, I]):
    """The same of generator endpoints, which can give several outputs."""

    _streams = True

    @overload
    def fake(
        self, function: Callable[P, R], *, optional: bool = False
    ) -> Fake[P, R, I]: ...
    @overload
    def fake(self, *, returns: R, optional: bool = False) -> Fake[P, R, I]: ...
    @overload
    def fake(
        self, *, returns_each: Iterable[R | GradioError], optional: bool = False
    ) -> Fake[P, R, I]: ...
    @overload
    def fake(self, *, raises: GradioError, optional: bool = False) -> Fake[P, R, I]: ...
    @overload
    def fake(
        self,
        *,
        streams: Iterable[R | GradioError] | Callable[P, Iterable[R | GradioError]],
        optional: bool = False,
    ) -> Fake[P, R, I]: ...
    def fake(
        self, function: Any = ABSENT, *, optional: bool = False, **ways: Any
    ) -> Fake[P, R, I]:
        """Do the same as `Endpoint.fake`, or give several outputs.

        Args:
            function: Called with the validated inputs, by name.
            returns: The only output of every call.
            returns_each: The output, or the error, of one call after the other.
            raises: The error of every call.
            streams: The outputs of every call, or a function that gives them; an error
                ends the call.
            optional: Whether it may end without a call, or with answers left.
            **ways: The way, by its name.
        """
        from .fakes import Fake

        return Fake(self._place(), optional=optional, function=function, **ways)
