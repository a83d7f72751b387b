"""What became of each row, on disk: a run that was ended, or killed, is taken up again.

A folder has an SQLite database and the files that came with results. That a row is sent
is there before anything leaves; what came of it, before the caller has it. Rows that are
kept at the same time share a transaction. One process at a time has the folder.
"""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import threading
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager, suppress
from enum import IntEnum
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NamedTuple, TypeAlias

from .._models.bounds import LARGE
from ..errors import ConnectionLost, GradioError, InputError
from .fates import Fate, fate_of
from .keeping import Keeping, Key
from .replicas import Replica
from .results import Done, Failed
from .stage import Item, Result, Settings

_FORMAT = 1
_DATABASE = "rows.sqlite"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS stages (
    stage INTEGER PRIMARY KEY, format INTEGER, endpoint TEXT, spec TEXT, keyed INTEGER
);
CREATE TABLE IF NOT EXISTS rows (
    stage INTEGER, key, digest TEXT, state INTEGER, attempts INTEGER, src TEXT,
    outcome TEXT, PRIMARY KEY (stage, key)
);
CREATE TEMP TABLE seen (stage INTEGER, key, PRIMARY KEY (stage, key));
"""

# Many rows in one statement: between two, Python's threads take turns, each of which may
# take milliseconds while the loop has much to do.
_PUT = "INSERT OR REPLACE INTO rows SELECT {} FROM json_each(?)".format(  # noqa: S608
    ", ".join(f"json_extract(value, '$[{n}]')" for n in range(7))
)
#: SQLite takes no text of 10^9 bytes, which large outcomes together may be.
_PUT_LARGE = "INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?, ?, ?, ?)"
_DROP = (
    "DELETE FROM rows WHERE (stage, key) IN "
    "(SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?))"
)

#: Makes a row of the table to write, or the two values that name one to drop; it is
#: called by the thread that writes.
Make: TypeAlias = Callable[[], tuple[Any, ...]]


class _State(IntEnum):
    #: Its call may have begun; what came of it is not known.
    SENT = 1
    DONE = 2
    FAILED = 3


class _Known(NamedTuple):
    digest: str
    state: int
    attempts: int
    src: str
    outcome: str | None


class _Place(NamedTuple):
    """What a row is known by, and what was known of it before this run."""

    key: Key
    digest: str
    before: _Known | None

    @property
    def attempts(self) -> int:
        """Return how many calls may have run of which nothing came."""
        before = self.before
        return before.attempts if before and before.state == _State.SENT else 0


class _Write(NamedTuple):
    make: Make
    loop: asyncio.AbstractEventLoop
    kept: asyncio.Future[None]


class Store:
    """The folder of one run.

    `durable` is whether what is kept also outlives a power cut.

    Raises:
        InputError: Another run has it, or it cannot be one.
    """

    def __init__(self, folder: str | os.PathLike[str], *, durable: bool) -> None:
        self.folder = Path(folder)
        self._queue: SimpleQueue[_Write | None] = SimpleQueue()
        #: Held by whoever uses the database: a transaction is of one thread.
        self._lock = threading.Lock()
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._db = sqlite3.connect(
                self.folder / _DATABASE,
                timeout=0,
                isolation_level=None,
                check_same_thread=False,
            )
        except (OSError, sqlite3.Error) as error:
            raise InputError(f"{self.folder} cannot be a store: {error}") from None
        try:
            self._db.execute("PRAGMA locking_mode=EXCLUSIVE")
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA cache_size=-500")  # KiB; the system has the file
            self._db.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
            self._db.executescript(f"BEGIN EXCLUSIVE; {_SCHEMA} COMMIT")
        except sqlite3.Error as error:
            self._db.close()
            raise self._unusable(error) from None
        self._thread = threading.Thread(
            target=self._write_all, name="gradio-runtime-store", daemon=True
        )
        self._thread.start()

    def _unusable(self, error: sqlite3.Error) -> InputError:
        if error.sqlite_errorcode in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            return InputError(
                f"another run has the store {self.folder}",
                hint="Wait for its end, or give this one a folder of its own",
            )
        return InputError(f"{self.folder} is not a store: {error}")

    @contextmanager
    def _in_words(self) -> Generator[None]:
        """Say which store has failed: its disk may be full, or its file damaged."""
        try:
            yield
        except sqlite3.Error as error:
            raise GradioError(
                f"the store {self.folder} cannot be used any more: {error}",
                hint="Once that is put right, the same run goes on with it",
            ) from error

    def stage(self, number: int, keeping: Keeping) -> StageStore:
        """Return the rows of one stage; blocks.

        Raises:
            InputError: It has been begun with another endpoint, or another module.
        """
        wanted = (_FORMAT, keeping.endpoint, keeping.spec, keeping.key is not None)
        with self._lock, self._in_words():
            known = self._db.execute(
                "SELECT format, endpoint, spec, keyed FROM stages WHERE stage = ?",
                (number,),
            ).fetchone()
            if known is None:
                self._db.execute(
                    "INSERT INTO stages VALUES (?, ?, ?, ?, ?)", (number, *wanted)
                )
        if known is None:
            return StageStore(self, number, keeping)
        for is_same, what in zip(
            (a == b for a, b in zip(known, wanted, strict=True)),
            (
                "it is of another version of gradio-runtime",
                f"its rows went to {known[1]}, and these go to {keeping.endpoint}",
                "the module has been generated again since (its spec differs)",
                "its rows are known by `key`" if known[3] else "its rows have no `key`",
            ),
            strict=True,
        ):
            if not is_same:
                raise InputError(
                    f"the store {self.folder} is of another run: {what}",
                    hint="Give this run a folder of its own",
                )
        return StageStore(self, number, keeping)

    # ---- reading, on the thread that reads rows

    def find(self, stage: int, key: Key) -> _Known | None:
        """Return what is known of a row."""
        with self._lock, self._in_words():
            found = self._db.execute(
                "SELECT digest, state, attempts, src, outcome FROM rows "
                "WHERE stage = ? AND key = ?",
                (stage, key),
            ).fetchone()
        return None if found is None else _Known(*found)

    def is_first(self, stage: int, key: Key) -> bool:
        """Return whether a row is the first of this run that has the key."""
        with self._lock, self._in_words():
            inserted = self._db.execute(
                "INSERT OR IGNORE INTO seen VALUES (?, ?)", (stage, key)
            )
        return inserted.rowcount > 0

    # ---- writing, on a thread of its own

    async def write(self, make: Make) -> None:
        """Write a row, or drop one, and return once that is on disk."""
        loop = asyncio.get_running_loop()
        kept: asyncio.Future[None] = loop.create_future()
        self._queue.put(_Write(make, loop, kept))
        await kept

    def close(self) -> None:
        """Let go of the folder, once all is written; blocks."""
        self._queue.put(None)
        self._thread.join()

    def _write_all(self) -> None:
        open_ = True
        while open_:
            writes = [self._queue.get()]
            while not self._queue.empty():
                writes.append(self._queue.get())
            open_ = None not in writes
            self._write([write for write in writes if write is not None])
        self._db.close()

    def _write(self, writes: list[_Write]) -> None:
        rows: dict[str, list[tuple[Any, ...]]] = {_PUT: [], _DROP: []}
        large: list[tuple[Any, ...]] = []
        made: list[_Write] = []
        for write in writes:
            try:
                row = write.make()
            except Exception as error:  # noqa: BLE001  # whoever waits gets it
                _tell([write], error)
            else:
                kind = _DROP if len(row) == 2 else _PUT
                is_large = kind is _PUT and len(row[-1] or "") > LARGE
                (large if is_large else rows[kind]).append(row)
                made.append(write)
        try:
            with self._lock, self._in_words():
                self._db.executemany(_PUT_LARGE, large)
                for statement, several in rows.items():
                    if several:
                        self._db.execute(statement, (json.dumps(several),))
        except Exception as error:  # noqa: BLE001  # whoever waits gets it
            _tell(made, error)
        else:
            _tell(made, None)


def _tell(writes: Sequence[_Write], error: Exception | None) -> None:
    """Tell those who wait, of each loop, what came of it."""
    for loop in {write.loop for write in writes}:
        futures = [write.kept for write in writes if write.loop is loop]
        with suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(_settle, futures, error)


def _settle(futures: Iterable[asyncio.Future[None]], error: Exception | None) -> None:
    for future in futures:
        if future.done():
            continue
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)


class StageStore:
    """The rows of one stage."""

    def __init__(self, store: Store, number: int, keeping: Keeping) -> None:
        self._store = store
        self._number = number
        self._keeping = keeping
        self._codec = keeping.codec(store.folder, f"files/{number}")

    def recall(self, item: Item, settings: Settings) -> Result | None:
        """Return what came of a row in an earlier run; None if it is to be called.

        Raises:
            InputError: It is another row than it was, or has the key of another.
        """
        key = self._keeping.key_of(item)
        if self._keeping.key and not self._store.is_first(self._number, key):
            raise InputError(f"two rows have the key {key}, so they cannot be kept")
        try:
            digest = self._keeping.digest(item, self._store.folder)
        except ValueError as error:  # an input has no JSON
            unfit = error if isinstance(error, InputError) else InputError(str(error))
            return Failed(
                index=item.index, row=item.row, error=unfit, attempts=0, src=None
            )
        known = self._store.find(self._number, key)
        item.kept = _Place(key, digest, known)
        if known is None:
            return None
        if known.digest != digest:
            name = f"with the key {key}" if self._keeping.key else str(item.index)
            raise InputError(
                f"row {name} is not what it was when {self._store.folder} was begun",
                hint="Rows may only be added at the end, or have a `key`; or give this "
                "run a folder of its own",
            )
        result = self._known(item, known)
        if isinstance(result, Done) or not _again(result, known, settings):
            return result
        item.attempts = item.kept.attempts
        item.ran = known.state == _State.SENT or result.may_have_run
        return None

    def _known(self, item: Item, known: _Known) -> Result:
        head: Any = {
            "index": item.index,
            "row": item.row,
            "attempts": known.attempts,
            "src": known.src,
            "resumed": True,
        }
        if known.state == _State.DONE:
            return Done(value=self._codec.value(known.outcome or "null"), **head)
        if known.state == _State.FAILED:
            return Failed(error=self._codec.error(known.outcome or "null"), **head)
        return Failed(
            error=ConnectionLost(
                "an earlier run ended while the app had the row",
                endpoint=self._keeping.endpoint,
                src=known.src,
                hint="The job may have run: may_repeat=True calls again",
            ),
            **head,
        )

    async def sent(self, item: Item, replica: Replica) -> None:
        """Keep that a row is about to be sent."""
        row = self._row(item, _State.SENT, item.attempts + 1, replica.src, None)
        await self._store.write(lambda: row)

    async def unsent(self, item: Item) -> None:
        """Keep that a row has not run after all, unless an earlier attempt may have."""
        place: _Place = item.kept
        if item.attempts > place.attempts:
            return
        name = self._number, place.key
        row = name if place.before is None else (*name, *place.before)
        await self._store.write(lambda: row)

    async def ended(self, item: Item, result: Result) -> None:
        """Keep what came of a row, with its files."""
        await self._store.write(lambda: self._ended(item, result))

    def _ended(self, item: Item, result: Result) -> tuple[Any, ...]:
        if isinstance(result, Done):
            state, outcome = (
                _State.DONE,
                self._codec.of_value(result.value, item.kept.key),
            )
        else:
            state, outcome = _State.FAILED, self._codec.of_error(result.error)
        return self._row(item, state, result.attempts, result.src, outcome)

    def _row(
        self,
        item: Item,
        state: _State,
        attempts: int,
        src: str | None,
        outcome: str | None,
    ) -> tuple[Any, ...]:
        place: _Place = item.kept
        return self._number, place.key, place.digest, state, attempts, src, outcome


def _again(failed: Failed[Any], known: _Known, settings: Settings) -> bool:
    """Return whether a row is called again that an earlier run has not done."""
    if known.state == _State.SENT:
        return settings.may_repeat
    lost = fate_of(failed.error) is Fate.UNSURE and failed.may_have_run
    return settings.retry_failed and (settings.may_repeat or not lost)
