"""What a lane leaves behind: rows in the store, checkpoints beside it, in this order.

A full or locked disk takes neither. What is written by the clock then waits for the next time, and
training goes on; what is written because a run ends or pauses is tried until it is taken.
"""

import contextlib
import logging
from collections.abc import Callable, Sequence
from functools import partial

import sqlalchemy as sa

from explorer.lane.active_run import ActiveRun
from explorer.store import durable
from explorer.store.comparisons import checkpoint_before, checkpoint_file
from explorer.store.patience import Patience
from explorer.store.training import TrainingStore
from explorer.store.trouble import StoreBusy
from resnet.spec.row import Row
from resnet.train import checkpoint

_log = logging.getLogger(__name__)

FULL_FOR = 600.0  # seconds that a run which ends or pauses waits for a disk with room
MOST_PENDING = 2000  # rows that are kept while the store takes none; then training waits


class Keeping:
    """The rows and checkpoints of the runs of `lane`.

    pending  rows (run id, row) that are not in the store yet
    """

    def __init__(self, training: TrainingStore, lane: str, gone: Callable[[], bool]) -> None:
        self._training = training
        self._engine = training.store.engine
        self._lane = lane
        self._gone = gone
        self._unsaved = ""  # why checkpoints were not written the last time
        self.pending: list[tuple[int, Row]] = []

    def flush(self, active_runs: Sequence[ActiveRun], needed: bool = False) -> set[int]:
        """Writes what is pending, waiting for the disk where that is needed.

        Returns the ids of runs that are no longer this lane's; their rows were not taken.
        """
        if not self.pending:
            return set()
        append = partial(self._training.append, self._lane, self.pending)
        if needed or len(self.pending) > MOST_PENDING:
            lost = self._training.patience(append)
        else:
            try:
                lost = append()
            except StoreBusy as error:
                _log.warning("rows not written yet: %s", error)
                return set()
        for active in active_runs:
            if active.events and active.run.id not in lost:
                active.events.add([row for run, row in self.pending if run == active.run.id])
        self.pending.clear()
        return lost

    def save(self, active: ActiveRun) -> None:
        """Writes a checkpoint; while the disk is full it waits, and people are told.

        Raises CheckpointError where the disk stays so, for others wait for their turns.
        """
        say = partial(self._say, active)
        patience = Patience(self._gone, (checkpoint.CheckpointError,), say, FULL_FOR)
        patience(partial(_write, self._engine, active))

    def save_some(self, active_runs: Sequence[ActiveRun]) -> None:
        """Writes what checkpoints the disk takes now."""
        for active in active_runs:
            try:
                _write(self._engine, active)
                words = ""
            except checkpoint.CheckpointError as error:
                words = str(error)
                _log.warning("not saved yet: %s", words)
            if words != self._unsaved:
                self._unsaved = words
                self._say(active, words)

    def _say(self, active: ActiveRun, words: str) -> None:
        with contextlib.suppress(StoreBusy):
            self._training.tell(active.run.comparison, words)


def _write(engine: sa.Engine, active: ActiveRun) -> None:
    """The disk has the rows first: a power cut leaves no checkpoint that is ahead of them."""
    try:
        durable.sync(engine)
    except OSError as error:
        raise checkpoint.CheckpointError(
            f"the rows before the checkpoint are not on the disk ({error}); look after the disk, "
            "then resume: the last complete checkpoint is kept"
        ) from error
    checkpoint.save(
        checkpoint_file(active.run.id),
        active.run.spec,
        active.run.recipe,
        active.trainer.state(),
        before=checkpoint_before(active.run.id),
    )
