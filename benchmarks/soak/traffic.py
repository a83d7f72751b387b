"""Threads that run actions at random, and an account of what came of them."""

from __future__ import annotations

import random
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable

from gradio_runtime import GradioError, JobCancelled

from benchmarks.soak.actions import ACTIONS, Action, Scene

#: Seconds after which an action hangs: more than any fault lasts.
BOUND = 60.0
WORKERS = 6
#: Failures to tell in full; there may be thousands of the same.
_TOLD = 20


class Account:
    """What came of all actions.

    Attributes:
        done: Actions that went right, by name.
        errors: Errors that faults explain, by class.
        failures: What must not happen, told in full.
        failed: How often that was.
    """

    def __init__(self) -> None:
        self.done: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self.failures: list[str] = []
        self.failed = 0
        self._lock = threading.Lock()

    def went_right(self, action: Action) -> None:
        with self._lock:
            self.done[action.__name__] += 1

    def was_disturbed(self, action: Action, error: GradioError) -> None:
        name = type(error).__name__
        if isinstance(error, JobCancelled):  # rare, so worth to know of which job
            name += f" in {action.__name__}"
        with self._lock:
            self.errors[name] += 1

    def fail(self, what: str) -> None:
        """Count a failure, and print it."""
        with self._lock:
            self.failed += 1
            if len(self.failures) < _TOLD:
                self.failures.append(what)
                print(f"FAILURE: {what}", flush=True)


class Traffic:
    """Runs one phase of traffic after the other."""

    def __init__(self, account: Account, actions: tuple[Action, ...] = ACTIONS) -> None:
        self._account = account
        self._actions = actions
        self._ends = 0.0

    def run(self, seconds: float, make_scene: Callable[[int], Scene]) -> bool:
        """Run actions for a while; False when some of them hang.

        Args:
            seconds: How long new actions are begun.
            make_scene: The scene of each worker, by its number.
        """
        self._ends = time.monotonic() + seconds
        workers = [
            threading.Thread(target=self._work, args=(make_scene(i),), daemon=True)
            for i in range(WORKERS)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(max(0.0, self._ends + BOUND - time.monotonic()))
        hanging = [worker for worker in workers if worker.is_alive()]
        for worker in hanging:
            frame = sys._current_frames().get(worker.ident or 0)
            stack = "".join(traceback.format_stack(frame))
            self._account.fail(f"hangs for more than {BOUND:g} s:\n{stack}")
        return not hanging

    def _work(self, scene: Scene) -> None:
        todo: list[Action] = []
        while time.monotonic() < self._ends:
            if not todo:  # each as often as any other
                todo = scene.random.sample(self._actions, len(self._actions))
            self._try(todo.pop(), scene)

    def _try(self, action: Action, scene: Scene) -> None:
        began = time.monotonic()
        try:
            action(scene)
        except GradioError as error:
            if scene.quiet:
                self._fail(action, scene, began)
            else:
                self._account.was_disturbed(action, error)
        except BaseException:
            self._fail(action, scene, began)
        else:
            self._account.went_right(action)
        if (took := time.monotonic() - began) > BOUND:
            self._account.fail(f"{action.__name__} took {took:.0f} s")

    def _fail(self, action: Action, scene: Scene, began: float) -> None:
        when = "quiet" if scene.quiet else "faults"
        took = time.monotonic() - began
        self._account.fail(
            f"{action.__name__} on {scene.module.__name__} ({when}, {took:.1f} s):\n"
            f"{traceback.format_exc()}"
        )


def seeded(seed: int, *parts: object) -> random.Random:
    """Chance that is the same in every run."""
    return random.Random(f"{seed} {parts}")
