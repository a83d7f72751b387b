"""A small Hugging Face Hub on loopback: what `huggingface_hub` asks about a Space.

Point `HF_ENDPOINT` at `Hub.url` before `huggingface_hub` is imported.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self, cast


@dataclass(frozen=True)
class Space:
    """A Space as the Hub knows it.

    Attributes:
        host: Where its app is served.
        stage: Its stage, such as `RUNNING` or `PAUSED`.
        token: The token that may see it; None for a public Space.
    """

    host: str
    stage: str = "RUNNING"
    token: str | None = None


class Hub:
    """The server; `spaces` may be changed while it runs.

    Attributes:
        spaces: The Spaces, by `owner/name`.
        broken: A status that answers every request, to play a broken Hub.
        tokens: The token of each request, in order.
    """

    def __init__(self, spaces: dict[str, Space] | None = None) -> None:
        self.spaces = dict(spaces or {})
        self.broken: HTTPStatus | None = None
        self.tokens: list[str | None] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        cast("Any", self._server).hub = self
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Its address, for `HF_ENDPOINT`."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        hub: Hub = cast("Any", self.server).hub
        token = self.headers.get("authorization", "").removeprefix("Bearer ") or None
        hub.tokens.append(token)
        name = self.path.partition("?")[0].removeprefix("/api/spaces/")
        space = hub.spaces.get(name)
        if hub.broken is not None:
            self._answer(hub.broken, {"error": hub.broken.phrase})
        elif space is None or (space.token is not None and token != space.token):
            self._answer(
                HTTPStatus.UNAUTHORIZED if token is None else HTTPStatus.NOT_FOUND,
                {"error": "Repository not found"},
                {"X-Error-Code": "RepoNotFound"},
            )
        else:
            self._answer(HTTPStatus.OK, _info(name, space))

    def _answer(
        self, status: HTTPStatus, body: object, headers: dict[str, str] | None = None
    ) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        for key, value in (headers or {}).items():
            self.send_header(key, value)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


def _info(name: str, space: Space) -> dict[str, Any]:
    owner, _, short = name.partition("/")
    return {
        "_id": "0" * 24,
        "id": name,
        "author": owner,
        "sha": "0" * 40,
        "private": space.token is not None,
        "disabled": False,
        "sdk": "gradio",
        "tags": ["gradio"],
        "likes": 0,
        "host": space.host,
        "subdomain": f"{owner}-{short}",
        "runtime": {
            "stage": space.stage,
            "hardware": {"current": "cpu-basic", "requested": "cpu-basic"},
            "gcTimeout": 172800,
            "storage": None,
        },
        "siblings": [],
    }
