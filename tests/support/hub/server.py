"""The server: routes, tokens, faults."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self, cast
from urllib.parse import parse_qs, urlsplit

from tests.support.hub.spaces import FREE, HARDWARE, Account, Space


@dataclass(frozen=True)
class Request:
    """A request as the Hub got it."""

    method: str
    path: str
    token: str | None
    body: dict[str, Any] = field(default_factory=dict[str, Any])


class Refused(Exception):
    """An answer that is an error."""

    def __init__(self, status: HTTPStatus, message: str, code: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.headers = {"X-Error-Message": message}
        if code:
            self.headers["X-Error-Code"] = code


class Hub:
    """The server; everything may be changed while it runs.

    Attributes:
        spaces: The Spaces, by `owner/name`.
        accounts: Whom each token belongs to; where there are none, any token is known.
        lists: Whether it lists Spaces; else that is a 500.
        moved: The new names of Spaces that were renamed.
        broken: A status that answers every request, to play a broken Hub.
        limits: The headers of each of the next requests' 429.
        requests: What was asked, in order.
        waiting: How many requests have come that wait for `lock`.
    """

    def __init__(
        self,
        spaces: dict[str, Space] | None = None,
        accounts: dict[str, Account] | None = None,
    ) -> None:
        self.spaces = dict(spaces or {})
        self.accounts = dict(accounts or {})
        self.lists = True
        self.moved: dict[str, str] = {}
        self.broken: HTTPStatus | None = None
        self.limits: list[dict[str, str]] = []
        self.requests: list[Request] = []
        self.waiting = 0
        self.lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        cast("Any", self._server).hub = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )

    @property
    def url(self) -> str:
        """Its address, for `HF_ENDPOINT`."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def tokens(self) -> list[str | None]:
        """The token of each request, in order."""
        return [request.token for request in self.requests]

    def asked(self, method: str, ending: str = "") -> list[Request]:
        """The requests of a kind."""
        return [
            request
            for request in self.requests
            if request.method == method and request.path.endswith(ending)
        ]

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

    # ---- what it answers

    def sees(self, name: str, token: str | None) -> bool:
        """Whether the owner of a token may know of a Space."""
        space = self.spaces.get(name)
        if space is None or token in self.accounts:
            return space is not None and (
                not (space.private or space.token) or self._owns(name, token)
            )
        return space.token == token if space.token else not space.private

    def _owns(self, name: str, token: str | None) -> bool:
        account = self.accounts.get(token or "")
        return account is not None and account.name == name.partition("/")[0]

    def answer(self, request: Request) -> object:
        """What a request is answered with."""
        url = urlsplit(request.path)
        known = {*self.accounts, *(space.token for space in self.spaces.values())}
        if self.accounts and request.token and request.token not in known:
            raise Refused(
                HTTPStatus.UNAUTHORIZED, "Invalid credentials in Authorization header"
            )
        match (request.method, *url.path.strip("/").split("/")):
            case ("GET", "api", "whoami-v2"):
                return self._whoami(request)
            case ("GET", "api", "spaces") if not self.lists:
                raise Refused(HTTPStatus.INTERNAL_SERVER_ERROR, "No lists today")
            case ("GET", "api", "spaces"):
                author = parse_qs(url.query).get("author", [""])[0]
                return [
                    space.info(name)
                    for name, space in self.spaces.items()
                    if name.startswith(f"{author}/") and self.sees(name, request.token)
                ]
            case ("GET", "api", "spaces", owner, name):
                space = self._space(f"{owner}/{name}", request)
                info = space.info(f"{owner}/{name}")
                space.pass_on()
                return info
            case ("GET", "api", "spaces", owner, name, "runtime"):
                return self._space(f"{owner}/{name}", request).runtime()
            case ("POST", "api", "spaces", owner, name, action):
                space = self._space(f"{owner}/{name}", request)
                return self._change(space, f"{owner}/{name}", action, request)
            case _:
                raise Refused(HTTPStatus.NOT_FOUND, f"no route {request.path}")

    def _space(self, name: str, request: Request) -> Space:
        """A Space that whoever asks may see."""
        if not self.sees(name, request.token):
            status = HTTPStatus.NOT_FOUND if request.token else HTTPStatus.UNAUTHORIZED
            raise Refused(status, "Repository not found", "RepoNotFound")
        space = self.spaces[name]
        if space.gated and not self._owns(name, request.token):
            raise Refused(HTTPStatus.FORBIDDEN, "Access is restricted", "GatedRepo")
        if space.disabled and space.sdk == "gone":
            raise Refused(HTTPStatus.FORBIDDEN, "Access to this resource is disabled.")
        return space

    def _whoami(self, request: Request) -> dict[str, Any]:
        account = self.accounts.get(request.token or "")
        if account is None:
            raise Refused(HTTPStatus.UNAUTHORIZED, "Invalid username or password.")
        token = {"displayName": "t", "role": account.role}
        return {
            "type": "user",
            "name": account.name,
            "auth": {"type": "access_token", "accessToken": token},
        }

    def _change(
        self, space: Space, name: str, action: str, request: Request
    ) -> dict[str, Any]:
        account = self.accounts.get(request.token or "")
        target = request.body.get("repository", name)
        if (
            account is None
            or account.role != "write"
            or account.name != target.partition("/")[0]
        ):
            raise Refused(
                HTTPStatus.FORBIDDEN, f"You don't have the rights to write to {target}"
            )
        match action:
            case "duplicate":
                return self._duplicate(space, target, account, request.body)
            case "hardware":
                space.hardware = _hardware(request.body["flavor"], account)
                space.sleep_time = request.body.get("sleepTimeSeconds")
            case "sleeptime":
                space.sleep_time = request.body["seconds"]
            case "secrets" | "variables":
                values: dict[str, str] = getattr(space, action)
                values[request.body["key"]] = request.body["value"]
            case _:
                raise Refused(HTTPStatus.NOT_FOUND, f"no route {request.path}")
        return space.runtime()

    def _duplicate(
        self, space: Space, target: str, account: Account, body: dict[str, Any]
    ) -> dict[str, Any]:
        url = f"{self.url}/spaces/{target}"
        if target in self.spaces:
            raise Refused(HTTPStatus.CONFLICT, "You already created this space repo")
        self.spaces[target] = Space(
            space.host,
            "BUILDING",
            stages=["APP_STARTING", "RUNNING"],
            private=body.get("visibility") == "private",
            hardware=_hardware(body.get("hardware", "cpu-basic"), account),
            sleep_time=body.get("sleepTimeSeconds"),
            secrets={item["key"]: item["value"] for item in body.get("secrets", [])},
            variables={
                item["key"]: item["value"] for item in body.get("variables", [])
            },
        )
        return {"url": url}


