"""The worker: one per machine. Claims comparisons and jobs, starts lanes, watches over them.

It imports no torch. Lanes are started ahead of time and wait, so that a click is answered by a
process that has torch in memory already.
"""

import contextlib
import logging
import math
import os
import time
from collections.abc import Sequence
from typing import Any

from explorer.store import identity, limits, space
from explorer.store.comparisons import RunStore, free_disk
from explorer.store.curation import Curation
from explorer.store.jobs.store import JobStore
from explorer.store.records import Run
from explorer.store.training import TrainingStore
from explorer.store.trouble import StoreBusy
from explorer.worker import images, leftovers
from explorer.worker.control import SILENT
from explorer.worker.jobs import JobRunner
from explorer.worker.lane_watch import LaneWatch
from explorer.worker.process import Lane
from explorer.worker.throughput import Throughput
from resnet.cost.sharing import cores, share_out
from resnet.export.onnx_packages import missing
from resnet.settings import (
    has_cifar10,
    home,
    image_folder,
    image_folder_label,
)

POLL = 0.2  # seconds
REPORT_EVERY = 1.0
STANDBY = 2  # lanes kept waiting with torch in memory
MAX_LANES = 6
ALONE_FOR = 90.0  # seconds without a server and without work after which the worker ends
PURGE_EVERY = 60.0
PATIENCE = 30.0  # seconds given to lanes to save when the worker is stopped
TOLERATED = 2  # waiting lanes that may end, one after the other, before it counts as trouble
RETRY_EVERY_TURN = 1.0  # seconds between turns while the store takes nothing
RETRY_EVERY = 10.0  # seconds between starts of lanes in trouble,
CALM = 60.0  # which is over when none has ended for so long

_log = logging.getLogger(__name__)


