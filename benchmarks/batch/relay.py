"""Files through two apps: `python -m benchmarks.batch.relay FIRST SECOND STORE FOLDER`.

It prints a line of JSON for each result: its number, and the path of the file, or null.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from gradio_runtime import App, Call, Client, Done, File, FileInput, Input

AT_ONCE = 8
_app = App("http://127.0.0.1:9", spec="sha256:0", gradio="6.31.0")


class StampInput(Input):
    value: FileInput


class StampsInput(Input):
    pass


@_app.endpoint("/stamp", StampInput, shape="file -> file")
def stamp(value: FileInput) -> Call[File]:
    """Stamp a file."""
    return Call(StampInput(value=value))


@_app.endpoint("/stamps", StampsInput, shape="-> json")
def _stamps() -> Call[list[str]]:
    """Tell what was stamped."""
    return Call(StampsInput())


class StampClient(Client):
    app = _app
    stamp = stamp
    stamps = _stamps


def stamps(url: str) -> list[str]:
    """What an app has stamped."""
    with StampClient(url) as client:
        return client.stamps()


def main(first: str, second: str, store: str, folder: str) -> None:
    paths = sorted(Path(folder).iterdir())
    with StampClient(first) as one, StampClient(second) as two:
        results = stamp.map(
            paths, stamp.call, clients=[one], store=store, concurrency=AT_ONCE
        ).then(stamp.call, clients=[two], concurrency=AT_ONCE)
        for result in results:
            path = str(result.value) if isinstance(result, Done) else None
            print(json.dumps([result.index, path]), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
