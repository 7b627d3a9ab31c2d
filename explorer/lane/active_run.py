"""`ActiveRun`: a run for as long as a lane has it."""

from dataclasses import dataclass

from filelock import BaseFileLock

from explorer.lane.tensorboard import EventFiles
from explorer.store.records import Run
from resnet.train import Trainer


class Left(Exception):
    """While a run was set up its state became this: it was stopped, or the worker ended."""

    def __init__(self, state: str, message: str = "") -> None:
        super().__init__(state)
        self.state = state
        self.message = message


@dataclass(eq=False)
class ActiveRun:
    """A run for as long as this lane has it.

    lock    on the run's folder, held until the lane leaves it
    begun   whether its first row is behind it
    paused  whether the store was told that it pauses
    said    a sentence for people on how it was set up, or ""
    """

    run: Run
    trainer: Trainer
    lock: BaseFileLock
    events: EventFiles | None = None
    begun: bool = False
    pause_at: int | None = None
    paused: bool = False
    said: str = ""

    @property
    def due(self) -> bool:
        """Whether it is to pause where it is."""
        return self.begun and self.pause_at is not None and self.trainer.iteration >= self.pause_at