def _hardware(wanted: str, account: Account) -> str:
    if wanted not in HARDWARE:
        raise Refused(HTTPStatus.BAD_REQUEST, f"{wanted} is no hardware flavor")
    if wanted not in FREE and not account.pays:
        raise Refused(HTTPStatus.PAYMENT_REQUIRED, "Add a payment method first")
    return wanted


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def _serve(self, method: str) -> None:
        hub: Hub = cast("Any", self.server).hub
        length = int(self.headers.get("content-length", 0))
        body = json.loads(self.rfile.read(length)) if length else {}
        token = self.headers.get("authorization", "").removeprefix("Bearer ") or None
        request = Request(method, self.path, token, body)
        hub.waiting += 1
        with hub.lock:
            hub.waiting -= 1
            hub.requests.append(request)
            if hub.limits:
                self._answer(HTTPStatus.TOO_MANY_REQUESTS, {}, hub.limits.pop(0))
            elif hub.broken is not None:
                self._answer(hub.broken, {"error": hub.broken.phrase})
            elif to := self._moved(hub):
                self._answer(HTTPStatus.TEMPORARY_REDIRECT, {}, {"location": to})
            else:
                try:
                    self._answer(HTTPStatus.OK, hub.answer(request))
                except Refused as error:
                    self._answer(error.status, {"error": str(error)}, error.headers)

    def _moved(self, hub: Hub) -> str | None:
        for old, new in hub.moved.items():
            if self.path.startswith(f"/api/spaces/{old}"):
                return self.path.replace(old, new, 1)
        return None

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
