"""A lane: one process that trains its runs in step, writes their rows, and obeys wishes.

Started by the worker, it imports torch, says what machine this is, and waits on its standard input
for a line with its runs, or with one job (explorer.job_lane). When that pipe closes, the worker is
gone: the lane then saves what it trains, drops a job, and ends.
"""

import json
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import torch
from sqlalchemy.exc import OperationalError

from explorer import job_lane, states
from explorer.jobs import JobStore
from explorer.records import Run
from explorer.store import RunStore, run_folder
from resnet import checkpoint, data
from resnet.lanes import cores
from resnet.spec import SpecError
from resnet.train import Row, Trainer, best_device, in_step, precision_on

FLUSH_EVERY = 0.5  # seconds between writes of rows, and between looks at what is wanted
SAVE_EVERY = 30.0  # seconds between checkpoints
ORPHANED = "the worker ended; resume to carry on from the last checkpoint"


def train(
    store: RunStore, lane: str, ids: list[int], gone: Callable[[], bool] = lambda: False
) -> None:
    """Trains runs that belong to `lane` until each has ended one way or another.

    gone  asked between steps; when it says True the runs are saved and left as interrupted
    """
    ready: dict[Trainer, Run] = {}
    for identity in ids:
        run = store.run(identity)
        if run is None or gone():
            continue
        try:
            ready[_trainer(store, run)] = run
        except (SpecError, data.DataError, checkpoint.CheckpointError) as error:
            store.settle(identity, lane, states.FAILED, str(error))
        except Exception as error:
            traceback.print_exc()
            store.settle(identity, lane, states.FAILED, f"it could not be set up: {error}")
    if ready:
        store.tell(next(iter(ready.values())).comparison, "")
    try:
        _Training(store, lane, ready, gone).carry_out()
    except checkpoint.CheckpointError as error:
        _leave(store, lane, ready, states.INTERRUPTED, str(error))
    except Exception as error:
        traceback.print_exc()
        _leave(store, lane, ready, states.FAILED, f"training broke off: {error}")


class _Training:
    """The loop of one lane: steps, rows, wishes, checkpoints."""

    def __init__(
        self, store: RunStore, lane: str, runs: dict[Trainer, Run], gone: Callable[[], bool]
    ) -> None:
        self.store = store
        self.lane = lane
        self.runs = runs
        self.gone = gone
        self.pending: list[tuple[int, Row]] = []
        self.flushed = self.saved = time.monotonic()

    def carry_out(self) -> None:
        open_runs = dict(self.runs)
        for trainer, row in in_step(list(self.runs)):
            run = self.runs[trainer]
            if row:
                self.pending.append((run.id, row))
            if trainer.finished or (row and row.diverged):
                self._end(trainer, states.DIVERGED if row and row.diverged else states.FINISHED)
                del open_runs[trainer]
            elif time.monotonic() - self.flushed >= FLUSH_EVERY:
                self._flush()
                for stopped in self._unwanted(open_runs):
                    stopped.halted = True
                    del open_runs[stopped]
                if time.monotonic() - self.saved >= SAVE_EVERY:
                    for each in open_runs:
                        self._save(each)
                    self.saved = time.monotonic()
            if self.gone():
                break
        for trainer in open_runs:
            self._end(trainer, states.INTERRUPTED, ORPHANED)

    def _unwanted(self, open_runs: dict[Trainer, Run]) -> list[Trainer]:
        """Those to be stopped, now saved and settled, and those that are no longer this lane's."""
        owned = self.store.owned(self.lane)
        unwanted = []
        for trainer, run in open_runs.items():
            if run.id not in owned:
                unwanted.append(trainer)
            elif owned[run.id].state == states.STOPPED:
                self._end(trainer, states.STOPPED)
                unwanted.append(trainer)
        return unwanted

    def _end(self, trainer: Trainer, state: str, message: str = "") -> None:
        if state != states.DIVERGED:
            self._save(trainer)
        self._flush(last=True)
        self.store.settle(self.runs[trainer].id, self.lane, state, message)

    def _save(self, trainer: Trainer) -> None:
        run = self.runs[trainer]
        checkpoint.save(checkpoint_file(run.id), run.spec, run.recipe, trainer.state())

    def _flush(self, last: bool = False) -> None:
        """Writes what is pending; a full disk keeps it pending until there is room again."""
        try:
            if self.pending:
                self.store.append(self.lane, self.pending)
                self.pending.clear()
        except OperationalError as error:
            print(f"rows not written yet: {error}", file=sys.stderr, flush=True)
            if last:
                raise
        self.flushed = time.monotonic()


def checkpoint_file(run: int) -> Path:
    return run_folder(run) / "checkpoint.pt"


def _trainer(store: RunStore, run: Run) -> Trainer:
    """The run's trainer, at its last checkpoint where there is one; later rows are taken back."""

    def progress(what: str, done: int, of: int) -> None:
        store.tell(run.comparison, what, done, of)

    images = data.load(run.recipe.data, progress=_seldom(progress))
    trainer = Trainer(run.spec, run.recipe, images)
    file = checkpoint_file(run.id)
    note = f"{images.label} ({images.note})" if images.note else images.label
    if file.exists():
        if run.data and run.data != note:
            raise data.DataError(
                f"this run was trained on {run.data}, but the images are now {note}; "
                "set RESNET_DATA back, or launch the comparison anew"
            )
        trainer.load_state(checkpoint.load_for(file, run.spec, run.recipe))
    store.rewind(run.id, trainer.iteration)
    store.describe(run.id, f"{device_name()}, {trainer.precision}", note)
    return trainer


def _seldom(progress: data.Progress) -> data.Progress:
    """At most two reports a second: each is a write to the store."""
    last = 0.0

    def report(what: str, done: int, of: int) -> None:
        nonlocal last
        if time.monotonic() - last > FLUSH_EVERY:
            last = time.monotonic()
            progress(what, done, of)

    return report


def _leave(store: RunStore, lane: str, runs: dict[Trainer, Run], state: str, message: str) -> None:
    for run in runs.values():
        store.settle(run.id, lane, state, message)


def device_name() -> str:
    device = best_device()
    if device == "cuda":
        return torch.cuda.get_device_name()
    return "Apple GPU" if device == "mps" else f"CPU, {cores()} cores"


def machine() -> dict[str, object]:
    """What this machine trains on, and which image sets are there, for the pages to show."""
    device = best_device()
    return {
        "device": device,
        "name": device_name(),
        "precision": precision_on(torch.device(device), "auto"),
        "cores": cores(),
    }


def main() -> None:
    """The lane's process: set up, report, wait for work, do it, end."""
    if best_device() == "cpu":
        torch.set_num_threads(1)
    store = RunStore()
    store.report("machine", machine())
    line = sys.stdin.readline()
    if not line:
        return
    work = json.loads(line)
    if "job" in work:
        _when_orphaned(lambda: os._exit(1))
        job_lane.do(JobStore(store), work["lane"], work["job"])
    else:
        orphaned = threading.Event()
        _when_orphaned(orphaned.set)
        train(store, work["lane"], work["runs"], orphaned.is_set)
    sys.stdout.flush()
    os._exit(0)  # the reader thread may still hold standard input, which blocks a normal exit


def _when_orphaned(act: Callable[[], None]) -> None:
    """Standard input is the worker's end of a pipe: reading it ends when the worker does."""

    def until_closed() -> None:
        sys.stdin.read()
        act()

    threading.Thread(target=until_closed, daemon=True).start()


if __name__ == "__main__":
    main()