class Worker:
    """Trains one turn of a comparison at a time, shared out among lanes; does jobs beside it."""

    def __init__(self, store: RunStore) -> None:
        self.store = store
        self.training = TrainingStore(store)
        runner = JobRunner(JobStore(store))
        self.job_runners = (
            runner,
            JobRunner(JobStore(store), beside=runner),
            JobRunner(JobStore(store), beside=runner, others=True),
        )
        self.waiting: list[Lane] = []
        self.busy: list[Lane] = []
        self.stopping = False
        self._before = self._reports_of_lanes()  # those that were made for another worker
        self._images = images.Watch()
        self._throughput = Throughput(store)
        self._watch = LaneWatch(store)
        self._problem = ""  # why the last turn was not done
        self._trained = ""  # the comparison that the busy lanes train,
        self._began = 0.0  # and since when
        self._reported = 0.0
        self._purged = 0.0
        self._needed = time.monotonic()
        self._lost = 0  # waiting lanes that ended without being asked to, one after the other,
        self._failed = 0  # and those of them that ended before any was up
        self._lost_at = self._tried = -math.inf

    def run(self) -> None:
        """Works until it is told to stop, or has had no server and no work for a while."""
        begun = over = False
        while not self.stopping and not over:
            try:
                if not begun:
                    self._begin()
                    begun = True
                self._turn()
                over = self._alone()
                self._say("")
            except (StoreBusy, OSError) as error:  # a full disk, a locked store: lanes go on
                self._say(str(error))
                self._watch.free_the_store()
                time.sleep(RETRY_EVERY_TURN)
            time.sleep(POLL)
        self._wind_up()

    def _begin(self) -> None:
        """Whatever a worker before this one has left is free again."""
        self.training.interrupt()
        JobStore(self.store).ask_again()
        images.taken_up(self.store)
        self._images.start()

    def _turn(self) -> None:
        self._report()
        self._look_after_lanes()
        if not self.busy:
            self._keep_lanes_waiting()
            self._start_next()
        for runner in self.job_runners:
            runner.look(self._next_lane)

    def _say(self, problem: str) -> None:
        """Notes in the log what stands in the way, and when it no longer does."""
        if problem != self._problem:
            self._problem = problem
            _log.warning("%s", problem or "goes on")

    def stop(self, *_: Any) -> None:
        self.stopping = True

    def _report(self) -> None:
        if time.monotonic() - self._reported < REPORT_EVERY:
            return
        self._reported = time.monotonic()
        if images.taken_up(self.store):
            self._images.forget()
            self._send_home()
        folder, seen = image_folder(), self._images.seen
        self.store.report(
            "worker",
            {
                "pid": os.getpid(),
                "free_disk": free_disk(),
                "cifar10": has_cifar10(),
                "folder": image_folder_label() if folder else None,
                "folder_at": str(folder.absolute()) if folder else None,
                "folder_classes": seen.classes,
                "folder_fingerprint": seen.fingerprint,
                "folder_problem": seen.problem,
                "missing_for_onnx": missing(),
                "ready": self._machine() is not None,
                "problem": f"training processes do not start; {home().name}/worker.log says why"
                if self._failed > TOLERATED
                else "",
            },
        )
        request = self.store.reported("stop")
        if request and request[0].get("who") == identity.mine():
            self.stopping = True
        self._watch.look(self.busy, [*self.waiting, *(each.lane for each in self.job_runners)])
        training = self.store.comparison(self._trained) if self.busy else None
        self._throughput.look(
            training.runs if training else (), len(self.busy), self._lanes(), time.monotonic()
        )
        self._let_others_train()
        if time.monotonic() - self._purged >= PURGE_EVERY:
            self._purged = time.monotonic()
            Curation(self.store).purge()
            leftovers.rotate(home() / "worker.log")
            leftovers.clear(self.store)
            space.give_back(self.store, idle=not self.busy and not self._jobs_busy())

    def _let_others_train(self) -> None:
        """Ends a long turn where other visitors wait; it goes on from where it was in the next."""
        most = 60 * limits.ROTATE_MINUTES.value
        if self.busy and time.monotonic() - self._began >= most:
            self.training.rotate(self._trained)

    def _jobs_busy(self) -> bool:
        return any(runner.busy for runner in self.job_runners)

    def _send_home(self) -> None:
        """Lanes that wait have the images of before; what trains keeps its own to the end."""
        for lane in self.waiting:
            lane.dismiss()
        self.waiting.clear()
        for runner in self.job_runners:
            runner.renew()

    def _machine(self) -> dict[str, Any] | None:
        """What a lane of this worker has reported; None until the first one is up."""
        report = self.store.reported("machine")
        return report[0] if report and self._reports_of_lanes() > self._before else None

    def _reports_of_lanes(self) -> int:
        """How many lanes have ever said that they are up."""
        heard = self.store.heard("machine")
        return heard.beat if heard else 0

    def _look_after_lanes(self) -> None:
        self._see_who_is_up()
        for lane in [lane for lane in self.busy if lane.ended]:
            _log.info("a lane has ended", extra={"comparison": self._trained})
            self.training.interrupt(lane.name)  # whatever it did not settle itself
            self.busy.remove(lane)
            lane.dismiss()
        for lane in [lane for lane in self.waiting if lane.ended]:
            self.waiting.remove(lane)
            _log.warning("a lane that waited has ended")
            self._lost += 1
            self._failed += not lane.up
            self._lost_at = time.monotonic()

    def _see_who_is_up(self) -> None:
        """A lane that has started says what machine this is; then lanes do start."""
        if all(lane.up for lane in self.waiting):
            return
        said = self._reports_of_lanes()
        for lane in self.waiting:
            if lane.before < said:
                lane.up, self._failed = True, 0

    def _keep_lanes_waiting(self) -> None:
        now = time.monotonic()
        if now - self._lost_at > CALM:
            self._lost = 0
        if self._lost > TOLERATED and now - self._tried < RETRY_EVERY:
            return  # they do not last: try again now and then, not five times a second
        while len(self.waiting) < min(STANDBY, cores()):
            self.waiting.append(self._new_lane())
            self._tried = now

    def _lanes(self) -> int:
        """How many lanes train at once on this machine."""
        machine = self._machine()
        return 1 if machine and machine["device"] != "cpu" else min(cores(), MAX_LANES)

    def _start_next(self) -> None:
        if self._machine() is None:
            return
        me = f"worker-{os.getpid()}"
        self.training.give_back(me)  # where a claim before was not handed out
        claimed = self.training.claim_runs(me)
        if not claimed:
            return
        self._lost = self._failed = 0
        self._trained, self._began = claimed[0].comparison, time.monotonic()
        for share in shares(claimed, self._lanes()):
            lane = self._next_lane()
            try:
                self.training.hand_over(share, lane.name)
            except StoreBusy:
                self.waiting.insert(0, lane)
                raise
            self.busy.append(lane)
            about = {"comparison": self._trained, "run": ",".join(map(str, share))}
            _log.info("given to a lane", extra=about)
            with contextlib.suppress(OSError):  # it died just now; the next look finds it
                lane.give(share)

    def _next_lane(self) -> Lane:
        return self.waiting.pop(0) if self.waiting else self._new_lane()

    def _new_lane(self) -> Lane:
        before = self._reports_of_lanes()
        lane = Lane.start()
        lane.before = before
        return lane

    def _alone(self) -> bool:
        server = self.store.heard("server")
        if self.busy or self._jobs_busy() or (server and server.lives(SILENT + 30)):
            self._needed = time.monotonic()
        return time.monotonic() - self._needed > ALONE_FOR

    def _wind_up(self) -> None:
        lanes = self.waiting + self.busy
        for lane in lanes:
            lane.dismiss()
        for runner in self.job_runners:
            with contextlib.suppress(StoreBusy):
                runner.close()
        deadline = time.monotonic() + PATIENCE
        while any(not lane.ended for lane in lanes) and time.monotonic() < deadline:
            time.sleep(POLL)
        for lane in lanes:
            if not lane.ended:
                lane.process.kill()
        try:
            self.training.interrupt()
        except StoreBusy as error:  # the next worker begins with the same
            self._say(str(error))


def shares(claimed: Sequence[Run], lanes: int) -> list[list[int]]:
    """The ids of the claimed runs, lane by lane."""
    return [
        [claimed[index].id for index in share]
        for share in share_out([run.spec for run in claimed], lanes)
    ]
