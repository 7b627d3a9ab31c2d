"""The loop of a lane: steps its runs, writes their rows, saves them, and does what is wished.

Between two steps the lane looks at the store a few times a second. A process may be killed between
any two lines, so the order is: rows first, then the checkpoint that leaves them behind, then the
word that a wish is done. What is lost on the way is then done again, from the checkpoint or because
the wish is still there. A lane that no longer has a run (its worker died, the next one gave the run
away) saves nothing; the lock on the run's folder keeps the next lane off until this one has left.
"""

import contextlib
import sys
import time
from collections.abc import Callable

import torch
from sqlalchemy.exc import OperationalError

from explorer.lane.active_run import Leg
from explorer.lane.admission import Room
from explorer.store import states
from explorer.store.comparisons import RunStore, checkpoint_file
from explorer.store.records import EXTENDED, PAUSED, RATE, Run, Wanted
from resnet.spec.row import Row
from resnet.train import checkpoint, furthest_behind

LOOK_EVERY = 0.2  # seconds between looks at what is wished
FLUSH_EVERY = 0.5  # seconds between writes of rows
SAVE_EVERY = 30.0  # seconds between checkpoints
ASK_EVERY = 1.0  # seconds between questions, while all is paused, whether others wait
HELD_FOR = 600.0  # seconds that a lane waits with paused runs before it lets go of them,
WAITED = 3.0  # or that another comparison has to wait for it to do so
ORPHANED = "the worker ended; resume to carry on from the last checkpoint"


class _Lost(Exception):
    """A run is no longer this lane's, and was dropped."""


