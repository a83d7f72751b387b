"""Read streams with one caller, and print the `Reading` as JSON.

python -m benchmarks.replay.worker "stream, async" http://127.0.0.1:7860 40 100
"""

from __future__ import annotations

import json
import sys

from benchmarks.replay.callers import CALLERS


def main(caller: str, url: str, streams: str, outputs: str) -> None:
    print(json.dumps(CALLERS[caller](url, int(streams), int(outputs))))


if __name__ == "__main__":
    main(*sys.argv[1:])
