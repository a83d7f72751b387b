"""Run an app as `python app.py` would, but only as long as the starter lives.

`launch.py LIFE APP` is that app's process. `launch.py LIFE` imports Gradio, which is most
of a start, and runs each app that it is told of in a fork of itself; forks.py asks it.

The starter holds the other end of the pipe LIFE. When it ends, in whatever way (also
SIGKILL), the pipe closes and so do we: no test run leaves a server behind.
"""

import gc
import json
import os
import runpy
import sys
import threading
from importlib import import_module
from pathlib import Path
from typing import Any


def _end_with_starter(life: int) -> None:
    while os.read(life, 1024):
        pass
    os._exit(0)


def _run(app: str, life: int) -> None:
    threading.Thread(target=_end_with_starter, args=(life,), daemon=True).start()
    sys.argv = [app]
    sys.path[0] = str(Path(app).parent)
    runpy.run_path(app, run_name="__main__")


def _calm_queues() -> None:
    """Let a queue look for work twenty times a second, as those before Gradio 6 do.

    Gradio 6 does so a thousand times, which takes a twentieth of a core for each app.
    """
    queue: Any = import_module("gradio.queueing").Queue  # of the server's own Gradio
    made = queue.__init__

    def make(self: Any, *args: Any, **named: Any) -> None:
        made(self, *args, **named)
        self.sleep_when_free = max(0.05, self.sleep_when_free)

    queue.__init__ = make


def _become(folder: str) -> str:
    """Take over the environment, folder and log that FOLDER/start.json asks for."""
    asked: dict[str, Any] = json.loads((Path(folder) / "start.json").read_bytes())
    os.environ.clear()
    os.environ.update(asked["env"])
    os.chdir(folder)
    nothing = os.open(os.devnull, os.O_RDONLY)
    log = os.open("log.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    return str(asked["app"])


def _serve(life: int) -> None:
    _calm_queues()
    gc.collect()
    gc.freeze()  # a fork shares what its collector does not touch
    for line in sys.stdin:
        command, _, argument = line.strip().partition(" ")
        if command == "poll":
            pid, status = os.waitpid(int(argument), os.WNOHANG)
            print(os.waitstatus_to_exitcode(status) if pid else "", flush=True)
        elif pid := os.fork():
            print(pid, flush=True)
        else:
            _run(_become(argument), life)
            return


if __name__ == "__main__":
    _, pipe, *app = sys.argv
    if app:
        _run(app[0], int(pipe))
    else:
        _serve(int(pipe))
