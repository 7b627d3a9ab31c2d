"""Lanes of the command line: spawned processes that train nets, send their rows, and save them.

A row is on its way before the checkpoint that leaves it behind, and a lane saves only once the
command has taken what was sent: what a net goes on from never lacks rows. The first checkpoint is
of the untrained net, so that a disk that takes none is known before there is anything to lose. A
lane whose command is gone ends, and saves nothing any more.
"""

import contextlib
import multiprocessing
import signal
import sys
import threading
import time
import traceback
from collections.abc import Generator, Iterator, Sequence
from multiprocessing import connection
from pathlib import Path
from typing import Any

import torch

from resnet.cli.pipes import Outbox, received, shared, unheard
from resnet.cli.saved import CommandError, checkpoint_file
from resnet.cost.sharing import share_out
from resnet.data import DataError, load
from resnet.spec import NetSpec, Recipe
from resnet.spec.row import Row
from resnet.train import Trainer, checkpoint, in_step

SAVE_EVERY = 30.0  # seconds between checkpoints
LOOK_EVERY = 1.0  # seconds between looks whether the command is still there
STOPPING = "saving; Ctrl-C again ends at once, without"
ASKING = ("SIGINT", "SIGTERM", "SIGHUP")  # Ctrl-C, kill, a terminal that was closed


class Lanes:
    """Trains nets in so many processes; iterate over it for their rows as they come.

    save  the folder of the checkpoints: nets go on from theirs, and Ctrl-C has all saved first
    """

    def __init__(
        self,
        nets: Sequence[NetSpec],
        recipe: Recipe,
        lanes: int,
        device: str,
        save: Path | None,
    ) -> None:
        context = multiprocessing.get_context("spawn")
        self._stop = shared(context, "b")  # set inside a signal handler, so without a lock
        self._save = save
        self._asked = self._told = False
        self._taken = []  # how many rows of each lane were taken
        self._processes = []
        self._ours: list[Any] = []  # the ends of the pipes, which are read here
        self._theirs: list[Any] = []
        for place, share in enumerate(share_out(nets, lanes)):
            self._taken.append(shared(context, "Q"))
            ours, theirs = context.Pipe(duplex=False)
            self._ours.append(ours)
            self._theirs.append(theirs)
            given = ([nets[i].to_json() for i in share], recipe.to_json(), device, save)
            channel = (place, Outbox(theirs), self._stop, self._taken[place])
            job = (given, channel)
            self._processes.append(context.Process(target=lane, args=job, daemon=True))

    @property
    def stopped(self) -> bool:
        """Whether somebody has pressed Ctrl-C, after which all was saved."""
        return self._asked

    def __iter__(self) -> Generator[tuple[NetSpec, dict[str, Any]], None, None]:
        """Raises CommandError where a lane fails or is killed, once the others have saved."""
        with self._interruptible() if self._save else contextlib.nullcontext():
            try:
                with unheard():
                    for process, theirs in zip(self._processes, self._theirs, strict=True):
                        process.start()
                        theirs.close()  # so that the pipe ends where the lane does
                yield from self._rows()
            finally:
                for process in self._processes:
                    if process.pid is not None:
                        process.terminate()

    def _rows(self) -> Iterator[tuple[NetSpec, dict[str, Any]]]:
        running, failure = list(self._ours), ""
        while running and (self._save or not failure):
            for ready in connection.wait(running, timeout=1):
                place, spec, row = received(ready)
                if spec is None:
                    running.remove(ready)
                    failure = failure or row or ""
                else:
                    yield NetSpec.from_json(spec), row
                    self._taken[place].value += 1
            if failure:
                self._stop.value = 1
            if self._asked and not self._told:  # not in the handler, which may interrupt a print
                self._told = True
                print(f"\nresnet: {STOPPING}", file=sys.stderr, flush=True)
        if failure:
            raise CommandError(failure)

    @contextlib.contextmanager
    def _interruptible(self) -> Iterator[None]:
        """The first Ctrl-C, or whatever else asks to end, has all saved; the next is as ever."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before: dict[int, Any] = {}

        def restore() -> None:
            for number, handler in before.items():
                signal.signal(number, handler)

        def stop(*_: Any) -> None:
            self._stop.value = 1
            self._asked = True
            restore()

        for name in ASKING:
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # nohup
                before[number] = signal.signal(number, stop)
        try:
            yield
        finally:
            restore()


def lane(given: Any, channel: Any) -> None:
    """A lane's process: trains its nets in step; at last (place, None, why it failed or None)."""
    place, outbox, stop, taken = channel
    nets, recipe_text, device, save = given
    try:
        if save and multiprocessing.parent_process():  # Ctrl-C reaches all; the command decides
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        if device == "cpu":
            torch.set_num_threads(1)
        recipe = Recipe.from_json(recipe_text)
        images = load(recipe.data)
        trainers = [Trainer(NetSpec.from_json(net), recipe, images, device) for net in nets]
        keeper = _Keeper(trainers, save, taken)
        keeper.save()
        for trainer, row in _steps(trainers):
            if row:
                outbox.put((place, trainer.spec.to_json(), vars(row)))
                keeper.sent += 1
            if not keeper.look(trainer, row, bool(stop.value)):
                break
        keeper.save()
        outbox.put((place, None, None))
    except KeyboardInterrupt:
        return
    except (ValueError, DataError, checkpoint.CheckpointError) as error:
        outbox.put((place, None, str(error)))
    except Exception as error:
        traceback.print_exc()
        outbox.put((place, None, f"a training process failed: {error}"))


