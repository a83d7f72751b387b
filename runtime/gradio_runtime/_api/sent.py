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

from ..errors import SchemaDrift

if TYPE_CHECKING:
    from .app import Endpoint

#: What this process has been sent: batches that come later use the same connection.
_received: dict[SentEndpoint, Endpoint[..., Any, Any]] = {}
_receiving = RLock()


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
            InputError: It needs a secret there, other than a token of Hugging Face.
        """
        name, spec = endpoint.__module__, endpoint.app.spec
        try:
            source = inspect.getsource(sys.modules[name])
        except (OSError, TypeError):
            source = None
        return cls(name, spec, source, pickle.dumps(endpoint.__gradio_sent__()))

    def received(self) -> Endpoint[..., Any, Any]:
        """Return the endpoint, always the same in one process.

        Raises:
            SchemaDrift: The module is another one here.
        """
        with _receiving:
            if self not in _received:
                self._import()
                _received[self] = self._checked(pickle.loads(self.pickled))  # noqa: S301  # as it came
            return _received[self]

    def _checked(self, endpoint: Endpoint[..., Any, Any]) -> Endpoint[..., Any, Any]:
        if endpoint.app.spec != self.spec:
            raise SchemaDrift(
                f"the module {self.module} is another one here: its spec differs from "
                "that of the module that was sent",
                endpoint=str(endpoint.api_name),
                hint="Give the workers the module that you use, or none",
            )
        return endpoint

    def _import(self) -> None:
        """Import the module, or make it of its text where it is not installed."""
        try:
            import_module(self.module)
        except ModuleNotFoundError as missing:
            # Not one of those that it imports.
            itself = f"{self.module}.".startswith(f"{missing.name}.")
            if self.source is None or not itself:
                raise
            _Text(self.source).make(self.module)


class _Text(InspectLoader):
    """Makes a module of a text."""

    def __init__(self, text: str) -> None:
        self._text = text

    def get_source(self, fullname: str) -> str:
        return self._text

    def make(self, name: str) -> None:
        spec = spec_from_loader(name, self)
        assert spec is not None
        module = sys.modules[name] = module_from_spec(spec)
        try:
            self.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise
