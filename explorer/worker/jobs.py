"""What hands jobs to a lane: one at a time, beside what trains, in a lane that is kept warm.

A lane that has done a job keeps torch, images and nets in memory and gets the next job, until none
has come for a while: small questions are then answered in a fraction of the time.
"""

import contextlib
import subprocess
import time
from collections.abc import Callable

from explorer.store import states
from explorer.store.jobs.retention import LAB
from explorer.store.jobs.store import LOST, TOO_LONG, JobStore
from explorer.worker.lane_watch import hangs
from explorer.worker.process import Lane

LIMIT = 600.0  # seconds after which a job is given up;
LAB_LIMIT = 1800.0  # labs tell how far they are and can be stopped, so they may take longer
STOP_WITHIN = 10.0  # seconds given to a job to stop by itself
LONG = 2.0  # seconds after which quick jobs need not wait for what is at hand,
ENOUGH = 60.0  # and after which those of other visitors need not
PATIENCE = 5.0  # seconds given to a lane to end by itself
WARM = 60.0  # seconds that a lane without a job is kept


class JobRunner:
    """Hands the next job to a lane, and notices when the lane dies or takes too long.

    beside  another runner: this one then takes quick jobs alone, and only while that one has been
            at a job for a while, so that they need not wait for it, nor for a cold lane in vain
    others  with `beside`: it takes what another visitor than that one's asks instead, quick or
            not, once that one's job has gone on for long; hours of labs hold up nobody else
    """

    def __init__(
        self, jobs: JobStore, beside: "JobRunner | None" = None, others: bool = False
    ) -> None:
        self.jobs = jobs
        self._beside = beside
        self._others = others
        self.lane: Lane | None = None
        self._job = 0  # that the lane works on; 0 while it waits
        self._kind = ""
        self._party = ""  # who asked it, as `Visitor.party` has it
        self._began = 0.0  # when the job, or the waiting, began
        self._unheeded = 0.0  # since when the job is to stop
        self._leaving: list[Lane] = []
        self._old: Lane | None = None  # a lane that is to get no further job

    @property
    def busy(self) -> bool:
        return self._job != 0

    @property
    def busy_for(self) -> float:
        """Seconds that the job at hand has taken so far."""
        return time.monotonic() - self._began if self.busy else 0.0

    def look(self, next_lane: Callable[[], Lane]) -> None:
        """Ends what is over and starts what waits; asks `next_lane` for a lane only then."""
        self._leaving = [lane for lane in self._leaving if not lane.ended]
        if self.lane:
            self._look_after(self.lane)
        if self._old and not self.busy:
            self.renew()
        quick = self._beside is not None and not self._others
        if self._beside and self._beside.busy_for < (ENOUGH if self._others else LONG):
            return
        not_of = self._beside._party if self._beside and self._others else None
        if not self.busy and self.jobs.waiting(quick, not_of):
            self.lane = self.lane or next_lane()
            claimed = self.jobs.claim(self.lane.name, quick, not_of)
            if claimed is None:  # taken back just now
                self._began = time.monotonic()
                return
            self._job, self._began, self._unheeded = claimed.id, time.monotonic(), 0.0
            self._kind, self._party = claimed.kind, claimed.party
            with contextlib.suppress(OSError):  # it died just now; the next look finds it
                self.lane.give_job(claimed.id)

    def renew(self) -> None:
        """Sends its lane home, after the job at hand: the next job begins in a fresh one."""
        self._old = self.lane
        if self.lane and not self.busy:
            self.lane.dismiss()
            self._leaving.append(self.lane)
            self.lane = self._old = None

    def close(self) -> None:
        """Drops the job at hand, which goes back into the queue for the next worker."""
        if self.lane:
            self.lane.dismiss()
            try:
                self.lane.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.lane.process.kill()
            self.lane, self._job = None, 0
        self.jobs.ask_again()

    def _look_after(self, lane: Lane) -> None:
        if self.busy:
            self._look_after_job(lane)
        elif time.monotonic() - self._began > WARM:
            lane.dismiss()
            self._leaving.append(lane)
            self.lane = None
        if lane.ended:
            if self.busy:
                self.jobs.fail(self._job, lane.name, LOST)  # unless it has settled the job itself
            lane.dismiss()
            self.lane, self._job = None, 0

    def _look_after_job(self, lane: Lane) -> None:
        now = time.monotonic()
        limit = LAB_LIMIT if self._kind == LAB else LIMIT
        job = self.jobs.look(self._job)
        if job is None or job.state != states.RUNNING:  # it is done
            self._job, self._began = 0, now
        elif hangs(self.jobs.store, lane):
            self.jobs.fail(self._job, lane.name, LOST)
            self._kill(lane)
        elif now - self._began > limit:
            self.jobs.fail(self._job, lane.name, TOO_LONG.format(minutes=limit / 60))
            self._kill(lane)
        elif job.stopping:
            self._unheeded = self._unheeded or now
            if now - self._unheeded > STOP_WITHIN:
                self.jobs.leave(self._job, lane.name)
                self._kill(lane)

    def _kill(self, lane: Lane) -> None:
        lane.process.kill()
        lane.process.wait()
