"""The life of one job at the app: which phases it has, and how it goes through them."""

from __future__ import annotations

from enum import IntEnum


class Phase(IntEnum):
    """How far a job is known to be, in the order of its life."""

    #: The app has not said that it has the job.
    JOINING = 0
    #: The job is in the app's queue.
    QUEUED = 1
    #: The app has asked for the job's data, and calls the function with it. Only
    #: before Gradio 4.9; later, the data is in the join.
    SENDING = 2
    #: The app's function has been called.
    RUNNING = 3
    #: The function has put out a value and may put out more.
    YIELDING = 4
    #: The app has sent the result.
    ENDED = 5


class Life:
    """The phase of one job. It only goes on: a server may say things twice or late.

    In the phase of the `handover` the app is given the data; before, nothing can have run.
    """

    def __init__(self, handover: Phase) -> None:
        self.phase = Phase.JOINING
        self._handover = handover

    def reach(self, phase: Phase) -> bool:
        """Go on to a phase; return False if the job is in it, or past it, already."""
        if phase <= self.phase:
            return False
        self.phase = phase
        return True

    @property
    def joined(self) -> bool:
        """Return whether the app has said that it has the job."""
        return self.phase >= Phase.QUEUED

    @property
    def left_queue(self) -> bool:
        """Return whether the job is past the queue, so that its function may run."""
        return self.phase > Phase.QUEUED

    @property
    def ended(self) -> bool:
        """Return whether the app has sent the result."""
        return self.phase is Phase.ENDED

    @property
    def may_have_run(self) -> bool:
        """Return whether the function may have been called."""
        return self.phase >= self._handover

    @property
    def handed_over(self) -> bool:
        """Return whether the app has the data for certain.

        In the phase of the handover it depends on the error with which that failed.
        """
        return self.phase > self._handover