def _steps(trainers: Sequence[Trainer]) -> Iterator[tuple[Trainer, Row | None]]:
    """`in_step`, after the last row anew of nets that had come to their end before."""
    for trainer in trainers:
        if trainer.finished:
            tested = trainer.errors(trainer.recipe.final_images)
            yield trainer, Row(trainer.iteration, trainer.seconds, **tested)
    yield from in_step(trainers)


class _Keeper:
    """Saves the nets of a lane: by the clock, at their end, and when the lane is stopped."""

    def __init__(
        self,
        trainers: Sequence[Trainer],
        folder: Path | None,
        taken: Any,
    ) -> None:
        self.sent = 0  # rows
        self._folder, self._taken = folder, taken
        self._saved = dict.fromkeys(trainers, -1)  # the iteration of each checkpoint
        self._diverged: set[Trainer] = set()
        self._looked = self._clock = time.monotonic()
        for trainer in trainers:
            file = folder and checkpoint_file(folder, trainer.spec, trainer.recipe)
            if file and file.exists():
                state = checkpoint.load_for(file, trainer.spec, trainer.recipe)
                trainer.load_state(state)
                self._saved[trainer] = trainer.iteration

    def look(self, trainer: Trainer, row: Row | None, stop: bool) -> bool:
        """After a step of a net; False where no more are to follow."""
        if row and row.diverged:
            self._diverged.add(trainer)  # its last good checkpoint stays
        now = time.monotonic()
        if now - self._looked >= LOOK_EVERY:
            self._looked = now
            if _command_is_gone():
                self._folder = None
                return False
        if now - self._clock >= SAVE_EVERY or trainer.finished:
            self.save()
            self._clock = now
        return not (stop and self._folder)

    def save(self) -> None:
        """A checkpoint of each net that was trained since the last one."""
        if self._folder and _command_is_gone():
            self._folder = None
        while self._folder and self._taken.value < self.sent:
            if _command_is_gone():
                self._folder = None
            time.sleep(0.01)
        for trainer, saved in self._saved.items():
            if self._folder and trainer.iteration > saved and trainer not in self._diverged:
                file = checkpoint_file(self._folder, trainer.spec, trainer.recipe)
                checkpoint.save(file, trainer.spec, trainer.recipe, trainer.state())
                self._saved[trainer] = trainer.iteration


def _command_is_gone() -> bool:
    command = multiprocessing.parent_process()
    return command is not None and not command.is_alive()
