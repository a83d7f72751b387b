"""Following one job: its messages become updates, and its last output the result."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

from . import wire
from .call import Options
from .description import label_text
from .errors import AppError, OutputMismatch, ProtocolError
from .filedata import inert
from .queue.protocol import (
    UNKNOWN,
    Completed,
    Estimation,
    Failed,
    Generating,
    Log,
    Message,
    Outputs,
    Progress,
    Started,
)
from .queue.ticket import Ticket
from .record import CallRecord
from .request import Request
from .status import Status, StatusUpdate
from .values import UNCHANGED

__all__ = ["Follower"]

T = TypeVar("T")


class Follower(Generic[T]):
    """Follows a job that has joined, on the runtime's loop.

    Args:
        ticket: The job.
        request: How to read its outputs.
        options: Of the call.
        record: What is told of it to logs and traces.
        emit: Takes each update.
    """

    def __init__(
        self,
        ticket: Ticket,
        request: Request[T],
        options: Options,
        record: CallRecord,
        emit: Callable[[StatusUpdate[T]], None],
    ) -> None:
        self._ticket = ticket
        self._request = request
        self._options = options
        self._record = record
        self._emit = emit
        self._slots = [
            (index, slot)
            for index, slot in enumerate(ticket.route.outputs)
            if slot is not None and not slot.hidden
        ]
        self._names = [
            label_text(slot.props.get("label")) or slot.type for _, slot in self._slots
        ]
        self._outputs = Outputs(edits=ticket.live.dialect.edits)
        self._current: list[Any] | None = None
        self._last: T | None = None
        #: Whether the app's function is known to run.
        self._running = False
        #: An output that has been decoded already, with its values.
        self._decoded: tuple[Generating, list[Any]] | None = None

    async def follow(self) -> T:
        """Take messages until the job ends; returns its result.

        Raises:
            asyncio.CancelledError: The job was cancelled.
            GradioError: What it ended with.
        """
        inbox = self._ticket.inbox
        inbox.at_once = self._take_at_once
        while True:
            match message := await inbox.get():
                case Generating():
                    values = self._values_of(message)
                    if values is not None:
                        await self._fetch(values)
                        self._put_out(values)
                case Completed(data=None):
                    if self._ticket.is_end():
                        raise asyncio.CancelledError
                case Completed(data=list() as data):
                    return await self._finish(data)
                case Failed():
                    raise _app_error(message)
                case _:
                    self._tell(message)

    def _take_at_once(self, message: Message) -> bool:
        """Take an output where it arrives; False if there is something to wait for.

        To wake a task for each output would double what a stream costs.
        """
        if not isinstance(message, Generating):
            return False
        values = self._values_of(message)
        if values is None:
            return True
        if self._ticket.live.download_files and wire.files_in(values):
            self._decoded = message, values
            return False
        self._put_out(values)
        return True

    def _values_of(self, message: Generating) -> list[Any] | None:
        """The values that an output makes current; None where one is not known."""
        if self._decoded is not None and self._decoded[0] is message:
            values, self._decoded = self._decoded[1], None
            return values
        ticket = self._ticket
        ticket.started = ticket.answered = self._running = True
        self._current = self._outputs.update(message.data, mixed=ticket.mixed)
        if any(value is UNKNOWN for value in self._shown(self._current)):
            return None
        return self._decode(self._current)

    def _put_out(self, values: list[Any]) -> None:
        self._last = self._read(values)
        self._emit(StatusUpdate(Status.ITERATING, output=self._last))

    async def _finish(self, data: list[Any]) -> T:
        self._ticket.finished = True
        if self._current and self._shown(self._current) == self._shown(data):
            # The end repeats the last output.
            self._emit(StatusUpdate(Status.FINISHED, success=True))
            return cast("T", self._last)
        values = self._decode(data)
        await self._fetch(values)
        result = self._read(values)
        empty = self._ticket.route.generator and all(v is None for v in data)
        output = UNCHANGED if empty else result
        self._emit(StatusUpdate(Status.FINISHED, success=True, output=output))
        return result

    def _tell(self, message: Message) -> None:
        """Pass a message on that is no output."""
        # A server may say things twice or too late; a job never waits once it runs.
        ticket, running = self._ticket, self._running
        self._running = running or isinstance(message, Started | Progress | Log)
        match message:
            case Estimation() if not running:
                self._emit(
                    StatusUpdate(
                        Status.IN_QUEUE,
                        rank=message.rank,
                        queue_size=message.queue_size,
                        eta=message.eta,
                    )
                )
            case Started() if not running:
                ticket.started = True
                self._record.started()
                self._emit(StatusUpdate(Status.PROCESSING, eta=message.eta))
            case Progress():
                ticket.started = True
                self._emit(StatusUpdate(Status.PROGRESS, progress_data=message.units))
            case Log():
                ticket.started = True
                self._emit(StatusUpdate(Status.LOG, log=message.log))
            case _:
                pass

    # ---- values

    def _shown(self, data: list[Any]) -> list[Any]:
        """What is in the visible output slots."""
        return [data[index] for index, _ in self._slots if index < len(data)]

    def _decode(self, data: list[Any]) -> list[Any]:
        """The values of the visible output slots, with a `File` for each file."""
        try:
            return self._plain(data)
        except RecursionError:
            raise ProtocolError("the app sent an output nested too deeply") from None

    def _plain(self, data: list[Any]) -> list[Any]:
        live = self._ticket.live
        values: list[Any] = []
        for index, slot in self._slots[: len(data)]:
            if index >= len(data):
                break
            value = wire.unwrap_update(data[index])
            value = wire.as_object(value, slot.type, live.dialect)
            if isinstance(value, dict | list):
                kind = slot.type if self._request.typed else ""
                value = wire.decode(value, kind, live.dialect, live.transfer.file_of)
            values.append(inert(value, slot.type))
        return values

    async def _fetch(self, values: list[Any]) -> None:
        """Download the files among values."""
        if self._ticket.live.download_files:
            await self._ticket.live.transfer.download_all(values)

    def _read(self, values: list[Any]) -> T:
        """Values as the declared type."""
        names = self._names[: len(values)]
        try:
            return self._request.read(values, names, self._options.strict_outputs)
        except RecursionError:
            raise OutputMismatch(
                "the app sent an output nested too deeply", raw=values
            ) from None


def _app_error(message: Failed) -> AppError:
    if message.text is None:
        return AppError(
            "the app raised an exception whose text it hides",
            title=message.title,
            duration=message.duration,
            visible=message.visible,
            hint="Its author sees it in the app's log; show_error=True would show it",
        )
    return AppError(
        message.text,
        title=message.title,
        duration=message.duration,
        visible=message.visible,
    )