class LaneTraining:
    """Trains what `lane` holds until each run has ended, or is paused and let go of.

    room  sets runs up
    gone  asked between steps; when it says True the worker is gone: runs are saved and left
    """

    def __init__(self, store: RunStore, lane: str, room: Room, gone: Callable[[], bool]) -> None:
        self.store = store
        self.lane = lane
        self.legs: list[Leg] = []
        self.room = room
        self.gone = gone
        self.ended = 0  # legs that gave their memory back since a waiting run was tried
        self.pending: list[tuple[int, Row]] = []
        self.looked = self.asked = -1e9
        self.flushed = self.saved = time.monotonic()
        self.idle_since: float | None = None  # since when all that is left is paused
        self.waited_since: float | None = None  # since when another comparison waits

    def begin(self, run: Run) -> None:
        """Takes a run in, if there is room for it beside the others."""
        self._take(self.room.admit(run, alone=not self.legs))

    def carry_out(self) -> None:
        while self.legs or self.room.waiting:
            with contextlib.suppress(_Lost):
                if self.gone():
                    self._break_off()
                else:
                    self._carry_on()

    def _carry_on(self) -> None:
        if time.monotonic() - self.looked >= LOOK_EVERY:
            self._look()
        self._write_by_the_clock()
        if self.room.waiting and (self.ended or not self.legs):
            self.ended = 0
            self._take(self.room.next(alone=not self.legs))
        moving = {leg.trainer: leg for leg in self.legs if not leg.paused}
        if moving:
            self.idle_since = None
            self._advance(moving[furthest_behind(list(moving))])
        elif self.legs:
            self._idle()

    def leave(self, state: str, message: str) -> None:
        """Settles all that is left in one state, unsaved: something has gone wrong."""
        for leg in list(self.legs):
            self.store.settle(leg.run.id, self.lane, state, message)
            self._drop(leg)
        self.room.close(state, message)

    def _take(self, leg: Leg | None) -> None:
        if leg:
            self.legs.append(leg)

    def _advance(self, leg: Leg) -> None:
        row, full = None, False
        try:
            row = leg.trainer.step() if leg.begun else leg.trainer.start()
        except torch.OutOfMemoryError:
            full = True  # behind this block, where the error no longer holds on to memory
        if full:
            self._put_off(leg)
            return
        leg.begun = True
        if row:
            self.pending.append((leg.run.id, row))
        if row and row.diverged:
            self._end(leg, states.DIVERGED)
        elif leg.trainer.finished:
            self._end(leg, states.FINISHED)
        elif leg.due:
            self._pause(leg)

    def _put_off(self, leg: Leg) -> None:
        """Leaves a net that the device has no memory for; it goes on from its last checkpoint."""
        self._flush()
        run = leg.run
        self._drop(leg)
        del leg.trainer
        self.ended = 0
        self._take(self.room.put_off(run, alone=not self.legs))

    def _look(self) -> None:
        """Does what is wished; leaves what is no longer this lane's."""
        owned = self.store.owned(self.lane)
        for leg in list(self.legs):
            wanted = owned.get(leg.run.id)
            if wanted is None:
                self._drop(leg)
            elif wanted.state == states.STOPPED:
                self._end(leg, states.STOPPED)
            else:
                self._obey(leg, wanted)
        self.room.look()
        self.looked = time.monotonic()

    def _obey(self, leg: Leg, wanted: Wanted) -> None:
        trainer, run = leg.trainer, leg.run.id
        if wanted.until > trainer.course.iterations:
            rate = trainer.course.base(trainer.iteration) if wanted.rate is None else wanted.rate
            self.store.mark(run, trainer.course.iterations, EXTENDED, wanted.until)
            trainer.extend(wanted.until, rate)
            self._save(leg)
        elif wanted.rate is not None and not trainer.finished:
            trainer.change_rate(wanted.rate)
            self._save(leg)
        if wanted.rate is not None and not trainer.finished:
            self.store.mark(run, trainer.iteration, RATE, wanted.rate)
        leg.hold_at = wanted.hold_at
        if leg.due and not leg.paused:
            self._pause(leg)
        elif leg.paused and not leg.due:
            self.store.go_on(run, self.lane)
            leg.paused = False

    def _pause(self, leg: Leg) -> None:
        self._save(leg)
        self.store.mark(leg.run.id, leg.trainer.iteration, PAUSED)
        row = leg.trainer.peek()
        if row:
            self.pending.append((leg.run.id, row))
            self._flush(needed=True)
        self.store.hold(leg.run.id, self.lane, leg.trainer.iteration)
        leg.paused = True

    def _idle(self) -> None:
        """Everything is paused: waits a moment, or leaves where it is in the way."""
        now = time.monotonic()
        self.idle_since = self.idle_since or now
        if now - self.asked >= ASK_EVERY:
            self.asked = now
            in_the_way = self.store.line() and not self._more_is_training()
            self.waited_since = (self.waited_since or now) if in_the_way else None
        waited = self.waited_since is not None and now - self.waited_since >= WAITED
        if waited or now - self.idle_since >= HELD_FOR:
            self._let_go()
        if self.legs:
            time.sleep(LOOK_EVERY)

    def _more_is_training(self) -> bool:
        """Whether another lane still trains: then to leave would make nobody's turn come sooner."""
        found = self.store.comparison(self.legs[0].run.comparison)
        return found is not None and found.running

    def _let_go(self) -> None:
        """Leaves what is paused, saved as it is, unless it is wished for at this moment."""
        for leg in [leg for leg in self.legs if leg.paused]:
            if self.store.let_go(leg.run.id, self.lane):
                self._drop(leg)

    def _break_off(self) -> None:
        self._look()
        self._let_go()
        for leg in list(self.legs):
            self._end(leg, states.INTERRUPTED, ORPHANED)
        self.room.close(states.INTERRUPTED, ORPHANED)

    def _end(self, leg: Leg, state: str, message: str = "") -> None:
        if state == states.DIVERGED:
            self._flush(needed=True)
        else:
            self._save(leg)
        self.store.settle(leg.run.id, self.lane, state, message)
        self._drop(leg)

    def _drop(self, leg: Leg) -> None:
        self.legs.remove(leg)
        self.ended += 1
        if leg.events:
            leg.events.close()
        leg.lock.release()

    def _save(self, leg: Leg) -> None:
        """A checkpoint, after the rows before it. Raises _Lost where those were not taken."""
        self._flush(needed=True)
        checkpoint.save(
            checkpoint_file(leg.run.id), leg.run.spec, leg.run.recipe, leg.trainer.state()
        )

    def _write_by_the_clock(self) -> None:
        saving = time.monotonic() - self.saved >= SAVE_EVERY
        if saving or time.monotonic() - self.flushed >= FLUSH_EVERY:
            self._flush()
        if saving and not self.pending:
            for leg in self.legs:
                if not leg.paused:
                    self._save(leg)
            self.saved = time.monotonic()

    def _flush(self, needed: bool = False) -> None:
        """Writes what is pending; a full disk keeps it pending until there is room again.

        Raises OperationalError where it was needed; _Lost where a run is no longer this lane's.
        """
        lost: set[int] = set()
        try:
            if self.pending:
                lost = self.store.append(self.lane, self.pending)
                for leg in self.legs:
                    if leg.events and leg.run.id not in lost:
                        leg.events.add([row for run, row in self.pending if run == leg.run.id])
                self.pending.clear()
        except OperationalError as error:
            print(f"rows not written yet: {error}", file=sys.stderr, flush=True)
            if needed:
                raise
        self.flushed = time.monotonic()
        for leg in [leg for leg in self.legs if leg.run.id in lost]:
            self._drop(leg)
        if lost:
            raise _Lost
