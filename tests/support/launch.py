"""Run an app as `python app.py` would, but only as long as the starter lives.

The starter holds the other end of our standard input. When it ends, in whatever way
(also SIGKILL), the pipe closes and so do we: no test run leaves a server behind.
"""

import os
import runpy
import sys
import threading


def _end_with_starter() -> None:
    # Not sys.stdin: its lock, held here for ever, would break a normal exit.
    while os.read(0, 1024):
        pass
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=_end_with_starter, daemon=True).start()
    app = sys.argv[1]
    sys.argv = [app]
    sys.path[0] = os.path.dirname(app)  # noqa: PTH120
    runpy.run_path(app, run_name="__main__")
