"""A lane: one process that is given runs, sets them up and trains them (explorer.lane_training).

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

import torch

from explorer import event_files, job_lane, states
from explorer.jobs import JobStore
from explorer.lane_training import ORPHANED, LaneTraining, Leg, checkpoint_file
from explorer.records import Run
from explorer.store import RunStore, run_folder
from resnet import checkpoint, data
from resnet.lanes import cores
from resnet.spec import SpecError
from resnet.train import Trainer, best_device, precision_on

TELL_EVERY = 0.5  # seconds between words on how far the images are


class _Left(Exception):
    """While a run was set up its state became this: it was stopped, or the worker ended."""

    def __init__(self, state: str, message: str = "") -> None:
        super().__init__(state)
        self.state = state
        self.message = message


def train(
    store: RunStore, lane: str, ids: list[int], gone: Callable[[], bool] = lambda: False
) -> None:
    """Trains runs that belong to `lane` until each has ended, or is paused and let go of.

    gone  asked between steps; when it says True the runs are saved and left as interrupted
    """
    legs: list[Leg] = []
    images = _Images(store, lane, gone)
    for identity in ids:
        run = store.run(identity)
        if run is None:
            continue
        try:
            legs.append(_leg(store, run, images.of(run)))
        except _Left as left:
            store.settle(identity, lane, left.state, left.message)
        except (SpecError, data.DataError, checkpoint.CheckpointError) as error:
            store.settle(identity, lane, states.FAILED, str(error))
        except Exception as error:
            traceback.print_exc()
            store.settle(identity, lane, states.FAILED, f"it could not be set up: {error}")
    if legs:
        store.tell(legs[0].run.comparison, "")
    del images  # the trainers have what they need of them
    training = LaneTraining(store, lane, legs, gone)
    try:
        training.carry_out()
    except checkpoint.CheckpointError as error:
        training.leave(states.INTERRUPTED, str(error))
    except Exception as error:
        traceback.print_exc()
        training.leave(states.FAILED, f"training broke off: {error}")


class _Images:
    """The image sets of a lane's runs, each read once."""

    def __init__(self, store: RunStore, lane: str, gone: Callable[[], bool]) -> None:
        self._store = store
        self._lane = lane
        self._gone = gone
        self._sets: dict[str, data.ImageSet] = {}

    def of(self, run: Run) -> data.ImageSet:
        """Raises _Left where the run was stopped meanwhile; images may take minutes to decode."""
        self._check(run)
        if run.recipe.data not in self._sets:
            here = threading.get_ident()

            def progress(what: str, done: int, of: int) -> None:
                self._store.tell(run.comparison, what, done, of)
                if threading.get_ident() == here:  # a download is watched by a thread of its own
                    self._check(run)

            self._sets[run.recipe.data] = data.load(run.recipe.data, progress=_seldom(progress))
            self._check(run)
        return self._sets[run.recipe.data]

    def _check(self, run: Run) -> None:
        if self._gone():
            raise _Left(states.INTERRUPTED, ORPHANED)
        wanted = self._store.owned(self._lane).get(run.id)
        if wanted and wanted.state == states.STOPPED:
            raise _Left(states.STOPPED)


def _leg(store: RunStore, run: Run, images: data.ImageSet) -> Leg:
    """A run at its last checkpoint, where there is one; later rows are taken back."""
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
    elif run.recipe.iterations <= min(run.iteration, run.iterations - 1):
        raise checkpoint.CheckpointError(
            "its checkpoint is gone, so it cannot be extended; launch the comparison anew"
        )
    store.rewind(run.id, trainer.iteration)
    store.describe(run.id, f"{device_name()}, {trainer.precision}", note)
    folder = run_folder(run.id) / "events" / f"{run.spec}-seed{run.recipe.seed}"
    events = event_files.open_events(folder, trainer.layer_names, trainer.iteration)
    return Leg(run, trainer, events)


def _seldom(progress: data.Progress) -> data.Progress:
    """At most two reports a second: each is a write to the store."""
    last = 0.0

    def report(what: str, done: int, of: int) -> None:
        nonlocal last
        if time.monotonic() - last >= TELL_EVERY:
            last = time.monotonic()
            progress(what, done, of)

    return report


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
    event_files.available()  # loads what takes a while before there is work
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
