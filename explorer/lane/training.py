"""The loop of a lane: steps its runs, writes their rows, saves them, and does what is requested.

Between two steps the lane looks at the store a few times a second. A process may be killed between
any two lines, so the order is: rows first, then the checkpoint that leaves them behind, then the
word that a request is done. What is lost on the way is then done again, from the checkpoint or
because the request is still there. A lane that no longer has a run (its worker died, the next one
gave the run away) saves nothing; the lock on the run's folder keeps the next lane off until this
one has left.
"""

import time
from collections.abc import Callable

import torch

from explorer.lane.active_run import ActiveRun
from explorer.lane.admission import Admission
from explorer.lane.keeping import Keeping
from explorer.store import states
from explorer.store.comparisons import RunStore
from explorer.store.records import EXTENDED, PAUSED, RATE, Run, Wanted
from explorer.store.training import Lost, TrainingStore
from resnet.train import furthest_behind

LOOK_EVERY = 0.2  # seconds between looks at what is requested
FLUSH_EVERY = 0.5  # seconds between writes of rows
SAVE_EVERY = 30.0  # seconds between checkpoints
ASK_EVERY = 1.0  # seconds between questions, while all is paused, whether others wait
HELD_FOR = 600.0  # seconds that a lane waits with paused runs before it lets go of them,
WAITED = 3.0  # or that another comparison has to wait for it to do so
ORPHANED = "the worker ended; resume to carry on from the last checkpoint"


class LaneTraining:
    """Trains what `lane` holds until each run has ended, or is paused and let go of.

    admission  sets runs up
    gone       asked between steps; when it says True the worker is gone: runs are saved and left
    """

    def __init__(
        self,
        store: RunStore,
        training: TrainingStore,
        lane: str,
        admission: Admission,
        gone: Callable[[], bool],
    ) -> None:
        self.store = store
        self.training = training
        self.lane = lane
        self.active_runs: list[ActiveRun] = []
        self.admission = admission
        self.gone = gone
        self.ended = 0  # active runs that gave memory back; for each a waiting one is tried
        self.kept = Keeping(training, lane, gone)
        self.looked = self.asked = -1e9
        self.flushed = self.saved = time.monotonic()
        self.idle_since: float | None = None  # since when all that is left is paused
        self.waited_since: float | None = None  # since when another comparison waits

    def begin(self, run: Run) -> None:
        """Takes a run in, if it fits beside the others."""
        self._take(self.admission.admit(run, alone=not self.active_runs))

    def carry_out(self) -> None:
        while self.active_runs or self.admission.waiting:
            try:
                if self.gone():
                    self._break_off()
                else:
                    self._carry_on()
            except Lost as lost:
                self._forget({lost.run})

    def _carry_on(self) -> None:
        if time.monotonic() - self.looked >= LOOK_EVERY:
            self._look()
        self._write_by_the_clock()
        if self.admission.waiting and (self.ended or not self.active_runs):
            self._admit_next()
        moving = {active.trainer: active for active in self.active_runs if not active.paused}
        if moving:
            self.idle_since = None
            self._advance(moving[furthest_behind(list(moving))])
        elif self.active_runs:
            self._idle()

    def _admit_next(self) -> None:
        """Tries the run that has waited longest, one for each that gave its memory back."""
        waiting = len(self.admission.waiting)
        active = self.admission.next(alone=not self.active_runs)
        self._take(active)
        settled = (
            active is None and len(self.admission.waiting) < waiting
        )  # its memory is another's
        if self.ended and not settled:
            self.ended -= 1

    def leave(self, state: str, message: str) -> None:
        """Settles all that is left in one state, unsaved: something has gone wrong."""
        for active in list(self.active_runs):
            self.training.settle(active.run.id, self.lane, state, message)
            self._drop(active)
        self.admission.close(state, message)

    def _take(self, active: ActiveRun | None) -> None:
        if active:
            self.active_runs.append(active)

    def _advance(self, active: ActiveRun) -> None:
        row, full = None, False
        try:
            row = active.trainer.step() if active.begun else active.trainer.start()
        except torch.OutOfMemoryError:
            full = True  # behind this block, where the error no longer holds on to memory
        if full:
            self._put_off(active)
            return
        active.begun = True
        if row:
            self.kept.pending.append((active.run.id, row))
        if row and row.diverged:
            self._end(active, states.DIVERGED)
        elif active.trainer.finished:
            self._end(active, states.FINISHED)
        elif active.due:
            self._pause(active)

    def _put_off(self, active: ActiveRun) -> None:
        """Leaves a net that the device has no memory for; it goes on from its last checkpoint."""
        self._flush()
        run = active.run
        self._drop(active)
        del active.trainer
        self.ended = 0
        self._take(self.admission.put_off(run, alone=not self.active_runs))

    def _look(self) -> None:
        """Does what is requested; leaves what is no longer this lane's."""
        owned = self.training.owned(self.lane)
        for active in list(self.active_runs):
            wanted = owned.get(active.run.id)
            if wanted is None:
                self._drop(active)
            elif wanted.state == states.STOPPED:
                self._end(active, states.STOPPED)
            elif wanted.state == states.QUEUED and wanted.pause_at is None:  # others go first
                self._end(active, states.QUEUED)
            else:
                self._obey(active, wanted)
        self.admission.look()
        self.looked = time.monotonic()

    def _obey(self, active: ActiveRun, wanted: Wanted) -> None:
        trainer, run = active.trainer, active.run.id
        if wanted.until > trainer.schedule.iterations:
            rate = trainer.schedule.base(trainer.iteration) if wanted.rate is None else wanted.rate
            self.training.mark(run, self.lane, trainer.schedule.iterations, EXTENDED, wanted.until)
            trainer.extend(wanted.until, rate)
            self._save(active)
        elif wanted.rate is not None and not trainer.finished:
            trainer.change_rate(wanted.rate)
            self._save(active)
        if wanted.rate is not None and not trainer.finished:
            self.training.mark(run, self.lane, trainer.iteration, RATE, wanted.rate)
        active.pause_at = wanted.pause_at
        if active.due and not active.paused:
            self._pause(active)
        elif active.paused and not active.due:
            self.training.go_on(run, self.lane)
            active.paused = False

    def _pause(self, active: ActiveRun) -> None:
        self._save(active)
        self.training.mark(active.run.id, self.lane, active.trainer.iteration, PAUSED)
        row = active.trainer.peek()
        if row:
            self.kept.pending.append((active.run.id, row))
            self._flush(needed=True)
        self.training.hold(active.run.id, self.lane, active.trainer.iteration)
        active.paused = True

    def _idle(self) -> None:
        """Everything is paused: waits a moment, or leaves where it is in the way."""
        now = time.monotonic()
        self.idle_since = self.idle_since or now
        if now - self.asked >= ASK_EVERY:
            self.asked = now
            in_the_way = self.training.patience(self._line) and not self._more_is_training()
            self.waited_since = (self.waited_since or now) if in_the_way else None
        waited = self.waited_since is not None and now - self.waited_since >= WAITED
        if waited or now - self.idle_since >= HELD_FOR:
            self._let_go()
        if self.active_runs:
            time.sleep(LOOK_EVERY)

    def _line(self) -> list[str]:
        return self.store.line()

    def _more_is_training(self) -> bool:
        """Whether another lane still trains: then to leave would make nobody's turn come sooner."""
        found = self.store.comparison(self.active_runs[0].run.comparison)
        return found is not None and found.running

    def _let_go(self) -> None:
        """Leaves what is paused, saved as it is, unless it is wanted at this moment."""
        for active in [active for active in self.active_runs if active.paused]:
            if self.training.let_go(active.run.id, self.lane):
                self._drop(active)

    def _break_off(self) -> None:
        self._look()
        self._let_go()
        for active in list(self.active_runs):
            self._end(active, states.INTERRUPTED, ORPHANED)
        self.admission.close(states.INTERRUPTED, ORPHANED)

    def _end(self, active: ActiveRun, state: str, message: str = "") -> None:
        if state == states.DIVERGED:
            self._flush(needed=True)
        else:
            self._save(active)
        self.training.settle(active.run.id, self.lane, state, message)
        self._drop(active)

    def _drop(self, active: ActiveRun) -> None:
        self.active_runs.remove(active)
        self.ended += 1
        if active.events:
            active.events.close()
        active.lock.release()

    def _save(self, active: ActiveRun) -> None:
        """A checkpoint, after the rows before it. Raises Lost where the run is not this lane's."""
        self._flush(needed=True)
        if active.run.id not in self.training.owned(self.lane):
            raise Lost(active.run.id)
        self.kept.save(active)

    def _write_by_the_clock(self) -> None:
        saving = time.monotonic() - self.saved >= SAVE_EVERY
        if saving or time.monotonic() - self.flushed >= FLUSH_EVERY:
            self._flush()
        if saving and not self.kept.pending:
            owned = self.training.owned(self.lane)
            self.kept.save_some(
                [each for each in self.active_runs if not each.paused and each.run.id in owned]
            )
            self.saved = time.monotonic()

    def _flush(self, needed: bool = False) -> None:
        """Writes what is pending. Raises Lost where a run is no longer this lane's."""
        lost = self.kept.flush(self.active_runs, needed)
        self.flushed = time.monotonic()
        self._forget(lost)
        if lost:
            raise Lost(min(lost))

    def _forget(self, lost: set[int]) -> None:
        """Drops what is no longer this lane's."""
        for active in [active for active in self.active_runs if active.run.id in lost]:
            self._drop(active)
