"""Read one job: its messages become updates, and its last output the result."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, Generic, TypeVar, cast

from .._codecs import codec
from .._components.registry import kind_of
from .._components.slots import is_hidden
from .._loop.loop import beside, overdue
from .._loop.trace import CallRecord
from .._models.bounds import LARGE, MANY_FILES
from .._models.files import File
from .._models.status import Status, StatusUpdate
from .._models.updates import unwrapped
from .._queue.entry import Entry
from .._queue.messages import (
    Completed,
    Estimation,
    Failed,
    Generating,
    Log,
    Message,
    Progress,
    Started,
)
from .._queue.outputs import UNKNOWN, Outputs, weigh
from .._queue.phase import Phase
from ..description import Component, label_text
from ..errors import AppError, OutputMismatch, ProtocolError
from .app import Live
from .invocation import Request
from .options import Options

T = TypeVar("T")

#: About how many bytes an update has besides an output.
_UPDATE = 500
#: Bytes of an edit that nobody sees, and that is quick even of something large.
_SMALL = 1024


class Reader(Generic[T]):
    """Reads the messages of a job that has joined, on the runtime's loop.

    `emit` takes each update and about how many bytes it has; `seen` says whether anybody
    sees an output before the last.
    """

    def __init__(
        self,
        live: Live,
        entry: Entry,
        request: Request[T],
        options: Options,
        record: CallRecord,
        emit: Callable[[StatusUpdate[T], int], None],
        *,
        seen: bool = True,
    ) -> None:
        self._live = live
        self._entry = entry
        self._request = request
        self._options = options
        self._record = record
        self._emit = emit
        self._seen = seen
        self._slots = [
            (index, slot)
            for index, slot in enumerate(entry.route.outputs)
            if slot is not None and not is_hidden(slot)
        ]
        self._names = [
            label_text(slot.props.get("label")) or slot.type for _, slot in self._slots
        ]
        self._outputs = Outputs(
            edits=live.dialect.edits, limit=2 * live.transport.max_message_size
        )
        self._allowance = live.transfer.allowance()
        #: How many files were made for an output: the latest, and the most so far.
        self._made = self._most_made = 0
        #: The files that are in the latest.
        self._files: list[File] = []
        self._last: T | None = None
        #: The values of the next output, if only its files are to be waited for.
        self._decoded: list[Any] | None = None

    async def read(self) -> T:
        """Take messages until the job ends; return its result.

        Raises:
            asyncio.CancelledError: The job was cancelled.
            GradioError: What it ended with.
        """
        inbox = self._entry.inbox
        if self._entry.life.phase is Phase.RUNNING:  # it did not have to wait
            self._tell_started(None)
        inbox.at_once = self._take_at_once
        try:
            return await self._follow()
        finally:
            # Or else the two would hold each other, and what was put out.
            inbox.at_once = None

    async def _follow(self) -> T:
        while True:
            match message := await self._entry.inbox.get():
                case Generating():
                    await self._take(message)
                case Completed(data=None):
                    if self._entry.is_end():
                        raise asyncio.CancelledError
                case Completed(data=list() as data):
                    return await self._finish(data, message.size)
                case Failed():
                    raise _app_error(message)
                case _:
                    self._tell(message)
            if overdue():
                await asyncio.sleep(0)

    def _take_at_once(self, message: Message) -> bool:
        """Take an output where it arrives; False if there is something to wait for.

        To wake a task for each output would double what a stream costs.
        """
        if not isinstance(message, Generating) or self._is_large(message):
            return False
        if not self._seen:
            self._pass_over(known=self._update(message))
            return True
        values = self._values_of(message)
        if values is None:
            return True
        if self._live.download_files and self._files:
            self._decoded = values
            return False
        self._put_out(self._read(values))
        return True

    async def _take(self, message: Generating) -> None:
        """Take an output, and wait for what there is to wait for."""
        if self._decoded is None and self._take_at_once(message):
            return
        if not self._seen:
            self._pass_over(known=await beside(partial(self._update, message)))
            return
        values, self._decoded = self._decoded, None
        if large := values is None:
            values = await beside(partial(self._values_of, message))
        if values is None:
            return
        await self._fetch()
        self._put_out(await beside(partial(self._read, values), large=large))

    def _is_large(self, message: Generating) -> bool:
        """Return whether taking it may take long, also as a small edit of much."""
        size = message.size
        if not self._seen and size <= _SMALL:
            return False
        many = self._seen and self._most_made > MANY_FILES
        return many or size + self._outputs.weight > LARGE

    def _pass_over(self, *, known: bool) -> None:
        """Report an output that nobody sees."""
        if known:
            self._record.output()
            self._emit(StatusUpdate(Status.ITERATING), 0)

    def _update(self, message: Generating) -> bool:
        """Make an output's values the current ones; return whether each is known."""
        entry = self._entry
        entry.life.reach(Phase.YIELDING)
        values = self._outputs.update(message.data, mixed=entry.mixed)
        return not any(value is UNKNOWN for value in self._shown(values))

    def _values_of(self, message: Generating) -> list[Any] | None:
        """Return the values that an output makes current; None if one is not known."""
        if not self._update(message):
            return None
        return self._decode(self._outputs.values or [])

    def _put_out(self, output: T) -> None:
        self._last = output
        update = StatusUpdate(Status.ITERATING, output=output, has_output=True)
        self._emit(update, _UPDATE + self._outputs.weight)

    async def _finish(self, data: list[Any], size: int) -> T:
        self._entry.life.reach(Phase.ENDED)
        large = size > LARGE or self._most_made > MANY_FILES
        current = self._outputs.values or []
        repeats = bool(current) and await beside(
            lambda: self._shown(current) == self._shown(data), large=large
        )
        if repeats and self._seen and not await self._without_content():
            # The end repeats the last output.
            self._emit(StatusUpdate(Status.FINISHED, success=True), 0)
            return cast("T", self._last)
        self._outputs = Outputs()
        values = await beside(partial(self._decode, data), large=large)
        await self._fetch()
        for silent in await self._without_content():
            values = [None if silent in codec.files_in(v) else v for v in values]
        result = await beside(partial(self._read, values), large=large)
        empty = self._entry.route.generator and all(v is None for v in data)
        update: StatusUpdate[T] = StatusUpdate(Status.FINISHED, success=True)
        if not empty and not repeats:
            update = replace(update, output=result, has_output=True)
        weight = await beside(partial(weigh, data), large=large) if self._seen else 0
        self._emit(update, _UPDATE + weight)
        return result

    def _tell(self, message: Message) -> None:
        """Report a message that is not an output."""
        # A server may say things twice or too late; a job never waits once it runs.
        life = self._entry.life
        match message:
            case Estimation() if life.phase < Phase.RUNNING:
                self._emit(
                    StatusUpdate(
                        Status.IN_QUEUE,
                        rank=message.rank,
                        queue_size=message.queue_size,
                        eta=message.eta,
                    ),
                    _UPDATE,
                )
            case Started() if life.reach(Phase.RUNNING):
                self._tell_started(message.eta)
            case Progress():
                life.reach(Phase.RUNNING)
                units = message.units
                update: StatusUpdate[T] = StatusUpdate(
                    Status.PROGRESS, progress_data=units
                )
                texts = sum(len(u.desc or "") + len(u.unit or "") for u in units)
                self._emit(update, _UPDATE * (1 + len(units)) + texts)
            case Log():
                life.reach(Phase.RUNNING)
                update = StatusUpdate(Status.LOG, log=message.log)
                texts = len(message.log.text) + len(message.log.title or "")
                self._emit(update, _UPDATE + texts)
            case _:
                pass

    def _tell_started(self, eta: float | None) -> None:
        self._record.started()
        self._emit(StatusUpdate(Status.PROCESSING, eta=eta), 0)

    # ---- values

    def _shown(self, data: list[Any]) -> list[Any]:
        """Return the values of the visible output slots."""
        return [data[index] for index, _ in self._slots if index < len(data)]

    def _decode(self, data: list[Any]) -> list[Any]:
        """Return the values of the visible slots, with a `File` for each file."""
        self._made = 0
        try:
            values = [
                self._value(data[index], slot)
                for index, slot in self._slots
                if index < len(data)
            ]
        except RecursionError:
            raise ProtocolError("the app sent an output nested too deeply") from None
        self._most_made = max(self._made, self._most_made)
        self._files = codec.files_in(values) if self._made else []
        return values

    def _value(self, data: Any, slot: Component) -> Any:
        dialect = self._live.dialect
        choices = self._request.typed and kind_of(slot.type).takes == "choice"
        value = unwrapped(data, choices=choices)
        value = codec.as_object(value, slot.type, dialect)
        if isinstance(value, dict | list):
            kind = slot.type if self._request.typed else ""
            value = codec.decode(value, kind, dialect, self._file_of)
        return codec.inert(value, slot.type)

    def _file_of(self, value: dict[str, Any]) -> File:
        """Return the `File` for one of an output's files, which are bounded."""
        self._made += 1
        if self._made > self._allowance.files:
            raise ProtocolError(
                f"the app gave more than {self._allowance.files} files in one output",
                hint="Allow more: Client(max_files=…)",
            )
        return self._live.transfer.file_of(value)

    async def _fetch(self) -> None:
        """Download the files of the output."""
        if self._live.download_files:
            await self._live.transfer.download_all(self._files, self._allowance)

    async def _without_content(self) -> list[File]:
        """Download the recordings of the last output; return those that are empty."""
        if not (self._live.download_files and self._files):
            return []
        return await self._live.transfer.download_streams(self._files, self._allowance)

    def _read(self, values: list[Any]) -> T:
        """Return the values as the declared type."""
        names = self._names[: len(values)]
        try:
            return self._request.read(values, names, self._options.strict_outputs)
        except RecursionError:
            raise OutputMismatch(
                "the app sent an output nested too deeply", raw=values
            ) from None


def _app_error(message: Failed) -> AppError:
    text, hint = message.text, None
    if text is None:
        text = "the app raised an exception whose text it hides"
        hint = "Its author sees it in the app's log; show_error=True would show it"
    return AppError(
        text,
        title=message.title,
        duration=message.duration,
        visible=message.visible,
        hint=hint,
    )
