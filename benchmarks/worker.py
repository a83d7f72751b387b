"""One case by one contender in a process of its own; prints the result as JSON.

python -m benchmarks.worker sequential official http://127.0.0.1:7860 50
"""

from __future__ import annotations

import importlib
import json
import sys


def main(case: str, contender: str, url: str, n: str) -> None:
    module = importlib.import_module(f"benchmarks.contenders.{contender}")
    print(json.dumps(getattr(module, case)(url, int(n))))


if __name__ == "__main__":
    main(*sys.argv[1:])
