"""The worker's desk for jobs: one at a time, each in a lane of its own, beside what trains."""

import contextlib
import subprocess
import time
from collections.abc import Callable

from explorer.jobs import LOST, TOO_LONG, JobStore
from explorer.lane_process import Lane

LIMIT = 600.0  # seconds after which a job is given up
PATIENCE = 5.0  # seconds given to a lane to end by itself


class JobDesk:
    """Hands the next job to a lane, and notices when the lane dies or takes too long."""

    def __init__(self, jobs: JobStore) -> None:
        self.jobs = jobs
        self.lane: Lane | None = None
        self._job = 0
        self._began = 0.0

    @property
    def busy(self) -> bool:
        return self.lane is not None

    def look(self, next_lane: Callable[[], Lane]) -> None:
        """Ends what is over and starts what waits; asks `next_lane` for a lane only then."""
        self._look_after()
        if self.lane is None and self.jobs.waiting():
            lane = next_lane()
            claimed = self.jobs.claim(lane.name)
            if claimed is None:  # taken back just now
                lane.dismiss()
                return
            self.lane, self._job, self._began = lane, claimed.id, time.monotonic()
            with contextlib.suppress(OSError):  # it died just now; the next look finds it
                lane.give_job(claimed.id)

    def close(self) -> None:
        """Drops the job at hand, which goes back into the queue for the next worker."""
        if self.lane:
            self.lane.dismiss()
            try:
                self.lane.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.lane.process.kill()
            self.lane = None
        self.jobs.ask_again()

    def _look_after(self) -> None:
        lane = self.lane
        if lane is None:
            return
        late = time.monotonic() - self._began > LIMIT
        if late and not lane.ended:
            self.jobs.fail(self._job, lane.name, TOO_LONG.format(minutes=LIMIT / 60))
            lane.process.kill()
            lane.process.wait()
        if lane.ended:
            self.jobs.fail(self._job, lane.name, LOST)  # unless it has settled the job itself
            lane.dismiss()
            self.lane = None
