"""Tests without an app: what `Endpoint.fake` and `Endpoint.recorded` give.

The fixture `gradio_offline` of the pytest plugin runs a test within `offline()`.
"""

from __future__ import annotations

from ._api.fakes import Fake, StandIn
from ._api.recordings import Recording
from ._http.offline import FakeError, offline

__all__ = ["Fake", "FakeError", "Recording", "StandIn", "offline"]
