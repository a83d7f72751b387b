"""One case by one contender in a process of its own; prints the result as JSON.

python -m benchmarks.worker sequential official http://127.0.0.1:7860 50
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import threading

PATIENCE = 10.0
"""Seconds for the process to end; a client whose calls hang would keep it for ever."""


def main(case: str, contender: str, url: str, n: str) -> None:
    module = importlib.import_module(f"benchmarks.contenders.{contender}")
    print(json.dumps(getattr(module, case)(url, int(n))), flush=True)
    end = threading.Timer(PATIENCE, os._exit, [0])
    end.daemon = True
    end.start()


if __name__ == "__main__":
    main(*sys.argv[1:])
