"""A program that a test kills: `python client.py URL STORE KEY ROWS MAY_REPEAT`.

It prints a line of JSON for each result.
"""

from __future__ import annotations

import json
import sys

from gradio_runtime import Failed

from tests.runtime.wire_api import WireClient


def main(url: str, store: str, key: str, rows: str, may_repeat: str) -> None:
    with WireClient(url) as client:
        results = client.parallel_sleep.map(
            range(int(rows)),
            lambda n: client.parallel_sleep.call(f"{key}{n}", 0.02),
            store=store,
            concurrency=4,
            may_repeat=may_repeat == "True",
            progress=False,
        )
        for result in results:
            unsure = isinstance(result, Failed) and result.may_have_run
            said = [
                result.index,
                result.ok,
                result.resumed,
                unsure,
                result.attempts,
            ]
            print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
