"""An endpoint on its way to another process: with its module, and without any secret."""

from __future__ import annotations

import inspect
import pickle
import sys
from dataclasses import dataclass, field
from importlib import import_module
from importlib.abc import InspectLoader
from importlib.util import module_from_spec, spec_from_loader
from threading import RLock
from typing import TYPE_CHECKING, Any

from .._models.secrets import LONG
from ..errors import SchemaDrift
from .mapping import unsendable

if TYPE_CHECKING:
    from .app import Endpoint

#: What this process has been sent: batches that come later use the same connection.
_received: dict[SentEndpoint, Endpoint[..., Any, Any]] = {}
_receiving = RLock()
#: What a program is called, here and in a process that it has started.
_MAIN = frozenset({"__main__", "__mp_main__"})


@dataclass(frozen=True)
class SentEndpoint:
    """What a process needs to call an endpoint as another one would.

    Attributes:
        module: The name of the endpoint's module.
        spec: The hash of what that was generated from.
        source: Its text, for where it cannot be imported; None if it has none.
        pickled: The endpoint, by name, and its client.
    """

    module: str
    spec: str
    source: str | None = field(repr=False)
    pickled: bytes = field(repr=False)

    @classmethod
    def of(cls, endpoint: Endpoint[..., Any, Any]) -> SentEndpoint:
        """Return what is sent of an endpoint.

        Raises:
            InputError: It needs a secret there, other than a token of Hugging Face; or it
                cannot be pickled.
        """
        name, spec = endpoint.__module__, endpoint.app.spec
        try:
            # Anything may be in the text of a program, and others have one of their own.
            source = None if name in _MAIN else inspect.getsource(sys.modules[name])
        except (KeyError, OSError, TypeError):
            source = None
        token = endpoint.__gradio_client__.__gradio_account__
        if isinstance(token, str) and len(token) >= LONG and token in (source or ""):
            raise unsendable(endpoint, "whose module has its token")
        try:
            return cls(name, spec, source, pickle.dumps(endpoint.__gradio_sent__()))
        except (AttributeError, TypeError, pickle.PicklingError) as error:
            raise unsendable(endpoint, f"that has no pickle ({error})") from None

    def received(self) -> Endpoint[..., Any, Any]:
        """Return the endpoint, always the same in one process.

        Raises:
            SchemaDrift: The module is another one here.
        """
        with _receiving:
            if self not in _received:
                self._import()
                _received[self] = self._found()
            return _received[self]

    def _found(self) -> Endpoint[..., Any, Any]:
        why = "its spec differs from that of the module that was sent"
        try:
            endpoint: Endpoint[..., Any, Any] = pickle.loads(self.pickled)  # noqa: S301  # as it came
            if endpoint.app.spec == self.spec:
                return endpoint
        except (AttributeError, pickle.UnpicklingError) as missing:
            why = str(missing)
        raise SchemaDrift(
            f"the module {self.module} is another one here: {why}",
            hint="Give the workers the module that you use, or none. A notebook or a "
            "program is no module: import the endpoint from a file of its own",
        )

    def _import(self) -> None:
        """Import the module, or make it of its text where it is not installed."""
        made = getattr(sys.modules.get(self.module), "__loader__", None)
        if isinstance(made, _Text) and self.source not in (None, made.text):
            del sys.modules[self.module]  # of what was sent before
        try:
            there = import_module(self.module)
            # Any folder of that name, such as that of a package's project, is a module.
            found = not hasattr(there, "__path__") or bool(there.__file__)
        except ModuleNotFoundError as missing:
            # Not one of those that it imports.
            itself = f"{self.module}.".startswith(f"{missing.name}.")
            if self.source is None or not itself:
                raise
            found = False
        if not found and self.source is not None:
            _Text(self.source).make(self.module)


class _Text(InspectLoader):
    """Makes a module of a text."""

    def __init__(self, text: str) -> None:
        self.text = text

    def get_source(self, fullname: str) -> str:
        return self.text

    def make(self, name: str) -> None:
        spec = spec_from_loader(name, self)
        assert spec is not None
        module = sys.modules[name] = module_from_spec(spec)
        try:
            self.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise
