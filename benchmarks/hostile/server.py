"""A hostile app, in a process of its own; prints its URL and serves until it is ended.

python -m benchmarks.hostile.server "200,000 files"
"""

from __future__ import annotations

import sys
import threading

from benchmarks.hostile.kinds import KINDS
from tests.support.misbehaving import Handler, serving


def main(kind: str) -> None:
    Handler.answers = KINDS[kind].answers
    with serving() as server:
        print(server.url, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1])
