"""A run made ready for a lane: its images, its lock, its trainer at the last checkpoint."""

import contextlib
import os
import threading
import time
from collections.abc import Callable

import torch
from filelock import FileLock, Timeout

from explorer.lane import tensorboard
from explorer.lane.active_run import ActiveRun, Left
from explorer.lane.restoring import restored
from explorer.lane.training import ORPHANED
from explorer.store import states
from explorer.store.comparisons import run_folder
from explorer.store.records import Run
from explorer.store.training import Lost, TrainingStore
from explorer.store.trouble import StoreBusy
from resnet import data
from resnet.cost.sharing import cores
from resnet.data import identity
from resnet.train import Trainer, best_device, checkpoint, precision_on
from resnet.train.fused.library import OFF, library

TELL_EVERY = 0.5  # seconds between words on how far the images are


class Images:
    """The image sets of a lane's runs, each read once."""

    def __init__(self, training: TrainingStore, lane: str, gone: Callable[[], bool]) -> None:
        self._training = training
        self._lane = lane
        self._gone = gone
        self._sets: dict[str, data.ImageSet] = {}

    def of(self, run: Run) -> data.ImageSet:
        """Raises Left where the run was stopped meanwhile; images may take minutes to decode."""
        self.check(run)
        if run.recipe.data not in self._sets:
            here = threading.get_ident()

            def progress(what: str, done: int, of: int) -> None:
                with contextlib.suppress(StoreBusy):
                    self._training.tell(run.comparison, what, done, of)
                if threading.get_ident() == here:  # a download is watched by a thread of its own
                    self.check(run)

            self._sets[run.recipe.data] = data.load(run.recipe.data, progress=_seldom(progress))
            self.check(run)
        return self._sets[run.recipe.data]

    def forget(self) -> None:
        """Gives the memory back; what is asked for later is read again."""
        self._sets.clear()

    def check(self, run: Run) -> None:
        """Raises Left where nobody wants the run just now, Lost where it is another lane's."""
        if self._gone():
            raise Left(states.INTERRUPTED, ORPHANED)
        wanted = self._training.owned(self._lane).get(run.id)
        if wanted is None:
            raise Lost(run.id)
        if wanted.state == states.STOPPED:
            raise Left(states.STOPPED)


def set_up(
    training: TrainingStore,
    lane: str,
    run: Run,
    images: data.ImageSet,
    check: Callable[[Run], None],
    device: str | None = None,
) -> ActiveRun:
    """A run at its last checkpoint, where there is one; later rows are taken back.

    Raises Lost where `lane` does not hold the run once the run's folder is its own.
    device  None for the best that this machine has
    """
    trainer = Trainer(run.spec, run.recipe, images, device)
    lock = _locked(training, run, check)
    try:
        return _at_its_checkpoint(training, lane, run, trainer, images, lock)
    except BaseException:
        lock.release()
        raise


def _locked(training: TrainingStore, run: Run, check: Callable[[Run], None]) -> FileLock:
    """The lock on the run's folder, once a lane that had the run before has left it."""
    run_folder(run.id).mkdir(parents=True, exist_ok=True)
    lock = FileLock(run_folder(run.id) / "lane.lock")
    while True:
        try:
            lock.acquire(timeout=TELL_EVERY)
            return lock
        except Timeout:
            with contextlib.suppress(StoreBusy):
                training.tell(
                    run.comparison, "waiting for the process that trained it before to end"
                )
            check(run)


def _at_its_checkpoint(
    training: TrainingStore,
    lane: str,
    run: Run,
    trainer: Trainer,
    images: data.ImageSet,
    lock: FileLock,
) -> ActiveRun:
    note = images.described_for(run.recipe)
    state, said = restored(run, training.store.events(run.comparison))
    if state is not None:
        identity.check(
            images, state, run.data, "set RESNET_DATA back, or launch the comparison anew"
        )
        trainer.load_state(state)
    elif run.recipe.iterations <= min(run.iteration, run.iterations - 1):
        raise checkpoint.CheckpointError(
            "its checkpoint is gone, so it cannot be extended; launch the comparison anew"
        )
    training.rewind(run.id, lane, trainer.iteration)
    trained = len(trainer.batches.train)
    there = None if trained == run.recipe.training_images else trained
    training.describe(
        run.id,
        lane,
        f"{device_name(trainer.device.type)}, {trainer.precision}",
        note,
        there,
    )
    folder = run_folder(run.id) / "events" / f"{run.spec}-seed{run.recipe.seed}"
    return ActiveRun(
        run,
        trainer,
        lock,
        tensorboard.open_events(folder, trainer.layer_names, trainer.iteration),
        said=said,
    )


def _seldom(progress: data.Progress) -> data.Progress:
    """At most two reports a second: each is a write to the store."""
    last = 0.0

    def report(what: str, done: int, of: int) -> None:
        nonlocal last
        if time.monotonic() - last >= TELL_EVERY:
            last = time.monotonic()
            progress(what, done, of)

    return report


def device_name(device: str) -> str:
    if device == "cuda":
        return torch.cuda.get_device_name()
    return "Apple GPU" if device == "mps" else f"CPU, {cores()} cores"


def machine() -> dict[str, object]:
    """What this machine trains on, and which image sets are there, for the pages to show."""
    device = best_device()
    return {
        "device": device,
        "name": device_name(device),
        "precision": precision_on(torch.device(device), "auto"),
        "cores": cores(),
        "compiled": device != "cpu" or os.environ.get(OFF) == "0" or library() is not None,
    }
