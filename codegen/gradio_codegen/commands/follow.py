"""Follow a call that is under way: its progress on stderr, its results on stdout."""

from __future__ import annotations

import json
import sys
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from gradio_runtime import Job, Status, StatusUpdate
from gradio_runtime._models.texts import escaped
from gradio_runtime.errors import GradioError

from ..errors import OutputError
from ..shell.results import Growing, as_json, files_in, keep_files
from .console import Talk, out


class Writer:
    """Writes results to stdout, and their files to a folder.

    Args:
        folder: Where files are kept; None to keep none.
        as_json: Whether to write JSON.
        streams: Whether there are several results, each on a line.
    """

    def __init__(self, folder: Path | None, *, as_json: bool, streams: bool) -> None:
        self.streams = streams
        self._folder = folder
        self._as_json = as_json
        self._texts = Growing(None if streams else 2)
        #: Whether there were files that are not kept.
        self.left_files = False
        with _writing(folder):
            if folder is not None:
                folder.mkdir(parents=True, exist_ok=True)

    def write(self, value: object) -> bool:
        """Write a result; return whether somebody still reads."""
        if self._folder is None:
            self.left_files = self.left_files or any(files_in(value))
        else:
            with _writing(self._folder):
                keep_files(value, self._folder)
        if self._as_json:
            return _show(f"{as_json(value)}\n", by=_in_json)
        return value is None or _show(self._texts.next(value))

    def end(self) -> None:
        """Write the end of the last line."""
        _show(self._texts.end())


def follow(job: Job[Any], writer: Writer, talk: Talk) -> None:
    """Write the results of a job as they come; whatever ends this cancels it.

    Raises:
        GradioError: The job fails.
    """
    try:
        with ExitStack() as stack:
            show = stack.enter_context(talk.bar(job.name))
            for update in job.updates():
                show(*_said(update))
                if update.log is not None:
                    talk.say(f"{update.log.level}: {update.log.text}")
                for output in update.outputs() if writer.streams else ():
                    if sys.stdout.isatty():
                        stack.close()  # the output is where the bar was
                    if not writer.write(output):
                        job.cancel()
                        return
            result = job.result()
        if not writer.streams:
            writer.write(result)
    except BaseException:
        with suppress(GradioError):
            job.cancel()
        raise
    finally:
        writer.end()
    if writer.left_files and sys.stderr.isatty():
        talk.say("Files stay at the app; --out DIR keeps them")


def _said(update: StatusUpdate[Any]) -> tuple[str, float | None]:
    """Return where a job is, and the share that is done if it is known."""
    if update.code is Status.IN_QUEUE and update.rank is not None:
        size = max(update.queue_size or 0, update.rank + 1)
        return f"{update.rank + 1} of {size} in the queue", None
    for unit in reversed(update.progress_data or ()):
        if unit.fraction is not None or unit.desc:
            return unit.desc or "running", unit.fraction
    return update.code.value.lower().replace("_", " "), None


def _show(text: str, **how: Any) -> bool:
    """Write an app's text: to a terminal as one that it does not obey."""
    on_terminal = sys.stdout.isatty()
    return out(escaped(text, keep="\n\t", **how) if on_terminal else text)


def _in_json(char: str) -> str:
    return json.dumps(char)[1:-1]


@contextmanager
def _writing(folder: Path | None) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"files cannot be written to {folder}: {error.strerror or error}. "
            "Choose another folder with --out"
        ) from None
