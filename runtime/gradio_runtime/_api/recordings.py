"""Recordings: the calls of an endpoint in a file, to be answered from there in tests.

The file is JSON: for each call its inputs, and the values of its outputs as they are
before they are read, so that they are read again when they are replayed. A file among
the inputs is known by a hash of its content; one among the outputs is there as a whole.
"""

from __future__ import annotations

import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable
from hashlib import sha256
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, TypeAlias, cast, get_args

from .._engine.kept import CONTENT, Json, decoded, encoded, shown_url, struck
from .._http.offline import FakeError
from .._models.base import Input
from .._models.filenames import safe_name
from .._models.files import File, facts_of
from .._models.secrets import Secrets
from .._transfer.transfer import default_download_dir
from ..errors import AppError, JobCancelled
from .fakes import I, P, Place, R, Slots, StandIn
from .job import Job

if TYPE_CHECKING:
    from .._engine.invocation import Request
    from .._engine.options import Options
    from .._engine.results import Strict
    from .client import Client

#: See `Endpoint.recorded`.
Mode: TypeAlias = Literal["once", "replay", "record"]
_FORMAT = 1
#: What an app says in an error.
_SAID = ("message", "title", "duration", "visible", "print_exception")


class Recording(StandIn[P, R, I]):
    """Answers from a file, or the recorder that writes it; see `Endpoint.recorded`."""

    def __init__(
        self,
        place: Place[P, R],
        path: str | PathLike[str],
        *,
        mode: Mode,
        optional: bool,
    ) -> None:
        super().__init__(place, optional=optional)
        self._path = Path(path)
        if mode not in get_args(Mode):
            modes = ", ".join(map(repr, get_args(Mode)))
            raise FakeError(f"mode is {mode!r}, and may be {modes}")
        self._mode = mode
        #: The recorded calls that are left, if this is a replay.
        self._left: list[Json] | None = None
        self._begun: list[tuple[Job[R], Json]] = []
        self._secrets = Secrets()

    def __enter__(self) -> Self:
        if self._mode == "replay" or (self._mode == "once" and self._path.exists()):
            self._left = self._load()
        return super().__enter__()

    def _load(self) -> list[Json]:
        try:
            known = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise FakeError(f"{self._path} is no recording: {error}") from None
        head = self._head()
        if not isinstance(known, dict) or not head.items() <= known.items():
            raise FakeError(
                f"{self._path} is no recording of {self._place.name}, or one of before "
                "the module was generated anew (its spec differs). Record it again: "
                'mode="record"'
            )
        return list(cast("dict[str, Any]", known)["calls"])

    def _head(self) -> dict[str, Any]:
        """Return what a file says besides its calls."""
        place = self._place
        return {"format": _FORMAT, "endpoint": place.name, "spec": place.spec}

    def start(
        self, inputs: I, client: Client, request: Request[R], options: Options
    ) -> Job[R]:
        """Answer a call from the file, or record it."""
        if self._left is not None:
            return super().start(inputs, client, request, options)
        self.calls.append(inputs)
        return self._record(_given(inputs), client, request, options)

    def _outputs(self, inputs: I) -> Iterable[Slots]:
        left, given = self._left or [], struck(_given(inputs))
        with self._lock:
            for call in left:
                if call["inputs"] == given:
                    left.remove(call)
                    return _played(call)
        raise self._wrong(f"{self._path} has no call left with {inputs!r}")

    def _record(
        self, given: Json, client: Client, request: Request[R], options: Options
    ) -> Job[R]:
        self._secrets.add_headers(options.headers)
        self._secrets.add(options.oauth_token)
        outputs: list[Json] = []

        def read(values: list[Any], names: list[str], strict: Strict) -> R:
            # Here the files are as they came: later the test may move them.
            outputs.append([encoded(value, _with_content) for value in values])
            return request.read(values, names, strict)

        try:
            job = client.__gradio_start__(request._replace(read=read), options)
        except FakeError as error:  # offline, which no `except` is to hide
            self._problem = error
            raise
        self._begun.append((job, {"inputs": given, "outputs": outputs}))
        return job

    def _finish(self) -> None:
        """Write what has been recorded, once every call has ended."""
        if self._left is not None:
            return
        calls: list[Json] = []
        for job, call in self._begun:
            try:
                error = job.exception()
            except JobCancelled:
                if not job.outputs():
                    continue
                error = None  # a stream that was left: what came until then
            if isinstance(error, AppError):
                call["error"] = {name: getattr(error, name) for name in _SAID}
            elif error is not None:
                continue
            # What ends a generator without an output is read, too.
            del call["outputs"][len(job.outputs()) :]
            calls.append(struck(call))
        self._path.parent.mkdir(parents=True, exist_ok=True)
        known = {**self._head(), "calls": calls}
        text = json.dumps(known, indent=1, ensure_ascii=False)
        self._path.write_text(f"{text}\n", "utf-8")

    def _unused(self) -> str:
        if self._left is None:
            return ""
        return f"{len(self._left)} recorded calls were not made" if self._left else ""


def _given(inputs: Input) -> Json:
    return {
        name: encoded(getattr(inputs, name), _by_hash)
        for name in type(inputs).model_fields
    }


def _played(call: Json) -> Iterable[Slots]:
    """Return the outputs of a recorded call."""
    outputs: list[Any] = [
        [decoded(v, _written) for v in output] for output in call["outputs"]
    ]
    if "error" in call:
        outputs.append(AppError(**call["error"]))
    return outputs


def _by_hash(file: File) -> Json:
    """Return what a file among the inputs is known by."""
    content = facts_of(file).content
    if content is None and file.path is None:
        url = file.url or ""
        return {"url": shown_url(url), "sha256": sha256(url.encode()).hexdigest()}
    if content is None:
        content = file.read_bytes()
    elif not isinstance(content, bytes):
        place = content.tell()
        stream, content = content, content.read()
        stream.seek(place)
    return {"sha256": sha256(content).hexdigest()}


def _with_content(file: File) -> Json:
    """Return a file among the outputs, with its content if that was downloaded."""
    known: dict[str, Any] = {
        "url": None if file.url is None else shown_url(file.url),
        "orig_name": file.orig_name,
        "mime_type": file.mime_type,
        "size": file.size,
    }
    if file.path is not None:
        known[CONTENT] = b64encode(file.path.read_bytes()).decode()
    return known


def _written(known: dict[str, Any]) -> File:
    """Return a recorded file, as if it had been downloaded just now."""
    content = known.pop(CONTENT, None)
    if content is not None:
        folder = default_download_dir() / secrets.token_hex(8)
        folder.mkdir(parents=True)
        known["path"] = folder / safe_name(known["orig_name"] or "file")
        known["path"].write_bytes(b64decode(content))
    return File(**known)
