"""Admission of runs to a lane: each is set up, or waits, or trains on the CPU, or cannot train.

Where the GPU has no memory for all nets at once, fewer train at a time; where it has none for one
alone, or another program has taken it, that net trains on the CPU. Nothing is lost: a run begins
at its last checkpoint wherever it is set up.
"""

import contextlib
import gc
import logging
from collections.abc import Callable

import torch

from explorer.lane.active_run import ActiveRun, Left
from explorer.store import states
from explorer.store.records import Run
from explorer.store.training import Lost, TrainingStore
from explorer.store.trouble import StoreBusy, StoreError
from resnet import data
from resnet.spec import SpecError
from resnet.train import checkpoint

_log = logging.getLogger(__name__)
SetUp = Callable[[Run, str | None], ActiveRun]  # on the device named; None for the best there is

WAITS = "the GPU has no memory left for {net}, which goes on when another net has ended"
ON_CPU = "the GPU has no memory for {net}, which trains on the CPU and takes longer"
TAKEN = "the GPU cannot be used now ({why}), so {net} trains on the CPU and takes longer"


class Admission:
    """Sets up the runs of `lane`, and keeps those that have to wait, in their order."""

    def __init__(self, training: TrainingStore, lane: str, set_up: SetUp) -> None:
        self._training = training
        self.lane = lane
        self.waiting: list[Run] = []
        self._set_up = set_up
        self._words: dict[int, str] = {}  # of runs that are not where people expect them

    def admit(self, run: Run, alone: bool) -> ActiveRun | None:
        """The run set up; None where it has to wait for others, or cannot be trained.

        alone  whether no other net is on the device, so that waiting would help nothing
        """
        active = self._tried(run, None)
        if active == FULL:
            return self.put_off(run, alone)
        return active if isinstance(active, ActiveRun) else None

    def put_off(self, run: Run, alone: bool) -> ActiveRun | None:
        """What becomes of a run whose memory ran out: it waits, or carries on on the CPU."""
        if alone:
            return self._on_cpu(run, ON_CPU.format(net=run.spec.title))
        self.waiting.append(run)
        self._say(run, WAITS.format(net=run.spec.title))
        return None

    def next(self, alone: bool) -> ActiveRun | None:
        """The run that has waited longest, if it fits by now."""
        run = self.waiting.pop(0)
        return self.admit(run, alone)

    def look(self) -> None:
        """Lets go of waiting runs that nobody wants any more."""
        owned = self._training.owned(self.lane)
        for run in list(self.waiting):
            wanted = owned.get(run.id)
            if wanted is None:
                self.waiting.remove(run)
            elif wanted.state in (states.STOPPED, states.QUEUED):
                self._leave(run, wanted.state)

    def close(self, state: str, message: str) -> None:
        """Settles all that still waits."""
        for run in list(self.waiting):
            self._leave(run, state, message)

    def _tried(self, run: Run, device: str | None) -> "ActiveRun | str | None":
        """The run set up; FULL where memory ran out; None where the run was settled otherwise."""
        free_memory()
        try:
            active = self._set_up(run, device)
            words = (self._words.get(run.id, "") if device else "", active.said)
            self._say(run, "; ".join(filter(None, words)))
            return active
        except torch.OutOfMemoryError:
            return FULL
        except StoreError:  # not this run's fault
            raise
        except Lost:
            return None
        except Left as left:
            self._training.settle(run.id, self.lane, left.state, left.message)
        except (SpecError, data.DataError, checkpoint.CheckpointError) as error:
            self._training.settle(run.id, self.lane, states.FAILED, str(error))
        except Exception as error:
            if device is None and is_taken(error):
                why = str(error).splitlines()[0][:200]
                return self._on_cpu(run, TAKEN.format(net=run.spec.title, why=why))
            _log.exception(
                "a run was not set up", extra={"run": run.id, "comparison": run.comparison}
            )
            self._training.settle(
                run.id, self.lane, states.FAILED, f"it could not be set up: {error}"
            )
        return None

    def _on_cpu(self, run: Run, words: str) -> ActiveRun | None:
        self._words[run.id] = words
        active = self._tried(run, "cpu")
        if active == FULL:
            self._training.settle(
                run.id, self.lane, states.FAILED, "there is no memory for it; try a smaller net"
            )
        return active if isinstance(active, ActiveRun) else None

    def _leave(self, run: Run, state: str, message: str = "") -> None:
        self.waiting.remove(run)
        self._training.settle(run.id, self.lane, state, message)

    def _say(self, run: Run, words: str) -> None:
        """Tells people what is unusual with any run; nothing where all is as they expect."""
        self._words.pop(run.id, None)
        if words:
            self._words[run.id] = words
        with contextlib.suppress(StoreBusy):  # words alone are worth no waiting
            self._training.tell(run.comparison, "; ".join(self._words.values()))


FULL = "full"


def is_taken(error: Exception) -> bool:
    """Whether CUDA says that the device is busy or not to be had."""
    text = str(error)
    return "CUDA" in text and any(word in text for word in ("busy", "unavailable", "exclusive"))


def free_memory() -> None:
    """Gives what no tensor holds any more back to the device."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
